//! CloudWatch Logs: log events come in, metric filters judge them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use logs_filter_pattern::{FilterPattern, Outcome};
use serde_json::Value as Json;

use super::metrics::{Datapoint, MetricKey};
use crate::world::{HopKind, LogEvent, MetricFilter, MetricTransformation, Place, World};

/// Events older than this are rejected.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html>
const OLDEST: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Events further ahead than this are rejected.
const FURTHEST: SignedDuration = SignedDuration::from_hours(2);

/// A log event as it comes in.
#[derive(Debug, Clone)]
pub(crate) struct LogInput {
    pub(crate) timestamp: Timestamp,
    pub(crate) message: String,
}

/// Where the rejected events of a batch begin and end.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rejected {
    /// Events before this index are older than fourteen days.
    pub(crate) too_old_end: Option<usize>,
    /// Events from this index on are more than two hours ahead.
    pub(crate) too_new_start: Option<usize>,
    /// Events before this index are older than the retention.
    pub(crate) expired_end: Option<usize>,
}

impl Rejected {
    pub(crate) const fn any(self) -> bool {
        self.too_old_end.is_some() || self.too_new_start.is_some() || self.expired_end.is_some()
    }

    fn of(events: &[LogInput], retention: Option<i64>, now: Timestamp) -> Self {
        let age = |event: &LogInput| now.duration_since(event.timestamp);
        let before = |limit: SignedDuration| events.iter().rposition(|event| age(event) > limit).map(|index| index + 1);
        Self {
            too_old_end: before(OLDEST),
            too_new_start: events.iter().position(|event| age(event) < -FURTHEST),
            expired_end: retention.and_then(|days| before(SignedDuration::from_hours(days * 24))),
        }
    }

    fn accepts(self, index: usize) -> bool {
        self.too_old_end.is_none_or(|end| index >= end)
            && self.expired_end.is_none_or(|end| index >= end)
            && self.too_new_start.is_none_or(|start| index < start)
    }
}

impl World {
    /// Takes log events in, in chronological order, and lets the metric filters of the group judge them.
    pub(crate) fn put_log_events(
        &mut self,
        place: &Place,
        group: &str,
        stream: &str,
        events: Vec<LogInput>,
        at: Timestamp,
    ) -> Rejected {
        let groups = self.region_mut(place.account, &place.region).map(|region| &mut region.log_groups);
        let Some(found) = groups.into_iter().flatten().find(|it| it.name == group) else { return Rejected::default() };
        let rejected = Rejected::of(&events, found.retention_in_days, at);
        let accepted: Vec<LogEvent> = events
            .into_iter()
            .enumerate()
            .filter(|(index, _)| rejected.accepts(*index))
            .map(|(_, event)| LogEvent {
                stream: stream.to_owned(),
                timestamp: event.timestamp,
                ingested_at: Some(at),
                message: event.message,
            })
            .collect();
        found.events.extend(accepted.iter().cloned());
        let filters = found.metric_filters.clone();
        for filter in &filters {
            self.filter_events(place, group, filter, &accepted, at);
        }
        rejected
    }

    fn filter_events(&mut self, place: &Place, group: &str, filter: &MetricFilter, events: &[LogEvent], at: Timestamp) {
        let mut minutes: BTreeMap<i64, bool> = BTreeMap::new();
        for event in events {
            let outcome = judge(filter, place, &event.message);
            let kind = HopKind::FilterEvaluated {
                log_group: group.to_owned(),
                filter: filter.name.clone(),
                event_id: event_id(&event.message),
                outcome: describe(outcome),
            };
            self.hop(at, place, kind);
            let matched = outcome == Outcome::Match;
            *minutes.entry(event.timestamp.as_second().div_euclid(60)).or_default() |= matched;
            if matched {
                for transformation in &filter.transformations {
                    self.put_match(place, transformation, event, at);
                }
            }
        }
        let unmatched: BTreeSet<i64> =
            minutes.into_iter().filter(|(_, matched)| !matched).map(|(minute, _)| minute).collect();
        self.put_defaults(place, filter, &unmatched, at);
    }

