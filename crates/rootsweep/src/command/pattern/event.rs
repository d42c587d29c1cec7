//! Events that a pattern is tried on.

use std::borrow::Cow;
use std::path::Path;

use anyhow::bail;
use rootsweep_checks::probes::envelope;
use rootsweep_model::AccountId;
use serde_json::Value;

use super::read;

/// The largest file that is read for its events.
const MAX_EVENT_BYTES: u64 = 64 << 20;

/// An event: the text that a filter pattern sees, and its JSON, if it is any.
#[derive(Clone, Debug)]
pub(super) struct Event {
    message: String,
    value: Value,
}

impl From<Value> for Event {
    fn from(value: Value) -> Self {
        Self { message: value.to_string(), value }
    }
}

impl Event {
    /// Returns the text of the log event.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// Returns the event as EventBridge would send it: a bare CloudTrail record gets its envelope.
    pub(super) fn enveloped(&self) -> Cow<'_, Value> {
        let text = |key: &str| self.value.get(key).and_then(Value::as_str);
        if self.value.get("detail").is_some() || text("eventName").is_none() {
            return Cow::Borrowed(&self.value);
        }
        let account = text("recipientAccountId").or_else(|| self.value.pointer("/userIdentity/accountId")?.as_str());
        let Some(account) = account.and_then(|id| id.parse::<AccountId>().ok()) else {
            return Cow::Borrowed(&self.value);
        };
        Cow::Owned(envelope(&self.value, account, text("awsRegion").unwrap_or_default()))
    }

    /// Returns the event's own id, or nothing.
    pub(super) fn id(&self) -> Option<&str> {
        let own = self.value.get("eventID").or_else(|| self.value.pointer("/detail/eventID"));
        own.or_else(|| self.value.get("id"))?.as_str()
    }
}

/// Reads the one event of a file: JSON, or the line of a log.
pub(super) fn read_one(path: &Path) -> anyhow::Result<Event> {
    let text = read(path, MAX_EVENT_BYTES)?;
    let mut events = events(&text);
    match (events.pop(), events.is_empty()) {
        (Some(event), true) => Ok(event),
        (Some(_), false) => bail!("{} holds {} events; give one", path.display(), events.len() + 1),
        (None, _) if text.trim().is_empty() => bail!("{} is empty", path.display()),
        (None, _) => Ok(Event { message: text.trim_end_matches(['\r', '\n']).to_owned(), value: Value::Null }),
    }
}

/// Reads all events of a file.
pub(super) fn read_all(path: &Path) -> anyhow::Result<Vec<Event>> {
    let text = read(path, MAX_EVENT_BYTES)?;
    let events = events(&text);
    if events.is_empty() {
        bail!("no event in {}", path.display());
    }
    Ok(events)
}

/// Returns the events in a text: none where it is not JSON throughout.
fn events(text: &str) -> Vec<Event> {
    let values: Result<Vec<Value>, _> = serde_json::Deserializer::from_str(text).into_iter().collect();
    values.map(|values| values.into_iter().flat_map(unwrap).collect()).unwrap_or_default()
}

/// Takes the events out of the file of a trail, and of the answers of `LookupEvents` and `FilterLogEvents`.
fn unwrap(value: Value) -> Vec<Event> {
    const LISTS: [(&str, Option<&str>); 3] =
        [("Records", None), ("Events", Some("CloudTrailEvent")), ("events", Some("message"))];
    for (list, text) in LISTS {
        if let Some(items) = value.get(list).and_then(Value::as_array) {
            return items.iter().map(|item| inner(item, text)).collect();
        }
    }
    match value {
        Value::Array(items) => items.into_iter().map(Event::from).collect(),
        other => vec![Event::from(other)],
    }
}

fn inner(item: &Value, text: Option<&str>) -> Event {
    match text.and_then(|key| item.get(key)).and_then(Value::as_str) {
        Some(message) => {
            Event { message: message.to_owned(), value: serde_json::from_str(message).unwrap_or(Value::Null) }
        }
        None => Event::from(item.clone()),
    }
}
