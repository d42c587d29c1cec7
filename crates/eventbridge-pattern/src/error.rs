//! Why a text is not an event pattern, and where.

use std::fmt;

/// The most characters of a pattern, as in the `TestEventPattern` API's `EventPattern` parameter.
pub const MAX_CHARACTERS: usize = 4096;

/// The deepest nesting of objects that is read.
///
/// This limit is this crate's own: EventBridge documents none, and an event nested deeper than this
/// is refused by JSON readers well before it meets a pattern.
pub const MAX_DEPTH: usize = 128;

/// The most alternatives that the `$or` of one pattern may multiply out to: EventBridge refuses over 1,000 rule
/// combinations (user guide, eb-create-pattern-operators).
pub const MAX_ALTERNATIVES: usize = 1000;

/// Where in the pattern's text the part at fault stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Span {
    /// The byte offset of the first byte.
    pub start: usize,
    /// The byte offset after the last byte.
    pub end: usize,
    /// The line of the first byte, from 1.
    pub line: usize,
    /// The column of the first byte in characters, from 1.
    pub column: usize,
}

impl Span {
    /// Returns the span of `start..end` in `source`, which both lie inside it.
    pub(crate) fn new(source: &str, start: usize, end: usize) -> Self {
        let before = source.get(..start).unwrap_or(source);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
        Self { start, end, line, column }
    }
}

/// Why EventBridge would refuse a pattern, and where in its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    reason: Reason,
    path: String,
    span: Span,
}

impl ParseError {
    pub(crate) fn new(reason: Reason, path: impl Into<String>, span: Span) -> Self {
        Self { reason, path: path.into(), span }
    }

    /// Returns what is wrong.
    pub fn reason(&self) -> &Reason {
        &self.reason
    }

    /// Returns the field that the fault stands under, its names joined by dots; empty for the pattern itself.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns where the fault stands in the text.
    pub fn span(&self) -> Span {
        self.span
    }

    /// Returns the message of the `InvalidEventPatternException` that EventBridge answers with.
    ///
    /// Errors of JSON itself and of limits are worded by this crate; every other text is EventBridge's.
    pub fn aws_message(&self) -> String {
        format!("Event pattern is not valid. Reason: {}", self.reason)
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "event pattern is not valid: {}", self.reason)?;
        if !self.path.is_empty() {
            write!(f, ", at {}", self.path)?;
        }
        write!(f, ", line {}, column {}", self.span.line, self.span.column)
    }
}

impl std::error::Error for ParseError {}

