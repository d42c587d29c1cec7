//! Metrics and alarms, as they are put and changed.

use std::collections::BTreeMap;

use super::super::{Context, Reply};
use crate::error::ServiceError;
use crate::living::metrics::{Datapoint, MetricKey};
use crate::living::{AlarmKind, Verdict, evaluate_rule, history_item, note, transition};
use crate::value::Value;
use crate::world::{
    Actions, AlarmState, ComparisonOperator, CompositeAlarm, MetricAlarm, MetricQuery, MetricStat, StateValue,
    Suppressor, TreatMissingData,
};

fn dimensions(input: &Value) -> BTreeMap<String, String> {
    let pair = |it: &Value| Some((it.text("Name")?.to_owned(), it.text("Value")?.to_owned()));
    input.list("Dimensions").iter().filter_map(pair).collect()
}

fn text(input: &Value, name: &str) -> Option<String> {
    input.text(name).map(str::to_owned)
}

/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html>
pub(super) fn put_metric_data(context: &mut Context<'_>) -> Reply {
    let (namespace, now, place) = (context.required("Namespace")?, context.now(), context.place());
    for datum in context.input().list("MetricData") {
        let name = text(datum, "MetricName").ok_or_else(|| context.invalid("The parameter MetricName is required."))?;
        let key = MetricKey { namespace: namespace.to_owned(), name, dimensions: dimensions(datum) };
        for datapoint in datapoints(context, datum, now)? {
            context.world.put_datapoint(&place, key.clone(), datapoint, now);
        }
    }
    Ok(Value::empty())
}

fn datapoints(context: &Context<'_>, datum: &Value, now: jiff::Timestamp) -> Result<Vec<Datapoint>, ServiceError> {
    let (at, unit) = (datum.time("Timestamp").unwrap_or(now), text(datum, "Unit"));
    if let Some(set) = datum.get("StatisticValues") {
        let number =
            |name| set.float(name).ok_or_else(|| context.invalid(format!("The parameter {name} is required.")));
        let (sum, count) = (number("Sum")?, number("SampleCount")?);
        let (minimum, maximum) = (number("Minimum")?, number("Maximum")?);
        return Ok(vec![Datapoint { at, sum, count, minimum, maximum, unit }]);
    }
    let values: Vec<f64> = datum.list("Values").iter().filter_map(Value::as_float).collect();
    let counts: Vec<f64> = datum.list("Counts").iter().filter_map(Value::as_float).collect();
    if values.is_empty() {
        let value = datum
            .float("Value")
            .ok_or_else(|| context.invalid("A metric datum needs Value, Values or StatisticValues."))?;
        return Ok(vec![Datapoint::of(at, value, unit)]);
    }
    let counts = counts.into_iter().chain(std::iter::repeat(1.0));
    let point = |(value, count)| Datapoint { sum: value * count, count, ..Datapoint::of(at, value, unit.clone()) };
    Ok(values.into_iter().zip(counts).map(point).collect())
}

fn actions(input: &Value) -> Actions {
    Actions {
        enabled: input.boolean("ActionsEnabled").unwrap_or(true),
        alarm: input.texts("AlarmActions"),
        ok: input.texts("OKActions"),
        insufficient_data: input.texts("InsufficientDataActions"),
    }
}

/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>
pub(super) fn put_metric_alarm(context: &mut Context<'_>) -> Reply {
    let mut alarm = read_alarm(context)?;
    let alarms = &mut context.region_mut()?.alarms;
    if let Some(known) = alarms.iter_mut().find(|it| it.name == alarm.name) {
        alarm.state = known.state.clone();
        known.clone_from(&alarm);
    } else {
        alarms.push(alarm.clone());
    }
    configured(context, AlarmKind::Metric, &alarm.name);
    Ok(Value::empty())
}

fn read_alarm(context: &Context<'_>) -> Result<MetricAlarm, ServiceError> {
    let (input, now) = (context.input(), context.now());
    let comparison = ComparisonOperator::from_name(context.required("ComparisonOperator")?);
    let missing = input.text("TreatMissingData").map(|name| TreatMissingData::from_name(name).ok_or(name));
    let missing =
        missing.transpose().map_err(|name| context.invalid(format!("Unsupported TreatMissingData value {name}")))?;
    let evaluation_periods = input.integer("EvaluationPeriods").filter(|it| *it > 0);
    if evaluation_periods.is_none() {
        return Err(ServiceError::new(400, "MissingParameter", "The parameter EvaluationPeriods is required."));
    }
    Ok(MetricAlarm {
        name: context.required("AlarmName")?.to_owned(),
        description: text(input, "AlarmDescription"),
        actions: actions(input),
        namespace: text(input, "Namespace"),
        metric_name: text(input, "MetricName"),
        dimensions: dimensions(input),
        statistic: text(input, "Statistic"),
        period: input.integer("Period"),
        unit: text(input, "Unit"),
        evaluation_periods,
        datapoints_to_alarm: input.integer("DatapointsToAlarm"),
        threshold: input.float("Threshold"),
        comparison_operator: comparison.ok_or_else(|| context.invalid("Unsupported ComparisonOperator"))?,
        treat_missing_data: missing,
        metrics: input.list("Metrics").iter().map(read_query).collect(),
        configured_at: now,
        state: initial_state(now),
        ..MetricAlarm::default()
    })
}

