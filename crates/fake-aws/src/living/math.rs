//! Metric math, as far as root alarms use it.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html>

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::metrics::{MetricKey, Query};
use crate::world::{MetricQuery, Region};

/// How deep expressions may nest.
const MAX_DEPTH: u32 = 32;

/// The expression uses what is not modelled, or is not an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Incomputable;

/// The value of a period; `None` where the period has no data.
pub(super) type Computed = Result<Option<f64>, Incomputable>;

/// The value of the query that the alarm watches.
pub(super) fn evaluate(region: &Region, queries: &[MetricQuery], start: Timestamp, end: Timestamp) -> Computed {
    let watched = queries.iter().find(|query| query.return_data == Some(true)).or(match queries {
        [only] => Some(only),
        _ => None,
    });
    let watched = watched.ok_or(Incomputable)?;
    let mut values = BTreeMap::new();
    for query in queries.iter().filter(|query| query.metric_stat.is_some()) {
        values.insert(query.id.as_str(), metric(region, query, start, end)?);
    }
    value_of(watched, queries, &values, 0)
}

fn metric(region: &Region, query: &MetricQuery, start: Timestamp, end: Timestamp) -> Computed {
    // A metric of another account would need cross-account observability, which is not modelled.
    let metric = query.metric_stat.as_ref().filter(|_| query.account_id.is_none()).ok_or(Incomputable)?;
    let key = MetricKey {
        namespace: metric.namespace.clone(),
        name: metric.metric_name.clone(),
        dimensions: metric.dimensions.clone(),
    };
    let query = Query { key: &key, statistic: &metric.stat, unit: metric.unit.as_deref() };
    Ok(region.metrics.statistic(&query, start, end))
}

type Values<'a> = BTreeMap<&'a str, Option<f64>>;

fn value_of(query: &MetricQuery, queries: &[MetricQuery], values: &Values<'_>, depth: u32) -> Computed {
    if depth > MAX_DEPTH {
        return Err(Incomputable);
    }
    let Some(expression) = &query.expression else {
        return values.get(query.id.as_str()).copied().ok_or(Incomputable);
    };
    let tokens = tokens(expression).ok_or(Incomputable)?;
    let mut parser = Parser { tokens: &tokens, at: 0, queries, values, depth };
    let value = parser.sum()?;
    if parser.at == tokens.len() { Ok(value) } else { Err(Incomputable) }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Number(f64),
    Name(String),
    Symbol(char),
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut rest = text.trim_start();
    let mut tokens = Vec::new();
    while let Some(first) = rest.chars().next() {
        let is_part = |it: char| it.is_ascii_alphanumeric() || it == '_' || (it == '.' && first.is_ascii_digit());
        let length = rest.find(|it: char| !is_part(it)).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(length.max(first.len_utf8()));
        tokens.push(match first {
            '+' | '-' | '*' | '/' | '(' | ')' | '[' | ']' | ',' => Token::Symbol(first),
            _ if first.is_ascii_digit() => Token::Number(word.parse().ok()?),
            _ if first.is_ascii_alphabetic() => Token::Name(word.to_owned()),
            _ => return None,
        });
        rest = tail.trim_start();
    }
    Some(tokens)
}

/// A recursive-descent parser that computes as it reads; a missing operand makes the result missing.
struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    queries: &'a [MetricQuery],
    values: &'a Values<'a>,
    depth: u32,
}

