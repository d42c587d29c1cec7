//! The metric filter: whether its pattern matches a record, and what it then writes.

use std::collections::BTreeMap;

use logs_filter_pattern::{FilterPattern, Outcome};
use rootsweep_model::Arn;
use rootsweep_model::facts::{LogGroup, MetricFilter, MetricTransformation};
use serde_json::Value;

use super::cell::Cell;
use super::criteria;
use super::state::{Finding, State};
use crate::calls;

/// A metric filter, tried on every cell.
pub(crate) struct TriedFilter<'a> {
    pub(crate) filter: &'a MetricFilter,
    pub(crate) findings: Vec<Finding>,
}

impl<'a> TriedFilter<'a> {
    /// Tries a filter of a log group.
    pub(crate) fn new(filter: &'a MetricFilter, group: &LogGroup, cells: &[Cell]) -> Self {
        let findings = match filter.pattern.as_deref().map(FilterPattern::parse) {
            None => vec![Finding::missing(calls::DESCRIBE_FILTERS, "the filter's pattern"); cells.len()],
            Some(Err(error)) => {
                let detail = format!("its pattern is not understood: {error}");
                vec![Finding::undocumented(calls::DESCRIBE_FILTERS, detail); cells.len()]
            }
            Some(Ok(pattern)) => cells.iter().map(|cell| try_on(filter, &pattern, group, cell)).collect(),
        };
        Self { filter, findings }
    }

    /// Returns whether the filter is worth showing: it could match a root probe, or speaks of root.
    pub(crate) fn concerns_root(&self, root: &[usize]) -> bool {
        let could_match = |cell: &usize| self.findings.get(*cell).is_some_and(|it| it.state != State::Broken);
        let names_root = self.filter.pattern.as_deref().is_some_and(|it| it.to_ascii_lowercase().contains("root"));
        names_root || root.iter().any(could_match)
    }
}

fn try_on(filter: &MetricFilter, pattern: &FilterPattern, group: &LogGroup, cell: &Cell) -> Finding {
    let matched = match pattern.evaluate_json(&cell.record) {
        Outcome::Match => Finding::holds("matches"),
        Outcome::NoMatch => Finding::broken("does not match"),
        Outcome::Undocumented(behaviour) => {
            Finding::undocumented(calls::DESCRIBE_FILTERS, format!("AWS does not document {}", behaviour.question()))
        }
    };
    let narrowed = match &filter.field_selection_criteria {
        Some(criteria) if !criteria.trim().is_empty() => {
            criteria::admits(criteria, cell, owner_of(&group.arn), &group.region)
        }
        _ => Finding::holds(""),
    };
    let transformed = if filter.apply_on_transformed_logs {
        Finding::out_of_reach(
            calls::DESCRIBE_FILTERS,
            "it looks at transformed log events, and the transformer is not read",
        )
    } else {
        Finding::holds("")
    };
    matched.and(narrowed).and(transformed)
}

/// Returns the account in an ARN, as it stands there; none where the text is no ARN.
pub(crate) fn owner_of(arn: &str) -> &str {
    Arn::parse(arn).map_or("", |arn| arn.account_text)
}

/// What a filter writes for one match.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Datum {
    pub(crate) value: f64,
    pub(crate) dimensions: BTreeMap<String, String>,
}

/// Returns what a transformation writes for a record that its filter matches.
///
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html>; what comes of
/// a selector that finds no number, or no text for a dimension, that page does not say.
pub(crate) fn write(
    filter: &MetricFilter,
    transformation: &MetricTransformation,
    cell: &Cell,
    group: &LogGroup,
) -> Result<Datum, Finding> {
    let value = metric_value(&transformation.metric_value, cell)?;
    let mut dimensions = BTreeMap::new();
    for (name, selector) in &transformation.dimensions {
        let found = select(selector, cell).and_then(as_text);
        let value = found.ok_or_else(|| undetermined(&format!("dimension {name}, {selector},"), cell))?;
        dimensions.insert(name.clone(), value);
    }
    for field in &filter.emit_system_field_dimensions {
        dimensions.insert(field.clone(), system_field(field, cell, group)?);
    }
    Ok(Datum { value, dimensions })
}

/// Returns a system field, where the event's and the log group's are the same: which of them it is, AWS does not say.
fn system_field(field: &str, cell: &Cell, group: &LogGroup) -> Result<String, Finding> {
    let (of_event, of_group) = match field {
        "@aws.account" => (cell.account.to_string(), owner_of(&group.arn)),
        "@aws.region" => (cell.region.clone(), group.region.as_str()),
        _ => {
            return Err(Finding::undocumented(
                calls::DESCRIBE_FILTERS,
                format!("the filter writes the system field {field}"),
            ));
        }
    };
    if of_event == of_group {
        return Ok(of_event);
    }
    Err(Finding::undocumented(calls::DESCRIBE_FILTERS, format!("whether {field} is the event's or the log group's")))
}

fn metric_value(text: &str, cell: &Cell) -> Result<f64, Finding> {
    let number = match text.trim().parse::<f64>() {
        Ok(number) => Some(number),
        Err(_) => select(text, cell).and_then(Value::as_f64),
    };
    number.filter(|it| it.is_finite()).ok_or_else(|| undetermined(&format!("metric value {text}"), cell))
}

fn undetermined(what: &str, cell: &Cell) -> Finding {
    let detail = format!("what the filter writes where its {what} finds nothing in {}", cell.probe.id);
    Finding::undocumented(calls::DESCRIBE_FILTERS, detail)
}

/// Follows a plain selector, `$.a.b`.
fn select<'a>(selector: &str, cell: &'a Cell) -> Option<&'a Value> {
    let path = selector.trim().strip_prefix("$.")?;
    path.split('.').try_fold(&cell.record, |value, key| value.get(key))
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
