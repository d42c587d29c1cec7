//! Metric alarms: M out of N, missing data, and the change of state.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::actions;
use super::math::{self, Computed, Incomputable};
use super::metrics::{MetricKey, Query};
use crate::world::{
    AccountId, AlarmHistoryItem, AlarmState, HopKind, MetricAlarm, Place, Region, StateValue, TreatMissingData, World,
};

/// CloudWatch looks at two periods more than are asked for, to fill gaps.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html>
const EXTRA_PERIODS: usize = 2;

/// The kind of an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum AlarmKind {
    Metric,
    Composite,
}

impl AlarmKind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Metric => "MetricAlarm",
            Self::Composite => "CompositeAlarm",
        }
    }
}

/// A state that an evaluation came to, and why.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Verdict {
    pub(crate) value: StateValue,
    pub(crate) reason: String,
    pub(crate) data: Option<String>,
}

/// The period of an alarm, in seconds.
pub(super) fn period_of(alarm: &MetricAlarm) -> i64 {
    let of_queries =
        || alarm.metrics.iter().find_map(|it| it.metric_stat.as_ref().map(|stat| stat.period).or(it.period));
    alarm.period.or_else(of_queries).unwrap_or(60).max(1)
}

fn periods_of(alarm: &MetricAlarm) -> usize {
    usize::try_from(alarm.evaluation_periods.unwrap_or(1)).unwrap_or(1).clamp(1, 1440)
}

/// How far an alarm looks back, in seconds.
pub(super) fn window_seconds(alarm: &MetricAlarm) -> i64 {
    let periods = i64::try_from(periods_of(alarm) + EXTRA_PERIODS).unwrap_or(1);
    period_of(alarm) * periods
}

/// Evaluates every metric alarm.
pub(super) fn evaluate_all(world: &mut World, at: Timestamp) {
    let mut changes = Vec::new();
    for (account, region_name, region) in regions(world) {
        for alarm in &region.alarms {
            if let Some(verdict) = evaluate(region, alarm, at).filter(|it| it.value != alarm.state.value) {
                changes.push((Place::new(account, region_name), alarm.name.clone(), verdict));
            }
        }
    }
    for (place, name, verdict) in changes {
        transition(world, &place, AlarmKind::Metric, &name, verdict, at);
    }
}

/// Every Region of every account in which something was placed.
pub(super) fn regions(world: &World) -> impl Iterator<Item = (AccountId, &str, &Region)> {
    world
        .accounts
        .iter()
        .flat_map(|(id, account)| account.regions.iter().map(|(name, region)| (*id, name.as_str(), region)))
}

/// The values of the last periods, newest first; `None` for a period without data.
fn values(region: &Region, alarm: &MetricAlarm, at: Timestamp) -> Option<Vec<Option<f64>>> {
    let period = SignedDuration::from_secs(period_of(alarm));
    let count = periods_of(alarm) + EXTRA_PERIODS;
    let (mut end, mut values) = (at, Vec::with_capacity(count));
    for _ in 0..count {
        let start = end.checked_sub(period).ok()?;
        values.push(value(region, alarm, start, end).ok()?);
        end = start;
    }
    Some(values)
}

fn value(region: &Region, alarm: &MetricAlarm, start: Timestamp, end: Timestamp) -> Computed {
    if !alarm.metrics.is_empty() {
        return math::evaluate(region, &alarm.metrics, start, end);
    }
    let (Some(namespace), Some(name), Some(statistic)) = (&alarm.namespace, &alarm.metric_name, &alarm.statistic)
    else {
        return Err(Incomputable);
    };
    let key = MetricKey { namespace: namespace.clone(), name: name.clone(), dimensions: alarm.dimensions.clone() };
    let query = Query { key: &key, statistic, unit: alarm.unit.as_deref() };
    Ok(region.metrics.statistic(&query, start, end))
}

/// Judges an alarm; `None` keeps the state it has.
pub(super) fn evaluate(region: &Region, alarm: &MetricAlarm, at: Timestamp) -> Option<Verdict> {
    let threshold = alarm.threshold?;
    let values = values(region, alarm, at)?;
    let breaches = |value: f64| alarm.comparison_operator.breaches(value, threshold);
    let wanted = periods_of(alarm);
    let needed = usize::try_from(alarm.datapoints_to_alarm.unwrap_or(0)).unwrap_or(0);
    let needed = if needed == 0 { wanted } else { needed };
    let judged: Vec<Option<bool>> = values.iter().map(|value| value.map(breaches)).collect();
    let value = judge(&judged, needed, wanted, alarm.treat_missing_data.unwrap_or_default())?;
    let recent: Vec<f64> = values.iter().flatten().copied().take(wanted).collect();
    Some(explain(alarm, value, &recent, needed, at))
}

/// Judges the periods of the evaluation range, newest first, as M (`needed`) out of N (`wanted`).
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html>, whose two tables are
/// the tests of this function.
fn judge(range: &[Option<bool>], needed: usize, wanted: usize, missing: TreatMissingData) -> Option<StateValue> {
    let real: Vec<bool> = range.iter().flatten().copied().take(wanted).collect();
    let breaching = real.iter().filter(|it| **it).count();
    let gaps = wanted - real.len();
    let alarm_if = |alarm: bool| Some(if alarm { StateValue::Alarm } else { StateValue::Ok });
    if gaps == 0 || breaching >= needed {
        return alarm_if(breaching >= needed);
    }
    match missing {
        TreatMissingData::Breaching => alarm_if(breaching + gaps >= needed),
        TreatMissingData::Missing if real.is_empty() => Some(StateValue::InsufficientData),
        TreatMissingData::Missing => alarm_if(is_premature_alarm(range, needed, wanted)),
        TreatMissingData::Ignore if real.iter().all(|it| *it) => None,
        TreatMissingData::Ignore | TreatMissingData::NotBreaching => alarm_if(false),
    }
}

