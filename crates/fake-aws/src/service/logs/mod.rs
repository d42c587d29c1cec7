//! Amazon CloudWatch Logs.

mod filter;
mod write;

use super::paging::{Page, Paging};
use super::{Context, Operation, Reply};
use crate::error::ServiceError;
use crate::value::{Value, shape};
use crate::world::{LogGroup, MetricFilter, MetricTransformation};

/// Lists of CloudWatch Logs have at most fifty items a page.
const PAGING: Paging = Paging { token: "nextToken", limit: "limit", default: 50, max: 50 };

/// The operations of the service.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new("DescribeLogGroups", describe_log_groups).refusing(&["accountIdentifiers", "logGroupIdentifiers"]),
    Operation::new("DescribeMetricFilters", describe_metric_filters),
    Operation::new("FilterLogEvents", filter::filter_log_events).differing("501 where the pattern's verdict on a message is not documented by AWS"),
    Operation::new("TestMetricFilter", filter::test_metric_filter).differing("501 where the pattern's verdict on a message is not documented by AWS; no extracted values"),
    Operation::new("CreateLogGroup", write::create_log_group),
    Operation::new("CreateLogStream", write::create_log_stream),
    Operation::new("PutLogEvents", write::put_log_events).differing("metric filters are evaluated at once"),
    Operation::new("PutMetricFilter", write::put_metric_filter).differing("a verdict that AWS does not document counts as no match, and the hop says so; 501 to a `fieldSelectionCriteria` that is not one on account or Region"),
    Operation::new("DeleteMetricFilter", write::delete_metric_filter),
];

/// Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html>
fn describe_log_groups(context: &mut Context<'_>) -> Reply {
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
    context.region().log_groups.iter().find(|group| group.name == name).ok_or_else(no_such_group)
}

fn no_such_group() -> ServiceError {
    ServiceError::new(400, "ResourceNotFoundException", "The specified log group does not exist.")
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
