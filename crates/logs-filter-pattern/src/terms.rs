//! Unstructured patterns: words and phrases that the text of an event has to contain, or must not.
//!
//! The rules: [Using filter patterns to match terms in unstructured log
//! events](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-unstructured-log-events.html).

use std::fmt;

use crate::{
    ast::write_joined,
    error::{ParseError, ParseErrorKind},
    lexer::Cursor,
    outcome::{Outcome, UndocumentedBehaviour},
    text::{Glob, unescape, without_backslashes},
};

/// The terms of an unstructured pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    terms: Vec<Term>,
}

impl Terms {
    /// Reads terms to the end of the pattern.
    pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Result<Self, ParseError> {
        let mut terms = Vec::new();
        cursor.skip_whitespace();
        while !cursor.at_end() {
            terms.push(Term::parse(cursor)?);
            if !cursor.at_end() && !cursor.peek().is_some_and(char::is_whitespace) {
                return Err(cursor.expected("a space between terms"));
            }
            cursor.skip_whitespace();
        }
        Ok(Self { terms })
    }

    /// Returns whether the pattern is blank phrases alone, which match everything.
    pub(crate) fn are_blank(&self) -> bool {
        self.terms.iter().all(|term| term.sign == Sign::Include && term.text.trim().is_empty())
    }

    pub(crate) fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// Returns whether a term counts: optional terms are ignored beside others.
    pub(crate) fn counts(&self, term: &Term) -> bool {
        term.sign != Sign::Optional || self.are_alternatives()
    }

    /// Returns whether every term is optional, so that one of them is enough.
    pub(crate) fn are_alternatives(&self) -> bool {
        self.terms.iter().all(|term| term.sign == Sign::Optional)
    }

    /// Judges the raw text of an event.
    pub(crate) fn judge(&self, message: &str) -> Outcome {
        let outcomes = self.terms.iter().filter(|term| self.counts(term)).map(|term| term.judge(message));
        if self.are_alternatives() {
            outcomes.fold(Outcome::NoMatch, Outcome::or)
        } else {
            outcomes.fold(Outcome::Match, Outcome::and)
        }
    }

    /// Returns whether the verdict is the same however a JSON event's text is laid out.
    pub(crate) fn ignore_layout(&self) -> bool {
        self.terms.iter().filter(|term| self.counts(term)).all(Term::ignores_layout)
    }
}

impl fmt::Display for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_joined(f, &self.terms, " ")
    }
}

/// What the sign before a term asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Include,
    /// `-`
    Exclude,
    /// `?`
    Optional,
}

/// A word or a quoted phrase with its sign.
#[derive(Clone, Debug)]
pub(crate) struct Term {
    sign: Sign,
    text: String,
    plain: Literal,
    /// The text with its backslashes read in other ways.
    other_readings: Vec<Literal>,
}

/// A text to find, and its second reading if it has an asterisk.
#[derive(Clone, Debug)]
struct Literal {
    text: String,
    wildcard: Option<Glob>,
}

impl Literal {
    fn new(text: String) -> Self {
        let wildcard = text.contains('*').then(|| Glob::wildcards(&text).anywhere());
        Self { text, wildcard }
    }

    fn judge(&self, message: &str) -> Outcome {
        let plain = Outcome::from(message.contains(&self.text));
        match &self.wildcard {
            Some(glob) => plain.unless_read_as(glob.matches(message).into(), UndocumentedBehaviour::WildcardInTerm),
            None => plain,
        }
    }
}

impl Term {
    fn parse(cursor: &mut Cursor<'_>) -> Result<Self, ParseError> {
        let sign = if cursor.eat("-") {
            Sign::Exclude
        } else if cursor.eat("?") {
            Sign::Optional
        } else {
            Sign::Include
        };
        if sign != Sign::Include {
            cursor.skip_whitespace();
        }
        let text = match cursor.peek() {
            Some('"') => cursor.quoted()?,
            Some('%') => return Err(cursor.error_since(cursor.position(), ParseErrorKind::RegexBesideTerms)),
            _ => word(cursor)?,
        };
        let unescaped = unescape(text);
        let others = [text.to_owned(), without_backslashes(text)].into_iter().filter(|it| *it != unescaped);
        let other_readings = others.map(Literal::new).collect();
        Ok(Self { sign, text: text.to_owned(), plain: Literal::new(unescaped), other_readings })
    }

    /// Judges the text alone, without the sign.
    pub(crate) fn judge_text(&self, message: &str) -> Outcome {
        let plain = self.plain.judge(message);
        self.other_readings.iter().fold(plain, |outcome, reading| match outcome {
            Outcome::Undocumented(_) => outcome,
            _ => outcome.unless_read_as(reading.judge(message), UndocumentedBehaviour::Backslash),
        })
    }

    /// Judges the term with its sign.
    pub(crate) fn judge(&self, message: &str) -> Outcome {
        let contained = self.judge_text(message);
        if self.sign == Sign::Exclude { !contained } else { contained }
    }

    /// Returns the text that the term looks for.
    pub(crate) fn text(&self) -> &str {
        &self.plain.text
    }

    /// A text of letters, digits and single inner characters that JSON's syntax does not use can only lie within one
    /// string, number or key, wherever line breaks and spaces are.
    fn ignores_layout(&self) -> bool {
        let is_edge = |character: Option<char>| character.is_some_and(is_word_character);
        let is_inner = |character: char| is_word_character(character) || matches!(character, ' ' | ';');
        let mut characters = self.text.chars();
        self.text.chars().all(is_inner) && is_edge(characters.next()) && is_edge(self.text.chars().next_back())
    }
}

impl PartialEq for Term {
    fn eq(&self, other: &Self) -> bool {
        self.sign == other.sign && self.text == other.text
    }
}

impl Eq for Term {}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.sign {
            Sign::Include => "",
            Sign::Exclude => "-",
            Sign::Optional => "?",
        })?;
        if !self.text.is_empty() && self.text.chars().all(is_word_character) {
            f.write_str(&self.text)
        } else {
            write!(f, "\"{}\"", self.text)
        }
    }
}

/// Reads an unquoted term, which AWS takes if it is letters, digits and underscores.
fn word<'a>(cursor: &mut Cursor<'a>) -> Result<&'a str, ParseError> {
    let start = cursor.position();
    let word = cursor.take_while(|character| !character.is_whitespace());
    if word.is_empty() {
        return Err(cursor.expected("a term"));
    }
    if word.chars().all(is_word_character) {
        return Ok(word);
    }
    Err(cursor.error_since(start, ParseErrorKind::NeedsQuotes(word.to_owned())))
}

fn is_word_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}
