//! How many wildcards at once are too many.

use std::collections::BTreeSet;

use crate::matcher::{AnythingBut, Matcher};
use crate::text::Wildcard;

/// From this many beginnings of wildcards on that one value can match at once, EventBridge refuses a field.
///
/// AWS publishes no figure. The measure is the one that event-ruler's `MachineComplexityEvaluator` describes; the figure
/// is this crate's inference from one pattern that AWS refuses, `*:*:*:*:*:event-bus/*`, which reaches ten, and from
/// reports of patterns that it takes, which stay below.
const LIMIT: usize = 10;

/// The most sets of beginnings that are looked at, which bounds the time; what is undecided then is let pass.
const MAX_SETS: usize = 2_000;

/// A step of a wildcard: one character, or any number of them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Character(char),
    Any,
}

/// Returns whether EventBridge would find the wildcards of one field too complex.
pub(crate) fn is_too_complex(matchers: &[Matcher]) -> bool {
    // A wildcard that is given twice counts once.
    let wildcards: BTreeSet<Vec<Step>> = wildcards(matchers).map(steps).collect();
    let wildcards: Vec<_> = wildcards.into_iter().collect();
    wildcards.iter().flatten().any(|step| *step == Step::Any) && exceeds(&wildcards)
}

fn wildcards(matchers: &[Matcher]) -> impl Iterator<Item = &Wildcard> {
    matchers.iter().flat_map(|matcher| match matcher {
        Matcher::Wildcard(wildcard) => std::slice::from_ref(wildcard),
        Matcher::AnythingBut(AnythingBut::Wildcard(wildcards)) => wildcards.as_slice(),
        _ => &[],
    })
}

fn steps(wildcard: &Wildcard) -> Vec<Step> {
    let mut steps = Vec::new();
    for (at, piece) in wildcard.pieces().iter().enumerate() {
        if at > 0 {
            steps.push(Step::Any);
        }
        steps.extend(piece.chars().map(Step::Character));
    }
    steps
}

/// The beginnings that a value matches: which wildcard, and how many of its steps.
type Active = BTreeSet<(usize, usize)>;

/// Walks through every set of beginnings that some value matches, until one is too large.
fn exceeds(wildcards: &[Vec<Step>]) -> bool {
    let mut start = Active::new();
    for wildcard in 0..wildcards.len() {
        reach(wildcards, wildcard, 0, &mut start);
    }
    let mut seen = BTreeSet::from([start.clone()]);
    let mut pending = vec![start];
    while let Some(active) = pending.pop() {
        for character in characters(wildcards, &active) {
            let next = advance(wildcards, &active, character);
            if next.len() >= LIMIT {
                return true;
            }
            if seen.len() < MAX_SETS && seen.insert(next.clone()) {
                pending.push(next);
            }
        }
    }
    false
}

/// Returns the characters that lead on from a set; all others lead to a part of what these lead to.
fn characters(wildcards: &[Vec<Step>], active: &Active) -> BTreeSet<char> {
    let step = |&(wildcard, at): &(usize, usize)| match wildcards.get(wildcard).and_then(|steps| steps.get(at)) {
        Some(Step::Character(character)) => Some(*character),
        _ => None,
    };
    active.iter().filter_map(step).collect()
}

fn advance(wildcards: &[Vec<Step>], active: &Active, character: char) -> Active {
    let mut next = Active::new();
    for &(wildcard, at) in active {
        let Some(steps) = wildcards.get(wildcard) else { continue };
        // Past an asterisk, any character keeps the beginning that ends in it.
        if at > 0 && steps.get(at - 1) == Some(&Step::Any) {
            reach(wildcards, wildcard, at, &mut next);
        }
        if steps.get(at) == Some(&Step::Character(character)) {
            reach(wildcards, wildcard, at + 1, &mut next);
        }
    }
    next
}

/// Adds a beginning, and the longer one where an asterisk that stands for nothing follows.
fn reach(wildcards: &[Vec<Step>], wildcard: usize, at: usize, active: &mut Active) {
    active.insert((wildcard, at));
    if wildcards.get(wildcard).and_then(|steps| steps.get(at)) == Some(&Step::Any) {
        active.insert((wildcard, at + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn too_complex(texts: &[&str]) -> bool {
        let matchers: Vec<_> =
            texts.iter().map(|text| Matcher::Wildcard(Wildcard::parse(text).expect("a wildcard"))).collect();
        is_too_complex(&matchers)
    }

    /// The patterns that LocalStack has tried on AWS (`event_pattern_templates` of its EventBridge tests,
    /// `content_wildcard_complex_EXC`, `content_wildcard_simplified` and `content_wildcard_repeating`).
    #[test]
    fn what_aws_was_asked() {
        assert!(too_complex(&["*:*:*:*:*:event-bus/*"]));
        assert!(!too_complex(&["arn:aws:events:us-east-1:*:event-bus/*"]));
        assert!(!too_complex(&["/Users/*/dir/dir/dir/dir/dir/doc.txt"]));
    }

    /// A report of four file names under one folder refused and two taken.
    #[test]
    fn several_wildcards_add_up() {
        assert!(too_complex(&["*/sync/*.bif", "*/sync/*.tif", "*/sync/*.tiff", "*/sync/*.svs"]));
        assert!(!too_complex(&["*/sync/*.bif", "*/sync/*.tif"]));
    }

    /// A field that gives the same wildcards again is no more complex for it.
    #[test]
    fn a_wildcard_given_twice_counts_once() {
        assert!(!too_complex(&["a*b*a", "*", "a*b*a", "*a*"]));
        assert!(!too_complex(&["*/lib/*", "*/bin/*", "*/lib/*", "*/bin/*"]));
    }

    #[test]
    fn wildcard_bombs_are_decided_in_bounded_time() {
        assert!(too_complex(&[&"*a".repeat(2000)]));
        let no_repetition: String = ('\u{4e00}'..).take(4000).collect();
        assert!(!too_complex(&[&format!("*{no_repetition}")]));
        assert!(too_complex(&[&format!("*{}", "a".repeat(4000))]));
    }
}
