//! What set off an alarm, and whether it was right.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::bail;
use jiff::{SignedDuration, Timestamp};
use rootsweep_aws::{Aws, Window};
use rootsweep_checks::alarm_inputs::{AlarmInputs, WentOff, inputs_of, went_off};
use rootsweep_engine::{Tripping, explain_transition};
use rootsweep_model::facts::RecordSource;
use rootsweep_model::report::triage_v1::{self, Record};
use rootsweep_model::report::v1::AlarmTransition;
use rootsweep_model::{AccountFacts, Fact, Gap, GapKind};
use rootsweep_report::count_of;

use super::intake::Intake;

/// A transition, and the records that tripped it.
struct Tripped {
    at: Timestamp,
    event_ids: BTreeSet<String>,
    /// Log events that matched, with an event id or without one.
    matched: u64,
    /// Why not all of them could be read.
    gap: Option<Gap>,
}

/// Joins the transitions of an alarm with the records that reached its log groups just before, and triages those with
/// everything else that root did in the window: an intruder goes on after the alarm went off.
pub(super) async fn explain(
    aws: &Aws,
    mut intake: Intake,
    facts: &AccountFacts,
    name: &str,
    window: Window,
) -> anyhow::Result<triage_v1::Triage> {
    let Some(inputs) = inputs_of(&facts.monitoring, name) else { bail!(not_found(facts, name)) };
    for gap in unread_filters(facts, &inputs) {
        intake.skip(&gap);
    }
    let mut tripped = Vec::new();
    for fired in transitions(facts, &inputs, &mut intake, window.start) {
        tripped.push(trip(aws, &mut intake, facts, &inputs, &fired).await);
    }
    for group in facts.monitoring.log_groups.values() {
        take_all(&mut intake, facts, &aws.logged_root_records(&group.arn, window).await);
    }
    intake.ask_affected(aws).await;
    let mut told = intake.finish(window.start);
    let by_id: BTreeMap<&str, &Record> =
        told.records.iter().filter_map(|record| Some((record.event_id.as_deref()?, record))).collect();
    let alarms = tripped.into_iter().map(|it| transition(it, facts, &inputs, &by_id)).collect();
    told.alarms = alarms;
    Ok(told)
}

