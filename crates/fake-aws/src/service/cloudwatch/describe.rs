//! Alarms and their history, as they are described.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::super::paging::Page;
use super::super::{Context, Reply};
use super::{PAGING, alarm_arn};
use crate::living::Held;
use crate::value::{Name, Value, shape};
use crate::world::{
    Actions, AlarmHistoryItem, AlarmState, CompositeAlarm, MetricAlarm, MetricQuery, MetricStat, Suppressor,
    TreatMissingData,
};

/// Alarm history is kept so long.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-alarms-actions.html>
const HISTORY: SignedDuration = SignedDuration::from_hours(30 * 24);

/// An alarm of either kind.
enum Alarm<'a> {
    Metric(&'a MetricAlarm),
    Composite(&'a CompositeAlarm),
}

impl Alarm<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Metric(alarm) => &alarm.name,
            Self::Composite(alarm) => &alarm.name,
        }
    }

    fn parts(&self) -> (&Actions, &AlarmState) {
        match self {
            Self::Metric(alarm) => (&alarm.actions, &alarm.state),
            Self::Composite(alarm) => (&alarm.actions, &alarm.state),
        }
    }
}

/// Describes alarms; without `AlarmTypes` metric alarms alone.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html>
pub(super) fn describe_alarms(context: &mut Context<'_>) -> Reply {
    let types = context.input().texts("AlarmTypes");
    let with = |name: &str| types.iter().any(|it| it == name);
    let region = context.region();
    let metric = region.alarms.iter().filter(|_| types.is_empty() || with("MetricAlarm")).map(Alarm::Metric);
    let composite = region.composite_alarms.iter().filter(|_| with("CompositeAlarm")).map(Alarm::Composite);
    let mut alarms: Vec<Alarm<'_>> = metric.chain(composite).filter(|alarm| is_wanted(context, alarm)).collect();
    alarms.sort_by(|one, other| one.name().cmp(other.name()));
    let (page, token) = Page::of(context, PAGING)?.cut(alarms);
    let (mut metric, mut composite) = (Vec::new(), Vec::new());
    for alarm in page {
        match alarm {
            Alarm::Metric(alarm) => metric.push(metric_shape(context, alarm)),
            Alarm::Composite(alarm) => composite.push(composite_shape(context, alarm)),
        }
    }
    Ok(shape! { "MetricAlarms": metric, "CompositeAlarms": composite, "NextToken": token })
}

fn is_wanted(context: &Context<'_>, alarm: &Alarm<'_>) -> bool {
    let input = context.input();
    let names = input.texts("AlarmNames");
    let (actions, state) = alarm.parts();
    let all_actions = || [&actions.alarm, &actions.ok, &actions.insufficient_data].into_iter().flatten();
    (names.is_empty() || names.iter().any(|name| name == alarm.name()))
        && input.text("AlarmNamePrefix").is_none_or(|prefix| alarm.name().starts_with(prefix))
        && input.text("StateValue").is_none_or(|value| value == state.value.name())
        && input.text("ActionPrefix").is_none_or(|prefix| all_actions().any(|action| action.starts_with(prefix)))
}

