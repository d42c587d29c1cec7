//! Evaluates JSON patterns.
//!
//! The rules: [Using filter patterns to match terms in JSON log
//! events](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-json-log-events.html).

use std::cell::Cell;

use serde_json::Value;

use crate::{
    ast::{Comparison, Condition, Expression, KeywordCase, Literal, Operand, Selector, Step, Test},
    number::Number,
    outcome::{Outcome, UndocumentedBehaviour},
    text::Text,
};

/// Judges a parsed event.
pub(crate) fn judge(expression: &Expression, event: &Value) -> Outcome {
    // Patterns that list names ask for one selector again and again; what the last one found is kept.
    let last: Cell<Option<(&Selector, Option<&Value>)>> = Cell::new(None);
    let outcome = expression.judge(&|condition| {
        let found = match last.get() {
            Some((selector, value)) if selector == condition.selector() => Found::One(value),
            _ => find(condition.selector(), event),
        };
        if let Found::One(value) = found {
            last.set(Some((condition.selector(), value)));
        }
        judge_found(condition, found)
    });
    if event.is_object() { outcome } else { outcome.match_hangs_on(UndocumentedBehaviour::EventNotAnObject) }
}

/// Judges one condition of a pattern.
pub(crate) fn judge_condition(condition: &Condition, event: &Value) -> Outcome {
    judge_found(condition, find(condition.selector(), event))
}

fn judge_found(condition: &Condition, found: Found<'_>) -> Outcome {
    let test = condition.test();
    let outcome = match found {
        Found::One(value) => judge_value(test, value),
        Found::Several { values, documented } => {
            let outcome = judge_values(test, &values);
            if documented {
                outcome
            } else {
                outcome.unless_read_as(judge_value(test, None), UndocumentedBehaviour::WildcardOnOtherContainer)
            }
        }
    };
    match test {
        Test::Is(_, KeywordCase::Other) | Test::NotExists(KeywordCase::Other) => {
            Outcome::Undocumented(UndocumentedBehaviour::KeywordCase)
        }
        _ => outcome,
    }
}

/// What a selector finds in an event.
pub(crate) enum Found<'e> {
    /// The value that a selector without a wildcard points at, if it is there.
    One(Option<&'e Value>),
    /// One entry for each element or property that the wildcard stands for, empty where the rest is not there.
    Several {
        values: Vec<Option<&'e Value>>,
        /// Whether the wildcard has the form that AWS documents for such a container.
        documented: bool,
    },
}

/// Follows a selector from the event's root.
pub(crate) fn find<'e>(selector: &Selector, event: &'e Value) -> Found<'e> {
    let mut current = event;
    let mut steps = selector.steps().iter();
    while let Some(step) = steps.next() {
        let documented = match (step, current) {
            (Step::AnyProperty, Value::Object(_)) | (Step::AnyElement, Value::Array(_)) => true,
            (Step::AnyProperty | Step::AnyElement, Value::Object(_) | Value::Array(_)) => false,
            _ => match follow(current, step) {
                Some(next) => {
                    current = next;
                    continue;
                }
                None => return Found::One(None),
            },
        };
        let values = members(current).map(|member| steps.clone().try_fold(member, follow)).collect();
        return Found::Several { values, documented };
    }
    Found::One(Some(current))
}

fn follow<'e>(value: &'e Value, step: &Step) -> Option<&'e Value> {
    match step {
        Step::Property(name) => value.as_object()?.get(name),
        Step::Element(index) => value.as_array()?.get(*index),
        Step::AnyProperty | Step::AnyElement => None,
    }
}

/// Returns the elements of an array or the values of an object.
fn members(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match value {
        Value::Array(elements) => Box::new(elements.iter()),
        Value::Object(properties) => Box::new(properties.values()),
        _ => Box::new(std::iter::empty()),
    }
}

/// Judges what a wildcard selector finds: one fitting value is enough, and a negation has to hold for all.
fn judge_values(test: &Test, values: &[Option<&Value>]) -> Outcome {
    let any = |test: &Test| values.iter().map(|value| judge_value(test, *value)).fold(Outcome::NoMatch, Outcome::or);
    let undecided = Outcome::Undocumented(UndocumentedBehaviour::NegatedWildcard);
    match test {
        Test::Compare(Comparison::NotEqual, operand) => {
            match (any(test), any(&Test::Compare(Comparison::Equal, operand.clone()))) {
                (Outcome::NoMatch, _) => Outcome::NoMatch,
                (differs, Outcome::NoMatch) => differs,
                _ => undecided,
            }
        }
        Test::NotExists(_) => {
            let all = values.iter().map(|value| judge_value(test, *value)).fold(Outcome::Match, Outcome::and);
            any(test).unless_read_as(all, UndocumentedBehaviour::NegatedWildcard)
        }
        Test::Compare(..) | Test::Is(..) => any(test),
    }
}

