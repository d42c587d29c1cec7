//! What set off an alarm, and whether it was right.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::bail;
use jiff::{SignedDuration, Timestamp};
use rootsweep_aws::{Aws, Window};
use rootsweep_cloudtrail::parse_record;
use rootsweep_model::AccountFacts;
use rootsweep_model::facts::{Alarm, AlarmKind, LogGroup, MetricAlarm, MonitoringFacts};
use rootsweep_model::report::triage_v1::{self, Record};
use rootsweep_model::report::v1::AlarmTransition;

use super::live::Intake;

/// How far composite alarms are followed to the alarms that they stand on.
const MAX_DEPTH: usize = 5;

/// How late an alarm may look at a data point that was on time.
const SLACK: SignedDuration = SignedDuration::from_mins(10);

/// What an alarm looks at where its period is not told.
const USUAL_PERIOD: i64 = 300;

/// An alarm, and what leads to it.
struct Watched<'a> {
    region: &'a str,
    /// The filters that write its metrics: each with its log group and its pattern.
    filters: Vec<(&'a LogGroup, &'a str)>,
    /// How far back it looks.
    reach: SignedDuration,
}

/// A transition, and the records that tripped it.
struct Tripped {
    at: Timestamp,
    event_ids: BTreeSet<String>,
    /// Log events that matched, with an event id or without one.
    matched: usize,
    /// Why not all of them could be read.
    gap: Option<String>,
}

/// Joins the transitions of an alarm with the records that reached its log groups just before, and triages those with
/// everything else that was taken in.
pub(super) async fn explain(
    aws: &Aws,
    mut intake: Intake,
    facts: &AccountFacts,
    name: &str,
) -> anyhow::Result<triage_v1::Triage> {
    let Some(watched) = find(&facts.monitoring, name) else { bail!(not_found(facts, name)) };
    let mut tripped = Vec::new();
    for at in transitions(facts, watched.region, name, &mut intake) {
        tripped.push(trip(aws, &mut intake, facts, &watched, at).await);
    }
    if tripped.is_empty() {
        tracing::warn!("the alarm did not go into ALARM in that time; CloudWatch keeps the history of 30 days");
    }
    let mut told = intake.triage.finish();
    let by_id: BTreeMap<&str, &Record> =
        told.records.iter().filter_map(|record| Some((record.event_id.as_deref()?, record))).collect();
    let transition = |it: Tripped| {
        let (explanation, justified) = judge(&it, &watched, &by_id);
        AlarmTransition {
            account_id: facts.account.id,
            region: watched.region.to_owned(),
            alarm: name.to_owned(),
            at: it.at,
            event_ids: it.event_ids.into_iter().collect(),
            explanation,
            justified,
        }
    };
    let alarms = tripped.into_iter().map(transition).collect();
    told.alarms = alarms;
    Ok(told)
}

fn not_found(facts: &AccountFacts, name: &str) -> String {
    let account = facts.account.id;
    let regions: Vec<&str> = facts.monitoring.alarms.keys().map(String::as_str).collect();
    let asked = if regions.is_empty() {
        "no trail of the account has a log group that could be read, so no Region was asked".to_owned()
    } else {
        format!("the Regions of its trails' log groups were asked: {}", regions.join(", "))
    };
    let unread = facts.monitoring.alarms.values().find_map(|it| it.gap()).or_else(|| facts.monitoring.trails.gap());
    let unread = unread.map(|gap| format!("; {gap}")).unwrap_or_default();
    format!("no alarm {name:?} in account {account}; {asked}{unread}")
}

/// Finds the alarm, and the metric filters that lead to it.
fn find<'a>(monitoring: &'a MonitoringFacts, name: &str) -> Option<Watched<'a>> {
    for (region, alarms) in &monitoring.alarms {
        let Ok(alarms) = alarms.known() else { continue };
        let Some(alarm) = alarms.iter().find(|it| it.name == name || it.arn == name) else { continue };
        let metric_alarms = metric_alarms(alarm, alarms, 0);
        let metrics: BTreeSet<_> = metric_alarms.iter().flat_map(|it| metrics(it)).collect();
        let reach = metric_alarms.iter().map(|it| reach(it)).max().unwrap_or(USUAL_PERIOD);
        return Some(Watched {
            region,
            filters: filters(monitoring, region, &metrics),
            reach: SignedDuration::from_secs(reach) + SLACK,
        });
    }
    None
}

/// Returns the metric alarms that an alarm stands on; itself, where it is one.
fn metric_alarms<'a>(alarm: &'a Alarm, all: &'a [Alarm], depth: usize) -> Vec<&'a MetricAlarm> {
    let composite = match &alarm.kind {
        AlarmKind::Metric(metric) => return vec![metric],
        AlarmKind::Composite(composite) => composite,
        AlarmKind::Log(_) => return Vec::new(),
    };
    let rule = composite.alarm_rule.as_deref().unwrap_or_default();
    let is_named = |it: &&Alarm| [&it.name, &it.arn].iter().any(|name| names(rule, name));
    let children = all.iter().filter(|_| depth < MAX_DEPTH).filter(is_named);
    children.flat_map(|child| metric_alarms(child, all, depth + 1)).collect()
}