/// The members that both kinds of alarm have.
fn common(
    context: &Context<'_>,
    name: &str,
    actions: &Actions,
    state: &AlarmState,
    configured_at: Timestamp,
) -> Vec<(Name, Value)> {
    let members: [(&'static str, Value); 12] = [
        ("AlarmName", name.into()),
        ("AlarmArn", alarm_arn(context, name).into()),
        ("AlarmConfigurationUpdatedTimestamp", configured_at.into()),
        ("ActionsEnabled", actions.enabled.into()),
        ("OKActions", actions.ok.as_slice().into()),
        ("AlarmActions", actions.alarm.as_slice().into()),
        ("InsufficientDataActions", actions.insufficient_data.as_slice().into()),
        ("StateValue", state.value.name().into()),
        ("StateReason", state.reason.as_str().into()),
        ("StateReasonData", state.reason_data.as_ref().into()),
        ("StateUpdatedTimestamp", state.updated_at.into()),
        ("StateTransitionedTimestamp", state.transitioned_at.into()),
    ];
    members.into_iter().map(|(name, value)| (name.into(), value)).collect()
}

fn metric_shape(context: &Context<'_>, alarm: &MetricAlarm) -> Value {
    let mut members = common(context, &alarm.name, &alarm.actions, &alarm.state, alarm.configured_at);
    let wall_clock = alarm.wall_clock_window.then(|| shape! { "WallClockWindow": Value::empty() });
    let own: [(&'static str, Value); 17] = [
        ("AlarmDescription", alarm.description.as_ref().into()),
        ("MetricName", alarm.metric_name.as_ref().into()),
        ("Namespace", alarm.namespace.as_ref().into()),
        ("Statistic", alarm.statistic.as_ref().into()),
        ("ExtendedStatistic", alarm.extended_statistic.as_ref().into()),
        ("Dimensions", dimensions(&alarm.dimensions)),
        ("Period", alarm.period.into()),
        ("Unit", alarm.unit.as_ref().into()),
        ("EvaluationPeriods", alarm.evaluation_periods.into()),
        ("DatapointsToAlarm", alarm.datapoints_to_alarm.into()),
        ("Threshold", alarm.threshold.into()),
        ("ComparisonOperator", alarm.comparison_operator.name().into()),
        ("TreatMissingData", alarm.treat_missing_data.map(TreatMissingData::name).into()),
        ("Metrics", alarm.metrics.iter().map(query_shape).collect::<Vec<_>>().into()),
        ("ThresholdMetricId", alarm.threshold_metric_id.as_ref().into()),
        ("EvaluationState", alarm.evaluation_state.as_ref().into()),
        ("EvaluationWindow", wall_clock.into()),
    ];
    members.extend(own.into_iter().map(|(name, value)| (name.into(), value)));
    Value::structure(members)
}

fn composite_shape(context: &Context<'_>, alarm: &CompositeAlarm) -> Value {
    let mut members = common(context, &alarm.name, &alarm.actions, &alarm.state, alarm.configured_at);
    let suppressor = alarm.suppressor.as_ref();
    let period = |read: fn(&Suppressor) -> i64| suppressor.map(read);
    let own: [(&'static str, Value); 6] = [
        ("AlarmDescription", alarm.description.as_ref().into()),
        ("AlarmRule", alarm.rule.as_str().into()),
        ("ActionsSuppressedBy", alarm.held.as_ref().and_then(Held::suppressed_by).into()),
        ("ActionsSuppressor", suppressor.map(|it| it.alarm.as_str()).into()),
        ("ActionsSuppressorWaitPeriod", period(|it| it.wait_period).into()),
        ("ActionsSuppressorExtensionPeriod", period(|it| it.extension_period).into()),
    ];
    members.extend(own.into_iter().map(|(name, value)| (name.into(), value)));
    Value::structure(members)
}

fn dimensions(dimensions: &BTreeMap<String, String>) -> Value {
    dimensions.iter().map(|(name, value)| shape! { "Name": name, "Value": value }).collect::<Vec<_>>().into()
}

fn query_shape(query: &MetricQuery) -> Value {
    let stat = |it: &MetricStat| {
        let metric = shape! { "Namespace": &it.namespace, "MetricName": &it.metric_name, "Dimensions": dimensions(&it.dimensions) };
        shape! { "Metric": metric, "Period": it.period, "Stat": &it.stat, "Unit": it.unit.as_ref() }
    };
    shape! {
        "Id": &query.id,
        "MetricStat": query.metric_stat.as_ref().map(stat),
        "Expression": query.expression.as_ref(),
        "Label": query.label.as_ref(),
        "ReturnData": query.return_data,
        "Period": query.period,
        "AccountId": query.account_id.as_ref(),
    }
}

/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html>
pub(super) fn describe_alarm_history(context: &mut Context<'_>) -> Reply {
    let input = context.input();
    let oldest = context.now().saturating_sub(HISTORY).unwrap_or(Timestamp::MIN);
    let start = input.time("StartDate").unwrap_or(oldest).max(oldest);
    let end = input.time("EndDate").unwrap_or(Timestamp::MAX);
    let types = input.texts("AlarmTypes");
    let wanted = |item: &&AlarmHistoryItem| {
        (start..=end).contains(&item.at)
            && input.text("AlarmName").is_none_or(|name| name == item.alarm_name)
            && input.text("HistoryItemType").is_none_or(|kind| kind == item.item_type)
            && if types.is_empty() { item.alarm_type == "MetricAlarm" } else { types.contains(&item.alarm_type) }
    };
    let mut items: Vec<&AlarmHistoryItem> = context.region().alarm_history.iter().filter(wanted).collect();
    match input.text("ScanBy") {
        Some("TimestampAscending") => items.sort_by_key(|item| item.at),
        _ => items.sort_by_key(|item| Reverse(item.at)),
    }
    let (page, token) = Page::of(context, PAGING)?.cut(items);
    let item = |it: &AlarmHistoryItem| {
        shape! {
            "AlarmName": &it.alarm_name,
            "AlarmType": &it.alarm_type,
            "Timestamp": it.at,
            "HistoryItemType": &it.item_type,
            "HistorySummary": &it.summary,
            "HistoryData": &it.data,
        }
    };
    Ok(shape! { "AlarmHistoryItems": page.into_iter().map(item).collect::<Vec<_>>(), "NextToken": token })
}
