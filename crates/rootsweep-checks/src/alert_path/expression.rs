//! Metric math, as far as a root alarm uses it: ids, numbers, `+ - * /`, `SUM`, `MAX`, `MIN`, `AVG`, `FILL`, `METRICS()`.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html>. Anything else is not
//! evaluated, and the alarm is unknown.

use std::iter::Peekable;
use std::str::Chars;

use super::metric_data::Datapoint;
use super::state::Finding;
use crate::calls;

/// The deepest nesting that is read.
const MAX_DEPTH: usize = 32;

/// A parsed expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expression {
    Number(f64),
    Id(String),
    /// `METRICS()`: all queries that are metrics themselves.
    Metrics,
    Array(Vec<Self>),
    Binary(char, Box<Self>, Box<Self>),
    Call(String, Vec<Self>),
}

/// What an expression gives: one data point, or several side by side.
enum Value {
    One(Datapoint),
    Many(Vec<Datapoint>),
}

/// Reads an expression; nothing where it has anything beyond what this module evaluates.
pub(crate) fn parse(text: &str) -> Option<Expression> {
    let mut parser = Parser { rest: text.chars().peekable(), depth: 0 };
    let expression = parser.sum()?;
    parser.skip_blanks();
    parser.rest.peek().is_none().then_some(expression)
}

impl Expression {
    /// Evaluates the expression; `query` reads an id, `metrics` all metrics.
    pub(crate) fn evaluate(
        &self,
        query: &dyn Fn(&str) -> Datapoint,
        metrics: &dyn Fn() -> Vec<Datapoint>,
    ) -> Datapoint {
        match self.value(query, metrics) {
            Value::One(datapoint) => datapoint,
            Value::Many(_) => unknown("the expression gives several time series"),
        }
    }

    fn value(&self, query: &dyn Fn(&str) -> Datapoint, metrics: &dyn Fn() -> Vec<Datapoint>) -> Value {
        match self {
            Self::Number(number) => Value::One(Datapoint::Value(*number)),
            Self::Id(id) => Value::One(query(id)),
            Self::Metrics => Value::Many(metrics()),
            Self::Array(items) => Value::Many(items.iter().map(|it| it.evaluate(query, metrics)).collect()),
            Self::Binary(operator, left, right) => {
                Value::One(binary(*operator, left.evaluate(query, metrics), right.evaluate(query, metrics)))
            }
            Self::Call(name, arguments) => call(name, arguments, query, metrics),
        }
    }
}

fn unknown(detail: impl Into<String>) -> Datapoint {
    Datapoint::Unknown(Finding::undocumented(calls::DESCRIBE_ALARMS, detail))
}

/// Joins two data points; where a data point is missing on either side, the result has none.
fn binary(operator: char, left: Datapoint, right: Datapoint) -> Datapoint {
    match (left, right) {
        (Datapoint::Unknown(finding), _) | (_, Datapoint::Unknown(finding)) => Datapoint::Unknown(finding),
        (Datapoint::Missing, _) | (_, Datapoint::Missing) => Datapoint::Missing,
        (Datapoint::Value(left), Datapoint::Value(right)) => match operator {
            '+' => Datapoint::Value(left + right),
            '-' => Datapoint::Value(left - right),
            '*' => Datapoint::Value(left * right),
            _ if right == 0.0 => Datapoint::Missing,
            _ => Datapoint::Value(left / right),
        },
    }
}

fn call(
    name: &str,
    arguments: &[Expression],
    query: &dyn Fn(&str) -> Datapoint,
    metrics: &dyn Fn() -> Vec<Datapoint>,
) -> Value {
    match (name, arguments) {
        ("SUM" | "MAX" | "MIN" | "AVG", [all]) => match all.value(query, metrics) {
            Value::Many(datapoints) => Value::One(aggregate(name, datapoints)),
            Value::One(_) => Value::One(unknown(format!("{name} over one time series takes in other periods"))),
        },
        ("FILL", [series, Expression::Number(filler)]) => match series.value(query, metrics) {
            Value::One(datapoint) => Value::One(fill(datapoint, *filler)),
            Value::Many(datapoints) => Value::Many(datapoints.into_iter().map(|it| fill(it, *filler)).collect()),
        },
        _ => Value::One(unknown(format!("the function {name} is not evaluated"))),
    }
}

fn fill(datapoint: Datapoint, filler: f64) -> Datapoint {
    if datapoint == Datapoint::Missing { Datapoint::Value(filler) } else { datapoint }
}

#[expect(clippy::cast_precision_loss, reason = "an alarm has at most ten queries")]
fn aggregate(name: &str, datapoints: Vec<Datapoint>) -> Datapoint {
    let mut values = Vec::new();
    let mut missing = false;
    for datapoint in datapoints {
        match datapoint {
            Datapoint::Value(value) => values.push(value),
            Datapoint::Missing => missing = true,
            Datapoint::Unknown(_) => return datapoint,
        }
    }
    if values.is_empty() {
        return Datapoint::Missing;
    }
    if missing {
        return unknown(format!("{name} over time series of which some have no data point"));
    }
    let sum: f64 = values.iter().sum();
    Datapoint::Value(match name {
        "MAX" => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        "MIN" => values.iter().copied().fold(f64::INFINITY, f64::min),
        "AVG" => sum / values.len() as f64,
        _ => sum,
    })
}

