//! Tests of the whole language through the public interface.

use logs_filter_pattern::{FilterPattern, Outcome, ParseError};

mod documented;
mod explanation;
mod hostile;
mod parts;
mod properties;
mod undocumented;

/// Parses a pattern that has to parse.
#[track_caller]
fn parse(pattern: &str) -> FilterPattern {
    match FilterPattern::parse(pattern) {
        Ok(parsed) => parsed,
        Err(error) => panic!("{pattern}: {error}"),
    }
}

/// Returns why a pattern, which has to be refused, is refused.
#[track_caller]
fn refusal(pattern: &str) -> ParseError {
    match FilterPattern::parse(pattern) {
        Ok(parsed) => panic!("{pattern} parses as {parsed}"),
        Err(error) => error,
    }
}

/// Judges a message by a pattern that has to parse.
#[track_caller]
fn judge(pattern: &str, message: &str) -> Outcome {
    parse(pattern).evaluate(message)
}
