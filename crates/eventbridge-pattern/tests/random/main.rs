//! The evaluator against a naive one and against quamina, and printing against parsing, on random patterns and events.

mod generate;
mod naive;
mod quamina;

use std::cell::Cell;

use eventbridge_pattern::{EventPattern, Reason};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::generate::{Members, NAMES, any_list, event, pattern, text};

/// The patterns of one case.
const PATTERNS: usize = 50;

/// The events of one case, each of which meets each of the patterns.
const EVENTS: usize = 80;

/// Returns random patterns, without those whose wildcards EventBridge refuses.
fn accepted() -> impl Strategy<Value = Members> {
    let is_simple = |members: &Members| !matches!(EventPattern::parse(&text(members)), Err(error) if *error.reason() == Reason::TooComplex);
    pattern(any_list(), NAMES, true).prop_filter("too many wildcards", is_simple)
}

fn parse(members: &Members) -> EventPattern {
    let text = text(members);
    EventPattern::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// 25 cases of 50 patterns and 80 events are 100,000 pairs.
#[test]
fn agrees_with_the_naive_evaluator() {
    let mut runner = TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(25) });
    let strategy = (vec(accepted(), PATTERNS), vec(event(NAMES), EVENTS));
    let (matched, compared) = (Cell::new(0), Cell::new(0));
    runner
        .run(&strategy, |(patterns, events)| {
            for members in &patterns {
                let pattern = parse(members);
                for event in &events {
                    let expected = naive::matches(members, event);
                    prop_assert_eq!(pattern.matches(event), expected, "{} on {}", pattern, event);
                    matched.set(matched.get() + usize::from(expected));
                    compared.set(compared.get() + 1);
                }
            }
            Ok(())
        })
        .expect("the two evaluators agree");
    assert_eq!(compared.get(), 100_000);
    assert!((5_000..95_000).contains(&matched.get()), "{} matches are no test", matched.get());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]

    #[test]
    fn printing_and_parsing_are_inverse(members in accepted()) {
        let pattern = parse(&members);
        let printed = pattern.to_string();
        let again = EventPattern::parse(&printed).expect("what was printed is a pattern");
        prop_assert_eq!(&again, &pattern);
        prop_assert_eq!(again.to_string(), printed);
    }

    /// A text is a pattern or has an error inside it; no text makes the reader panic.
    #[test]
    fn any_text_is_answered(text in r#"[\[\]{}",:a*$\\0-9. ]{0,40}|\PC{0,40}"#) {
        match EventPattern::parse(&text) {
            Ok(pattern) => prop_assert_eq!(&EventPattern::parse(&pattern.to_string()).expect("it was printed"), &pattern),
            Err(error) => prop_assert!(error.span().start <= error.span().end && error.span().end <= text.len()),
        }
    }

    #[test]
    fn explaining_and_matching_agree(members in accepted(), event in event(NAMES)) {
        let pattern = parse(&members);
        let explanation = pattern.explain(&event);
        prop_assert_eq!(explanation.matched, pattern.matches(&event));
        for alternative in explanation.alternatives {
            let all = alternative.fields.iter().all(|field| field.matched);
            prop_assert_eq!(all, alternative.matched || alternative.split_over_array);
        }
    }

    /// What an alternative does not admit at a path never matches with that value there.
    #[test]
    fn admits_is_never_too_strict(members in accepted(), event in event(NAMES)) {
        let pattern = parse(&members);
        if pattern.matches(&event) {
            let value = &event["c"];
            let single = !value.is_array() && !value.is_object() && event.get("c").is_some();
            prop_assert!(!single || pattern.admits("c", value));
        }
    }
}
