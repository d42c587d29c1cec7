#![doc = include_str!("../README.md")]

mod compile;
mod complexity;
mod error;
mod explain;
mod json;
mod matcher;
mod matching;
mod number;
mod parse;
mod text;
mod tree;

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde_json::Value;

pub use crate::compile::{Alternative, Field};
pub use crate::error::{MAX_ALTERNATIVES, MAX_CHARACTERS, MAX_DEPTH, ParseError, Reason, Span};
pub use crate::explain::{AlternativeExplanation, Explanation, FieldExplanation};
pub use crate::matcher::{AnythingBut, Comparison, Matcher, NumericRange};
pub use crate::number::NumberLiteral;
pub use crate::text::Wildcard;
use crate::tree::{Block, Printed};

/// An event pattern of an EventBridge rule.
///
/// It prints as JSON without spaces, its fields in the order in which they were written; parsing what it prints gives an
/// equal pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPattern {
    root: Block,
    alternatives: Vec<Alternative>,
    overridden: BTreeSet<String>,
}

impl EventPattern {
    /// Reads a pattern, refusing what EventBridge refuses.
    ///
    /// The rules are those of the user guide's pages eb-create-pattern and eb-create-pattern-operators and, where the
    /// guide is silent, those of event-ruler, the library that EventBridge evaluates patterns with.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let root = parse::pattern(text)?;
        match compile::compile(&root) {
            Ok(compiled) => Ok(Self { root, alternatives: compiled.alternatives, overridden: compiled.overridden }),
            Err(reason) => Err(ParseError::new(reason, "", Span::new(text, 0, text.len()))),
        }
    }

    /// Returns whether an event matches; the event is the whole envelope, with `source`, `detail-type` and `detail`.
    pub fn matches(&self, event: &Value) -> bool {
        self.alternatives.iter().any(|alternative| matching::matches(alternative, event))
    }

    /// Tells for each field what is wanted, what the event has, and whether that matches.
    pub fn explain(&self, event: &Value) -> Explanation {
        Explanation::new(&self.alternatives, event)
    }

    /// Returns the alternatives that the pattern's `$or` make, one if it has none; an event has to match one of them.
    pub fn alternatives(&self) -> &[Alternative] {
        &self.alternatives
    }

    /// Returns whether an event with this value at a path, all its other fields right, can match.
    ///
    /// The path is the names on the way joined by dots. A pattern that says nothing of the path admits every value.
    /// Whether a rule can ever fire on console sign-ins is
    /// `pattern.admits("detail-type", &"AWS Console Sign In via CloudTrail".into())`.
    pub fn admits(&self, path: &str, value: &Value) -> bool {
        let admits = |alternative: &Alternative| alternative.field(path).is_none_or(|field| field.matches_value(value));
        self.alternatives.iter().any(admits)
    }

    /// Returns the paths that the pattern gives more than once in one alternative.
    ///
    /// EventBridge takes such a pattern and silently uses the last (user guide, eb-create-pattern), which is rarely what
    /// its author meant.
    pub fn overridden(&self) -> &BTreeSet<String> {
        &self.overridden
    }
}

impl fmt::Display for EventPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Printed(&self.root).fmt(f)
    }
}

impl FromStr for EventPattern {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}
