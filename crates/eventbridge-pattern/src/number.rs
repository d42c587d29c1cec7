//! Numbers as EventBridge compares them: whole millionths between minus and plus five billion.

use std::fmt;

use serde_json::Number;

use crate::error::Reason;

/// The greatest absolute value that EventBridge compares, on the user guide's page eb-create-pattern-operators.
pub(crate) const LIMIT: f64 = 5e9;

/// [`LIMIT`] in millionths.
const LIMIT_MILLIONTHS: i64 = 5_000_000_000_000_000;

/// The decimals that EventBridge compares.
const DECIMALS: i64 = 6;

/// The most digits of a number in range; a longer one is out of range whatever its digits.
const MAX_DIGITS: usize = 16;

/// A number of a pattern: its text, and its value where EventBridge can compare it as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberLiteral {
    text: String,
    millionths: Option<i64>,
}

impl NumberLiteral {
    /// Reads a JSON number.
    pub(crate) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), millionths: millionths(text).ok() }
    }

    /// Reads a JSON number that has to be comparable.
    pub(crate) fn comparable(text: &str) -> Result<Self, Reason> {
        Ok(Self { text: text.to_owned(), millionths: Some(millionths(text)?) })
    }

    /// Returns the number as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the number in millionths; `None` beyond five billion or with more than six decimals.
    pub fn millionths(&self) -> Option<i64> {
        self.millionths
    }

    /// Returns whether a number of an event equals this one: by value where both are comparable, by text otherwise.
    ///
    /// AWS account identifiers written as numbers are beyond five billion and compare by text.
    pub(crate) fn equals(&self, found: &Number) -> bool {
        match (self.millionths, of_event(found)) {
            (Some(wanted), Some(found)) => wanted == found,
            (None, None) => self.text == found.to_string(),
            _ => false,
        }
    }
}

impl fmt::Display for NumberLiteral {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Returns a number of an event in millionths, or `None` where EventBridge cannot compare it as a number.
pub(crate) fn of_event(number: &Number) -> Option<i64> {
    if let Some(whole) = number.as_i64() {
        return whole.checked_mul(1_000_000).filter(|value| value.abs() <= LIMIT_MILLIONTHS);
    }
    millionths(&number.to_string()).ok()
}

/// Returns a JSON number in millionths, computed on its decimal digits so that no binary rounding comes in.
fn millionths(text: &str) -> Result<i64, Reason> {
    let (negative, unsigned) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_start_matches('0').trim_end_matches('0');
    if significant.is_empty() {
        return Ok(0);
    }
    let trailing = digits.len() - digits.trim_end_matches('0').len();
    // An exponent too long for `i64` is saturated: it is out of range or too precise either way.
    let exponent: i64 = exponent.parse().unwrap_or(if exponent.starts_with('-') { i64::MIN / 2 } else { i64::MAX / 2 });
    let shift =
        exponent.saturating_add(length(trailing)).saturating_sub(length(fraction.len())).saturating_add(DECIMALS);
    let value = scale(significant, shift, text)?;
    Ok(if negative { -value } else { value })
}

/// Returns `digits` times ten to the `shift`, where that is a whole number in range.
fn scale(digits: &str, shift: i64, text: &str) -> Result<i64, Reason> {
    if shift < 0 {
        return Err(Reason::NumberTooPrecise(text.to_owned()));
    }
    let zeros = usize::try_from(shift).unwrap_or(usize::MAX);
    if digits.len().saturating_add(zeros) > MAX_DIGITS {
        return Err(Reason::NumberOutOfRange);
    }
    let value: i64 = format!("{digits}{}", "0".repeat(zeros)).parse().map_err(|_| Reason::NumberOutOfRange)?;
    if value > LIMIT_MILLIONTHS { Err(Reason::NumberOutOfRange) } else { Ok(value) }
}

/// Returns a length as `i64`; a text is never longer than that.
fn length(digits: usize) -> i64 {
    i64::try_from(digits).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The many spellings of one number have one value (event-ruler, `ComparableNumber`).
    #[test]
    fn spellings_of_one_number() {
        for text in ["300", "300.0", "3e2", "3.0E+2", "0.3e3", "30000e-2", "300.000000000000"] {
            assert_eq!(millionths(text), Ok(300_000_000), "{text}");
        }
        for text in ["0", "-0", "0.0", "0e999999999999999999999"] {
            assert_eq!(millionths(text), Ok(0), "{text}");
        }
    }

    /// The ends of the range that the user guide gives on eb-create-pattern-operators, and just beyond.
    #[test]
    fn range() {
        assert_eq!(millionths("5e9"), Ok(LIMIT_MILLIONTHS));
        assert_eq!(millionths("-5000000000.000000"), Ok(-LIMIT_MILLIONTHS));
        assert_eq!(millionths("5000000000.000001"), Err(Reason::NumberOutOfRange));
        assert_eq!(millionths("1e400"), Err(Reason::NumberOutOfRange));
        assert_eq!(millionths("1e99999999999999999999"), Err(Reason::NumberOutOfRange));
        assert_eq!(millionths("0.000001"), Ok(1));
        assert!(matches!(millionths("0.0000001"), Err(Reason::NumberTooPrecise(_))));
        assert!(matches!(millionths("1e-99999999999999999999"), Err(Reason::NumberTooPrecise(_))));
    }

    #[test]
    fn beyond_the_range_numbers_compare_by_text() {
        let account = NumberLiteral::new("123456789012");
        assert!(account.equals(&Number::from(123_456_789_012_u64)));
        assert!(!account.equals(&Number::from(123_456_789_013_u64)));
    }

    #[test]
    fn wording() {
        assert_eq!(Reason::NumberOutOfRange.to_string(), "Value must be between -5.0E9 and 5.0E9, inclusive");
    }
}