    fn put_match(&mut self, place: &Place, transformation: &MetricTransformation, event: &LogEvent, at: Timestamp) {
        let json = serde_json::from_str(&event.message).unwrap_or(Json::Null);
        let Some(value) = metric_value(&transformation.value, &json) else { return };
        let dimension = |(name, selector): (&String, &String)| Some((name.clone(), text_at(&json, selector)?));
        let key = MetricKey {
            namespace: transformation.namespace.clone(),
            name: transformation.name.clone(),
            dimensions: transformation.dimensions.iter().filter_map(dimension).collect(),
        };
        let datapoint = Datapoint::of(event.timestamp, value, transformation.unit.clone());
        self.put_datapoint(place, key, datapoint, at);
    }

    /// Minutes in which events came but none matched get the default value, once.
    fn put_defaults(&mut self, place: &Place, filter: &MetricFilter, minutes: &BTreeSet<i64>, at: Timestamp) {
        for transformation in filter.transformations.iter().filter(|it| it.dimensions.is_empty()) {
            let Some(value) = transformation.default_value else { continue };
            let key = MetricKey {
                namespace: transformation.namespace.clone(),
                name: transformation.name.clone(),
                dimensions: BTreeMap::new(),
            };
            for minute in minutes.iter().filter_map(|minute| Timestamp::from_second(minute * 60).ok()) {
                let known = self.region(place.account, &place.region).metrics.has_in_minute(&key, minute);
                if !known {
                    let datapoint = Datapoint::of(minute, value, transformation.unit.clone());
                    self.put_datapoint(place, key.clone(), datapoint, at);
                }
            }
        }
    }
}

/// Judges a message by a metric filter; a pattern that CloudWatch Logs would have refused matches nothing.
fn judge(filter: &MetricFilter, place: &Place, message: &str) -> Outcome {
    if let Some(criteria) = &filter.field_selection_criteria
        && !evaluate_field_selection(criteria, place).unwrap_or(false)
    {
        return Outcome::NoMatch;
    }
    FilterPattern::parse(&filter.pattern).map_or(Outcome::NoMatch, |pattern| pattern.evaluate(message))
}

fn describe(outcome: Outcome) -> String {
    match outcome {
        Outcome::Match => "match".to_owned(),
        Outcome::NoMatch => "no match".to_owned(),
        Outcome::Undocumented(behaviour) => format!("undocumented: {behaviour:?}"),
    }
}

/// Evaluates `@aws.account IN ["…"]` and `@aws.region = "…"` for a place; `None` for criteria of another form.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html>
pub(crate) fn evaluate_field_selection(criteria: &str, place: &Place) -> Option<bool> {
    let (field, rest) = criteria.trim().split_once(char::is_whitespace)?;
    let own = match field {
        "@aws.account" => place.account.to_string(),
        "@aws.region" => place.region.clone(),
        _ => return None,
    };
    let rest = rest.trim();
    if let Some(list) = rest.strip_prefix("NOT IN") {
        return Some(!list_of(list)?.contains(&own));
    }
    if let Some(list) = rest.strip_prefix("IN") {
        return Some(list_of(list)?.contains(&own));
    }
    let (negated, value) = match rest.strip_prefix("!=") {
        Some(value) => (true, value),
        None => (false, rest.strip_prefix('=')?),
    };
    let value: String = serde_json::from_str(value.trim()).ok()?;
    Some((value == own) != negated)
}

fn list_of(text: &str) -> Option<Vec<String>> {
    serde_json::from_str(text.trim()).ok()
}

fn event_id(message: &str) -> Option<String> {
    let json: Json = serde_json::from_str(message).ok()?;
    json.get("eventID")?.as_str().map(str::to_owned)
}

/// The value of a match: the number itself, or the number that the selector finds.
fn metric_value(value: &str, json: &Json) -> Option<f64> {
    value.parse().ok().or_else(|| {
        let found = json_at(json, value)?;
        found.as_f64().or_else(|| found.as_str()?.parse().ok())
    })
}

fn text_at(json: &Json, selector: &str) -> Option<String> {
    match json_at(json, selector)? {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// Follows a selector of plain names, such as `$.userIdentity.type`.
fn json_at<'a>(json: &'a Json, selector: &str) -> Option<&'a Json> {
    selector.strip_prefix("$.")?.split('.').try_fold(json, |json, name| json.get(name))
}
