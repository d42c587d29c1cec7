//! Every example of AWS's pages on filter patterns, and what was seen of AWS itself.

use logs_filter_pattern::{FilterPattern, Outcome};

#[path = "documented/json.rs"]
mod json;
#[path = "documented/observed.rs"]
mod observed;
#[path = "documented/regex.rs"]
mod regex;
#[path = "documented/space_delimited.rs"]
mod space_delimited;
#[path = "documented/terms.rs"]
mod terms;

/// Judges a message by a pattern that has to parse.
#[track_caller]
fn judge(pattern: &str, message: &str) -> Outcome {
    match FilterPattern::parse(pattern) {
        Ok(pattern) => pattern.evaluate(message),
        Err(error) => panic!("{pattern}: {error}"),
    }
}

/// Asserts that a pattern matches exactly those messages that are marked.
#[track_caller]
fn assert_matches(pattern: &str, messages: &[(&str, bool)]) {
    for (message, matches) in messages {
        assert_eq!(judge(pattern, message), Outcome::from(*matches), "{pattern} on {message}");
    }
}
