//! Says which part of a pattern decided, and on which value.

use serde::Serialize;
use serde_json::Value;

use crate::{
    Body, FilterPattern, Kind,
    ast::Expression,
    fields::EventFields,
    json::{self, Found},
    outcome::Outcome,
    space_delimited::SpaceDelimited,
    terms::Terms,
};

/// Why a pattern has its verdict on one event.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The form of the pattern.
    pub kind: Kind,
    /// The verdict, the same that [`FilterPattern::evaluate`] returns.
    pub outcome: Outcome,
    /// The whole pattern, with its parts below it.
    pub part: Part,
}

impl Explanation {
    /// Returns the conditions, terms or fields that decided, in the order of the pattern.
    pub fn deciding(&self) -> Vec<&Part> {
        let mut deciding = Vec::new();
        self.part.collect_deciding(&mut deciding);
        deciding
    }
}

/// A part of a pattern and its verdict.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Part {
    /// The part in its canonical form.
    pub text: String,
    /// The verdict of this part alone.
    pub outcome: Outcome,
    /// Whether the verdict of the whole pattern follows from this part's.
    pub decided: bool,
    /// The values that the part looked at; empty where nothing is there.
    pub found: Vec<Value>,
    /// What else there is to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<&'static str>,
    /// The parts that this one joins.
    pub parts: Vec<Self>,
}

impl Part {
    fn leaf(text: String, outcome: Outcome, found: Vec<Value>) -> Self {
        Self { text, outcome, decided: false, found, note: None, parts: Vec::new() }
    }

    fn branch(text: String, outcome: Outcome, parts: Vec<Self>) -> Self {
        Self { parts, ..Self::leaf(text, outcome, Vec::new()) }
    }

    fn with_note(self, note: &'static str) -> Self {
        Self { note: Some(note), ..self }
    }

    /// Marks what decided: this part, and of the parts below a deciding part those with its verdict.
    fn mark_below(mut self) -> Self {
        self.decided = true;
        let outcome = self.outcome;
        let mark = |part: Self| if part.outcome.same_verdict(outcome) { part.mark_below() } else { part };
        self.parts = self.parts.into_iter().map(mark).collect();
        self
    }

    /// Takes the verdict on the whole event where it is another than that of the pattern's parts, and says why.
    fn overruled_by(self, outcome: Outcome) -> Self {
        match outcome {
            Outcome::Undocumented(behaviour) if !self.outcome.same_verdict(outcome) => {
                Self { outcome, note: Some(behaviour.question()), ..self }
            }
            _ => self,
        }
    }

    fn collect_deciding<'p>(&'p self, deciding: &mut Vec<&'p Self>) {
        if self.decided && self.parts.is_empty() {
            deciding.push(self);
        }
        for part in &self.parts {
            part.collect_deciding(deciding);
        }
    }
}

/// Explains a pattern on the raw text of an event.
pub(crate) fn explain(pattern: &FilterPattern, message: &str) -> Explanation {
    let outcome = pattern.evaluate(message);
    let text = pattern.to_string();
    let part = match pattern.body() {
        Body::All => Part::leaf(text, outcome, Vec::new()).with_note("an empty pattern matches every event"),
        Body::Regex(_) => Part::leaf(text, outcome, vec![message.into()]),
        Body::Terms(terms) => Part::branch(text, outcome, explain_terms(terms, message)),
        Body::SpaceDelimited(fields) => explain_fields(fields, message),
        Body::Json(expression) => match serde_json::from_str(message) {
            Ok(event) => explain_expression(expression, &event),
            Err(_) => Part::leaf(text, outcome, Vec::new()).with_note("the event cannot be read as JSON"),
        },
    };
    Explanation { kind: pattern.kind(), outcome, part: part.mark_below().overruled_by(outcome) }
}

fn explain_expression(expression: &Expression, event: &Value) -> Part {
    let outcome = expression.judge(&|condition| json::judge_condition(condition, event));
    let text = expression.to_string();
    match expression {
        Expression::All(parts) | Expression::Any(parts) => {
            Part::branch(text, outcome, parts.iter().map(|part| explain_expression(part, event)).collect())
        }
        Expression::Condition(condition) => {
            let found = match json::find(condition.selector(), event) {
                Found::One(value) => value.into_iter().cloned().collect(),
                Found::Several { values, .. } => values.into_iter().flatten().cloned().collect(),
            };
            Part::leaf(text, outcome, found)
        }
    }
}

fn explain_terms(terms: &Terms, message: &str) -> Vec<Part> {
    let parts = terms.terms().iter().map(|term| {
        let found = if term.judge_text(message) == Outcome::Match { vec![term.text().into()] } else { Vec::new() };
        let part = Part::leaf(term.to_string(), term.judge(message), found);
        if terms.counts(term) { part } else { part.with_note("ignored beside terms without a question mark") }
    });
    parts.collect()
}

fn explain_fields(pattern: &SpaceDelimited, message: &str) -> Part {
    let fields = EventFields::split(message);
    let parts = pattern.assign(&fields).into_iter().map(|assignment| {
        let found = assignment.value.map(Value::from).into_iter().collect();
        Part::leaf(assignment.field.to_string(), assignment.judge(), found)
    });
    let parts: Vec<Part> = parts.collect();
    let outcome = parts.iter().map(|part| part.outcome).fold(Outcome::Match, Outcome::and);
    Part::branch(pattern.to_string(), outcome, parts)
}
