//! Known mistakes in filter patterns.

use std::collections::BTreeSet;

use logs_filter_pattern::{Comparison, Condition, Expression, FilterPattern, Operand, Outcome, ParseError, Test};

use super::{
    Advice, MOST_ROUNDS, Mistake, Review, Trial, has_false_positive, hears_root, matches_everyone, misses_root, sample,
    try_filter_pattern,
};
use crate::probes;

/// Reads a filter pattern, tries it on the probes, and looks for known mistakes.
///
/// What is left without the mistakes is looked at again, until there is nothing more to say of it.
pub fn review_filter_pattern(text: &str) -> Result<Review, ParseError> {
    let pattern = FilterPattern::parse(text)?;
    let mut review = Review { trials: try_filter_pattern(&pattern), advice: Vec::new(), corrected: None };
    let mut told = BTreeSet::new();
    let mut current = pattern;
    for _ in 0..MOST_ROUNDS {
        let (found, next) = look(&current);
        if found.is_empty() {
            review.corrected = (!review.advice.is_empty()).then(|| current.to_string());
            break;
        }
        review.advice.extend(found.into_iter().filter(|it| told.insert(it.message.clone())));
        let Some(next) = next else { break };
        current = next;
    }
    Ok(review)
}

/// Returns what is wrong with a pattern, and the pattern without it, if anything is left of that: first what is wrong
/// with its conditions, and only where nothing is, what it lacks.
fn look(pattern: &FilterPattern) -> (Vec<Advice>, Option<FilterPattern>) {
    let trials = try_filter_pattern(pattern);
    let told = |missing: Vec<(Advice, _)>| missing.into_iter().map(|(advice, _)| advice).collect();
    let Some(expression) = pattern.expression() else { return (told(missing_clauses(&trials)), None) };
    let mut writer = Writer { misses_root: misses_root(&trials), advice: Vec::new() };
    let written = writer.whole(expression);
    if !writer.advice.is_empty() {
        return (writer.advice, written.and_then(|it| parsed(&it)));
    }
    let missing = missing_clauses(&trials);
    let kept = if let Expression::Any(_) = expression { format!("({expression})") } else { expression.to_string() };
    let clauses = std::iter::once(kept.as_str()).chain(missing.iter().map(|(_, clause)| *clause));
    let next = parsed(&clauses.collect::<Vec<_>>().join(" && "));
    (told(missing), next)
}

fn parsed(expression: &str) -> Option<FilterPattern> {
    FilterPattern::parse(&format!("{{ {expression} }}")).ok()
}

/// Writes an expression without the mistakes of its conditions, and notes them.
struct Writer {
    /// Whether the pattern misses any root probe: one that catches them all is narrowed by nothing.
    misses_root: bool,
    advice: Vec<Advice>,
}

impl Writer {
    /// Writes a whole expression; nothing where nothing of it is left.
    fn whole(&mut self, expression: &Expression) -> Option<String> {
        (!self.drops(expression)).then(|| self.part(expression, &[]))
    }

    /// Writes a part; `absent` are the selectors of which an alternative to the part says that they do not exist.
    fn part(&mut self, expression: &Expression, absent: &[String]) -> String {
        match expression {
            Expression::Condition(condition) => self.condition(condition, absent),
            // As an alternative, addresses let more through and not less.
            Expression::All(_) if is_of_sources(expression) => expression.to_string(),
            Expression::All(parts) => {
                let kept: Vec<_> = parts.iter().filter(|part| !self.drops(part)).collect();
                let grouped = |part: &Expression| match part {
                    Expression::Any(_) => format!("({})", self.part(part, absent)),
                    _ => self.part(part, absent),
                };
                kept.into_iter().map(grouped).collect::<Vec<_>>().join(" && ")
            }
            Expression::Any(parts) => {
                let absent = [absent, &parts.iter().filter_map(absent_selector).collect::<Vec<_>>()].concat();
                let mut written: Vec<_> = parts.iter().map(|part| self.part(part, &absent)).collect();
                let mut seen = BTreeSet::new();
                written.retain(|it| seen.insert(it.clone()));
                written.join(" || ")
            }
        }
    }

