//! Any pattern on any event: no panic, and every way to ask gives the same answer.
//!
//! The input is the pattern and the event, with a line break between them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logs_filter_pattern::{FilterPattern, Kind};

fuzz_target!(|input: &str| {
    let (text, message) = input.split_once('\n').unwrap_or((input, input));
    match FilterPattern::parse(text) {
        Ok(pattern) => check(&pattern, message),
        Err(error) => assert!(text.get(error.span()).is_some(), "the span {:?} is not in the pattern", error.span()),
    }
});

fn check(pattern: &FilterPattern, message: &str) {
    let printed = pattern.to_string();
    // Quotes and spaces of the canonical form can push a pattern over the limit of its length.
    if let Ok(again) = FilterPattern::parse(&printed) {
        assert_eq!(&again, pattern, "printed as {printed}");
    } else {
        assert!(printed.chars().count() > logs_filter_pattern::limits::MAX_PATTERN_CHARACTERS, "printed as {printed}");
    }
    let outcome = pattern.evaluate(message);
    assert_eq!(pattern.explain(message).outcome, outcome);
    if let (Kind::Json, Ok(event)) = (pattern.kind(), serde_json::from_str(message)) {
        assert_eq!(pattern.evaluate_json(&event), outcome);
    }
}