fn initial_state(now: jiff::Timestamp) -> AlarmState {
    let reason = "Unchecked: Initial alarm creation".to_owned();
    AlarmState { reason, updated_at: now, transitioned_at: now, ..AlarmState::default() }
}

fn read_query(input: &Value) -> MetricQuery {
    let stat = |it: &Value| {
        let metric = it.get("Metric");
        MetricStat {
            namespace: metric.and_then(|it| text(it, "Namespace")).unwrap_or_default(),
            metric_name: metric.and_then(|it| text(it, "MetricName")).unwrap_or_default(),
            dimensions: metric.map(dimensions).unwrap_or_default(),
            period: it.integer("Period").unwrap_or(60),
            stat: text(it, "Stat").unwrap_or_default(),
            unit: text(it, "Unit"),
        }
    };
    MetricQuery {
        id: text(input, "Id").unwrap_or_default(),
        metric_stat: input.get("MetricStat").map(stat),
        expression: text(input, "Expression"),
        label: text(input, "Label"),
        return_data: input.boolean("ReturnData"),
        period: input.integer("Period"),
        account_id: text(input, "AccountId"),
    }
}

/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html>
pub(super) fn put_composite_alarm(context: &mut Context<'_>) -> Reply {
    let (input, now) = (context.input(), context.now());
    let (name, rule) = (context.required("AlarmName")?, context.required("AlarmRule")?);
    if evaluate_rule(rule, context.region()).is_none() {
        return Err(ServiceError::new(
            400,
            "ValidationError",
            "AlarmRule is not valid, or names an alarm that does not exist.",
        ));
    }
    let suppressor = text(input, "ActionsSuppressor").map(|alarm| Suppressor {
        alarm,
        wait_period: input.integer("ActionsSuppressorWaitPeriod").unwrap_or(0),
        extension_period: input.integer("ActionsSuppressorExtensionPeriod").unwrap_or(0),
    });
    let alarms = &mut context.region_mut()?.composite_alarms;
    let known = alarms.iter().find(|it| it.name == name).map(|it| it.state.clone());
    alarms.retain(|it| it.name != name);
    alarms.push(CompositeAlarm {
        name: name.to_owned(),
        description: text(input, "AlarmDescription"),
        rule: rule.to_owned(),
        actions: actions(input),
        suppressor,
        configured_at: now,
        state: known.unwrap_or_else(|| initial_state(now)),
        ..CompositeAlarm::default()
    });
    configured(context, AlarmKind::Composite, name);
    Ok(Value::empty())
}

/// Notes a change of the configuration, and lets the alarm be evaluated.
fn configured(context: &mut Context<'_>, kind: AlarmKind, name: &str) {
    let (place, now) = (context.place(), context.now());
    let summary = format!("Alarm \"{name}\" updated");
    let item = history_item(kind, name, "ConfigurationUpdate", summary, now);
    note(context.world, &place, item);
    context.world.measure_alarms();
    context.world.wake(now);
}

/// Finds the kind of an alarm.
fn kind_of(context: &Context<'_>, name: &str) -> Option<AlarmKind> {
    let region = context.region();
    let metric = region.alarms.iter().any(|it| it.name == name).then_some(AlarmKind::Metric);
    metric.or_else(|| region.composite_alarms.iter().any(|it| it.name == name).then_some(AlarmKind::Composite))
}

/// Deletes all of the alarms or, when one of them does not exist, none.
pub(super) fn delete_alarms(context: &mut Context<'_>) -> Reply {
    let names = context.input().texts("AlarmNames");
    if names.iter().any(|name| kind_of(context, name).is_none()) {
        return Err(ServiceError::new(404, "ResourceNotFound", "Alarm does not exist"));
    }
    let region = context.region_mut()?;
    region.alarms.retain(|it| !names.contains(&it.name));
    region.composite_alarms.retain(|it| !names.contains(&it.name));
    Ok(Value::empty())
}

/// Sets a state by hand; the next evaluation takes it back.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html>
pub(super) fn set_alarm_state(context: &mut Context<'_>) -> Reply {
    let (name, now, place) = (context.required("AlarmName")?, context.now(), context.place());
    let value = StateValue::from_name(context.required("StateValue")?);
    let verdict = Verdict {
        value: value.ok_or_else(|| context.invalid("Unsupported StateValue"))?,
        reason: context.required("StateReason")?.to_owned(),
        data: text(context.input(), "StateReasonData"),
    };
    let kind =
        kind_of(context, name).ok_or_else(|| ServiceError::new(404, "ResourceNotFound", "Alarm does not exist"))?;
    transition(context.world, &place, kind, name, verdict, now);
    context.world.wake(now);
    Ok(Value::empty())
}

pub(super) fn enable_alarm_actions(context: &mut Context<'_>) -> Reply {
    set_actions(context, true)
}

pub(super) fn disable_alarm_actions(context: &mut Context<'_>) -> Reply {
    set_actions(context, false)
}

fn set_actions(context: &mut Context<'_>, enabled: bool) -> Reply {
    let names = context.input().texts("AlarmNames");
    let region = context.region_mut()?;
    let metric = region.alarms.iter_mut().map(|it| (&it.name, &mut it.actions));
    let composite = region.composite_alarms.iter_mut().map(|it| (&it.name, &mut it.actions));
    for (_, actions) in metric.chain(composite).filter(|(name, _)| names.contains(name)) {
        actions.enabled = enabled;
    }
    Ok(Value::empty())
}
