//! Every example of AWS's pages on filter patterns, and what was seen of AWS itself.

use logs_filter_pattern::Outcome;

use crate::judge;

mod json;
mod observed;
mod regex;
mod space_delimited;
mod terms;

/// Asserts that a pattern matches exactly those messages that are marked.
#[track_caller]
fn assert_matches(pattern: &str, messages: &[(&str, bool)]) {
    for (message, matches) in messages {
        assert_eq!(judge(pattern, message), Outcome::from(*matches), "{pattern} on {message}");
    }
}
