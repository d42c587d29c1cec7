//! Any pattern on any event: no panic, and every way to ask gives the same answer.
//!
//! The input is the pattern and the event, with a line break between them.
#![no_main]

use eventbridge_pattern::EventPattern;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|input: &str| {
    let (text, event) = input.split_once('\n').unwrap_or((input, input));
    match EventPattern::parse(text) {
        Ok(pattern) => check(&pattern, &serde_json::from_str(event).unwrap_or(Value::Null)),
        Err(error) => {
            let span = error.span();
            assert!(text.get(span.start..span.end).is_some(), "{span:?} is not in the pattern");
        }
    }
});

fn check(pattern: &EventPattern, event: &Value) {
    let printed = pattern.to_string();
    assert_eq!(EventPattern::parse(&printed).as_ref(), Ok(pattern), "printed as {printed}");
    assert_eq!(pattern.explain(event).matched, pattern.matches(event));
}
