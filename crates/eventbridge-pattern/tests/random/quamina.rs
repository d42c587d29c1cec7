//! The evaluator against the crate quamina, on the part of the language that both have.
//!
//! quamina is a port of Tim Bray's pattern matcher, which came after event-ruler and shares its language but for `$or`,
//! names with dots, names given twice and parts of `exists`; those are left out.

use std::cell::Cell;
use std::collections::BTreeSet;

use eventbridge_pattern::{Alternative, EventPattern};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use quamina::Quamina;
use serde_json::Value;

use crate::generate::{Members, Node, PLAIN_NAMES, event, pattern, shared_list, text};

/// Returns the members without those whose name has come before.
fn distinct(members: Members) -> Members {
    let mut seen = BTreeSet::new();
    let inner = |node| match node {
        Node::Object(members) => Node::Object(distinct(members)),
        other => other,
    };
    members.into_iter().filter(|(name, _)| seen.insert(name.clone())).map(|(name, node)| (name, inner(node))).collect()
}

/// Returns whether a path leads to an object, where only a value can match; quamina 0.7 then looks into the object.
fn leads_to_object(value: &Value, names: &[&str]) -> bool {
    match (value, names.split_first()) {
        (Value::Array(items), _) => items.iter().any(|item| leads_to_object(item, names)),
        (Value::Object(members), Some((name, rest))) => {
            members.get(*name).is_some_and(|value| leads_to_object(value, rest))
        }
        (Value::Object(_), None) => true,
        _ => false,
    }
}

/// 25 cases of ten patterns and twenty events are 5,000 pairs, less those that quamina misreads.
#[test]
fn agrees_with_quamina() {
    // The same pairs each time: a fault of the oracle must not fail a change that has nothing to do with it.
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(25) };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let pattern = pattern(shared_list(), PLAIN_NAMES, false).prop_map(distinct);
    let matched = Cell::new(0);
    runner
        .run(&(vec(pattern, 10), vec(event(PLAIN_NAMES), 20)), |(patterns, events)| {
            for text in patterns.iter().map(text) {
                let mut oracle = Quamina::new();
                oracle.add_pattern((), &text).expect("the pattern is quamina's too");
                let pattern = EventPattern::parse(&text).expect("the pattern is EventBridge's too");
                let fields = pattern.alternatives().iter().flat_map(Alternative::fields);
                let paths: Vec<Vec<_>> = fields.map(|field| field.path().split('.').collect()).collect();
                for event in events.iter().filter(|event| !paths.iter().any(|path| leads_to_object(event, path))) {
                    let expected = oracle.has_matches(event.to_string().as_bytes()).expect("an event");
                    prop_assert_eq!(pattern.matches(event), expected, "{} on {}", text, event);
                    matched.set(matched.get() + usize::from(expected));
                }
            }
            Ok(())
        })
        .expect("the two evaluators agree");
    assert!((50..4_950).contains(&matched.get()), "{} matches are no test", matched.get());
}
