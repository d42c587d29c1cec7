//! The evaluator against the crate quamina, on the part of the language that both have.
//!
//! quamina is a port of Tim Bray's pattern matcher, which came after event-ruler and shares its language but for `$or`,
//! names with dots, names given twice and parts of `exists`; those are left out.

use std::cell::Cell;
use std::collections::BTreeSet;

use eventbridge_pattern::EventPattern;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use quamina::Quamina;

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

/// 25 cases of ten patterns and twenty events are 5,000 pairs.
#[test]
fn agrees_with_quamina() {
    let mut runner = TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(25) });
    let pattern = pattern(shared_list(), PLAIN_NAMES, false).prop_map(distinct);
    let matched = Cell::new(0);
    runner
        .run(&(vec(pattern, 10), vec(event(PLAIN_NAMES), 20)), |(patterns, events)| {
            for text in patterns.iter().map(text) {
                let mut oracle = Quamina::new();
                oracle.add_pattern((), &text).expect("the pattern is quamina's too");
                let pattern = EventPattern::parse(&text).expect("the pattern is EventBridge's too");
                for event in &events {
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
