//! Known mistakes in filter patterns.

use std::collections::BTreeSet;

use logs_filter_pattern::{Comparison, Condition, Expression, FilterPattern, Operand, Outcome, ParseError, Test};

use super::{Advice, Mistake, Review, has_false_positive, sample, try_filter_pattern};
use crate::probes;

/// What becomes of a condition in the corrected pattern.
enum Correction {
    Kept,
    Dropped,
    Replaced(String),
}

/// Reads a filter pattern, tries it on the probes, and looks for known mistakes.
pub fn review_filter_pattern(text: &str) -> Result<Review, ParseError> {
    let pattern = FilterPattern::parse(text)?;
    let trials = try_filter_pattern(&pattern);
    let mut review = Review { trials, advice: Vec::new(), corrected: None };
    let Some(expression) = pattern.expression() else { return Ok(review) };
    let mut told = BTreeSet::new();
    for condition in expression.conditions() {
        review.advice.extend(mistake(condition).filter(|it| told.insert(it.message.clone())));
    }
    let missing = missing_clauses(expression, &review);
    review.advice.extend(missing.iter().map(|(advice, _)| advice.clone()));
    if !review.advice.is_empty() {
        let clauses: Vec<_> = missing.into_iter().map(|(_, clause)| clause).collect();
        review.corrected = corrected(expression, &clauses);
    }
    Ok(review)
}

/// Returns the mistake that a condition by itself is.
fn mistake(condition: &Condition) -> Option<Advice> {
    let selector = condition.selector().to_string();
    match condition.test() {
        Test::Compare(Comparison::NotEqual, _) if is_missing_somewhere(&selector) => Some(Advice::new(
            Mistake::InequalityOnMissingField,
            format!(
                "`{condition}` is false where a record has no {selector}, so the pattern misses those; write \
                 `({selector} NOT EXISTS || {condition})`"
            ),
        )),
        Test::Compare(Comparison::Equal, _) if selector == "$.sourceIPAddress" => Some(Advice::new(
            Mistake::OneSource,
            format!("`{condition}` misses root from anywhere else, which is what an intruder is; leave it out"),
        )),
        Test::Compare(Comparison::Equal, Operand::Text(text)) if selector == "$.userIdentity.type" => {
            let word = text.as_written();
            (word != "Root" && word.eq_ignore_ascii_case("root")).then(|| {
                let message =
                    format!("`{condition}` never matches: values are compared with their case, and it is `Root`");
                Advice::new(Mistake::TypeInWrongCase, message)
            })
        }
        _ => None,
    }
}

/// Returns whether some root probe has nothing where a selector points.
fn is_missing_somewhere(selector: &str) -> bool {
    let Ok(absent) = FilterPattern::parse(&format!("{{ {selector} NOT EXISTS }}")) else { return false };
    probes::root().iter().any(|probe| absent.evaluate_json(&sample(probe)) == Outcome::Match)
}

/// Returns the clauses that a root pattern lacks to leave out what AWS services do.
fn missing_clauses(expression: &Expression, review: &Review) -> Vec<(Advice, &'static str)> {
    let asks = |path: &str| expression.conditions().iter().any(|it| it.selector().to_string() == path);
    if !asks("$.userIdentity.type") {
        return Vec::new();
    }
    let mut missing = Vec::new();
    if has_false_positive(&review.trials, "service-invoked") && !asks("$.userIdentity.invokedBy") {
        let message = "calls that AWS services make in root's name match, and wake someone for nothing; add \
                       `$.userIdentity.invokedBy NOT EXISTS`";
        missing.push((Advice::new(Mistake::ServiceCallsMatch, message), "$.userIdentity.invokedBy NOT EXISTS"));
    }
    if has_false_positive(&review.trials, "service-event-of-root") && !asks("$.eventType") {
        let message = "service events under the root identity match; add `$.eventType != \"AwsServiceEvent\"`";
        missing.push((Advice::new(Mistake::ServiceEventsMatch, message), "$.eventType != \"AwsServiceEvent\""));
    }
    missing
}

fn corrected(expression: &Expression, clauses: &[&str]) -> Option<String> {
    let kept = render(expression);
    let kept = match expression {
        Expression::Any(_) if !clauses.is_empty() => kept.map(|it| format!("({it})")),
        _ => kept,
    };
    let parts: Vec<_> = kept.iter().map(String::as_str).chain(clauses.iter().copied()).collect();
    let text = format!("{{ {} }}", parts.join(" && "));
    FilterPattern::parse(&text).is_ok().then_some(text)
}

/// Writes an expression with every condition corrected; nothing where nothing of it is left.
fn render(expression: &Expression) -> Option<String> {
    match expression {
        Expression::Condition(condition) => match correct(condition) {
            Correction::Kept => Some(condition.to_string()),
            Correction::Dropped => None,
            Correction::Replaced(text) => Some(text),
        },
        Expression::All(parts) => {
            let part = |part: &Expression| match part {
                Expression::Any(_) => render(part).map(|it| format!("({it})")),
                _ => render(part),
            };
            join(&parts.iter().filter_map(part).collect::<Vec<_>>(), " && ")
        }
        // A branch of which nothing is left holds always, and so does the whole.
        Expression::Any(parts) => {
            let all: Option<Vec<_>> = parts.iter().map(render).collect();
            all.and_then(|all| join(&all, " || "))
        }
    }
}

fn join(parts: &[String], joiner: &str) -> Option<String> {
    (!parts.is_empty()).then(|| parts.join(joiner))
}

fn correct(condition: &Condition) -> Correction {
    match mistake(condition).map(|it| it.mistake) {
        Some(Mistake::InequalityOnMissingField) => {
            Correction::Replaced(format!("({} NOT EXISTS || {condition})", condition.selector()))
        }
        Some(Mistake::OneSource) => Correction::Dropped,
        Some(Mistake::TypeInWrongCase) => Correction::Replaced("$.userIdentity.type = \"Root\"".to_owned()),
        _ => Correction::Kept,
    }
}
