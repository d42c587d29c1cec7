//! Whether an event matches: the values a path leads to, and which of them go together.
//!
//! An event matches an alternative if one value can be chosen for each field so that no two chosen values are in
//! different members of one array. This is the array consistency that event-ruler's README describes under "JSON Array
//! Matching": an event with the people Anna Smith and Peter Jones does not match the names Anna and Jones.

mod consistency;
mod leaves;

use serde_json::Value;

use self::consistency::is_consistent;
use self::leaves::for_each_leaf;
use crate::compile::{Alternative, Field};

/// Returns whether an event matches all fields of an alternative at once.
pub(crate) fn matches(alternative: &Alternative, event: &Value) -> bool {
    let mut in_arrays = false;
    for field in alternative.fields() {
        let found = Found::look(field, event);
        if !found.may_match(field) {
            return false;
        }
        in_arrays |= found.in_array;
    }
    !in_arrays || is_consistent(alternative.fields(), event)
}

/// What an event has at the path of one field.
struct Found {
    /// Whether there is a value.
    any: bool,
    /// Whether a value matches.
    matching: bool,
    /// Whether a value is inside an object that is a member of an array.
    in_array: bool,
}

impl Found {
    fn look(field: &Field, event: &Value) -> Self {
        let mut found = Self { any: false, matching: false, in_array: false };
        for_each_leaf(event, field.path(), &mut |value, membership| {
            found.any = true;
            found.in_array |= !membership.is_empty();
            found.matching = found.matching || field.matches_value(value);
        });
        found
    }

    /// Returns whether the field can match; a value in an array can be out of the way of `{"exists": false}`.
    fn may_match(&self, field: &Field) -> bool {
        self.matching || (field.matches_absence() && (!self.any || self.in_array))
    }
}

/// Returns whether a field on its own matches an event.
pub(crate) fn field_matches(field: &Field, event: &Value) -> bool {
    let found = Found::look(field, event);
    found.matching || (!found.any && field.matches_absence())
}

/// Returns the values that an event has at the path of a field.
pub(crate) fn values<'v>(field: &Field, event: &'v Value) -> Vec<&'v Value> {
    let mut values = Vec::new();
    for_each_leaf(event, field.path(), &mut |value, _| values.push(value));
    values
}
