//! JSON with everything a pattern's reader needs to know of it: where each value stands, how numbers are written, and
//! which keys come twice.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::error::{ParseError, Reason, Span};

/// One JSON value in the text of a pattern.
#[derive(Clone, Copy)]
pub(crate) struct Node<'a> {
    source: &'a str,
    raw: &'a str,
}

/// A JSON value by type; strings are read, and members are in the order in which they are written.
pub(crate) enum Json<'a> {
    Null,
    Bool(bool),
    Number(&'a str),
    String(String),
    Array(Vec<Node<'a>>),
    Object(Vec<(String, Node<'a>)>),
}

impl<'a> Node<'a> {
    /// Checks that the text is JSON and returns the whole of it.
    pub(crate) fn parse(source: &'a str) -> Result<Self, ParseError> {
        match serde_json::from_str::<&RawValue>(source) {
            Ok(raw) => Ok(Self { source, raw: raw.get() }),
            Err(error) => {
                let start = offset(source, error.line(), error.column());
                Err(ParseError::new(Reason::Json(message(&error)), "", Span::new(source, start, start)))
            }
        }
    }

    /// Returns where the value stands.
    pub(crate) fn span(&self) -> Span {
        // Both are parts of one text, so the difference of their addresses is an offset into it.
        let start = self.raw.as_ptr().addr() - self.source.as_ptr().addr();
        Span::new(self.source, start, start + self.raw.len())
    }

    /// Returns the text of the value.
    pub(crate) fn text(&self) -> &'a str {
        self.raw
    }

    /// Reads the value, the members of an object or array one level deep.
    ///
    /// A value whose syntax has been checked can still hold a string that is no Unicode, with half a surrogate pair.
    pub(crate) fn read(&self, path: &str) -> Result<Json<'a>, ParseError> {
        let bad = |error: serde_json::Error| self.error(Reason::Json(message(&error)), path);
        Ok(match self.raw.bytes().next() {
            Some(b'{') => Json::Object(self.nodes(serde_json::from_str::<Members>(self.raw).map_err(bad)?.0)),
            Some(b'[') => {
                let items = serde_json::from_str::<Vec<&RawValue>>(self.raw).map_err(bad)?;
                Json::Array(items.into_iter().map(|raw| self.inner(raw)).collect())
            }
            Some(b'"') => Json::String(serde_json::from_str(self.raw).map_err(bad)?),
            Some(b't') => Json::Bool(true),
            Some(b'f') => Json::Bool(false),
            Some(b'n') => Json::Null,
            _ => Json::Number(self.raw),
        })
    }

    /// Returns an error at this value.
    pub(crate) fn error(&self, reason: Reason, path: &str) -> ParseError {
        ParseError::new(reason, path, self.span())
    }

    fn nodes(&self, members: Vec<(String, &'a RawValue)>) -> Vec<(String, Self)> {
        members.into_iter().map(|(key, raw)| (key, self.inner(raw))).collect()
    }

    fn inner(&self, raw: &'a RawValue) -> Self {
        Self { source: self.source, raw: raw.get() }
    }
}

/// Returns the message of a JSON error without the position, which the span tells.
fn message(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split_once(" at line ").map_or(text.clone(), |(message, _)| message.to_owned())
}

/// Returns the byte offset of a line and column as `serde_json` counts them: from 1 and in bytes, 0 at a line's begin.
fn offset(source: &str, line: usize, column: usize) -> usize {
    let before: usize = source.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let at = (before + column.saturating_sub(1)).min(source.len());
    (0..=at).rev().find(|&at| source.is_char_boundary(at)).unwrap_or(0)
}

/// The members of an object in the order in which they are written, equal keys included.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry::<String, &RawValue>()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(All)
    }
}
