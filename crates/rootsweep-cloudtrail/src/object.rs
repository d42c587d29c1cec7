//! A JSON object read shallowly: its values stay text until somebody asks for one.
//!
//! CloudTrail's field types have changed over the years, and fixtures and exports change them again. A field of an odd
//! type must not cost the record, so every field is converted by itself, and what is odd about it is written down.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

/// A JSON object whose values have not been looked into yet.
pub(crate) struct Object<'a> {
    entries: Vec<(Key<'a>, &'a RawValue)>,
    oddities: RefCell<Vec<String>>,
}

/// An object's key, borrowed wherever it is spelt without escapes.
struct Key<'a>(Cow<'a, str>);

impl<'a> Object<'a> {
    /// Reads an object's keys, and checks that it is well-formed throughout.
    pub(crate) fn parse(json: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// Returns the value of a key as it is spelt.
    ///
    /// An exact match goes before one in another case (Athena and some exports write all keys in lower case). Of
    /// duplicate keys the last one counts, as nearly every JSON reader has it, and the oddity is noted.
    pub(crate) fn raw(&self, name: &str) -> Option<&'a RawValue> {
        let exact = || self.entries.iter().filter(|(key, _)| key.0 == name);
        if exact().count() > 1 {
            self.note(format!("{name} is given more than once"));
        }
        let found = exact().next_back();
        found.or_else(|| self.entries.iter().rfind(|(key, _)| key.0.eq_ignore_ascii_case(name))).map(|(_, raw)| *raw)
    }

    /// Returns whether there is such a key, whatever its value.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|(key, _)| key.0.eq_ignore_ascii_case(name))
    }

    /// Returns the first of several spellings of a field that has a value, as text.
    pub(crate) fn any_text(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| self.text(name))
    }

    /// Returns a field as text. What is no string keeps its JSON spelling; `null` is an absent field.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let raw = self.raw(name)?.get();
        match raw.as_bytes().first() {
            Some(b'"') => Some(decode(raw)),
            Some(b'n') => None,
            Some(b'{' | b'[') => {
                self.note(format!("{name} is not text"));
                Some(raw.to_owned())
            }
            _ => Some(raw.to_owned()),
        }
    }

    /// Returns a yes-or-no field, in any spelling that AWS has used: `true`, `"true"`, `"Yes"`, `"YES"`.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        let text = self.text(name)?;
        let flag = parse_flag(&text);
        if flag.is_none() && !text.is_empty() {
            self.note(format!("{name} is neither yes nor no"));
        }
        flag
    }

    /// Returns a field as a point in time. CloudTrail writes UTC; tables and lakes write it without saying so.
    pub(crate) fn time(&self, name: &str) -> Option<Timestamp> {
        let text = self.text(name)?;
        let in_utc = |time: DateTime| TimeZone::UTC.to_timestamp(time).ok();
        let time = text.parse().ok().or_else(|| text.parse().ok().and_then(in_utc));
        if time.is_none() {
            self.note(format!("{name} is not a time"));
        }
        time
    }

    /// Returns a field that holds an object, also where it was turned into a string on its way.
    pub(crate) fn object<T>(&self, name: &str, read: impl FnOnce(&Object<'_>) -> T) -> Option<T> {
        let raw = self.raw(name)?.get();
        if raw == "null" {
            return None;
        }
        let text = if raw.starts_with('"') { Cow::Owned(decode(raw)) } else { Cow::Borrowed(raw) };
        let Ok(object) = Object::parse(&text) else {
            self.note(format!("{name} is not an object"));
            return None;
        };
        let value = read(&object);
        self.oddities.borrow_mut().append(&mut object.into_oddities());
        Some(value)
    }

    /// Returns a field as a JSON value, also where an object was turned into a string on its way; one that nests too
    /// deep to be held is kept as its text.
    pub(crate) fn value(&self, name: &str) -> Option<Value> {
        let raw = self.raw(name)?.get();
        let value = match serde_json::from_str(raw).unwrap_or_else(|_| Value::String(raw.to_owned())) {
            Value::String(text) if text.starts_with('{') => serde_json::from_str(&text).unwrap_or(Value::String(text)),
            value => value,
        };
        (!value.is_null()).then_some(value)
    }

    /// Writes down what is odd.
    pub(crate) fn note(&self, oddity: String) {
        self.oddities.borrow_mut().push(oddity);
    }

    /// Returns what was odd about the fields that were asked for.
    pub(crate) fn into_oddities(self) -> Vec<String> {
        self.oddities.into_inner()
    }
}

