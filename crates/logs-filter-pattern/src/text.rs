//! Texts in patterns, with asterisks as wildcards, and every reading of them that AWS's documents leave open.

use std::fmt;

use crate::outcome::{Outcome, UndocumentedBehaviour};

/// A text that a value has to equal, where asterisks stand for any characters.
#[derive(Clone, Debug)]
pub struct Text {
    raw: String,
    plain: Glob,
    other_readings: Vec<(Glob, UndocumentedBehaviour)>,
}

impl Text {
    pub(crate) fn new(raw: &str) -> Self {
        let unescaped = unescape(raw);
        let plain = Glob::wildcards(&unescaped);
        let mut other_readings = Vec::new();
        if plain.parts.len() > 1 {
            other_readings.push((Glob::outer_wildcards(&unescaped), UndocumentedBehaviour::InnerWildcard));
        }
        if plain.open_start && !plain.open_end {
            let first_only = Glob { first_occurrence: true, ..plain.clone() };
            other_readings.push((first_only, UndocumentedBehaviour::RepeatedSuffix));
        }
        if unescaped != raw {
            other_readings.push((Glob::wildcards(raw), UndocumentedBehaviour::Backslash));
        }
        if raw.contains('\\') {
            other_readings.push((Glob::escaping(raw), UndocumentedBehaviour::Backslash));
        }
        Self { raw: raw.to_owned(), plain, other_readings }
    }

    /// Returns the text as the pattern writes it, without its quotes.
    pub fn as_written(&self) -> &str {
        &self.raw
    }

    /// Returns whether the text can equal more than one value.
    pub fn has_wildcard(&self) -> bool {
        self.raw.contains('*')
    }

    pub(crate) fn judge(&self, value: &str) -> Outcome {
        let plain = Outcome::from(self.plain.matches(value));
        self.other_readings.iter().fold(plain, |outcome, (glob, behaviour)| match outcome {
            Outcome::Undocumented(_) => outcome,
            _ => outcome.unless_read_as(glob.matches(value).into(), *behaviour),
        })
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl Eq for Text {}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.raw)
    }
}

/// One reading of a text: parts that have to occur in order, anchored at the ends that are not open.
#[derive(Clone, Debug)]
pub(crate) struct Glob {
    open_start: bool,
    open_end: bool,
    /// Where the last part must end the value, only its first occurrence is tried.
    first_occurrence: bool,
    parts: Vec<String>,
}

impl Glob {
    /// Reads every asterisk as a wildcard.
    pub(crate) fn wildcards(text: &str) -> Self {
        let outer = Self::outer_wildcards(text);
        let parts = outer.parts.iter().flat_map(|part| part.split('*')).filter(|part| !part.is_empty());
        Self { parts: parts.map(str::to_owned).collect(), ..outer }
    }

    /// Reads only the asterisks at the ends as wildcards.
    fn outer_wildcards(text: &str) -> Self {
        let core = text.trim_matches('*');
        Self {
            open_start: text.starts_with('*'),
            open_end: text.ends_with('*'),
            first_occurrence: false,
            parts: if core.is_empty() { Vec::new() } else { vec![core.to_owned()] },
        }
    }

    /// Reads a backslash as taking its special meaning from whatever follows, so that `\*` is an asterisk.
    fn escaping(text: &str) -> Self {
        let mut parts = vec![String::new()];
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            let literal = if character == '\\' { characters.next().unwrap_or(character) } else { character };
            match parts.last_mut() {
                Some(part) if character != '*' => part.push(literal),
                _ => parts.push(String::new()),
            }
        }
        let is_open = |end: Option<&String>| parts.len() > 1 && end.is_some_and(String::is_empty);
        let (open_start, open_end) = (is_open(parts.first()), is_open(parts.last()));
        parts.retain(|part| !part.is_empty());
        Self { open_start, open_end, first_occurrence: false, parts }
    }

    /// Opens both ends: the parts may occur anywhere in a longer text.
    pub(crate) fn anywhere(self) -> Self {
        Self { open_start: true, open_end: true, ..self }
    }

    pub(crate) fn matches(&self, value: &str) -> bool {
        match self.parts.as_slice() {
            [] => self.open_start || value.is_empty(),
            [only] => self.matches_single(only, value),
            [first, middle @ .., last] => self
                .strip_first(first, value)
                .and_then(|rest| middle.iter().try_fold(rest, |rest, part| after(rest, part)))
                .is_some_and(|rest| if self.open_end { rest.contains(last) } else { rest.ends_with(last) }),
        }
    }

    fn matches_single(&self, part: &str, value: &str) -> bool {
        match (self.open_start, self.open_end) {
            (false, false) => value == part,
            (false, true) => value.starts_with(part),
            (true, true) => value.contains(part),
            (true, false) if self.first_occurrence => after(value, part) == Some(""),
            (true, false) => value.ends_with(part),
        }
    }

    fn strip_first<'v>(&self, part: &str, value: &'v str) -> Option<&'v str> {
        if self.open_start { after(value, part) } else { value.strip_prefix(part) }
    }
}

/// Returns what follows the first occurrence of `part`.
fn after<'v>(value: &'v str, part: &str) -> Option<&'v str> {
    value.split_once(part).map(|(_, rest)| rest)
}

/// Reads a backslash before a quote or a backslash as an escape.
pub(crate) fn unescape(raw: &str) -> String {
    let mut characters = raw.chars().peekable();
    let mut text = String::with_capacity(raw.len());
    while let Some(character) = characters.next() {
        let escaped = (character == '\\').then(|| characters.next_if(|next| matches!(next, '"' | '\\'))).flatten();
        text.push(escaped.unwrap_or(character));
    }
    text
}

/// Reads a backslash before any character as an escape.
pub(crate) fn without_backslashes(raw: &str) -> String {
    let mut characters = raw.chars();
    let mut text = String::with_capacity(raw.len());
    while let Some(character) = characters.next() {
        text.push(if character == '\\' { characters.next().unwrap_or(character) } else { character });
    }
    text
}
