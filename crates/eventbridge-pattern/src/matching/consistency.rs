//! The choice of one value for each field, no two of them in different members of one array.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::leaves::{Step, for_each_leaf};
use crate::compile::Field;

/// The members of arrays that the values chosen so far are in: by array, the member and the length of the path to it.
type Choice = BTreeMap<usize, (usize, usize)>;

/// Returns whether a value can be chosen for every field.
///
/// Values are chosen field by field, in the order of their paths, and every choice that is possible is kept. The order
/// matters for `{"exists": false}` alone, which asks of the members chosen so far; it is event-ruler's. Only the arrays
/// that a later field can be in are remembered, so there are no more choices than members.
pub(super) fn is_consistent(fields: &[Field], event: &Value) -> bool {
    let mut choices = BTreeSet::from([Choice::new()]);
    for (at, field) in fields.iter().enumerate() {
        let later = fields.get(at + 1..).unwrap_or_default();
        choices = extend(&choices, field, event, later);
        if choices.is_empty() {
            return false;
        }
    }
    true
}

/// Returns the choices that result from choosing a value for one more field.
fn extend(choices: &BTreeSet<Choice>, field: &Field, event: &Value, later: &[Field]) -> BTreeSet<Choice> {
    let (mut matching, mut all) = (Leaves::default(), Leaves::default());
    for_each_leaf(event, field.path(), &mut |value, steps| {
        if field.matches_value(value) {
            matching.insert(steps);
        }
        all.insert(steps);
    });
    let keep = |choice: Choice| -> Choice {
        choice.into_iter().filter(|(_, (_, length))| is_needed(field.path(), *length, later)).collect()
    };
    let mut extended = BTreeSet::new();
    for choice in choices {
        matching.any_consistent(choice, &mut Vec::new(), &mut |steps| {
            let mut joined = choice.clone();
            joined.extend(steps.iter().map(|step| (step.array, (step.index, step.length))));
            extended.insert(keep(joined));
            false
        });
        if field.matches_absence() && !all.any_consistent(choice, &mut Vec::new(), &mut |_| true) {
            extended.insert(keep(choice.clone()));
        }
    }
    extended
}

/// Returns whether a later field can be inside the arrays at the first `length` bytes of a path.
fn is_needed(path: &str, length: usize, later: &[Field]) -> bool {
    let Some(place) = path.get(..length) else { return false };
    later
        .iter()
        .any(|field| field.path().strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
}

/// Values of one field, by the members of arrays that they are inside of.
#[derive(Default)]
struct Leaves {
    /// Whether there is a value here, in no further array.
    here: bool,
    /// The values in further arrays: by array and the length of the path to it, then by member.
    arrays: BTreeMap<(usize, usize), BTreeMap<usize, Self>>,
}

impl Leaves {
    fn insert(&mut self, steps: &[Step]) {
        let mut node = self;
        for step in steps {
            node = node.arrays.entry((step.array, step.length)).or_default().entry(step.index).or_default();
        }
        node.here = true;
    }

    /// Calls `visit` with the steps to each value that goes together with a choice, until it returns true, and returns
    /// whether it did.
    fn any_consistent(&self, choice: &Choice, steps: &mut Vec<Step>, visit: &mut impl FnMut(&[Step]) -> bool) -> bool {
        if self.here && visit(steps) {
            return true;
        }
        self.arrays.iter().any(|(&(array, length), members)| {
            let mut enter = |index: usize, member: &Self| {
                steps.push(Step { array, index, length });
                let stopped = member.any_consistent(choice, steps, visit);
                steps.pop();
                stopped
            };
            match choice.get(&array) {
                Some(&(index, _)) => members.get(&index).is_some_and(|member| enter(index, member)),
                None => members.iter().any(|(&index, member)| enter(index, member)),
            }
        })
    }
}
