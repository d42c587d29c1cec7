//! What a record comes wrapped in: answers of API calls, events, messages, and messages in events.

use std::io::Read as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use flate2::read::MultiGzDecoder;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::value::RawValue;

use crate::object::{Object, decode};
use crate::record::carries_record;
use crate::scan::{Found, LISTS, MAX_UNIT, Scanner};
use crate::{Error, Record, parse_record};

/// How deep envelopes may lie in each other: a record in a log event in a payload in a message.
const MAX_DEPTH: u8 = 5;

/// Fields that hold a record, or another envelope, as a string: `CloudTrailEvent` of `LookupEvents`, `eventJson` of
/// CloudTrail Lake, `message` of CloudWatch Logs, `@message` of its Insights, `Message` of SNS, and the bodies of SQS.
const TEXTS: [&str; 7] = ["CloudTrailEvent", "eventJson", "message", "@message", "Message", "body", "Body"];

/// Fields that hold one as an object: `detail` of an EventBridge event, `Sns` of a notification to Lambda.
const OBJECTS: [&str; 2] = ["detail", "Sns"];

/// What was found in a unit.
#[derive(Debug)]
pub(super) enum Opened {
    /// A record.
    Record {
        /// When it was delivered, where an envelope tells.
        delivered_at: Option<Timestamp>,
        /// The record.
        record: Box<Record>,
    },
    /// Something that should have been one.
    Broken(String),
}

/// Opens whatever envelopes are around a record, or several. `delivered_at` is what is known from outside.
pub(super) fn open(bytes: &[u8], delivered_at: Option<Timestamp>, found: &mut dyn FnMut(Opened)) {
    open_at(bytes, delivered_at, MAX_DEPTH, found);
}

fn open_at(bytes: &[u8], delivered_at: Option<Timestamp>, depth: u8, found: &mut dyn FnMut(Opened)) {
    match parse_record(bytes) {
        Ok(record) => found(Opened::Record { delivered_at, record: Box::new(record) }),
        // Digests lie beside the logs, and hold no records.
        Err(Error::NotARecord { found: "a digest file" }) => {}
        Err(error) => {
            let text = String::from_utf8_lossy(bytes);
            if depth == 0 || !open_envelope(&text, delivered_at, depth - 1, found) {
                found(Opened::Broken(explain(&error)));
            }
        }
    }
}

fn explain(error: &Error) -> String {
    match error {
        Error::Json(cause) => format!("{error}: {cause}"),
        Error::NotARecord { .. } => error.to_string(),
    }
}

/// Opens one envelope; returns whether it is one.
fn open_envelope(text: &str, delivered_at: Option<Timestamp>, depth: u8, found: &mut dyn FnMut(Opened)) -> bool {
    if text.starts_with('[') {
        return open_row(text, delivered_at, depth, found);
    }
    let Ok(object) = Object::parse(text) else { return false };
    // What has a record's version is a record, if a poor one: the scan passes it over as such where nothing flags it.
    // Notifications to Lambda have a version of their own.
    if object.has("eventVersion") && !carries_record(&object) && !object.has("Sns") {
        return false;
    }
    let delivered_at = log_time(&object).or(delivered_at);
    if let Some(inner) = OBJECTS.iter().find_map(|name| object.raw(name)).filter(|inner| inner.get().starts_with('{')) {
        open_at(inner.get().as_bytes(), delivered_at, depth, found);
        return true;
    }
    if let Some(data) = object.object("awslogs", |logs| logs.text("data")).flatten() {
        return unpack(&data).is_some_and(|text| open_text(&text, delivered_at, depth, found));
    }
    if LISTS.iter().filter_map(|name| object.raw(name)).any(|list| list.get().starts_with('[')) {
        return open_text(text.as_bytes(), delivered_at, depth, found);
    }
    let inner = object.any_text(&TEXTS);
    inner.is_some_and(|text| open_text(text.as_bytes(), delivered_at, depth, found))
}

/// Opens a row of an answer: a list of fields with their values in Logs Insights, of columns in CloudTrail Lake.
fn open_row(text: &str, delivered_at: Option<Timestamp>, depth: u8, found: &mut dyn FnMut(Opened)) -> bool {
    let Ok(fields) = serde_json::from_str::<Vec<&RawValue>>(text) else { return false };
    let value = |name: &str| {
        fields.iter().find_map(|field| {
            let field = Object::parse(field.get()).ok()?;
            (field.text("field").as_deref() == Some(name)).then(|| field.text("value")).flatten()
        })
    };
    let logged_at = value("@ingestionTime").and_then(|time| milliseconds(&time));
    let delivered_at = logged_at.or_else(|| value("@timestamp").as_deref().and_then(insights_time)).or(delivered_at);
    let column = || fields.iter().find_map(|field| Object::parse(field.get()).ok()?.text("eventJson"));
    let text = value("@message").or_else(column);
    text.is_some_and(|text| open_text(text.as_bytes(), delivered_at, depth, found))
}

/// Reads a time as Logs Insights writes it, in UTC: `2026-11-20 00:02:00.000`.
fn insights_time(text: &str) -> Option<Timestamp> {
    let time = DateTime::strptime("%Y-%m-%d %H:%M:%S%.f", text).ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// Opens text that was carried as a string: one record or envelope, or several of them.
fn open_text(text: &[u8], delivered_at: Option<Timestamp>, depth: u8, found: &mut dyn FnMut(Opened)) -> bool {
    // CloudWatch Logs tests a subscription with a message that is no log event.
    if text.starts_with(b"CWL CONTROL MESSAGE") {
        return true;
    }
    if !text.trim_ascii_start().starts_with(b"{") {
        return false;
    }
    Scanner::default().feed(text, true, &mut |unit| match unit {
        Found::Unit { bytes, stamp, .. } => open_at(bytes, stamp.or(delivered_at), depth, found),
        Found::Broken { reason, .. } => found(Opened::Broken(reason.to_owned())),
    });
    true
}

/// Unpacks the payload that a log subscription hands to Lambda: gzip in Base64.
fn unpack(data: &str) -> Option<Vec<u8>> {
    let compressed = BASE64_STANDARD.decode(data).ok()?;
    let mut text = Vec::new();
    MultiGzDecoder::new(compressed.as_slice()).take(MAX_UNIT as u64 * 4).read_to_end(&mut text).ok()?;
    Some(text)
}

/// Returns when CloudWatch Logs took a log event, by its own clock: CloudTrail sends its records when it delivers them.
fn log_time(object: &Object<'_>) -> Option<Timestamp> {
    let field = ["ingestionTime", "timestamp"].iter().find_map(|name| object.raw(name))?;
    let text = field.get();
    milliseconds(&if text.starts_with('"') { decode(text) } else { text.to_owned() })
}

fn milliseconds(text: &str) -> Option<Timestamp> {
    Timestamp::from_millisecond(text.parse().ok()?).ok()
}
