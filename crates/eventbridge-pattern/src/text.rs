//! Tests on strings: prefixes, suffixes, case, wildcards.

use crate::error::Reason;

/// Returns what follows `prefix` in `text`, the letters of `prefix` in either case.
///
/// Each character of the pattern stands for its lower-case and its upper-case form, as in event-ruler's
/// `EqualsIgnoreCaseParser`; a form may have more characters than one.
pub(crate) fn strip_prefix_ignoring_case<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    prefix.chars().try_fold(text, strip_char_ignoring_case)
}

fn strip_char_ignoring_case(text: &str, wanted: char) -> Option<&str> {
    strip_all(text, wanted.to_lowercase()).or_else(|| strip_all(text, wanted.to_uppercase()))
}

fn strip_all(text: &str, mut characters: impl Iterator<Item = char>) -> Option<&str> {
    characters.try_fold(text, |rest, character| rest.strip_prefix(character))
}

/// Returns whether `text` ends with `suffix`, the letters of `suffix` in either case.
pub(crate) fn ends_with_ignoring_case(text: &str, suffix: &str) -> bool {
    suffix.chars().rev().try_fold(text, |rest, wanted| strip_last_ignoring_case(rest, wanted)).is_some()
}

fn strip_last_ignoring_case(text: &str, wanted: char) -> Option<&str> {
    let strip = |form: String| form.chars().rev().try_fold(text, |rest, form| rest.strip_suffix(form));
    strip(wanted.to_lowercase().to_string()).or_else(|| strip(wanted.to_uppercase().to_string()))
}

/// Returns whether `text` equals `wanted`, letters in either case.
pub(crate) fn equals_ignoring_case(text: &str, wanted: &str) -> bool {
    strip_prefix_ignoring_case(text, wanted) == Some("")
}

/// A text with `*` standing for any characters, also none; `\*` and `\\` stand for themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wildcard {
    /// The texts between the asterisks: one more than there are asterisks.
    pieces: Vec<String>,
}

impl Wildcard {
    /// Reads the operand of `wildcard`.
    ///
    /// The positions in errors count bytes of the text in quotes, as EventBridge's do.
    pub(crate) fn parse(text: &str) -> Result<Self, Reason> {
        let mut pieces = vec![String::new()];
        let mut piece = String::new();
        let mut characters = text.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            let next = characters.peek().map(|&(_, next)| next);
            match (character, next) {
                ('*', Some('*')) => return Err(Reason::ConsecutiveWildcards(at + 1)),
                ('*', _) => {
                    replace_last(&mut pieces, std::mem::take(&mut piece));
                    pieces.push(String::new());
                }
                ('\\', Some(escaped @ ('*' | '\\'))) => {
                    characters.next();
                    piece.push(escaped);
                }
                ('\\', _) => return Err(Reason::InvalidEscape(at + 1)),
                _ => piece.push(character),
            }
        }
        replace_last(&mut pieces, piece);
        Ok(Self { pieces })
    }

    /// Returns the texts between the asterisks: one more than there are asterisks.
    pub fn pieces(&self) -> &[String] {
        &self.pieces
    }

    /// Returns whether `text` matches, in time linear in the text for each piece.
    ///
    /// The first occurrence of each inner piece is always a right choice, since it leaves the most text for the rest.
    pub fn matches(&self, text: &str) -> bool {
        let (first, rest) = match self.pieces.split_first() {
            Some((first, [])) => return first == text,
            Some(split) => split,
            None => return false,
        };
        let Some((last, inner)) = rest.split_last() else { return false };
        let Some(text) = text.strip_prefix(first.as_str()).and_then(|text| text.strip_suffix(last.as_str())) else {
            return false;
        };
        inner.iter().try_fold(text, |text, piece| text.split_once(piece.as_str()).map(|(_, rest)| rest)).is_some()
    }

    /// Returns the text as it is written in a pattern.
    pub fn escaped(&self) -> String {
        let escape = |piece: &String| piece.replace('\\', "\\\\").replace('*', "\\*");
        self.pieces.iter().map(escape).collect::<Vec<_>>().join("*")
    }
}

fn replace_last(pieces: &mut [String], piece: String) {
    if let Some(last) = pieces.last_mut() {
        *last = piece;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wildcard(pattern: &str, text: &str) -> bool {
        Wildcard::parse(pattern).expect("a wildcard").matches(text)
    }

    #[test]
    fn a_wildcard_matches_any_run_of_characters() {
        for (pattern, text) in
            [("", ""), ("*", ""), ("*", "a"), ("a*", "a"), ("*a", "ba"), ("a*c*e", "abcde"), ("*aab*", "aaab")]
        {
            assert!(wildcard(pattern, text), "{pattern} on {text}");
        }
        for (pattern, text) in
            [("", "a"), ("a*a", "a"), ("ab*ba", "aba"), ("*a", "ab"), ("a*c*e", "aec"), ("a*b*", "ba")]
        {
            assert!(!wildcard(pattern, text), "{pattern} on {text}");
        }
    }

    /// Escapes, as the README of event-ruler has them under "Wildcard matching".
    #[test]
    fn a_backslash_escapes_asterisks_and_backslashes_alone() {
        assert!(wildcard(r"a\*b", "a*b"));
        assert!(!wildcard(r"a\*b", "axb"));
        assert!(wildcard(r"\\*", r"\anything"));
        assert_eq!(Wildcard::parse(r"a\b"), Err(Reason::InvalidEscape(2)));
        assert_eq!(Wildcard::parse(r"a\"), Err(Reason::InvalidEscape(2)));
        assert_eq!(Wildcard::parse("ab**"), Err(Reason::ConsecutiveWildcards(3)));
        for text in [r"a\**\\", "*", "", r"\\\\*\*"] {
            assert_eq!(Wildcard::parse(text).expect("a wildcard").escaped(), text);
        }
    }

    #[test]
    fn case_is_ignored_in_every_alphabet() {
        assert!(equals_ignoring_case("rOOt", "Root"));
        assert!(!equals_ignoring_case("Roots", "Root"));
        assert!(!equals_ignoring_case("Roo", "Root"));
        assert_eq!(strip_prefix_ignoring_case("EVENTBridge", "eventb"), Some("ridge"));
        assert!(ends_with_ignoring_case("image.PNG", ".png"));
        assert!(!ends_with_ignoring_case("png", ".png"));
        // The lower-case form of this letter is longer than its upper-case form.
        assert!(equals_ignoring_case("i\u{307}x", "\u{130}X"));
        assert!(ends_with_ignoring_case("xi\u{307}", "\u{130}"));
    }
}
