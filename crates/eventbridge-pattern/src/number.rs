//! Numbers as EventBridge compares them: doubles that hold the number exactly.

use std::fmt;

use serde_json::Number;

use crate::error::Reason;

/// The greatest absolute value that EventBridge compares, on the user guide's page eb-create-pattern-operators: 2⁵³.
const LIMIT: u64 = 1 << 53;

/// A number of a pattern: its text, and its value where EventBridge can compare it as one.
#[derive(Debug, Clone)]
pub struct NumberLiteral {
    text: String,
    double: Option<f64>,
}

impl NumberLiteral {
    /// Reads a JSON number.
    pub(crate) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), double: exact(text) }
    }

    /// Reads a JSON number that has to be comparable.
    pub(crate) fn comparable(text: &str) -> Result<Self, Reason> {
        let number = Self::new(text);
        if number.double.is_some() { Ok(number) } else { Err(Reason::NumberNotExact(number.text)) }
    }

    /// Returns the number as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the number's value; `None` beyond 2⁵³ on either side of zero, or where no double is exactly it.
    pub fn value(&self) -> Option<f64> {
        self.double
    }

    /// Returns whether a number of an event equals this one: by value where both are comparable, by text otherwise.
    #[expect(clippy::float_cmp, reason = "EventBridge compares doubles bit by bit, too")]
    pub(crate) fn equals(&self, found: &Number) -> bool {
        match (self.double, of_event(found)) {
            (Some(wanted), Some(found)) => wanted == found,
            (None, None) => self.text == found.to_string(),
            _ => false,
        }
    }
}

/// Two literals are one where they are written alike.
impl PartialEq for NumberLiteral {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for NumberLiteral {}

impl fmt::Display for NumberLiteral {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Returns the value of a number of an event, or `None` where EventBridge does not take it for a number.
pub(crate) fn of_event(number: &Number) -> Option<f64> {
    let whole = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
    number.as_f64().filter(|double| whole.is_none_or(|whole| whole <= LIMIT) && is_in_range(*double))
}

/// Returns the double that a JSON number is, where that is in range and its shortest spelling is the same number.
fn exact(text: &str) -> Option<f64> {
    let double: f64 = text.parse().ok()?;
    (is_in_range(double) && Decimal::of(text) == Decimal::of(&format!("{double:e}"))).then_some(double)
}

#[expect(clippy::cast_precision_loss, reason = "two to a power is a double")]
fn is_in_range(double: f64) -> bool {
    double.abs() <= LIMIT as f64
}

/// A decimal number, taken apart so that every spelling of it is the same.
#[derive(PartialEq, Eq)]
struct Decimal {
    negative: bool,
    /// The digits between the first and the last that is not zero; empty for zero.
    digits: String,
    /// The power of ten that the digits, as a whole number, are multiplied with.
    exponent: i64,
}

impl Decimal {
    fn of(text: &str) -> Self {
        let (negative, unsigned) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        let digits = all.trim_matches('0');
        if digits.is_empty() {
            return Self { negative: false, digits: String::new(), exponent: 0 };
        }
        let zeros = all.len() - all.trim_end_matches('0').len();
        // An exponent too long for `i64` is saturated: no double has one of that size.
        let most = if exponent.starts_with('-') { i64::MIN } else { i64::MAX };
        let exponent = exponent.parse().unwrap_or(most);
        let exponent = exponent.saturating_add(length(zeros)).saturating_sub(length(fraction.len()));
        Self { negative, digits: digits.to_owned(), exponent }
    }
}

/// Returns a length as `i64`; a text is never longer than that.
fn length(digits: usize) -> i64 {
    i64::try_from(digits).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The many spellings of one number have one value.
    #[test]
    fn the_spellings_of_one_number_have_one_value() {
        for text in ["300", "300.0", "3e2", "3.0E+2", "0.3e3", "30000e-2", "300.000000000000"] {
            assert_eq!(exact(text), Some(300.0), "{text}");
        }
        for text in ["0", "-0", "0.0", "0e999999999999999999999"] {
            assert_eq!(exact(text), Some(0.0), "{text}");
        }
        assert_eq!(exact("-1.5e-3"), Some(-0.0015));
    }

    /// The ends of the range that the user guide gives on eb-create-pattern-operators, and just beyond.
    #[test]
    fn numbers_outside_of_the_range_have_no_value() {
        for (text, value) in
            [("9007199254740992", 9_007_199_254_740_992.0), ("-9.007199254740992e15", -9.007_199_254_740_992e15)]
        {
            assert_eq!(exact(text), Some(value), "{text}");
        }
        for text in ["9007199254740993", "9007199254740994", "-1e16", "1e400", "1e99999999999999999999"] {
            assert_eq!(exact(text), None, "{text}");
        }
    }

    /// A number that no double is exactly: one digit too many, or too near to zero.
    #[test]
    fn a_number_that_no_double_holds_has_no_value() {
        for text in ["0.1", "0.0000001", "5e-324", "1234567.890123"] {
            assert!(exact(text).is_some(), "{text}");
        }
        for text in ["0.10000000000000000001", "4503599627370496.3", "1e-400", "1e-99999999999999999999"] {
            assert_eq!(exact(text), None, "{text}");
        }
    }

    #[test]
    fn beyond_the_range_numbers_compare_by_text() {
        let huge = NumberLiteral::new("12345678901234567890");
        assert!(huge.equals(&Number::from(12_345_678_901_234_567_890_u64)));
        assert!(!huge.equals(&Number::from(12_345_678_901_234_567_891_u64)));
        assert!(!NumberLiteral::new("9007199254740992").equals(&Number::from(9_007_199_254_740_993_u64)));
    }
}