    /// Returns whether a part of a conjunction asks for nothing but source addresses, and notes that.
    fn drops(&mut self, part: &Expression) -> bool {
        let drops = self.misses_root && is_of_sources(part);
        if drops {
            self.advice.extend(part.conditions().into_iter().map(|condition| {
                let message =
                    format!("`{condition}` misses root from anywhere else, which is what an intruder is; leave it out");
                Advice::new(Mistake::OneSource, message)
            }));
        }
        drops
    }

    fn condition(&mut self, condition: &Condition, absent: &[String]) -> String {
        let selector = condition.selector().to_string();
        match condition.test() {
            Test::Compare(Comparison::NotEqual, _)
                if self.misses_root && !absent.contains(&selector) && is_missing_somewhere(&selector) =>
            {
                let better = format!("({selector} NOT EXISTS || {condition})");
                let message = format!(
                    "`{condition}` is false where a record has no {selector}, so the pattern misses those; write \
                     `{better}`"
                );
                self.advice.push(Advice::new(Mistake::InequalityOnMissingField, message));
                better
            }
            Test::Compare(Comparison::Equal, Operand::Text(text)) if selector == "$.userIdentity.type" => {
                let word = text.as_written();
                if word == "Root" || !word.eq_ignore_ascii_case("root") {
                    return condition.to_string();
                }
                let message =
                    format!("`{condition}` never matches: values are compared with their case, and it is `Root`");
                self.advice.push(Advice::new(Mistake::TypeInWrongCase, message));
                "$.userIdentity.type = \"Root\"".to_owned()
            }
            _ => condition.to_string(),
        }
    }
}

/// Returns whether every condition asks for a source address that some root probe does not come from.
fn is_of_sources(part: &Expression) -> bool {
    let is_source = |it: &&Condition| {
        it.selector().to_string() == "$.sourceIPAddress" && matches!(it.test(), Test::Compare(Comparison::Equal, _))
    };
    let misses_some = |it: &Condition| !on_root(&it.to_string()).all(|outcome| outcome == Outcome::Match);
    part.conditions().iter().all(|it| is_source(it) && misses_some(it))
}

/// Returns the selector of a condition that asks for its absence.
fn absent_selector(part: &Expression) -> Option<String> {
    match part {
        Expression::Condition(it) if matches!(it.test(), Test::NotExists(_)) => Some(it.selector().to_string()),
        _ => None,
    }
}

/// Returns whether some root probe has nothing where a selector points.
fn is_missing_somewhere(selector: &str) -> bool {
    on_root(&format!("{selector} NOT EXISTS")).any(|outcome| outcome == Outcome::Match)
}

/// Returns what a condition by itself says of each root probe.
fn on_root(condition: &str) -> impl Iterator<Item = Outcome> {
    let pattern = parsed(condition);
    probes::root().iter().filter_map(move |probe| Some(pattern.as_ref()?.evaluate_json(&sample(probe))))
}

/// Returns the clauses that a pattern lacks to hear root alone, and to leave out what AWS services do in its name.
fn missing_clauses(trials: &[Trial]) -> Vec<(Advice, &'static str)> {
    let mut missing = Vec::new();
    if matches_everyone(trials) {
        let message = "what other people do matches like what root does; add `$.userIdentity.type = \"Root\"`";
        missing.push((Advice::new(Mistake::EveryoneMatches, message), "$.userIdentity.type = \"Root\""));
    }
    if !hears_root(trials) {
        return missing;
    }
    if has_false_positive(trials, "service-invoked") {
        let message = "nothing leaves out the calls that AWS services make in root's name, which wake someone for \
                       nothing; add `$.userIdentity.invokedBy NOT EXISTS`";
        missing.push((Advice::new(Mistake::ServiceCallsMatch, message), "$.userIdentity.invokedBy NOT EXISTS"));
    }
    if has_false_positive(trials, "service-event-of-root") {
        let message = "nothing leaves out service events under the root identity; add `$.eventType != \
                       \"AwsServiceEvent\"`";
        missing.push((Advice::new(Mistake::ServiceEventsMatch, message), "$.eventType != \"AwsServiceEvent\""));
    }
    missing
}
