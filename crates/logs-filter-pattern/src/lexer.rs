//! A cursor over the pattern's text: what the parsers of all three forms read with.

use std::ops::Range;

use crate::error::{ParseError, ParseErrorKind};

/// A position in a pattern.
#[derive(Clone, Copy)]
pub(crate) struct Cursor<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, position: 0 }
    }

    pub(crate) fn position(&self) -> usize {
        self.position
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(crate) fn at_end(&self) -> bool {
        self.position >= self.text.len()
    }

    pub(crate) fn skip_whitespace(&mut self) {
        self.take_while(char::is_whitespace);
    }

    /// Steps over `wanted` if it comes next.
    pub(crate) fn eat(&mut self, wanted: &str) -> bool {
        let found = self.rest().starts_with(wanted);
        if found {
            self.position += wanted.len();
        }
        found
    }

    /// Steps over `wanted`, which has to come next.
    pub(crate) fn expect(&mut self, wanted: &str, name: &'static str) -> Result<(), ParseError> {
        if self.eat(wanted) { Ok(()) } else { Err(self.expected(name)) }
    }

    /// Steps over characters as long as `wanted` holds, and returns them.
    pub(crate) fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.position += end;
        rest.get(..end).unwrap_or_default()
    }

    /// Steps over everything up to and with `end`, and returns what lies before it.
    pub(crate) fn take_until(&mut self, end: &str) -> Option<&'a str> {
        let (before, _) = self.rest().split_once(end)?;
        self.position += before.len() + end.len();
        Some(before)
    }

    /// Reads a quoted text, from its opening quote on, and returns what is between the quotes as it is written.
    pub(crate) fn quoted(&mut self) -> Result<&'a str, ParseError> {
        let start = self.position;
        self.expect("\"", "a double quote")?;
        let rest = self.rest();
        let mut escaped = false;
        for (offset, character) in rest.char_indices() {
            if character == '"' && !escaped {
                self.position += offset + 1;
                return Ok(rest.get(..offset).unwrap_or_default());
            }
            escaped = character == '\\' && !escaped;
        }
        Err(self.error_since(start, ParseErrorKind::Unclosed("double quote")))
    }

    /// Returns an error about the next character, or about the end.
    pub(crate) fn expected(&self, name: &'static str) -> ParseError {
        let end = self.position + self.peek().map_or(0, char::len_utf8);
        ParseError::new(ParseErrorKind::Expected(name), self.position..end)
    }

    /// Returns an error about everything since `start`.
    pub(crate) fn error_since(&self, start: usize, kind: ParseErrorKind) -> ParseError {
        ParseError::new(kind, self.span_since(start))
    }

    fn span_since(&self, start: usize) -> Range<usize> {
        start..self.position
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.position..).unwrap_or_default()
    }
}
