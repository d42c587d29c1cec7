//! Why an event matches a pattern, or why it does not.

use serde::Serialize;
use serde_json::Value;

use crate::compile::{Alternative, Field};
use crate::matching;

/// What a pattern asks of an event, field by field, and what the event has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// Whether the event matches.
    pub matched: bool,
    /// The alternatives that `$or` makes, of which one has to match; a pattern without `$or` has one.
    pub alternatives: Vec<AlternativeExplanation>,
}

/// What one alternative asks of an event; all of its fields have to match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlternativeExplanation {
    /// Whether the event matches.
    pub matched: bool,
    /// Whether the values that match are in different members of one array, so that none go together; then the event
    /// does not match although each field does.
    pub split_over_array: bool,
    /// The fields, in the order of their paths.
    pub fields: Vec<FieldExplanation>,
}

/// What one field asks of an event, and what the event has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldExplanation {
    /// The names on the way to the field, joined by dots.
    pub path: String,
    /// What the value may be, as the JSON list that it is written as.
    pub wanted: String,
    /// The values that the event has; several if the way leads through arrays, none if the field is missing.
    pub found: Vec<Value>,
    /// Whether one of the values matches, or their absence does.
    pub matched: bool,
}

impl Explanation {
    pub(crate) fn new(alternatives: &[Alternative], event: &Value) -> Self {
        let alternatives: Vec<_> = alternatives.iter().map(|it| AlternativeExplanation::new(it, event)).collect();
        Self { matched: alternatives.iter().any(|alternative| alternative.matched), alternatives }
    }
}

impl AlternativeExplanation {
    fn new(alternative: &Alternative, event: &Value) -> Self {
        let matched = matching::matches(alternative, event);
        let fields: Vec<_> =
            alternative.fields().iter().map(|field| FieldExplanation::new(field, event, matched)).collect();
        let split_over_array = !matched && fields.iter().all(|field| field.matched);
        Self { matched, split_over_array, fields }
    }
}

impl FieldExplanation {
    /// Explains one field; of an alternative that matches, every field does, also one that is missing only in the member
    /// of an array that the other fields match in.
    fn new(field: &Field, event: &Value, alternative_matched: bool) -> Self {
        Self {
            path: field.path().to_owned(),
            wanted: field.to_string(),
            found: matching::values(field, event).into_iter().cloned().collect(),
            matched: alternative_matched || matching::field_matches(field, event),
        }
    }
}
