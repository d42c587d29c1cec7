//! A pattern as it is understood.

use eventbridge_pattern::{Alternative, EventPattern};
use logs_filter_pattern::{Expression, FilterPattern, Kind, Part};
use serde::Serialize;

/// A part of a pattern, with its parts below it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Node {
    /// What it asks for, or how its parts are joined.
    pub(super) text: String,
    /// The parts that it joins.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) parts: Vec<Self>,
}

impl Node {
    fn leaf(text: impl Into<String>) -> Self {
        Self { text: text.into(), parts: Vec::new() }
    }

    fn join(text: &str, parts: impl IntoIterator<Item = Self>) -> Self {
        Self { text: text.to_owned(), parts: parts.into_iter().collect() }
    }
}

/// Returns how a filter pattern is understood.
pub(super) fn of_filter(pattern: &FilterPattern) -> Node {
    match (pattern.kind(), pattern.expression()) {
        (_, Some(expression)) => of_expression(expression),
        (Kind::All, None) => Node::leaf("every event"),
        // The explanation of any event names the parts; its verdicts are left aside.
        (Kind::SpaceDelimited, None) => of_parts("fields, all of", &pattern.explain("").part),
        (_, None) => of_parts("text", &pattern.explain("").part),
    }
}

fn of_expression(expression: &Expression) -> Node {
    match expression {
        Expression::All(parts) => Node::join("all of", parts.iter().map(of_expression)),
        Expression::Any(parts) => Node::join("any of", parts.iter().map(of_expression)),
        Expression::Condition(condition) => Node::leaf(condition.to_string()),
    }
}

fn of_parts(name: &str, part: &Part) -> Node {
    match part.parts.as_slice() {
        [] => Node::join(name, [Node::leaf(&part.text)]),
        parts => Node::join(name, parts.iter().map(|it| Node::leaf(&it.text))),
    }
}

/// Returns how an event pattern is understood.
pub(super) fn of_event(pattern: &EventPattern) -> Node {
    match pattern.alternatives() {
        [only] => of_alternative(only),
        several => Node::join("any of", several.iter().map(of_alternative)),
    }
}

fn of_alternative(alternative: &Alternative) -> Node {
    let fields = alternative.fields().iter().map(|field| Node::leaf(format!("{}: {field}", field.path())));
    Node::join("all of", fields)
}
