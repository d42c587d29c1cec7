//! Keeps hostile text text: names, user agents and messages are written by whoever attacks.
//!
//! Every format calls one of these before its own escaping, so that control characters, invisible characters and
//! changes of writing direction can be seen instead of obeyed.

use std::borrow::Cow;
use std::fmt::Write as _;

use rootsweep_model::report::v1::LinkState;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

const ELLIPSIS: &str = "...";
const FIRST_STRONG_ISOLATE: char = '\u{2068}';
const POP_ISOLATE: char = '\u{2069}';

/// Returns the text as one line in which nothing is invisible: `\n`, `\u{1b}` and the like are spelt out.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_dangerous) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        push_visible(&mut out, character);
    }
    Cow::Owned(out)
}

fn push_visible(out: &mut String, character: char) {
    match character {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        other if is_dangerous(other) => {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\u{{{:x}}}", u32::from(other));
        }
        other => out.push(other),
    }
}

/// Returns the visible text for a reader of lines: right-to-left words cannot reorder what stands around them.
pub fn line(text: &str) -> Cow<'_, str> {
    isolate(visible(text))
}

/// Returns the visible text within a display width, cut with `...`, as a reader of lines sees it.
pub fn fitted(text: &str, width: usize) -> Cow<'_, str> {
    isolate(truncate(visible(text), width))
}

/// Returns the visible text within a number of characters, for fields with a limited length.
pub fn clipped(text: &str, characters: usize) -> Cow<'_, str> {
    let text = visible(text);
    if text.chars().count() <= characters {
        return text;
    }
    let kept = characters.saturating_sub(ELLIPSIS.len());
    Cow::Owned(text.chars().take(kept).chain(ELLIPSIS.chars()).collect())
}

/// Returns the word for whether a link of an alert path holds.
pub(crate) const fn link_word(state: LinkState) -> &'static str {
    match state {
        LinkState::Holds => "holds",
        LinkState::Broken => "BROKEN",
        LinkState::Unknown => "UNKNOWN",
    }
}

/// Returns the words for whether an alarm was right.
pub(crate) const fn justified_words(justified: Option<bool>) -> &'static str {
    match justified {
        Some(true) => "right, look at it",
        Some(false) => "false alarm",
        None => "not explained",
    }
}

/// Returns how many columns of a terminal the text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

fn truncate(text: Cow<'_, str>, columns: usize) -> Cow<'_, str> {
    if text.width() <= columns {
        return text;
    }
    let budget = columns.saturating_sub(ELLIPSIS.len());
    let mut used = 0;
    let kept = text.chars().take_while(|character| {
        used += character.width().unwrap_or(0);
        used <= budget
    });
    let mut out: String = kept.collect();
    out.push_str(ELLIPSIS);
    Cow::Owned(out)
}

fn isolate(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.chars().any(is_right_to_left) {
        return Cow::Owned(format!("{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"));
    }
    text
}

/// Whether a character acts on its surroundings, or cannot be seen at all.
pub(crate) fn is_dangerous(character: char) -> bool {
    let is_no_character = u32::from(character) & 0xfffe == 0xfffe || matches!(character, '\u{fdd0}'..='\u{fdef}');
    character.is_control()
        || is_no_character
        || matches!(character,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0e}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

const fn is_right_to_left(character: char) -> bool {
    matches!(character,
        '\u{0590}'..='\u{08ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn control_and_invisible_characters_are_spelt_out() {
        assert_eq!(
            visible("a\u{1b}[31mred\nnext\u{202e}txt\u{200b}\u{9b}1m"),
            r"a\u{1b}[31mred\nnext\u{202e}txt\u{200b}\u{9b}1m"
        );
        assert!(matches!(visible("Zahlungsverkehr 東京"), Cow::Borrowed(_)));
    }

    #[test]
    fn right_to_left_words_are_isolated() {
        assert_eq!(line("חשבון"), "\u{2068}חשבון\u{2069}");
        assert_eq!(line("plain"), "plain");
    }

    #[test]
    fn cutting_counts_columns_not_characters() {
        assert_eq!(fitted("東京東京東京", 8), "東京...");
        assert_eq!(fitted("short", 8), "short");
        assert_eq!(width(&fitted(&"x".repeat(10_000), 20)), 20);
    }

    proptest! {
        #[test]
        fn whatever_is_written_can_be_seen_and_fits(text in any::<String>(), columns in 3_usize..60) {
            let seen = visible(&text);
            prop_assert!(!seen.chars().any(is_dangerous));
            prop_assert_eq!(visible(&seen), &*seen, "what can be seen is left alone");
            prop_assert!(width(&fitted(&text, columns)) <= columns);
            prop_assert!(clipped(&text, columns).chars().count() <= columns);
        }
    }

    #[test]
    fn clipping_counts_characters() {
        assert_eq!(clipped("abcdef", 6), "abcdef");
        assert_eq!(clipped("abcdefg", 6), "abc...");
    }
}
