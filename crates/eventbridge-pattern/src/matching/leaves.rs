//! The values that a path leads to in an event.

use serde_json::Value;

/// The member of an array that a value is inside of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    /// Tells the arrays of one event apart.
    pub(super) array: usize,
    /// Which member of the array.
    pub(super) index: usize,
    /// The length of the part of the path that leads to the array.
    pub(super) length: usize,
}

/// Calls `visit` with each string, number, boolean and null that a path of an event leads to, and the members of arrays
/// that it is inside of, from the outside in.
///
/// Arrays on the way are not part of a path, and a value that is itself the member of an array is free to be chosen with
/// values inside any other member; both are as in event-ruler. An array or object without members has no value.
pub(super) fn for_each_leaf<'v>(event: &'v Value, path: &str, visit: &mut impl FnMut(&'v Value, &[Step])) {
    Walk { path, steps: Vec::new(), visit }.below(event, 0);
}

struct Walk<'p, F> {
    path: &'p str,
    steps: Vec<Step>,
    visit: F,
}

impl<'v, F: FnMut(&'v Value, &[Step])> Walk<'_, F> {
    /// Follows the path from its byte `at` on, below an object.
    ///
    /// A name of the event may have dots itself, so the next name may end at any dot that is left.
    fn below(&mut self, value: &'v Value, at: usize) {
        let Value::Object(members) = value else { return };
        let path = self.path;
        let rest = path.get(at..).unwrap_or_default();
        for end in rest.match_indices('.').map(|(dot, _)| at + dot).chain([path.len()]) {
            if let Some(inner) = path.get(at..end).and_then(|name| members.get(name)) {
                self.at(inner, end);
            }
        }
    }

    /// Visits what the path up to its byte `end` leads to, or follows it on.
    fn at(&mut self, value: &'v Value, end: usize) {
        match value {
            Value::Array(items) => self.array(items, end),
            Value::Object(_) if end < self.path.len() => self.below(value, end + 1),
            Value::Object(_) => {}
            _ if end == self.path.len() => (self.visit)(value, &self.steps),
            _ => {}
        }
    }

    fn array(&mut self, items: &'v Vec<Value>, end: usize) {
        let array = std::ptr::from_ref(items).addr();
        for (index, item) in items.iter().enumerate() {
            if item.is_object() || item.is_array() {
                self.steps.push(Step { array, index, length: end });
                self.at(item, end);
                self.steps.pop();
            } else {
                self.at(item, end);
            }
        }
    }
}
