//! Amazon CloudWatch Logs.

use jiff::Timestamp;

use super::paging::{Page, Paging};
use super::{Context, Handler, Reply};
use crate::error::ServiceError;
use crate::value::{Value, shape};
use crate::world::{LogEvent, LogGroup, MetricFilter, MetricTransformation};

/// Lists of CloudWatch Logs have at most fifty items a page.
const PAGING: Paging = Paging { token: "nextToken", limit: "limit", default: 50, max: 50 };

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "DescribeLogGroups" => describe_log_groups,
        "DescribeMetricFilters" => describe_metric_filters,
        "FilterLogEvents" => filter_log_events,
        _ => return None,
    })
}

/// Refuses the parameters that would change the answer in a way that is not modelled.
fn refuse_unmodelled(context: &Context<'_>, parameters: &[&str]) -> Result<(), ServiceError> {
    match parameters.iter().find(|name| context.input().get(name).is_some()) {
        Some(name) => Err(ServiceError::not_modelled(format!("{} of logs:{}", name, context.call.operation))),
        None => Ok(()),
    }
}

/// Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html>
fn describe_log_groups(context: &mut Context<'_>) -> Reply {
    refuse_unmodelled(context, &["accountIdentifiers", "logGroupIdentifiers"])?;
    let (prefix, pattern) = (context.input().text("logGroupNamePrefix"), context.input().text("logGroupNamePattern"));
    let class = context.input().text("logGroupClass");
    let wanted = |group: &&LogGroup| {
        prefix.is_none_or(|it| group.name.starts_with(it))
            && pattern.is_none_or(|it| group.name.to_lowercase().contains(&it.to_lowercase()))
            && class.is_none_or(|it| it == class_of(group))
    };
    let mut groups: Vec<&LogGroup> = context.region().log_groups.iter().filter(wanted).collect();
    groups.sort_by_key(|group| &group.name);
    let (page, token) = Page::of(context, PAGING)?.cut(groups);
    let groups: Vec<Value> = page.into_iter().map(|group| group_shape(context, group)).collect();
    Ok(shape! { "logGroups": groups, "nextToken": token })
}

fn class_of(group: &LogGroup) -> &str {
    if group.class.is_empty() { "STANDARD" } else { &group.class }
}

fn group_shape(context: &Context<'_>, group: &LogGroup) -> Value {
    let arn = context.arn("logs", &format!("log-group:{}", group.name));
    shape! {
        "logGroupName": &group.name,
        "creationTime": group.created_at.as_millisecond(),
        "retentionInDays": group.retention_in_days,
        "metricFilterCount": group.metric_filters.len(),
        "arn": format!("{arn}:*"),
        "logGroupArn": arn,
        "logGroupClass": class_of(group),
        "storedBytes": group.events.iter().map(|event| event.message.len()).sum::<usize>(),
    }
}

/// The log group that the call names.
fn group<'a>(context: &'a Context<'_>, name: &str) -> Result<&'a LogGroup, ServiceError> {
    let absent = || ServiceError::new(400, "ResourceNotFoundException", "The specified log group does not exist.");
    context.region().log_groups.iter().find(|group| group.name == name).ok_or_else(absent)
}

/// Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeMetricFilters.html>
fn describe_metric_filters(context: &mut Context<'_>) -> Reply {
    let input = context.input();
    let (name, namespace) = (input.text("metricName"), input.text("metricNamespace"));
    if name.is_some() != namespace.is_some() {
        return Err(context.invalid("metricName and metricNamespace must be given together."));
    }
    let prefix = input.text("filterNamePrefix").unwrap_or_default();
    let groups: Vec<&LogGroup> = match input.text("logGroupName") {
        Some(name) => vec![group(context, name)?],
        None => context.region().log_groups.iter().collect(),
    };
    let filters = groups.into_iter().flat_map(|group| group.metric_filters.iter().map(move |filter| (group, filter)));
    let metric = |it: &MetricTransformation| {
        name.is_none_or(|name| name == it.name) && namespace.is_none_or(|name| name == it.namespace)
    };
    let wanted = |(_, filter): &(&LogGroup, &MetricFilter)| {
        filter.name.starts_with(prefix) && (name.is_none() || filter.transformations.iter().any(metric))
    };
    let mut filters: Vec<_> = filters.filter(wanted).collect();
    filters.sort_by_key(|(group, filter)| (&filter.name, &group.name));
    let (page, token) = Page::of(context, PAGING)?.cut(filters);
    let filters: Vec<Value> = page.into_iter().map(|(group, filter)| filter_shape(group, filter)).collect();
    Ok(shape! { "metricFilters": filters, "nextToken": token })
}

fn filter_shape(group: &LogGroup, filter: &MetricFilter) -> Value {
    let transformation = |it: &MetricTransformation| {
        let dimensions = (!it.dimensions.is_empty()).then(|| Value::map(it.dimensions.clone()));
        shape! {
            "metricName": &it.name,
            "metricNamespace": &it.namespace,
            "metricValue": &it.value,
            "defaultValue": it.default_value,
            "dimensions": dimensions,
            "unit": it.unit.as_ref(),
        }
    };
    shape! {
        "filterName": &filter.name,
        "filterPattern": &filter.pattern,
        "metricTransformations": filter.transformations.iter().map(transformation).collect::<Vec<_>>(),
        "creationTime": filter.created_at.as_millisecond(),
        "logGroupName": &group.name,
        "applyOnTransformedLogs": filter.apply_on_transformed_logs,
        "fieldSelectionCriteria": filter.field_selection_criteria.as_ref(),
    }
}

/// Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html>
fn filter_log_events(context: &mut Context<'_>) -> Reply {
    let input = context.input();
    let name = match (input.text("logGroupName"), input.text("logGroupIdentifier")) {
        (Some(name), None) => name,
        (None, Some(identifier)) => identifier.rsplit_once(":log-group:").map_or(identifier, |(_, name)| name),
        _ => return Err(context.invalid("Exactly one of logGroupName and logGroupIdentifier is needed.")),
    };
    if input.text("filterPattern").is_some_and(|pattern| !pattern.trim().is_empty()) {
        return Err(ServiceError::not_modelled("filterPattern of logs:FilterLogEvents"));
    }
    let time = |name| input.integer(name).and_then(|it| Timestamp::from_millisecond(it).ok());
    let (start, end) = (time("startTime").unwrap_or(Timestamp::MIN), time("endTime").unwrap_or(Timestamp::MAX));
    let (streams, prefix) = (input.texts("logStreamNames"), input.text("logStreamNamePrefix").unwrap_or_default());
    let wanted = |event: &(usize, &LogEvent)| {
        let event = event.1;
        (start..=end).contains(&event.timestamp)
            && event.stream.starts_with(prefix)
            && (streams.is_empty() || streams.contains(&event.stream))
    };
    let mut events: Vec<_> = group(context, name)?.events.iter().enumerate().filter(wanted).collect();
    events.sort_by_key(|(_, event)| event.timestamp);
    let paging = Paging { default: 10_000, max: 10_000, ..PAGING };
    let (page, token) = Page::of(context, paging)?.cut(events);
    let events: Vec<Value> = page.into_iter().map(|(index, event)| event_shape(index, event)).collect();
    Ok(shape! { "events": events, "searchedLogStreams": Vec::<Value>::new(), "nextToken": token })
}

fn event_shape(index: usize, event: &LogEvent) -> Value {
    shape! {
        "logStreamName": &event.stream,
        "timestamp": event.timestamp.as_millisecond(),
        "message": &event.message,
        "ingestionTime": event.ingested_at.unwrap_or(event.timestamp).as_millisecond(),
        "eventId": format!("{:056}", index),
    }
}
