#![doc = include_str!("../README.md")]

mod ast;
mod error;
mod explain;
mod fields;
mod json;
mod lexer;
pub mod limits;
mod number;
mod outcome;
mod parser;
mod regex;
mod space_delimited;
mod terms;
mod text;

use std::fmt;

use serde::Serialize;
use serde_json::Value;

pub use crate::{
    ast::{Comparison, Condition, Expression, KeywordCase, Literal, Operand, Selector, Step, Test},
    error::{ParseError, ParseErrorKind},
    explain::{Explanation, Part},
    number::Number,
    outcome::{Outcome, UndocumentedBehaviour},
    regex::Regex,
    text::Text,
};
use crate::{space_delimited::SpaceDelimited, terms::Terms};

/// A parsed filter pattern.
///
/// Its `Display` is the canonical form, and parsing that again gives an equal pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterPattern {
    body: Body,
}

/// The parts of a pattern, by its form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    All,
    Json(Expression),
    SpaceDelimited(SpaceDelimited),
    Terms(Terms),
    Regex(Regex),
}

/// The form of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// `{ … }`, for events that are JSON objects.
    Json,
    /// `[ … ]`, for events that are lines of fields.
    SpaceDelimited,
    /// Words and phrases, or one regular expression, for the raw text of any event.
    Terms,
    /// An empty pattern or a blank phrase, which matches every event.
    All,
}

impl FilterPattern {
    /// Reads a pattern, and refuses what CloudWatch Logs refuses.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        parser::parse(text).map(|body| Self { body })
    }

    /// Returns the form of the pattern.
    pub fn kind(&self) -> Kind {
        match self.body {
            Body::All => Kind::All,
            Body::Json(_) => Kind::Json,
            Body::SpaceDelimited(_) => Kind::SpaceDelimited,
            Body::Terms(_) | Body::Regex(_) => Kind::Terms,
        }
    }

    /// Returns the conditions of a JSON pattern as they are joined.
    pub fn expression(&self) -> Option<&Expression> {
        match &self.body {
            Body::Json(expression) => Some(expression),
            _ => None,
        }
    }

    /// Returns every condition of a JSON pattern, in its order; patterns of other forms have none.
    pub fn conditions(&self) -> Vec<&Condition> {
        self.expression().map(Expression::conditions).unwrap_or_default()
    }

    /// Judges the raw text of an event.
    pub fn evaluate(&self, message: &str) -> Outcome {
        match &self.body {
            Body::All => Outcome::Match,
            Body::Json(expression) => match serde_json::from_str(message) {
                Ok(event) => json::judge(expression, &event),
                Err(_) => judge_unreadable(message),
            },
            Body::SpaceDelimited(fields) => fields.judge(message),
            Body::Terms(terms) => terms.judge(message),
            Body::Regex(regex) => regex.is_match(message).into(),
        }
    }

    /// Judges an event that is already parsed.
    ///
    /// Patterns on the raw text are judged only where the verdict is the same however the event's JSON is laid out.
    pub fn evaluate_json(&self, event: &Value) -> Outcome {
        match &self.body {
            Body::All => Outcome::Match,
            Body::Json(expression) => json::judge(expression, event),
            Body::Terms(terms) if terms.ignore_layout() => terms.judge(&event.to_string()),
            Body::SpaceDelimited(_) | Body::Terms(_) | Body::Regex(_) => {
                Outcome::Undocumented(UndocumentedBehaviour::RawTextUnknown)
            }
        }
    }

    /// Explains the verdict on the raw text of an event: which part decided, and on which value.
    pub fn explain(&self, message: &str) -> Explanation {
        explain::explain(self, message)
    }

    pub(crate) fn body(&self) -> &Body {
        &self.body
    }
}

/// Judges a text that did not parse: text that is no JSON matches no JSON pattern, but JSON that only this crate's
/// reader cannot hold could.
fn judge_unreadable(message: &str) -> Outcome {
    if serde_json::from_str::<serde::de::IgnoredAny>(message).is_ok() {
        Outcome::Undocumented(UndocumentedBehaviour::UnreadableEvent)
    } else {
        Outcome::NoMatch
    }
}

impl std::str::FromStr for FilterPattern {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for FilterPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.body {
            Body::All => Ok(()),
            Body::Json(expression) => write!(f, "{{ {expression} }}"),
            Body::SpaceDelimited(fields) => fields.fmt(f),
            Body::Terms(terms) => terms.fmt(f),
            Body::Regex(regex) => regex.fmt(f),
        }
    }
}
