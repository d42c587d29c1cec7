//! A pattern that AWS would refuse, or that is over a limit of this program's own: what is wrong with it, and where.

use std::fmt;
use std::ops::Range;

use rootsweep_report::text::{clipped, visible, width};
use serde::Serialize;

/// How many characters of the pattern are shown on either side of the part at fault.
const AROUND: usize = 40;

/// The most characters of the part at fault that are shown.
const AT_FAULT: usize = 40;

/// The most characters of a message.
const MESSAGE: usize = 400;

/// Why a pattern was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Invalid {
    /// What is wrong.
    message: String,
    /// What AWS would answer; absent where the limit is this program's own.
    aws_message: Option<String>,
    /// The first byte of the part at fault.
    start: usize,
    /// The byte after its last one.
    end: usize,
    /// The part at fault with what stands around it, and carets under it.
    excerpt: [String; 2],
}

impl Invalid {
    pub(super) fn new(text: &str, span: Range<usize>, message: String, aws_message: Option<String>) -> Self {
        let excerpt = excerpt(text, &span);
        // A message may name the part at fault, however long it is.
        let shortened = |it: String| clipped(&it, MESSAGE).into_owned();
        let (message, aws_message) = (shortened(message), aws_message.map(shortened));
        Self { message, aws_message, start: span.start, end: span.end, excerpt }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [line, carets] = &self.excerpt;
        write!(f, "{}\n  {line}\n  {carets}\n", self.message)?;
        match &self.aws_message {
            Some(answer) => write!(f, "AWS would answer: {answer}"),
            None => f.write_str("AWS documents no such limit; it is Rootsweep's own"),
        }
    }
}

impl std::error::Error for Invalid {}

/// Shows the part at fault within its line.
fn excerpt(text: &str, span: &Range<usize>) -> [String; 2] {
    let start = text.floor_char_boundary(span.start.min(text.len()));
    let end = text.ceil_char_boundary(span.end.clamp(start, text.len()));
    let (before, rest) = text.split_at(start);
    let (fault, after) = rest.split_at(end - start);
    let before = before.rsplit('\n').next().unwrap_or_default();
    let (left, before) = last(before, AROUND);
    let (fault, cut) = first(fault.split('\n').next().unwrap_or_default(), AT_FAULT);
    let (after, right) = if cut { ("", true) } else { first(after.split('\n').next().unwrap_or_default(), AROUND) };
    let mark = |cut: bool| if cut { "..." } else { "" };
    let head = format!("{}{}", mark(left), visible(before));
    let fault = visible(fault);
    let line = format!("{head}{fault}{}{}", visible(after), mark(right));
    let carets = format!("{}{}", " ".repeat(width(&head)), "^".repeat(width(&fault).max(1)));
    [line, carets]
}

/// Returns the first characters, and whether there are more.
fn first(text: &str, most: usize) -> (&str, bool) {
    text.char_indices().nth(most).map_or((text, false), |(at, _)| (text.split_at(at).0, true))
}

/// Returns whether there are more, and the last characters.
fn last(text: &str, most: usize) -> (bool, &str) {
    let at = text.char_indices().rev().nth(most.saturating_sub(1)).map_or(0, |(at, _)| at);
    (at > 0, text.split_at(at).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, span: Range<usize>) -> String {
        excerpt(text, &span).join("\n")
    }

    #[test]
    fn carets_stand_under_the_part_at_fault() {
        insta::assert_snapshot!(shown("{ $.a = }", 8..9), @r"
        { $.a = }
                ^
        ");
        insta::assert_snapshot!(shown("{ $.a", 5..5), @r"
        { $.a
             ^
        ");
    }

    #[test]
    fn only_the_line_at_fault_is_shown() {
        insta::assert_snapshot!(shown("{\n  \"a\": 1,\n}", 9..10), @r#"
          "a": 1,
               ^
        "#);
    }

    #[test]
    fn what_cannot_be_seen_is_spelt_out_and_counted() {
        insta::assert_snapshot!(shown("a\0b\u{1b}c", 3..4), @r"
        a\u{0}b\u{1b}c
               ^^^^^^
        ");
    }

    #[test]
    fn long_patterns_are_cut_around_the_fault() {
        let text = "x".repeat(10_000);
        let [line, carets] = excerpt(&text, &(0..10_000));
        assert!(line.len() < 100 && carets.len() < 100, "{line}\n{carets}");
        let [line, _] = excerpt(&text, &(5_000..5_001));
        assert!(line.starts_with("...") && line.ends_with("...") && line.len() < 100, "{line}");
    }

    #[test]
    fn a_span_inside_of_a_character_is_widened() {
        insta::assert_snapshot!(shown("aéb", 2..2), @r"
        aéb
         ^
        ");
    }
}
