//! Log groups, log events and metric filters, as they are made.

use jiff::{SignedDuration, Timestamp};

use super::super::{Context, Reply};
use super::{filter, no_such_group};
use crate::error::ServiceError;
use crate::living::{LogInput, evaluate_field_selection};
use crate::value::{Value, shape};
use crate::world::{LogGroup, MetricFilter, MetricTransformation};

/// A log group has at most so many metric filters.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html>
const MAX_FILTERS: usize = 100;

/// A batch spans at most a day.
const MAX_SPAN: SignedDuration = SignedDuration::from_hours(24);

fn exists(what: &str) -> ServiceError {
    ServiceError::new(400, "ResourceAlreadyExistsException", format!("The specified {what} already exists"))
}

fn group_mut<'a>(context: &'a mut Context<'_>) -> Result<&'a mut LogGroup, ServiceError> {
    let name = context.required("logGroupName")?;
    context.region_mut()?.log_groups.iter_mut().find(|group| group.name == name).ok_or_else(no_such_group)
}

pub(super) fn create_log_group(context: &mut Context<'_>) -> Reply {
    let (name, now) = (context.required("logGroupName")?, context.now());
    let class = context.input().text("logGroupClass").unwrap_or_default().to_owned();
    let groups = &mut context.region_mut()?.log_groups;
    if groups.iter().any(|group| group.name == name) {
        return Err(exists("log group"));
    }
    groups.push(LogGroup { class, created_at: now, ..LogGroup::named(name) });
    Ok(Value::empty())
}

pub(super) fn create_log_stream(context: &mut Context<'_>) -> Reply {
    let name = context.required("logStreamName")?;
    let streams = &mut group_mut(context)?.streams;
    if streams.iter().any(|stream| stream == name) {
        return Err(exists("log stream"));
    }
    streams.push(name.to_owned());
    Ok(Value::empty())
}

/// Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html>
pub(super) fn put_log_events(context: &mut Context<'_>) -> Reply {
    let (stream, now, place) = (context.required("logStreamName")?, context.now(), context.place());
    let events = events(context)?;
    let group = group_mut(context)?;
    let known = group.streams.iter().any(|it| it == stream) || group.events.iter().any(|it| it.stream == stream);
    if !known {
        let message = "The specified log stream does not exist.";
        return Err(ServiceError::new(400, "ResourceNotFoundException", message));
    }
    let name = group.name.clone();
    let rejected = context.world.put_log_events(&place, &name, stream, events, now);
    let info = rejected.any().then(|| {
        shape! {
            "tooNewLogEventStartIndex": rejected.too_new_start,
            "tooOldLogEventEndIndex": rejected.too_old_end,
            "expiredLogEventEndIndex": rejected.expired_end,
        }
    });
    Ok(shape! { "nextSequenceToken": context.world.runtime.ids.next(), "rejectedLogEventsInfo": info })
}

fn events(context: &Context<'_>) -> Result<Vec<LogInput>, ServiceError> {
    let read = |it: &Value| {
        let timestamp = Timestamp::from_millisecond(it.integer("timestamp")?).ok()?;
        Some(LogInput { timestamp, message: it.text("message")?.to_owned() })
    };
    let events: Option<Vec<LogInput>> = context.input().list("logEvents").iter().map(read).collect();
    let events = events.filter(|it| !it.is_empty());
    let events = events.ok_or_else(|| context.invalid("Every log event needs a timestamp and a message."))?;
    if !events.is_sorted_by_key(|event| event.timestamp) {
        return Err(context.invalid("Log events in a single PutLogEvents request must be in chronological order."));
    }
    let (first, last) = (events.first(), events.last());
    if first.zip(last).is_some_and(|(first, last)| last.timestamp.duration_since(first.timestamp) > MAX_SPAN) {
        return Err(
            context.invalid("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.")
        );
    }
    Ok(events)
}

/// Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html>
pub(super) fn put_metric_filter(context: &mut Context<'_>) -> Reply {
    let (input, now) = (context.input(), context.now());
    let pattern = input.text("filterPattern").unwrap_or_default();
    filter::parse(pattern)?;
    let criteria = input.text("fieldSelectionCriteria");
    if criteria.is_some_and(|it| evaluate_field_selection(it, &context.place()).is_none()) {
        return Err(ServiceError::not_modelled("this fieldSelectionCriteria"));
    }
    let [transformation] = input.list("metricTransformations") else {
        return Err(context.invalid("metricTransformations must have exactly one member."));
    };
    let filter = MetricFilter {
        name: context.required("filterName")?.to_owned(),
        pattern: pattern.to_owned(),
        transformations: vec![read_transformation(context, transformation)?],
        created_at: now,
        apply_on_transformed_logs: input.boolean("applyOnTransformedLogs").unwrap_or(false),
        field_selection_criteria: criteria.map(str::to_owned),
    };
    let group = group_mut(context)?;
    group.metric_filters.retain(|it| it.name != filter.name);
    if group.metric_filters.len() >= MAX_FILTERS {
        return Err(ServiceError::new(400, "LimitExceededException", "Resource limit exceeded."));
    }
    group.metric_filters.push(filter);
    Ok(Value::empty())
}

fn read_transformation(context: &Context<'_>, input: &Value) -> Result<MetricTransformation, ServiceError> {
    let text = |name: &str| input.text(name).map(str::to_owned);
    let missing = || context.invalid("A metric transformation needs metricName, metricNamespace and metricValue.");
    let transformation = MetricTransformation {
        namespace: text("metricNamespace").ok_or_else(missing)?,
        name: text("metricName").ok_or_else(missing)?,
        value: text("metricValue").ok_or_else(missing)?,
        default_value: input.float("defaultValue"),
        unit: text("unit"),
        dimensions: input.text_map("dimensions"),
    };
    if transformation.default_value.is_some() && !transformation.dimensions.is_empty() {
        return Err(context.invalid(
            "Invalid metric transformation: dimensions and default value are mutually exclusive properties.",
        ));
    }
    Ok(transformation)
}

pub(super) fn delete_metric_filter(context: &mut Context<'_>) -> Reply {
    let name = context.required("filterName")?;
    let group = group_mut(context)?;
    let before = group.metric_filters.len();
    group.metric_filters.retain(|it| it.name != name);
    if group.metric_filters.len() == before {
        let message = "The specified metric filter does not exist.";
        return Err(ServiceError::new(400, "ResourceNotFoundException", message));
    }
    Ok(Value::empty())
}
