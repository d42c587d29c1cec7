//! Events that a pattern is tried on.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use anyhow::bail;
use rootsweep_checks::probes::envelope;
use rootsweep_model::AccountId;
use serde_json::Value;
use serde_json::value::RawValue;

use super::read;

/// The largest file that is read for its events.
const MAX_EVENT_BYTES: u64 = 64 << 20;

/// An event: the text that a filter pattern sees, where that is known, and its JSON, if it is any.
#[derive(Clone, Debug)]
pub(super) struct Event {
    message: Option<String>,
    value: Value,
}

impl From<Value> for Event {
    fn from(value: Value) -> Self {
        Self { message: None, value }
    }
}

impl Event {
    /// Reads an event as it is written: patterns on the text see its spaces, and the order of its keys.
    fn written(raw: &RawValue) -> Option<Self> {
        Some(Self { message: Some(raw.get().to_owned()), value: serde_json::from_str(raw.get()).ok()? })
    }

    /// Returns the text of the log event, where it is known.
    pub(super) fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// Returns the event's JSON.
    pub(super) const fn value(&self) -> &Value {
        &self.value
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
        (None, _) => {
            let line = text.trim_end_matches(['\r', '\n']).to_owned();
            Ok(Event { message: Some(line), value: Value::Null })
        }
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
    let values: Result<Vec<&RawValue>, _> = serde_json::Deserializer::from_str(text).into_iter().collect();
    let events = |values: Vec<&RawValue>| values.into_iter().map(unwrap).collect::<Option<Vec<_>>>();
    values.ok().and_then(events).unwrap_or_default().concat()
}

/// Takes the events out of the file of a trail, and of the answers of `LookupEvents` and `FilterLogEvents`.
fn unwrap(value: &RawValue) -> Option<Vec<Event>> {
    const LISTS: [(&str, Option<&str>); 3] =
        [("Records", None), ("Events", Some("CloudTrailEvent")), ("events", Some("message"))];
    if let Some(items) = list(value) {
        return items.into_iter().map(Event::written).collect();
    }
    let fields = serde_json::from_str::<BTreeMap<String, &RawValue>>(value.get()).unwrap_or_default();
    for (name, text) in LISTS {
        if let Some(items) = fields.get(name).copied().and_then(list) {
            return items.into_iter().map(|item| inner(item, text)).collect();
        }
    }
    Some(vec![Event::written(value)?])
}

fn list(value: &RawValue) -> Option<Vec<&RawValue>> {
    serde_json::from_str(value.get()).ok()
}

fn inner(item: &RawValue, text: Option<&str>) -> Option<Event> {
    let event = Event::written(item)?;
    match text.and_then(|key| event.value.get(key)).and_then(Value::as_str) {
        Some(message) => {
            let value = serde_json::from_str(message).unwrap_or(Value::Null);
            Some(Event { message: Some(message.to_owned()), value })
        }
        None => Some(event),
    }
}