/// What is wrong with a pattern; the texts are those of EventBridge's `InvalidEventPatternException`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// The text is no JSON.
    #[error("{0}")]
    Json(String),
    /// The text is longer than [`MAX_CHARACTERS`].
    #[error("the pattern has {0} characters, more than {MAX_CHARACTERS}")]
    TooLong(usize),
    /// Objects nest deeper than [`MAX_DEPTH`].
    #[error("objects nest deeper than {MAX_DEPTH} levels, a limit of this reader")]
    TooDeep,
    /// The `$or` multiply out to more than [`MAX_ALTERNATIVES`].
    #[error("the $or multiply out to more than {MAX_ALTERNATIVES} rule combinations")]
    TooManyAlternatives,
    /// The pattern is no JSON object.
    #[error("Filter is not an object")]
    NotAnObject,
    /// An object has no fields.
    #[error("Empty objects are not allowed")]
    EmptyObject,
    /// A list of values has no members.
    #[error("Empty arrays are not allowed")]
    EmptyArray,
    /// A field has a bare value where a list or an object belongs.
    #[error("\"{0}\" must be an object or an array")]
    NotAnObjectOrArray(String),
    /// A list of values has a list as member.
    #[error("Match value must be String, number, true, false, or null")]
    NestedArray,
    /// A match expression is `{}`.
    #[error("Match expression name not found")]
    NoMatchType,
    /// A match expression has an operator that EventBridge lacks; operators are case-sensitive.
    #[error("Unrecognized match type {0}")]
    UnknownMatchType(String),
    /// A match expression has more than one key.
    #[error("Only one key allowed in match expression")]
    SeveralKeys,
    /// The operand of the named operator is no string.
    #[error("{0} match pattern must be a string")]
    NotAString(&'static str),
    /// The object under `prefix` or `suffix` has another key than `equals-ignore-case`.
    #[error("Unsupported {operator} pattern: {found}")]
    UnsupportedAffix {
        /// The operator, `prefix` or `suffix`.
        operator: &'static str,
        /// The key found.
        found: String,
    },
    /// The operand of `exists` is no boolean.
    #[error("exists match pattern must be either true or false.")]
    NotABoolean,
    /// The operand of `anything-but` is an empty object.
    #[error("Anything-But expression name not found")]
    NoAnythingButType,
    /// The object under `anything-but` has an operator that cannot be negated.
    #[error("Unsupported anything-but pattern: {0}")]
    UnsupportedAnythingBut(String),
    /// The operand of `anything-but` is of another type.
    #[error("Value of anything-but must be an array or single string/number value.")]
    AnythingButValue,
    /// The list under `anything-but` has a member that is neither a string nor a number.
    #[error("Inside anything but list, start|null|boolean is not supported.")]
    AnythingButMember,
    /// The list under `anything-but` is empty or mixes strings with numbers.
    #[error("Inside anything but list, either all values are number or string, mixed type is not supported")]
    AnythingButMixed,
    /// The `equals-ignore-case` under `anything-but` has a member that is no string.
    #[error("Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.")]
    AnythingButIgnoreCaseMember,
    /// The `prefix` or `suffix` under `anything-but` is empty.
    #[error("Null prefix/suffix not allowed")]
    EmptyAffix,
    /// Two `*` stand next to each other, at this byte of the quoted text.
    #[error("Consecutive wildcard characters at pos {0}")]
    ConsecutiveWildcards(usize),
    /// A backslash stands before something else than `*` or `\`, at this byte of the quoted text.
    #[error("Invalid escape character at pos {0}")]
    InvalidEscape(usize),
    /// The wildcards of one field are too many at once.
    #[error(
        "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a \
         wildcard character"
    )]
    TooComplex,
    /// The operand of `numeric` is no list.
    #[error("Value of numeric must be an array.")]
    NumericNotAnArray,
    /// The list under `numeric` does not begin with a comparison.
    #[error("Invalid member in numeric match: {0}")]
    NumericMember(String),
    /// The first comparison of `numeric` is none.
    #[error("Unrecognized numeric range operator: {0}")]
    NumericOperator(String),
    /// The second comparison of `numeric` is no string.
    #[error("Bad value in numeric range: {0}")]
    NumericRangeValue(String),
    /// The second comparison of `numeric` is neither `<` nor `<=`.
    #[error("Bad numeric range operator: {0}")]
    NumericRangeOperator(String),
    /// A comparison of `numeric` has no number after it.
    #[error("Value of {0} must be numeric")]
    NumericOperand(&'static str),
    /// More stands after a `numeric` comparison that is not the lower end of a range.
    #[error("Too many elements in numeric expression")]
    NumericTooMany,
    /// More stands after the upper end of a `numeric` range.
    #[error("Too many terms in numeric range expression")]
    NumericTooManyTerms,
    /// The lower end of a `numeric` range is not below the upper end.
    #[error("Bottom must be less than top")]
    NumericEmptyRange,
    /// A number under `numeric` or `anything-but` is beyond 2⁵³, or no double is exactly it.
    #[error("Cannot compare number : {0}")]
    NumberNotExact(String),
    /// The operand of `cidr` has no `/`, or several.
    #[error("Malformed CIDR, one '/' required")]
    CidrSlash,
    /// The mask of a CIDR is no integer.
    #[error("Malformed CIDR, mask bits must be an integer")]
    CidrMask,
    /// The mask of a CIDR is negative.
    #[error("Malformed CIDR, mask bits must not be negative")]
    CidrNegative,
    /// The mask of an IPv4 CIDR is longer than an address.
    #[error("IPv4 mask bits must be < 32")]
    CidrMaskV4,
    /// The mask of an IPv6 CIDR is longer than an address.
    #[error("IPv6 mask bits must be < 128")]
    CidrMaskV6,
    /// The address of a CIDR is none.
    #[error("Nonstandard IP address: {0}")]
    CidrAddress(String),
    /// The value of `$or` is no list.
    #[error("It must be an Array followed with $or.")]
    OrNotAnArray,
    /// A member of `$or` is no object.
    #[error("Only JSON object is allowed in array of $or relationship.")]
    OrMember,
    /// `$or` has fewer than two members.
    #[error("There must have at least 2 Objects in $or relationship.")]
    OrTooFew,
    /// A field inside `$or` has the name of an operator.
    #[error("{0} is Ruler reserved fieldName which cannot be used inside $or.")]
    OrReservedName(String),
}

impl Reason {
    /// Returns whether the fault is in the use of `$or` as an operator.
    pub(crate) fn concerns_or(&self) -> bool {
        matches!(self, Self::OrNotAnArray | Self::OrMember | Self::OrTooFew | Self::OrReservedName(_))
    }
}