/// Reads yes and no in AWS's spellings.
pub(crate) fn parse_flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => Some(true),
        "false" | "no" | "0" => Some(false),
        _ => None,
    }
}

/// Returns the text of a JSON string, given with its quotes.
///
/// An escape of half a surrogate pair is legal JSON and no text: it becomes U+FFFD, so that nobody can hide a record
/// behind a user agent that cannot be decoded.
pub(crate) fn decode(raw: &str) -> String {
    serde_json::from_str(raw).unwrap_or_else(|_| {
        let repaired = replace_lone_surrogates(raw);
        serde_json::from_str(&repaired).unwrap_or_else(|_| raw.trim_matches('"').to_owned())
    })
}

/// Replaces each `\uD800`–`\uDFFF` of a JSON string that is no half of a pair by `\uFFFD`.
fn replace_lone_surrogates(raw: &str) -> String {
    let mut repaired = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        repaired.push_str(before);
        let unit = code_unit(escape);
        let pair = unit.is_some_and(is_high_surrogate)
            && escape.get(6..).and_then(code_unit).is_some_and(|next| (0xDC00..0xE000).contains(&next));
        let length = if pair {
            12
        } else if unit.is_some() {
            6
        } else {
            2
        };
        let lone = !pair && unit.is_some_and(|unit| (0xD800..0xE000).contains(&unit));
        let (taken, after) = escape.split_at_checked(length).unwrap_or((escape, ""));
        repaired.push_str(if lone { "\\uFFFD" } else { taken });
        rest = after;
    }
    repaired.push_str(rest);
    repaired
}

/// Returns the UTF-16 code unit of a `\uXXXX` escape at the start of the text.
fn code_unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u32::from_str_radix(digits, 16).ok()
}

const fn is_high_surrogate(unit: u32) -> bool {
    0xD800 <= unit && unit < 0xDC00
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Object<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Object { entries, oddities: RefCell::default() })
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(KeyVisitor)
    }
}

struct KeyVisitor;

impl<'de> Visitor<'de> for KeyVisitor {
    type Value = Key<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(Key(Cow::Borrowed(key)))
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Key(Cow::Owned(key.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exact_key_goes_before_one_in_another_case() {
        let object = Object::parse(r#"{"eventname": "lower", "eventName": "exact"}"#).unwrap();
        assert_eq!(object.text("eventName").as_deref(), Some("exact"));
        let lower = Object::parse(r#"{"eventname": "lower"}"#).unwrap();
        assert_eq!(lower.text("eventName").as_deref(), Some("lower"));
    }

    #[test]
    fn the_last_of_duplicate_keys_counts_and_is_noted() {
        let object = Object::parse(r#"{"a": 1, "\u0061": "two"}"#).unwrap();
        assert_eq!(object.text("a").as_deref(), Some("two"));
        assert_eq!(object.into_oddities(), ["a is given more than once"]);
    }

    #[test]
    fn flags_are_read_in_every_spelling() {
        let object = Object::parse(r#"{"a": true, "b": "YES", "c": "", "d": "No", "e": {}}"#).unwrap();
        let flags = ["a", "b", "c", "d", "e"].map(|name| object.flag(name));
        assert_eq!(flags, [Some(true), Some(true), None, Some(false), None]);
    }

    #[test]
    fn half_a_surrogate_pair_does_not_cost_the_text() {
        assert_eq!(decode(r#""a\ud800b\ud83d\ude00\\ud800\n""#), "a\u{FFFD}b😀\\ud800\n");
        assert_eq!(decode(r#""\udc00\ud800""#), "\u{FFFD}\u{FFFD}");
    }

    #[test]
    fn a_deeply_nested_field_is_kept_as_its_text() {
        let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
        let json = format!(r#"{{"requestParameters": {deep}}}"#);
        let object = Object::parse(&json).unwrap();
        assert_eq!(object.value("requestParameters"), Some(Value::String(deep)));
    }
}
