//! Splits a line into fields: by white space, except between brackets and between double quotes.

use crate::outcome::{Outcome, UndocumentedBehaviour};

/// The fields of a line.
pub(crate) struct EventFields<'m> {
    message: &'m str,
    fields: Vec<Field<'m>>,
    /// Whether a quote or bracket is unclosed or touches other text.
    irregular: bool,
}

/// The text of a field, and where it starts in the line with its delimiter.
struct Field<'m> {
    text: &'m str,
    start: usize,
}

impl<'m> EventFields<'m> {
    pub(crate) fn split(message: &'m str) -> Self {
        let mut split = Self { message, fields: Vec::new(), irregular: false };
        let mut rest = message.trim_start();
        while !rest.is_empty() {
            let start = message.len() - rest.len();
            let (text, after) = split.take_field(rest);
            split.irregular |= !after.is_empty() && !after.starts_with(char::is_whitespace);
            split.fields.push(Field { text, start });
            rest = after.trim_start();
        }
        split
    }

    pub(crate) fn count(&self) -> usize {
        self.fields.len()
    }

    pub(crate) fn get(&self, position: usize) -> Option<&'m str> {
        self.fields.get(position).map(|field| field.text)
    }

    /// Returns all of the line from a field on.
    pub(crate) fn remainder(&self, position: usize) -> Option<&'m str> {
        self.fields.get(position).and_then(|field| self.message.get(field.start..)).map(str::trim_end)
    }

    /// Marks a verdict on a line whose split into fields is not documented.
    pub(crate) fn weigh(&self, outcome: Outcome) -> Outcome {
        if self.irregular { Outcome::Undocumented(UndocumentedBehaviour::FieldDelimiters) } else { outcome }
    }

    /// Takes one field off the line, without its delimiters.
    fn take_field(&mut self, rest: &'m str) -> (&'m str, &'m str) {
        let delimited = match rest.chars().next() {
            Some('[') => rest.strip_prefix('[').and_then(|inner| inner.split_once(']')),
            Some('"') => rest.strip_prefix('"').and_then(|inner| inner.split_once('"')),
            _ => None,
        };
        delimited.unwrap_or_else(|| {
            let (text, after) = rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len()));
            self.irregular |= text.contains(['"', '[']);
            (text, after)
        })
    }
}