struct Parser<'a> {
    rest: Peekable<Chars<'a>>,
    depth: usize,
}

impl Parser<'_> {
    fn skip_blanks(&mut self) {
        while self.rest.next_if(|it| it.is_whitespace()).is_some() {}
    }

    fn eat(&mut self, wanted: &[char]) -> Option<char> {
        self.skip_blanks();
        self.rest.next_if(|it| wanted.contains(it))
    }

    fn take(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let mut text = String::new();
        while let Some(character) = self.rest.next_if(|it| wanted(*it)) {
            text.push(character);
        }
        text
    }

    fn sum(&mut self) -> Option<Expression> {
        let mut left = self.product()?;
        while let Some(operator) = self.eat(&['+', '-']) {
            left = Expression::Binary(operator, Box::new(left), Box::new(self.product()?));
        }
        Some(left)
    }

    fn product(&mut self) -> Option<Expression> {
        let mut left = self.operand()?;
        while let Some(operator) = self.eat(&['*', '/']) {
            left = Expression::Binary(operator, Box::new(left), Box::new(self.operand()?));
        }
        Some(left)
    }

    fn operand(&mut self) -> Option<Expression> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        self.skip_blanks();
        let operand = match *self.rest.peek()? {
            '(' => self.parenthesis(),
            '[' => self.list('[', ']').map(Expression::Array),
            '0'..='9' | '.' => self.take(|it| it.is_ascii_digit() || it == '.').parse().ok().map(Expression::Number),
            it if it.is_ascii_alphabetic() => self.name(),
            _ => None,
        };
        self.depth -= 1;
        operand
    }

    fn parenthesis(&mut self) -> Option<Expression> {
        self.eat(&['('])?;
        let inner = self.sum()?;
        self.eat(&[')'])?;
        Some(inner)
    }

    fn list(&mut self, open: char, close: char) -> Option<Vec<Expression>> {
        self.eat(&[open])?;
        let mut items = Vec::new();
        if self.eat(&[close]).is_some() {
            return Some(items);
        }
        loop {
            items.push(self.sum()?);
            if self.eat(&[close]).is_some() {
                return Some(items);
            }
            self.eat(&[','])?;
        }
    }

    /// Reads an id, which begins with a small letter, or a function.
    fn name(&mut self) -> Option<Expression> {
        let name = self.take(|it| it.is_ascii_alphanumeric() || it == '_');
        self.skip_blanks();
        if self.rest.peek() != Some(&'(') {
            return Some(Expression::Id(name));
        }
        let arguments = self.list('(', ')')?;
        if name == "METRICS" && arguments.is_empty() {
            return Some(Expression::Metrics);
        }
        Some(Expression::Call(name, arguments))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::metric_data::Datapoint;
    use super::parse;

    /// Evaluates with `m1` = 1, `m2` = 2, `gone` without a data point.
    fn evaluate(text: &str) -> Option<Datapoint> {
        let query = |id: &str| match id {
            "m1" => Datapoint::Value(1.0),
            "m2" => Datapoint::Value(2.0),
            _ => Datapoint::Missing,
        };
        let metrics = || vec![query("m1"), query("m2")];
        parse(text).map(|it| it.evaluate(&query, &metrics))
    }

    #[test]
    fn arithmetic_and_the_functions_that_are_known() {
        for (text, value) in [
            ("m1", 1.0),
            ("m1 + m2 * 3", 7.0),
            ("(m1 + m2) * 3", 9.0),
            ("m2 - m1 - 1", 0.0),
            ("m2 / 4", 0.5),
            ("SUM(METRICS())", 3.0),
            ("SUM([m1, m2, 10])", 13.0),
            ("MAX([m1,m2])", 2.0),
            ("MIN(METRICS())", 1.0),
            ("AVG(METRICS())", 1.5),
            ("FILL(gone, 5)", 5.0),
            ("FILL(m1, 5) + FILL(gone, 0)", 1.0),
            ("SUM(FILL([m1, gone], 0))", 1.0),
        ] {
            assert_eq!(evaluate(text), Some(Datapoint::Value(value)), "{text}");
        }
    }

    #[test]
    fn a_missing_data_point_stays_missing() {
        assert_eq!(evaluate("m1 + gone"), Some(Datapoint::Missing));
        assert_eq!(evaluate("SUM([gone, gone])"), Some(Datapoint::Missing));
        assert_eq!(evaluate("m1 / 0"), Some(Datapoint::Missing));
    }

    #[test]
    fn what_is_not_documented_or_not_known_is_unknown() {
        for text in ["SUM([m1, gone])", "SUM(m1)", "RATE(m1)", "FILL(m1, REPEAT)", "METRICS()"] {
            assert!(matches!(evaluate(text), Some(Datapoint::Unknown(_))), "{text}");
        }
    }

    #[test]
    fn what_is_no_expression_here_is_not_read() {
        for text in ["", "m1 +", "m1 > 0", "IF(m1 > 0, 1, 0)", "SELECT SUM(x) FROM y", "(m1", "m1)", "[m1", "1.2.3"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse(&format!("{}m1{}", "(".repeat(5_000), ")".repeat(5_000))), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[ -~]{0,60}") {
            let _ = evaluate(&text);
        }
    }
}