/// Judges one value; a missing one fulfils `NOT EXISTS` alone, and so no `!=`.
fn judge_value(test: &Test, value: Option<&Value>) -> Outcome {
    match (test, value) {
        (Test::NotExists(_), None) => Outcome::Match,
        (_, None) => Outcome::NoMatch,
        (Test::NotExists(_), Some(value)) => judge_not_exists(value),
        (Test::Is(literal, _), Some(value)) => judge_is(*literal, value),
        (Test::Compare(comparison, operand), Some(value)) => compare(*comparison, operand, value),
    }
}

fn judge_not_exists(value: &Value) -> Outcome {
    match value {
        Value::Null => Outcome::Undocumented(UndocumentedBehaviour::NotExistsOnNull),
        Value::Array(_) | Value::Object(_) => Outcome::Undocumented(UndocumentedBehaviour::NotExistsOnContainer),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => Outcome::NoMatch,
    }
}

fn judge_is(literal: Literal, value: &Value) -> Outcome {
    match (literal, value) {
        (Literal::Null, Value::Null) | (Literal::True, Value::Bool(true)) | (Literal::False, Value::Bool(false)) => {
            Outcome::Match
        }
        (_, Value::String(text)) if text.eq_ignore_ascii_case(literal.keyword()) => {
            Outcome::Undocumented(UndocumentedBehaviour::KeywordAgainstText)
        }
        _ => Outcome::NoMatch,
    }
}

fn compare(comparison: Comparison, operand: &Operand, value: &Value) -> Outcome {
    match value {
        Value::String(text) => compare_text(comparison, operand, text),
        Value::Number(number) => compare_number(comparison, operand, number),
        Value::Null => compare_text(comparison, operand, "null").match_hangs_on(UndocumentedBehaviour::NullCompared),
        Value::Bool(flag) => {
            let text = if *flag { "true" } else { "false" };
            compare_text(comparison, operand, text).match_hangs_on(UndocumentedBehaviour::BooleanCompared)
        }
        // A selector that points at an object or array "won't match", whichever the operator.
        Value::Array(_) | Value::Object(_) => Outcome::NoMatch,
    }
}

/// Negates the verdict of `=` where the operator is `!=`.
fn negate_for(comparison: Comparison, equal: Outcome) -> Outcome {
    if comparison == Comparison::NotEqual { !equal } else { equal }
}

fn compare_text(comparison: Comparison, operand: &Operand, value: &str) -> Outcome {
    match operand {
        Operand::Text(text) => negate_for(comparison, text.judge(value)),
        Operand::Regex(regex) => negate_for(comparison, regex.is_match(value).into()),
        Operand::Number(number) if comparison.is_order() => number
            .judge_text(value, |ordering| comparison.holds(ordering))
            .match_hangs_on(UndocumentedBehaviour::NumberAgainstText),
        Operand::Number(number) => {
            let same_text = Outcome::from(value == number.as_written());
            let equal = same_text.or(number.judge_text(value, std::cmp::Ordering::is_eq));
            negate_for(comparison, equal.match_hangs_on(UndocumentedBehaviour::NumberAgainstText))
        }
    }
}

fn compare_number(comparison: Comparison, operand: &Operand, value: &serde_json::Number) -> Outcome {
    match operand {
        Operand::Number(number) => number.judge_number(value, |ordering| comparison.holds(ordering)),
        Operand::Text(text) => negate_for(comparison, text_equals_number(text, value)),
        Operand::Regex(regex) if comparison == Comparison::Equal => {
            Outcome::from(regex.is_match(&value.to_string())).match_hangs_on(UndocumentedBehaviour::RegexAgainstNumber)
        }
        Operand::Regex(_) => Outcome::Undocumented(UndocumentedBehaviour::RegexAgainstNumber),
    }
}

/// Compares a number's digits with a text; only a decimal's digits can have been spelled in another way.
fn text_equals_number(text: &Text, value: &serde_json::Number) -> Outcome {
    let outcome = text.judge(&value.to_string());
    let spelled = value.is_f64().then(|| Number::parse(text.as_written()).ok().flatten()).flatten();
    match spelled {
        Some(number) if text.as_written().contains(['.', 'e', 'E']) => outcome.unless_read_as(
            number.judge_number(value, std::cmp::Ordering::is_eq),
            UndocumentedBehaviour::NumberSpelling,
        ),
        _ => outcome,
    }
}
