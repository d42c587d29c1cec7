//! Log events that a filter pattern matches.

use jiff::Timestamp;
use logs_filter_pattern::{FilterPattern, Outcome};

use super::super::paging::Page;
use super::super::{Context, Reply};
use super::{PAGING, group};
use crate::error::ServiceError;
use crate::value::{Value, shape};
use crate::world::LogEvent;

/// Most messages of a test.
const MAX_TEST_MESSAGES: usize = 50;

/// Reads a filter pattern, with the error that CloudWatch Logs gives.
pub(super) fn parse(text: &str) -> Result<FilterPattern, ServiceError> {
    let refused = |error: logs_filter_pattern::ParseError| {
        ServiceError::new(400, "InvalidParameterException", error.aws_message())
    };
    FilterPattern::parse(text).map_err(refused)
}

/// Judges a message where only yes and no can be answered.
fn matches(pattern: &FilterPattern, message: &str) -> Result<bool, ServiceError> {
    match pattern.evaluate(message) {
        Outcome::Match => Ok(true),
        Outcome::NoMatch => Ok(false),
        Outcome::Undocumented(behaviour) => Err(ServiceError::not_modelled(format!(
            "this pattern on this message, which AWS does not document ({behaviour:?})"
        ))),
    }
}

/// Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html>
pub(super) fn filter_log_events(context: &mut Context<'_>) -> Reply {
    let input = context.input();
    let name = match (input.text("logGroupName"), input.text("logGroupIdentifier")) {
        (Some(name), None) => name,
        (None, Some(identifier)) => identifier.rsplit_once(":log-group:").map_or(identifier, |(_, name)| name),
        _ => return Err(context.invalid("Exactly one of logGroupName and logGroupIdentifier is needed.")),
    };
    let pattern = parse(input.text("filterPattern").unwrap_or_default())?;
    let mut events = Vec::new();
    for (index, event) in group(context, name)?.events.iter().enumerate().filter(|(_, event)| is_wanted(input, event)) {
        if matches(&pattern, &event.message)? {
            events.push((index, event));
        }
    }
    events.sort_by_key(|(_, event)| event.timestamp);
    let paging = super::Paging { default: 10_000, max: 10_000, ..PAGING };
    let (page, token) = Page::of(context, paging)?.cut(events);
    let events: Vec<Value> = page.into_iter().map(|(index, event)| event_shape(index, event)).collect();
    Ok(shape! { "events": events, "searchedLogStreams": Vec::<Value>::new(), "nextToken": token })
}

fn is_wanted(input: &Value, event: &LogEvent) -> bool {
    let time = |name| input.integer(name).and_then(|it| Timestamp::from_millisecond(it).ok());
    let (start, end) = (time("startTime").unwrap_or(Timestamp::MIN), time("endTime").unwrap_or(Timestamp::MAX));
    let (streams, prefix) = (input.texts("logStreamNames"), input.text("logStreamNamePrefix").unwrap_or_default());
    (start..=end).contains(&event.timestamp)
        && event.stream.starts_with(prefix)
        && (streams.is_empty() || streams.contains(&event.stream))
}

fn event_shape(index: usize, event: &LogEvent) -> Value {
    shape! {
        "logStreamName": &event.stream,
        "timestamp": event.timestamp.as_millisecond(),
        "message": &event.message,
        "ingestionTime": event.ingested_at.unwrap_or(event.timestamp).as_millisecond(),
        "eventId": format!("{index:056}"),
    }
}

/// Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TestMetricFilter.html>
pub(super) fn test_metric_filter(context: &mut Context<'_>) -> Reply {
    let pattern = parse(context.required("filterPattern")?)?;
    let messages = context.input().texts("logEventMessages");
    if messages.is_empty() || messages.len() > MAX_TEST_MESSAGES {
        return Err(context.invalid("logEventMessages must have between 1 and 50 members."));
    }
    let mut found = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        if matches(&pattern, message)? {
            let extracted = Value::map(std::iter::empty::<(String, String)>());
            found.push(shape! { "eventNumber": index + 1, "eventMessage": message, "extractedValues": extracted });
        }
    }
    Ok(shape! { "matches": found })
}
