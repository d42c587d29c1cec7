//! Numbers in patterns, and how they compare with an event's.

use std::{cmp::Ordering, fmt};

use crate::outcome::{Outcome, UndocumentedBehaviour};

/// A number as a pattern writes it: an integer or decimal with optional sign and exponent.
#[derive(Clone, Debug)]
pub struct Number {
    raw: String,
    double: f64,
    integer: Option<i128>,
}

/// A text that has a number's form but no double can hold it.
pub(crate) struct OutOfRange;

impl Number {
    /// Reads `text` if it has a number's form.
    pub(crate) fn parse(text: &str) -> Result<Option<Self>, OutOfRange> {
        if !has_number_form(text) {
            return Ok(None);
        }
        let double = text.parse::<f64>().map_err(|_| OutOfRange)?;
        if double.is_infinite() {
            return Err(OutOfRange);
        }
        Ok(Some(Self { raw: text.to_owned(), double, integer: text.parse().ok() }))
    }

    /// Returns the number as the pattern writes it.
    pub fn as_written(&self) -> &str {
        &self.raw
    }

    /// Compares an event's number with this one, and weighs exact against double precision.
    pub(crate) fn judge_number(&self, value: &serde_json::Number, wanted: impl Fn(Ordering) -> bool) -> Outcome {
        let integer = value.as_i64().map(i128::from).or_else(|| value.as_u64().map(i128::from));
        self.judge(value.as_f64(), integer, wanted)
    }

    /// Compares an event's text with this number; a text that is no number fulfils nothing.
    pub(crate) fn judge_text(&self, value: &str, wanted: impl Fn(Ordering) -> bool) -> Outcome {
        match Self::parse(value) {
            Ok(Some(other)) => self.judge(Some(other.double), other.integer, wanted),
            Ok(None) | Err(OutOfRange) => Outcome::NoMatch,
        }
    }

    fn judge(&self, double: Option<f64>, integer: Option<i128>, wanted: impl Fn(Ordering) -> bool) -> Outcome {
        let Some(as_double) = double.and_then(|double| double.partial_cmp(&self.double)) else {
            return Outcome::NoMatch;
        };
        let as_double = Outcome::from(wanted(as_double));
        match (integer, self.integer) {
            (Some(left), Some(right)) => {
                as_double.unless_read_as(wanted(left.cmp(&right)).into(), UndocumentedBehaviour::NumberPrecision)
            }
            _ => as_double,
        }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl Eq for Number {}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.raw)
    }
}

/// Returns whether `text` is digits with an optional sign, fraction and exponent.
fn has_number_form(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    are_digits(whole) && fraction.is_none_or(are_digits) && exponent.is_none_or(are_digits)
}

fn are_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