fn transition(
    tripped: Tripped,
    facts: &AccountFacts,
    inputs: &AlarmInputs<'_>,
    records: &BTreeMap<&str, &Record>,
) -> AlarmTransition {
    let found = tripped.event_ids.iter().filter_map(|id| records.get(id.as_str()).copied());
    let found: Vec<Tripping> = found.map(Tripping::from).collect();
    let nothing_found = nothing_found(&tripped, inputs);
    let found: Vec<&Tripping> = found.iter().collect();
    let (explanation, justified) = explain_transition(&found, tripped.gap.as_ref(), &nothing_found);
    AlarmTransition {
        account_id: facts.account.id,
        region: inputs.region.to_owned(),
        alarm: inputs.name.to_owned(),
        at: tripped.at,
        event_ids: tripped.event_ids.into_iter().collect(),
        explanation,
        justified,
    }
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

/// Returns when the alarm went into `ALARM`, the first time first. Where it never did, what woke somebody is not explained.
fn transitions(facts: &AccountFacts, inputs: &AlarmInputs<'_>, intake: &mut Intake, since: Timestamp) -> Vec<WentOff> {
    let history = match facts.alarm_history.get(inputs.region).map(Fact::known) {
        Some(Ok(history)) => history.as_slice(),
        Some(Err(gap)) => {
            intake.skip(gap);
            return Vec::new();
        }
        None => &[],
    };
    let told = went_off(history.iter().filter(|it| it.alarm_name == inputs.name), inputs.reach);
    if told.is_empty() {
        let message = format!("the alarm {} did not go into ALARM since {since}", inputs.name);
        let remedy = "look further back with --since; CloudWatch keeps the history of 30 days";
        let gap = Gap::new(GapKind::NotFound, "cloudwatch:DescribeAlarmHistory", message, remedy);
        intake.skip(&gap.in_region(inputs.region));
    }
    told
}

/// Reads what the alarm's filters matched just before it went off.
async fn trip(
    aws: &Aws,
    intake: &mut Intake,
    facts: &AccountFacts,
    inputs: &AlarmInputs<'_>,
    fired: &WentOff,
) -> Tripped {
    let window = Window { start: fired.earliest(SignedDuration::ZERO), end: fired.at };
    let gap = unread_filters(facts, inputs).into_iter().next();
    let mut tripped = Tripped { at: fired.at, event_ids: BTreeSet::new(), matched: 0, gap };
    for (group, filter) in &inputs.filters {
        let Some(pattern) = filter.pattern.as_deref() else { continue };
        let sources = aws.logged_matching(&group.arn, pattern, window).await;
        tripped.gap = tripped.gap.or_else(|| sources.iter().find_map(|it| it.records.gap().cloned()));
        let taken = take_all(intake, facts, &sources);
        tripped.matched += taken.len() as u64;
        tripped.event_ids.extend(taken.into_iter().flatten());
    }
    tripped
}

/// Returns why it is not known what the alarm's filters match, or which filters it has.
fn unread_filters(facts: &AccountFacts, inputs: &AlarmInputs<'_>) -> Vec<Gap> {
    let groups = facts.monitoring.log_groups.values().filter(|group| group.region == inputs.region);
    let unread = groups.filter_map(|group| group.metric_filters.gap().cloned());
    let without_pattern =
        inputs.filters.iter().filter(|(_, filter)| filter.pattern.is_none()).map(|(group, filter)| {
            let message = format!("the answer has no pattern for the filter {} of {}", filter.name, group.name);
            let remedy = "look at the filter by hand, and save the answer and report it as a defect of Rootsweep";
            Gap::new(GapKind::MissingField, "logs:DescribeMetricFilters", message, remedy).in_region(inputs.region)
        });
    unread.chain(without_pattern).collect()
}

/// Takes in what the account's own log groups have; returns the event id of each record, where it has one.
fn take_all(intake: &mut Intake, facts: &AccountFacts, sources: &[RecordSource]) -> Vec<Option<String>> {
    sources.iter().flat_map(|source| intake.take(facts.account.id, source)).collect()
}

fn nothing_found(tripped: &Tripped, inputs: &AlarmInputs<'_>) -> String {
    if inputs.filters.is_empty() {
        return "no metric filter of a trail's log group writes its metric, so nothing tells what set it off"
            .to_owned();
    }
    if tripped.matched > 0 {
        return format!("{} set it off, and none of them has an event id", count_of(tripped.matched, "log event"));
    }
    let groups: BTreeSet<&str> = inputs.filters.iter().map(|(group, _)| group.name.as_str()).collect();
    let groups = groups.into_iter().collect::<Vec<_>>().join(", ");
    format!("in the {:#} before, nothing that its filters match reached {groups}", inputs.reach)
}

#[cfg(test)]
mod tests {
    use rootsweep_model::facts::LogGroup;
    use serde_json::json;

    use super::*;
    use crate::command::triage::live::named;

    fn unread(metric_filters: &serde_json::Value) -> Vec<String> {
        let arn = "arn:aws:logs:us-east-1:111122223333:log-group:trail";
        let group = json!({ "arn": arn, "name": "trail", "region": "us-east-1", "metric_filters": metric_filters });
        let group: LogGroup = serde_json::from_value(group).expect("a log group");
        let account = named("111122223333".parse().expect("an id"));
        let mut facts = AccountFacts::unreachable(account, &Gap::new(GapKind::OutOfReach, "a:B", "not asked", "ask"));
        facts.monitoring.log_groups.insert(arn.to_owned(), group.clone());
        let filters = group.metric_filters.known().into_iter().flatten().map(|filter| (&group, filter)).collect();
        let inputs = AlarmInputs { name: "root", region: "us-east-1", filters, reach: SignedDuration::ZERO };
        unread_filters(&facts, &inputs).into_iter().map(|gap| gap.message).collect()
    }

    #[test]
    fn what_a_filter_without_a_pattern_matches_is_not_known() {
        let filter = |pattern: Option<&str>| json!({ "name": "root", "pattern": pattern, "transformations": [] });
        let told = unread(&json!({ "known": [filter(None), filter(Some("{ $.a = 1 }"))] }));
        assert_eq!(told, ["the answer has no pattern for the filter root of trail"]);
    }

    #[test]
    fn filters_that_could_not_be_read_are_not_taken_for_none() {
        let denied = Gap::new(GapKind::AccessDenied, "logs:DescribeMetricFilters", "refused", "allow it");
        assert_eq!(unread(&json!({ "gap": denied })), ["refused"]);
    }
}
