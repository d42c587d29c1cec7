//! What a field of a pattern may ask of a value.

use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::Value;

use crate::number::{self, NumberLiteral};
use crate::text::{Wildcard, ends_with_ignoring_case, equals_ignoring_case, strip_prefix_ignoring_case};

/// One member of a field's list of values: a value to be equal to, or a match expression.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Matcher {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, compared by value where a double holds it exactly, and by text beyond.
    Number(NumberLiteral),
    /// A string.
    String(String),
    /// A string that is an IP address: it equals every spelling of that address.
    Address {
        /// The address as written.
        text: String,
        /// The address.
        address: IpAddr,
    },
    /// `{"exactly": …}`: a string, character by character.
    Exactly(String),
    /// `{"prefix": …}`, with `ignore_case` `{"prefix": {"equals-ignore-case": …}}`.
    Prefix {
        /// The beginning wanted.
        text: String,
        /// Whether letters match in either case.
        ignore_case: bool,
    },
    /// `{"suffix": …}`, with `ignore_case` `{"suffix": {"equals-ignore-case": …}}`.
    Suffix {
        /// The end wanted.
        text: String,
        /// Whether letters match in either case.
        ignore_case: bool,
    },
    /// `{"equals-ignore-case": …}`.
    EqualsIgnoreCase(String),
    /// `{"wildcard": …}`.
    Wildcard(Wildcard),
    /// `{"anything-but": …}`.
    AnythingBut(AnythingBut),
    /// `{"numeric": […]}`.
    Numeric(NumericRange),
    /// `{"cidr": …}`.
    Cidr(IpNet),
    /// `{"exists": …}`.
    Exists(bool),
}

impl Matcher {
    /// Returns whether a value of an event matches.
    ///
    /// The value is a string, number, boolean or null; of an array, EventBridge asks each member on its own, and an
    /// object is never a value. `{"exists": false}` matches no value: it is about there being none.
    pub fn matches(&self, value: &Value) -> bool {
        match (self, value) {
            (_, Value::Array(_) | Value::Object(_)) | (Self::Exists(false), _) => false,
            (Self::Exists(true), _) | (Self::Null, Value::Null) => true,
            (Self::Bool(wanted), Value::Bool(found)) => wanted == found,
            (Self::Number(wanted), Value::Number(found)) => wanted.equals(found),
            (Self::Numeric(range), Value::Number(found)) => {
                number::of_event(found).is_some_and(|it| range.contains(it))
            }
            (Self::AnythingBut(excluded), found) => !excluded.covers(found),
            (_, Value::String(found)) => self.matches_text(found),
            _ => false,
        }
    }

    fn matches_text(&self, found: &str) -> bool {
        match self {
            Self::String(wanted) | Self::Exactly(wanted) => wanted == found,
            Self::Address { text, address } => text == found || parse_address(found) == Some(*address),
            Self::Prefix { text, ignore_case: false } => found.starts_with(text),
            Self::Prefix { text, ignore_case: true } => strip_prefix_ignoring_case(found, text).is_some(),
            Self::Suffix { text, ignore_case: false } => found.ends_with(text),
            Self::Suffix { text, ignore_case: true } => ends_with_ignoring_case(found, text),
            Self::EqualsIgnoreCase(wanted) => equals_ignoring_case(found, wanted),
            Self::Wildcard(wildcard) => wildcard.matches(found),
            Self::Cidr(net) => parse_address(found).is_some_and(|address| net.contains(&address)),
            _ => false,
        }
    }
}

/// Returns the IP address that a text is, IPv4 addresses mapped into IPv6 as IPv4.
///
/// As in event-ruler's `CIDR`, a text is an address if it has digits and dots alone or hexadecimal digits and colons
/// alone.
pub(crate) fn parse_address(text: &str) -> Option<IpAddr> {
    if text.contains(':') && text.contains('.') {
        return None;
    }
    text.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

/// What `anything-but` excludes; each list has at least one member.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnythingBut {
    /// These strings.
    Strings(Vec<String>),
    /// These numbers.
    Numbers(Vec<NumberLiteral>),
    /// Strings with one of these beginnings.
    Prefix(Vec<String>),
    /// Strings with one of these ends.
    Suffix(Vec<String>),
    /// These strings, letters in either case.
    EqualsIgnoreCase(Vec<String>),
    /// Strings that match one of these wildcards.
    Wildcard(Vec<Wildcard>),
}

impl AnythingBut {
    /// Returns whether a value is among what is excluded; a value of another type never is.
    fn covers(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Numbers(excluded), Value::Number(found)) => excluded.iter().any(|number| number.equals(found)),
            (_, Value::String(found)) => self.covers_text(found),
            _ => false,
        }
    }

    fn covers_text(&self, found: &str) -> bool {
        match self {
            Self::Strings(excluded) => excluded.iter().any(|text| text == found),
            Self::Numbers(_) => false,
            Self::Prefix(excluded) => excluded.iter().any(|text| found.starts_with(text)),
            Self::Suffix(excluded) => excluded.iter().any(|text| found.ends_with(text)),
            Self::EqualsIgnoreCase(excluded) => excluded.iter().any(|text| equals_ignoring_case(found, text)),
            Self::Wildcard(excluded) => excluded.iter().any(|wildcard| wildcard.matches(found)),
        }
    }
}

/// How `numeric` compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=`.
    Equal,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
}

impl Comparison {
    /// Returns the comparison of this sign.
    pub(crate) fn parse(sign: &str) -> Option<Self> {
        [Self::Equal, Self::Less, Self::LessOrEqual, Self::Greater, Self::GreaterOrEqual]
            .into_iter()
            .find(|comparison| comparison.sign() == sign)
    }

    /// Returns the sign as it is written in a pattern.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    #[expect(clippy::float_cmp, reason = "EventBridge compares doubles bit by bit, too")]
    fn holds(self, found: f64, limit: f64) -> bool {
        match self {
            Self::Equal => found == limit,
            Self::Less => found < limit,
            Self::LessOrEqual => found <= limit,
            Self::Greater => found > limit,
            Self::GreaterOrEqual => found >= limit,
        }
    }
}

/// The operand of `numeric`: one comparison, or a lower end and an upper end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumericRange {
    /// The first comparison.
    pub first: (Comparison, NumberLiteral),
    /// The upper end, where the first comparison is a lower end.
    pub upper: Option<(Comparison, NumberLiteral)>,
}

impl NumericRange {
    /// Returns whether a number is in the range.
    fn contains(&self, found: f64) -> bool {
        let holds = |(comparison, limit): &(Comparison, NumberLiteral)| {
            limit.value().is_some_and(|limit| comparison.holds(found, limit))
        };
        holds(&self.first) && self.upper.as_ref().is_none_or(holds)
    }
}