/// Whether the oldest breaching period is at least as old as M and everything newer is breaching or missing.
fn is_premature_alarm(range: &[Option<bool>], needed: usize, wanted: usize) -> bool {
    let oldest = range.iter().take(wanted).rposition(|it| *it == Some(true));
    oldest.is_some_and(|index| index + 1 >= needed) && !range.contains(&Some(false))
}

fn explain(alarm: &MetricAlarm, value: StateValue, recent: &[f64], needed: usize, at: Timestamp) -> Verdict {
    let threshold = alarm.threshold.unwrap_or_default();
    let stamp = at.strftime("%d/%m/%y %H:%M:%S");
    let points: Vec<String> = recent.iter().map(|value| format!("{value:?} ({stamp})")).collect();
    let (count, total) =
        (recent.iter().filter(|it| alarm.comparison_operator.breaches(**it, threshold)).count(), recent.len());
    let comparison = comparison_words(alarm);
    let reason = match value {
        StateValue::InsufficientData => "Insufficient Data: no datapoints were received.".to_owned(),
        StateValue::Alarm => format!(
            "Threshold Crossed: {count} out of the last {total} datapoints [{}] was {comparison} the threshold ({threshold:?}) \
             (minimum {needed} datapoint for OK -> ALARM transition).",
            points.join(", ")
        ),
        StateValue::Ok if recent.is_empty() => format!(
            "Threshold Crossed: no datapoints were received for {} period and {} missing datapoint was treated as [NonBreaching].",
            periods_of(alarm),
            periods_of(alarm)
        ),
        StateValue::Ok => format!(
            "Threshold Crossed: {} out of the last {total} datapoints [{}] was not {comparison} the threshold ({threshold:?}) \
             (minimum 1 datapoint for ALARM -> OK transition).",
            total - count,
            points.join(", ")
        ),
    };
    let data = json!({
        "version": "1.0",
        "queryDate": iso(at),
        "statistic": alarm.statistic,
        "period": period_of(alarm),
        "recentDatapoints": recent,
        "threshold": threshold,
    });
    Verdict { value, reason, data: Some(data.to_string()) }
}

fn comparison_words(alarm: &MetricAlarm) -> &'static str {
    use crate::world::ComparisonOperator as Operator;
    match alarm.comparison_operator {
        Operator::GreaterThanOrEqualToThreshold => "greater than or equal to",
        Operator::GreaterThanThreshold => "greater than",
        Operator::LessThanThreshold => "less than",
        Operator::LessThanOrEqualToThreshold => "less than or equal to",
    }
}

/// A time as alarm history and alarm messages write it.
pub(super) fn iso(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string()
}

/// Sets an alarm's state, notes it in the history, and acts.
pub(crate) fn transition(
    world: &mut World,
    place: &Place,
    kind: AlarmKind,
    name: &str,
    verdict: Verdict,
    at: Timestamp,
) {
    let Some(state) = state_mut(world, place, kind, name) else { return };
    let from = state.value;
    let changed = from != verdict.value;
    *state = AlarmState {
        value: verdict.value,
        reason: verdict.reason.clone(),
        reason_data: verdict.data.clone(),
        updated_at: at,
        transitioned_at: if changed { at } else { state.transitioned_at },
    };
    if !changed {
        return;
    }
    let to = verdict.value;
    let data = json!({
        "version": "1.0",
        "oldState": { "stateValue": from.name() },
        "newState": { "stateValue": to.name(), "stateReason": verdict.reason, "stateReasonData": verdict.data },
    });
    let summary = format!("Alarm updated from {} to {}", from.name(), to.name());
    let item = history_item(kind, name, "StateUpdate", summary, at);
    note(world, place, AlarmHistoryItem { data: data.to_string(), ..item });
    let hop =
        HopKind::AlarmChanged { alarm: name.to_owned(), from: from.name(), to: to.name(), reason: verdict.reason };
    world.hop(at, place, hop);
    actions::on_transition(world, place, kind, name, from, at);
}

fn state_mut<'a>(world: &'a mut World, place: &Place, kind: AlarmKind, name: &str) -> Option<&'a mut AlarmState> {
    let region = world.region_mut(place.account, &place.region)?;
    match kind {
        AlarmKind::Metric => region.alarms.iter_mut().find(|it| it.name == name).map(|it| &mut it.state),
        AlarmKind::Composite => region.composite_alarms.iter_mut().find(|it| it.name == name).map(|it| &mut it.state),
    }
}

/// Notes something in an alarm's history.
pub(crate) fn note(world: &mut World, place: &Place, item: AlarmHistoryItem) {
    if let Some(region) = world.region_mut(place.account, &place.region) {
        region.alarm_history.push(item);
    }
}

/// An entry of alarm history.
pub(crate) fn history_item(
    kind: AlarmKind,
    name: &str,
    item_type: &str,
    summary: String,
    at: Timestamp,
) -> AlarmHistoryItem {
    AlarmHistoryItem {
        alarm_name: name.to_owned(),
        alarm_type: kind.name().to_owned(),
        at,
        item_type: item_type.to_owned(),
        summary,
        data: String::new(),
    }
}

/// The dimensions of a message's trigger.
pub(super) fn dimension_list(dimensions: &BTreeMap<String, String>) -> Vec<serde_json::Value> {
    dimensions.iter().map(|(name, value)| json!({ "value": value, "name": name })).collect()
}

#[cfg(test)]
mod tests;
