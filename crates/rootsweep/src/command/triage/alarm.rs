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
    let mut tripped = Tripped { at: fired.at, event_ids: BTreeSet::new(), matched: 0, gap: None };
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
