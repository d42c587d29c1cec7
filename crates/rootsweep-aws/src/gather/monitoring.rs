//! What listens for root events in an account: from trails and rules to the subscriptions that hear them.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt as _, future, stream};
use rootsweep_model::facts::{Alarm, LogGroup, MonitoringFacts, MuteRule, Trail};
use rootsweep_model::{Arn, Fact, Gap};

use super::{alarms, logs, mute_rules, rules, topics, trails};
use crate::connect::Aws;
use crate::session::Session;

/// How many Regions, topics or log groups of one account are asked at the same time.
pub(super) const CONCURRENCY: usize = 8;

impl Aws {
    /// Reads everything that listens for root events in an account.
    pub(super) async fn monitoring(&self, session: &Session) -> MonitoringFacts {
        let trails_and_alarms = async {
            let (trails, unlisted_trails) = match trails::read(session).await {
                Ok(listed) => (Ok(listed.trails), listed.unlisted),
                Err(gap) => (Err(gap), None),
            };
            let groups = own_log_groups(session, trails.as_deref().unwrap_or_default());
            let log_groups = logs::read(session, groups).await;
            let (alarms, mute_rules) = alarms_and_mute_rules(session, &log_groups).await;
            (trails, unlisted_trails, log_groups, alarms, mute_rules)
        };
        let ((trails, unlisted_trails, log_groups, alarms, mute_rules), event_rules) =
            future::join(trails_and_alarms, rules::read(session, self.sign_in_regions(), &BTreeMap::new())).await;
        let topics = topics::read(session, topics::named(&log_groups, &alarms, &event_rules)).await;
        MonitoringFacts { trails: trails.into(), unlisted_trails, log_groups, alarms, mute_rules, topics, event_rules }
    }

    /// Reads the event rules of the other Regions too where a sign-in Region has one that could concern root.
    ///
    /// A root key can be used in any Region, so such a rule wakes someone only if it stands in all of them. Where no
    /// sign-in Region has one, the others are not worth a call each.
    pub(super) async fn listen_elsewhere(
        &self,
        session: &Session,
        monitoring: &mut MonitoringFacts,
        enabled: &Fact<Vec<String>>,
    ) {
        let listens = monitoring.event_rules.values().any(|rules| rules.known().is_ok_and(|rules| !rules.is_empty()));
        let asked = self.asked_regions(enabled.known().map(Vec::as_slice)).into_iter();
        let others: Vec<&str> =
            asked.filter(|region| listens && !monitoring.event_rules.contains_key(*region)).collect();
        let elsewhere = rules::read(session, others, &monitoring.event_rules).await;
        let mut named = topics::named(&BTreeMap::new(), &BTreeMap::new(), &elsewhere);
        named.retain(|topic| !monitoring.topics.contains_key(topic));
        monitoring.topics.extend(topics::read(session, named).await);
        rules::merge(&mut monitoring.event_rules, elsewhere);
    }
}

/// Returns the log groups that lie in the account itself; others are read where they lie.
fn own_log_groups(session: &Session, trails: &[Trail]) -> BTreeSet<String> {
    let arns = trails.iter().filter_map(|trail| trail.log_group_arn.clone());
    arns.filter(|arn| Arn::parse(arn).and_then(Arn::account) == Some(session.account)).collect()
}

/// Metrics and alarms live in the Region of the log group, so no other is asked.
async fn alarms_and_mute_rules(
    session: &Session,
    log_groups: &BTreeMap<String, LogGroup>,
) -> (BTreeMap<String, Fact<Vec<Alarm>>>, BTreeMap<String, Fact<Vec<MuteRule>>>) {
    let regions: BTreeSet<&str> = log_groups.values().map(|group| group.region.as_str()).collect();
    future::join(
        by_region(regions.iter().copied(), |region| alarms::read(session, region)),
        by_region(regions.iter().copied(), |region| mute_rules::read(session, region)),
    )
    .await
}

/// Names the Region of a gap that was concluded from an answer, and not from an error.
pub(super) fn located(gap: Gap, region: &str) -> Gap {
    if gap.region.is_some() { gap } else { gap.in_region(region) }
}

/// Asks Regions side by side, and keeps each answer with its Region.
pub(super) async fn by_region<'a, T, F>(
    regions: impl IntoIterator<Item = &'a str>,
    ask: impl Fn(&'a str) -> F,
) -> BTreeMap<String, Fact<T>>
where
    F: Future<Output = Result<T, Gap>>,
{
    let asked = regions.into_iter().map(|region| {
        let answer = ask(region);
        async move { (region.to_owned(), Fact::from(answer.await.map_err(|gap| located(gap, region)))) }
    });
    let asked: Vec<_> = asked.collect();
    stream::iter(asked).buffered(CONCURRENCY).collect().await
}