/// Returns whether the rule of a composite alarm names another: `ALARM("name")`, quoted or not.
fn names(rule: &str, name: &str) -> bool {
    [format!("(\"{name}\")"), format!("({name})"), format!("('{name}')")]
        .iter()
        .any(|form| rule.contains(form.as_str()))
}

/// Returns the metrics that an alarm looks at, by namespace and name.
fn metrics(alarm: &MetricAlarm) -> impl Iterator<Item = (&str, &str)> {
    let own = alarm.namespace.as_deref().zip(alarm.metric_name.as_deref());
    let queried = alarm.metrics.iter().filter_map(|it| it.namespace.as_deref().zip(it.metric_name.as_deref()));
    own.into_iter().chain(queried)
}

/// Returns how many seconds an alarm looks back.
fn reach(alarm: &MetricAlarm) -> i64 {
    let period = alarm.period.into_iter().chain(alarm.metrics.iter().filter_map(|it| it.period)).max();
    let period = period.map_or(USUAL_PERIOD, i64::from).max(1);
    period.saturating_mul(alarm.evaluation_periods.map_or(1, i64::from).max(1))
}

fn filters<'a>(
    monitoring: &'a MonitoringFacts,
    region: &str,
    metrics: &BTreeSet<(&str, &str)>,
) -> Vec<(&'a LogGroup, &'a str)> {
    let mut found = Vec::new();
    for group in monitoring.log_groups.values().filter(|it| it.region == region) {
        for filter in group.metric_filters.known().into_iter().flatten() {
            let mut written =
                filter.transformations.iter().map(|it| (it.metric_namespace.as_str(), it.metric_name.as_str()));
            if written.any(|metric| metrics.contains(&metric)) {
                found.extend(filter.pattern.as_deref().map(|pattern| (group, pattern)));
            }
        }
    }
    found
}

/// Returns when the alarm went into `ALARM`, the first time first.
fn transitions(facts: &AccountFacts, region: &str, name: &str, intake: &mut Intake) -> BTreeSet<Timestamp> {
    let history = match facts.alarm_history.get(region).map(rootsweep_model::Fact::known) {
        Some(Ok(history)) => history.as_slice(),
        Some(Err(gap)) => {
            intake.skip(gap);
            &[]
        }
        None => &[],
    };
    let fired = history.iter().filter(|it| it.alarm_name == name && it.new_state.as_deref() == Some("ALARM"));
    fired.map(|it| it.timestamp).collect()
}

/// Reads what the alarm's filters matched just before it went off.
async fn trip(aws: &Aws, intake: &mut Intake, facts: &AccountFacts, watched: &Watched<'_>, at: Timestamp) -> Tripped {
    let window = Window { start: at.saturating_sub(watched.reach).unwrap_or(Timestamp::MIN), end: at };
    let mut tripped = Tripped { at, event_ids: BTreeSet::new(), matched: 0, gap: None };
    for (group, pattern) in &watched.filters {
        for source in aws.logged_matching(facts.account.id, group, pattern, window).await {
            tripped.gap = tripped.gap.or_else(|| source.records.gap().map(ToString::to_string));
            let taken = intake.take(&source);
            tripped.matched += taken.len();
            tripped.event_ids.extend(taken.iter().filter_map(|json| parse_record(json).ok()?.event_id));
        }
    }
    tripped
}

/// Says what set the alarm off, and whether it was right: whether something has to be looked at.
fn judge(tripped: &Tripped, watched: &Watched<'_>, records: &BTreeMap<&str, &Record>) -> (String, Option<bool>) {
    let found: Vec<&Record> = tripped.event_ids.iter().filter_map(|id| records.get(id.as_str()).copied()).collect();
    let worst = found.iter().min_by_key(|it| (it.verdict, std::cmp::Reverse(it.severity), it.event_time));
    let gap = tripped.gap.as_ref().map(|gap| format!("; not everything could be read: {gap}")).unwrap_or_default();
    let Some(worst) = worst else {
        return (nothing_found(tripped, watched) + &gap, None);
    };
    let right = found.iter().any(|it| it.verdict.wants_attention());
    let told = format!("{} set it off; {}{gap}", count(found.len(), "record"), tell(worst));
    // What could not be read may be what the alarm was right about.
    (told, if right || tripped.gap.is_none() { Some(right) } else { None })
}

fn nothing_found(tripped: &Tripped, watched: &Watched<'_>) -> String {
    if watched.filters.is_empty() {
        return "no metric filter of a trail's log group writes its metric, so nothing tells what set it off"
            .to_owned();
    }
    if tripped.matched > 0 {
        return format!("{} set it off, and none of them has an event id", count(tripped.matched, "log event"));
    }
    let groups: BTreeSet<&str> = watched.filters.iter().map(|(group, _)| group.name.as_str()).collect();
    let groups = groups.into_iter().collect::<Vec<_>>().join(", ");
    format!("in the {:#} before, nothing that its filters match reached {groups}", watched.reach)
}

fn tell(record: &Record) -> String {
    let time = |at: Option<Timestamp>| at.map_or_else(|| "an unknown time".to_owned(), |at| at.to_string());
    format!(
        "the worst is {} of {}, delivered {}: {} ({})",
        record.event_name.as_deref().unwrap_or("an event without a name"),
        time(record.event_time),
        time(record.delivered_at),
        record.verdict,
        record.severity
    )
}

fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}
