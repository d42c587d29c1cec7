//! What a sweep could have seen: which of the records that were delivered lay in its window and its sources.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rootsweep_model::report::v1::Run;
use serde_json::Value;

/// A record that a scenario has delivered, or is about to.
#[derive(Clone, Debug)]
pub struct Delivered {
    /// When it is delivered.
    pub at: Timestamp,
    /// Whether the event history shows it.
    pub in_event_history: bool,
    /// The record.
    pub record: Value,
}

/// The sources of root records that a sweep reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sources {
    /// Event history, by the time of the event.
    pub lookup_events: bool,
    /// The trails' log groups, by the time of delivery.
    pub log_group: bool,
}

impl Sources {
    /// Finds the sources that a sweep is given: by its arguments, by the configuration, or by default.
    pub fn of(arguments: &[String], config: &str) -> Self {
        let mut behind = arguments.iter().zip(arguments.iter().skip(1));
        let in_config = || config.lines().find(|line| line.trim_start().starts_with("sources")).map(str::to_owned);
        let named: String =
            behind.by_ref().filter(|(flag, _)| *flag == "--source").map(|(_, it)| it.as_str()).collect();
        let named = if named.is_empty() { in_config() } else { Some(named) };
        let named = named.unwrap_or_else(|| "lookup-events".to_owned());
        Self { lookup_events: named.contains("lookup-events"), log_group: named.contains("log-group") }
    }
}

impl Delivered {
    /// Returns the record's event id.
    pub fn event_id(&self) -> Option<&str> {
        self.text("/eventID")
    }

    fn text(&self, pointer: &str) -> Option<&str> {
        self.record.pointer(pointer).and_then(Value::as_str)
    }

    /// Whether a sweep of that window and those sources could see it; `logged` are the event ids that reached a log group.
    fn is_seen(&self, run: &Run, sources: Sources, logged: &BTreeSet<String>) -> bool {
        let within = |time: Timestamp| run.window_start <= time && time < run.window_end;
        let happened = || self.text("/eventTime").and_then(|time| time.parse().ok()).is_some_and(within);
        let in_history = sources.lookup_events && self.in_event_history && happened();
        let in_log_group = || self.event_id().is_some_and(|id| logged.contains(id)) && within(self.at);
        in_history || sources.log_group && in_log_group()
    }
}

/// Returns the event ids of root's records that the sweep of a run could see.
pub fn in_sight(delivered: &[Delivered], run: &Run, sources: Sources, logged: &BTreeSet<String>) -> BTreeSet<String> {
    let of_root = delivered.iter().filter(|it| it.text("/userIdentity/type") == Some("Root"));
    let seen = of_root.filter(|it| it.is_seen(run, sources, logged));
    seen.filter_map(|it| it.event_id().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn run() -> Run {
        Run {
            id: String::new(),
            version: String::new(),
            started_at: time("2026-07-02T03:00:00Z"),
            finished_at: time("2026-07-02T03:00:00Z"),
            interrupted: false,
            caller_arn: None,
            window_start: time("2026-07-01T03:00:00Z"),
            window_end: time("2026-07-02T03:00:00Z"),
        }
    }

    fn delivered(event_time: &str, at: &str) -> Delivered {
        let record = json!({ "eventID": "it", "eventTime": event_time, "userIdentity": { "type": "Root" } });
        Delivered { at: time(at), in_event_history: true, record }
    }

    fn sees(sources: Sources, delivered: Delivered) -> bool {
        !in_sight(&[delivered], &run(), sources, &BTreeSet::from(["it".to_owned()])).is_empty()
    }

    const HISTORY: Sources = Sources { lookup_events: true, log_group: false };
    const LOGS: Sources = Sources { lookup_events: false, log_group: true };

    #[test]
    fn event_history_is_seen_by_the_time_of_the_event_and_a_log_group_by_that_of_delivery() {
        let tonight = || delivered("2026-07-02T02:00:00Z", "2026-07-02T02:05:00Z");
        let of_last_year = || delivered("2025-07-02T02:00:00Z", "2026-07-02T02:05:00Z");
        let of_the_night_before = || delivered("2026-07-01T02:00:00Z", "2026-07-01T02:05:00Z");
        assert!(sees(HISTORY, tonight()) && sees(LOGS, tonight()));
        assert!(!sees(HISTORY, of_last_year()) && sees(LOGS, of_last_year()));
        assert!(!sees(HISTORY, of_the_night_before()) && !sees(LOGS, of_the_night_before()));
        assert!(!sees(HISTORY, Delivered { in_event_history: false, ..tonight() }));
        let unlogged = in_sight(&[tonight()], &run(), LOGS, &BTreeSet::new());
        assert!(unlogged.is_empty(), "what reached no log group is not seen there");
    }

    #[test]
    fn what_root_did_not_do_is_not_looked_for() {
        let mut other = delivered("2026-07-02T02:00:00Z", "2026-07-02T02:05:00Z");
        other.record["userIdentity"]["type"] = "IAMUser".into();
        assert!(!sees(HISTORY, other));
    }

    #[test]
    fn sources_are_those_of_the_arguments_then_of_the_configuration_then_the_default() {
        let arguments = ["--source", "log-group", "--region", "eu-west-1"].map(str::to_owned);
        assert_eq!(Sources::of(&arguments, "sources = [\"lookup-events\"]"), LOGS);
        let both = Sources { lookup_events: true, log_group: true };
        assert_eq!(Sources::of(&[], "role-names = []\nsources = [\"lookup-events\", \"log-group\"]"), both);
        assert_eq!(Sources::of(&[], ""), HISTORY);
    }
}
