//! Topics that alarms and rules act on, and who hears them.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_sns::types as sdk;
use futures::{StreamExt as _, stream};
use rootsweep_model::facts::{Alarm, AlarmKind, EventRule, LogGroup, Subscription, Topic};
use rootsweep_model::{Fact, Gap, GapKind};

use super::monitoring::{CONCURRENCY, located};
use crate::arn;
use crate::calls::{GET_SUBSCRIPTION_ATTRIBUTES, LIST_SUBSCRIPTIONS_BY_TOPIC};
use crate::gap::missing;
use crate::page::all_pages;
use crate::session::Session;

/// The most subscriptions of one topic that are asked for their attributes.
const MAX_ASKED: usize = 20;

/// Protocols whose receiver has to confirm; the others' subscriptions count from the start.
const CONFIRMED_BY_RECEIVER: [&str; 4] = ["email", "email-json", "http", "https"];

/// Returns the topics that an alarm on a metric of these log groups, or a rule, acts on.
pub(super) fn named(
    log_groups: &BTreeMap<String, LogGroup>,
    alarms: &BTreeMap<String, Fact<Vec<Alarm>>>,
    rules: &BTreeMap<String, Fact<Vec<EventRule>>>,
) -> BTreeSet<String> {
    let metrics = metrics(log_groups);
    let alarms = alarms.values().filter_map(|alarms| alarms.known().ok()).flatten();
    let actions = alarms.filter(|alarm| may_watch(alarm, &metrics)).flat_map(|alarm| &alarm.alarm_actions);
    let rules = rules.values().filter_map(|rules| rules.known().ok()).flatten();
    let targets = rules.filter_map(|rule| rule.targets.known().ok()).flatten().map(|target| &target.arn);
    actions.chain(targets).filter(|arn| arn::service(arn) == Some("sns")).cloned().collect()
}

/// Namespace and name of every metric that the log groups' filters write.
fn metrics(log_groups: &BTreeMap<String, LogGroup>) -> BTreeSet<(&str, &str)> {
    let filters = log_groups.values().filter_map(|group| group.metric_filters.known().ok()).flatten();
    let metrics = filters.flat_map(|filter| &filter.transformations);
    metrics.map(|metric| (metric.metric_namespace.as_str(), metric.metric_name.as_str())).collect()
}

/// Whether an alarm may watch one of the metrics; a composite alarm and a searching expression always may.
fn may_watch(alarm: &Alarm, metrics: &BTreeSet<(&str, &str)>) -> bool {
    let among = |namespace: &Option<String>, name: &Option<String>| match (namespace, name) {
        (Some(namespace), Some(name)) => metrics.contains(&(namespace.as_str(), name.as_str())),
        _ => false,
    };
    match &alarm.kind {
        AlarmKind::Composite(_) => true,
        AlarmKind::Metric(alarm) => {
            let searches = |text: &String| text.contains("SEARCH") || text.contains("SELECT");
            alarm.has_evaluation_criteria
                || among(&alarm.namespace, &alarm.metric_name)
                || alarm.metrics.iter().any(|query| {
                    among(&query.namespace, &query.metric_name) || query.expression.as_ref().is_some_and(searches)
                })
        }
    }
}

/// Reads topics by their ARNs.
pub(super) async fn read(session: &Session, arns: BTreeSet<String>) -> BTreeMap<String, Fact<Topic>> {
    let topics = stream::iter(arns).map(|arn| async {
        let topic = topic(session, &arn).await;
        (arn, Fact::from(topic))
    });
    topics.buffered(CONCURRENCY).collect().await
}

async fn topic(session: &Session, arn: &str) -> Result<Topic, Gap> {
    if arn::account(arn) != Some(session.account) {
        return Err(elsewhere(arn));
    }
    let region = arn::region(arn).unwrap_or_else(|| session.region());
    let listed = subscriptions(session, region, arn).await.map_err(|gap| located(gap, region))?;
    let unsure = listed.iter().filter(|it| needs_attributes(it)).filter_map(|it| it.subscription_arn.clone());
    let unsure: BTreeSet<String> = unsure.take(MAX_ASKED).collect();
    let asked = stream::iter(unsure).map(|arn| async {
        let pending = is_pending(session, region, &arn).await;
        (arn, pending)
    });
    let pending: BTreeMap<String, Option<bool>> = asked.buffered(CONCURRENCY).collect().await;
    let mut subscriptions: Vec<_> = listed.into_iter().map(|it| subscription(it, &pending)).collect();
    subscriptions.sort_unstable();
    Ok(Topic { arn: arn.to_owned(), subscriptions })
}

async fn subscriptions(session: &Session, region: &str, topic: &str) -> Result<Vec<sdk::Subscription>, Gap> {
    let client = &session.sns(region);
    all_pages(LIST_SUBSCRIPTIONS_BY_TOPIC, |token| async move {
        let request = || client.list_subscriptions_by_topic().topic_arn(topic).set_next_token(token.clone());
        let answer = session.call(LIST_SUBSCRIPTIONS_BY_TOPIC, Some(region), || request().send()).await?;
        let page = answer.subscriptions;
        Ok((page.ok_or_else(|| missing(&LIST_SUBSCRIPTIONS_BY_TOPIC, "Subscriptions"))?, answer.next_token))
    })
    .await
}

/// Whether the listing alone does not tell that a subscription is confirmed. AWS lists an unconfirmed one under the word
/// `PendingConfirmation`; emulators give it an ARN.
fn needs_attributes(subscription: &sdk::Subscription) -> bool {
    let has_arn = subscription.subscription_arn.as_deref().is_some_and(|arn| arn.starts_with("arn:"));
    has_arn && subscription.protocol.as_deref().is_some_and(|it| CONFIRMED_BY_RECEIVER.contains(&it))
}

async fn is_pending(session: &Session, region: &str, subscription: &str) -> Option<bool> {
    let client = session.sns(region);
    let send = || client.get_subscription_attributes().subscription_arn(subscription).send();
    let answer = session.call(GET_SUBSCRIPTION_ATTRIBUTES, Some(region), send).await.ok()?;
    match answer.attributes?.get("PendingConfirmation")?.as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

fn subscription(listed: sdk::Subscription, pending: &BTreeMap<String, Option<bool>>) -> Subscription {
    let confirmed = match listed.subscription_arn.as_deref() {
        Some("PendingConfirmation" | "Deleted") => Some(false),
        Some(arn) if needs_attributes(&listed) => pending.get(arn).copied().flatten().map(|pending| !pending),
        Some(arn) if arn.starts_with("arn:") => Some(true),
        _ => None,
    };
    Subscription {
        protocol: listed.protocol.unwrap_or_default(),
        endpoint: listed.endpoint.unwrap_or_default(),
        confirmed,
    }
}

fn elsewhere(arn: &str) -> Gap {
    Gap::new(
        GapKind::OutOfReach,
        LIST_SUBSCRIPTIONS_BY_TOPIC.action,
        format!("the topic {} lies in another account", crate::gap::bounded(arn, 200)),
        "look at the topic's subscriptions in its own account, or let the alarm act on a topic of this one",
    )
}
