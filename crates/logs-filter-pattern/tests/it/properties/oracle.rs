//! A naive evaluator: each open question is answered both ways, and the answers are collected.

use serde_json::Value;

use super::model::{Check, Model, Segment};

/// The verdicts that some reading of AWS's documents allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Possible {
    pub(crate) yes: bool,
    pub(crate) no: bool,
}

impl Possible {
    pub(crate) const EITHER: Self = Self { yes: true, no: true };

    pub(crate) fn also(self, other: Self) -> Self {
        Self { yes: self.yes || other.yes, no: self.no || other.no }
    }

    pub(crate) fn negated(self) -> Self {
        Self { yes: self.no, no: self.yes }
    }

    pub(crate) fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        parts.into_iter().fold(Self::from(true), |a, b| Self { yes: a.yes && b.yes, no: a.no || b.no })
    }

    pub(crate) fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        Self::all(parts.into_iter().map(Self::negated)).negated()
    }

    pub(crate) fn or_no(self) -> Self {
        self.also(Self::from(false))
    }

    fn negated_if(self, negated: bool) -> Self {
        if negated { self.negated() } else { self }
    }
}

impl From<bool> for Possible {
    fn from(yes: bool) -> Self {
        Self { yes, no: !yes }
    }
}

/// Judges an event.
pub(crate) fn judge(model: &Model, event: &Value) -> Possible {
    let verdict = judge_part(model, event);
    if event.is_object() { verdict } else { verdict.or_no() }
}

fn judge_part(model: &Model, event: &Value) -> Possible {
    match model {
        Model::And(parts) => Possible::all(parts.iter().map(|part| judge_part(part, event))),
        Model::Or(parts) => Possible::any(parts.iter().map(|part| judge_part(part, event))),
        Model::Leaf(_, Check::LowerCaseNotExists) => Possible::EITHER,
        Model::Leaf(path, check) => judge_leaf(path, check, event),
    }
}

fn judge_leaf(path: &[Segment], check: &Check, event: &Value) -> Possible {
    let is_star = |segment: &Segment| matches!(segment, Segment::AnyKey | Segment::AnyIndex);
    let Some(star) = path.iter().find(|segment| is_star(segment)) else {
        return judge_value(check, walk(path, Some(event)));
    };
    let mut around = path.split(is_star);
    let (before, after) = (around.next().unwrap_or_default(), around.next().unwrap_or_default());
    let container = walk(before, Some(event));
    let members: Vec<&Value> = match container {
        Some(Value::Object(object)) => object.values().collect(),
        Some(Value::Array(array)) => array.iter().collect(),
        _ => return judge_value(check, None),
    };
    let found: Vec<Option<&Value>> = members.into_iter().map(|member| walk(after, Some(member))).collect();
    let verdict = judge_many(check, &found);
    let usual = matches!(star, Segment::AnyKey) == container.is_some_and(Value::is_object);
    if usual { verdict } else { verdict.also(judge_value(check, None)) }
}

fn walk<'e>(path: &[Segment], value: Option<&'e Value>) -> Option<&'e Value> {
    path.iter().fold(value, |value, segment| match (segment, value) {
        (Segment::Key(key), Some(Value::Object(object))) => object.get(*key),
        (Segment::Index(index), Some(Value::Array(array))) => array.get(*index),
        _ => None,
    })
}

fn judge_many(check: &Check, found: &[Option<&Value>]) -> Possible {
    let each = |check: &Check| found.iter().map(|value| judge_value(check, *value)).collect::<Vec<_>>();
    let without_negation = match check.clone() {
        Check::Text { negated: true, raw } => Check::Text { negated: false, raw },
        Check::Number { operator: "!=", raw } => Check::Number { operator: "=", raw },
        Check::Regex { negated: true, regex } => Check::Regex { negated: false, regex },
        Check::NotExists => return Possible::any(each(check)).also(Possible::all(each(check))),
        _ => return Possible::any(each(check)),
    };
    let one_differs = Possible::any(each(check));
    let none_equals = Possible::any(each(&without_negation)).negated();
    one_differs.also(Possible::all([one_differs, none_equals]))
}

fn judge_value(check: &Check, value: Option<&Value>) -> Possible {
    let Some(value) = value else {
        return Possible::from(matches!(check, Check::NotExists));
    };
    match (check, value) {
        (Check::NotExists, Value::Null | Value::Array(_) | Value::Object(_)) => Possible::EITHER,
        (Check::Is(literal), Value::String(text)) => Possible::from(text.to_uppercase() == *literal).or_no(),
        (Check::Is(literal), value) => {
            Possible::from(!value.is_number() && value.to_string().to_uppercase() == *literal)
        }
        (Check::NotExists | Check::LowerCaseNotExists, _) | (_, Value::Array(_) | Value::Object(_)) => false.into(),
        (_, Value::String(text)) => on_text(check, text),
        (_, Value::Number(number)) => on_number(check, number),
        (_, flag_or_null) => on_text(check, &flag_or_null.to_string()).or_no(),
    }
}