impl Parser<'_> {
    fn next(&mut self) -> Result<Token, Incomputable> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token.ok_or(Incomputable)
    }

    fn take(&mut self, symbol: char) -> bool {
        let found = self.tokens.get(self.at) == Some(&Token::Symbol(symbol));
        self.at += usize::from(found);
        found
    }

    fn close(&mut self, symbol: char) -> Result<(), Incomputable> {
        if self.take(symbol) { Ok(()) } else { Err(Incomputable) }
    }

    fn sum(&mut self) -> Computed {
        let mut left = self.product()?;
        loop {
            if self.take('+') {
                left = left.zip(self.product()?).map(|(one, other)| one + other);
            } else if self.take('-') {
                left = left.zip(self.product()?).map(|(one, other)| one - other);
            } else {
                return Ok(left);
            }
        }
    }

    fn product(&mut self) -> Computed {
        let mut left = self.atom()?;
        loop {
            if self.take('*') {
                left = left.zip(self.atom()?).map(|(one, other)| one * other);
            } else if self.take('/') {
                left = left.zip(self.atom()?.filter(|it| *it != 0.0)).map(|(one, other)| one / other);
            } else {
                return Ok(left);
            }
        }
    }

    fn atom(&mut self) -> Computed {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Incomputable);
        }
        let value = match self.next()? {
            Token::Number(number) => Some(number),
            Token::Symbol('-') => self.atom()?.map(|it| -it),
            Token::Symbol('(') => {
                let inner = self.sum()?;
                self.close(')')?;
                inner
            }
            Token::Name(name) if self.take('(') => self.function(&name)?,
            Token::Name(name) => {
                let query = self.queries.iter().find(|query| query.id == name).ok_or(Incomputable)?;
                value_of(query, self.queries, self.values, self.depth)?
            }
            Token::Symbol(_) => return Err(Incomputable),
        };
        self.depth -= 1;
        Ok(value)
    }

    /// `FILL(m, n)`, and the aggregates over a list or over `METRICS()`.
    fn function(&mut self, name: &str) -> Computed {
        if name == "FILL" {
            let value = self.sum()?;
            self.close(',')?;
            let filler = self.sum()?;
            self.close(')')?;
            return Ok(value.or(filler));
        }
        let items = self.list()?;
        self.close(')')?;
        let present: Vec<f64> = items.into_iter().flatten().collect();
        let count = f64::from(u32::try_from(present.len()).map_err(|_| Incomputable)?);
        let total = present.iter().sum::<f64>();
        let value = match name {
            "SUM" => total,
            "AVG" => total / count,
            "MAX" => present.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            "MIN" => present.iter().copied().fold(f64::INFINITY, f64::min),
            _ => return Err(Incomputable),
        };
        Ok((!present.is_empty()).then_some(value))
    }

    fn list(&mut self) -> Result<Vec<Option<f64>>, Incomputable> {
        if self.tokens.get(self.at) == Some(&Token::Name("METRICS".to_owned())) {
            self.at += 1;
            self.close('(')?;
            self.close(')')?;
            return Ok(self.values.values().copied().collect());
        }
        let bracketed = self.take('[');
        let mut items = vec![self.sum()?];
        while bracketed && self.take(',') {
            items.push(self.sum()?);
        }
        if bracketed {
            self.close(']')?;
        }
        Ok(items)
    }
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    #[test_case("m1 + m2 * 2", Ok(Some(7.0)))]
    #[test_case("(m1 + m2) * 2", Ok(Some(8.0)))]
    #[test_case("m1 - gap", Ok(None); "a gap makes a gap")]
    #[test_case("FILL(gap, 0) + m1", Ok(Some(1.0)))]
    #[test_case("SUM([m1, m2, gap])", Ok(Some(4.0)))]
    #[test_case("MAX(METRICS())", Ok(Some(3.0)))]
    #[test_case("m2 / 0", Ok(None))]
    #[test_case("RATE(m1)", Err(Incomputable); "an unknown function has no value")]
    #[test_case("m1 m2", Err(Incomputable); "a stray word has no value")]
    fn an_expression_has_the_value_that_cloudwatch_gives_it(text: &str, expected: Computed) {
        let queries: Vec<MetricQuery> =
            ["m1", "m2", "gap"].map(|id| MetricQuery { id: id.to_owned(), ..MetricQuery::default() }).into();
        let values = BTreeMap::from([("m1", Some(1.0)), ("m2", Some(3.0)), ("gap", None)]);
        let watched = MetricQuery { id: "e1".to_owned(), expression: Some(text.to_owned()), ..MetricQuery::default() };
        assert_eq!(value_of(&watched, &queries, &values, 0), expected);
    }

    #[test]
    fn hostile_nesting_ends() {
        let watched =
            MetricQuery { id: "e1".to_owned(), expression: Some("(".repeat(100_000)), ..MetricQuery::default() };
        assert_eq!(value_of(&watched, &[], &BTreeMap::new(), 0), Err(Incomputable));
        let circle = MetricQuery { id: "e1".to_owned(), expression: Some("e1".to_owned()), ..MetricQuery::default() };
        assert_eq!(value_of(&circle, std::slice::from_ref(&circle), &BTreeMap::new(), 0), Err(Incomputable));
    }
}