fn on_text(check: &Check, value: &str) -> Possible {
    match check {
        Check::Text { negated, raw } => text_equals(raw, value).negated_if(*negated),
        Check::Regex { negated, regex } => Possible::from((regex.matches)(value)).negated_if(*negated),
        Check::Number { operator, raw } => {
            let equality = matches!(*operator, "=" | "!=");
            let relation = if equality { "=" } else { operator };
            let same_number = is_number(value) && Possible::from(true) == numbers(relation, value, raw);
            let verdict = Possible::from(same_number || equality && value == *raw).or_no();
            verdict.negated_if(*operator == "!=")
        }
        Check::Is(_) | Check::NotExists | Check::LowerCaseNotExists => unreachable!("judged before"),
    }
}

fn on_number(check: &Check, number: &serde_json::Number) -> Possible {
    let digits = number.to_string();
    match check {
        Check::Number { operator, raw } => numbers(operator, &digits, raw),
        Check::Regex { negated: true, .. } => Possible::EITHER,
        Check::Regex { negated: false, regex } => Possible::from((regex.matches)(&digits)).or_no(),
        Check::Text { negated, raw } => {
            let by_digits = text_equals(raw, &digits);
            let spelled_with_point = number.is_f64() && is_number(raw) && raw.contains(['.', 'e']);
            let by_value = if spelled_with_point { numbers("=", &digits, raw) } else { by_digits };
            by_digits.also(by_value).negated_if(*negated)
        }
        Check::Is(_) | Check::NotExists | Check::LowerCaseNotExists => unreachable!("judged before"),
    }
}

fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok() && text.contains(|c: char| c.is_ascii_digit())
}

/// Compares two numbers as doubles, and as integers if both are.
fn numbers(operator: &str, left: &str, right: &str) -> Possible {
    let holds = |ordering: std::cmp::Ordering| match operator {
        "=" => ordering.is_eq(),
        "!=" => ordering.is_ne(),
        "<" => ordering.is_lt(),
        "<=" => ordering.is_le(),
        ">" => ordering.is_gt(),
        _ => ordering.is_ge(),
    };
    let double = |text: &str| text.parse::<f64>().unwrap_or(f64::NAN);
    let as_doubles = Possible::from(double(left).partial_cmp(&double(right)).is_some_and(holds));
    match (left.parse::<i128>(), right.parse::<i128>()) {
        (Ok(a), Ok(b)) => as_doubles.also(holds(a.cmp(&b)).into()),
        _ => as_doubles,
    }
}

/// Compares a text in every reading of asterisks and backslashes.
pub(crate) fn text_equals(raw: &str, value: &str) -> Possible {
    let unescaped = raw.replace("\\\"", "\"");
    let all_wild: Vec<Option<char>> = unescaped.chars().map(|c| (c != '*').then_some(c)).collect();
    let inner = unescaped.trim_matches('*');
    let mut verdict = Possible::from(glob(&all_wild, value));
    if inner.contains('*') {
        let start = unescaped.starts_with('*').then_some(None);
        let end = unescaped.ends_with('*').then_some(None);
        let outer_wild: Vec<_> = start.into_iter().chain(inner.chars().map(Some)).chain(end).collect();
        verdict = verdict.also(glob(&outer_wild, value).into());
    } else if unescaped.starts_with('*') && !unescaped.ends_with('*') {
        verdict = verdict.also((value.find(inner).map(|at| at + inner.len()) == Some(value.len())).into());
    }
    let verbatim: Vec<Option<char>> = raw.chars().map(|c| (c != '*').then_some(c)).collect();
    let mut rest = raw.chars();
    let mut escaping = Vec::new();
    while let Some(character) = rest.next() {
        escaping.push(match character {
            '\\' => rest.next().or(Some('\\')),
            '*' => None,
            other => Some(other),
        });
    }
    verdict.also(glob(&verbatim, value).into()).also(glob(&escaping, value).into())
}

/// Matches character by character, where `None` is any number of characters.
pub(crate) fn glob(pattern: &[Option<char>], value: &str) -> bool {
    match pattern.split_first() {
        None => value.is_empty(),
        Some((None, rest)) => (0..=value.len())
            .filter(|at| value.is_char_boundary(*at))
            .any(|at| value.get(at..).is_some_and(|value| glob(rest, value))),
        Some((Some(wanted), rest)) => value.strip_prefix(*wanted).is_some_and(|value| glob(rest, value)),
    }
}
