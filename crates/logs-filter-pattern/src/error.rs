//! Why a pattern was refused, and where.

use std::ops::Range;

use crate::limits::{
    MAX_NESTED_PARENTHESES, MAX_PATTERN_CHARACTERS, MAX_REGEXES_PER_PATTERN, MAX_WILDCARDS_PER_PATTERN,
    MAX_WILDCARDS_PER_SELECTOR,
};

/// A pattern that CloudWatch Logs would refuse, or that this crate cannot read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}, at byte {} of the pattern", span.start)]
pub struct ParseError {
    kind: ParseErrorKind,
    span: Range<usize>,
}

impl ParseError {
    pub(crate) fn new(kind: ParseErrorKind, span: Range<usize>) -> Self {
        Self { kind, span }
    }

    /// Returns what is wrong.
    pub fn kind(&self) -> &ParseErrorKind {
        &self.kind
    }

    /// Returns the bytes of the pattern that are wrong; the range is empty where something is missing.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Returns whether the limit that the pattern is over is this crate's own: AWS documents none, and may take the pattern.
    pub fn is_own_limit(&self) -> bool {
        matches!(self.kind, ParseErrorKind::TooDeep | ParseErrorKind::RegexTooLarge)
    }

    /// Returns the error that `PutMetricFilter` and `TestMetricFilter` answer to such a pattern.
    ///
    /// Patterns over the nesting or regex-size limit are refused by this crate alone; see [`Self::is_own_limit`].
    pub fn aws_message(&self) -> &'static str {
        match self.kind {
            ParseErrorKind::TooLong { .. } => {
                "InvalidParameterException: 1 validation error detected: Value at 'filterPattern' failed to satisfy \
                 constraint: Member must have length less than or equal to 1024"
            }
            _ => "InvalidParameterException: Invalid metric filter pattern",
        }
    }
}

/// What is wrong with a pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// The pattern has more characters than AWS takes.
    #[error("pattern has {characters} characters, the most is {MAX_PATTERN_CHARACTERS}")]
    TooLong {
        /// How many characters it has.
        characters: usize,
    },
    /// A NUL or another control character that is not white space.
    #[error("control character {0:?}")]
    ControlCharacter(char),
    /// A quote, brace, bracket, parenthesis or percent sign without its end.
    #[error("{0} without its end")]
    Unclosed(&'static str),
    /// Something else was due here.
    #[error("expected {0}")]
    Expected(&'static str),
    /// `IS NOT` or `EXISTS`, which AWS names as not supported.
    #[error("{0} is not supported by CloudWatch Logs")]
    UnsupportedKeyword(&'static str),
    /// An order comparison with something that is not a number.
    #[error("invalid characters in term {0:?}: only a number can follow <, >, <= and >=")]
    NotANumber(String),
    /// A number that no double can hold.
    #[error("number {0} is out of range")]
    NumberOutOfRange(String),
    /// An unquoted value or term with characters that need double quotes.
    #[error("invalid characters in term {0:?}: it needs double quotes")]
    NeedsQuotes(String),
    /// An array index or wildcard straight after the `$`.
    #[error("array element without a property before it")]
    ElementOfRoot,
    /// More wildcard selectors in one property selector than AWS takes.
    #[error("selector has more than {MAX_WILDCARDS_PER_SELECTOR} wildcard")]
    WildcardsInSelector,
    /// More wildcard selectors in one pattern than AWS takes.
    #[error("pattern has more than {MAX_WILDCARDS_PER_PATTERN} wildcard selectors")]
    WildcardsInPattern,
    /// More regular expressions in one pattern than AWS takes.
    #[error("pattern has more than {MAX_REGEXES_PER_PATTERN} regular expressions")]
    TooManyRegexes,
    /// A character that AWS does not take in a regular expression.
    #[error("regular expressions cannot have {0:?}")]
    RegexCharacter(char),
    /// A regular expression that does not parse.
    #[error("invalid regular expression: {0}")]
    Regex(&'static str),
    /// A regular expression that would grow beyond this crate's limit.
    #[error("regular expression is too large when compiled")]
    RegexTooLarge,
    /// A regular expression beside terms; AWS takes it alone, or in a JSON or space-delimited pattern.
    #[error("regular expression beside terms")]
    RegexBesideTerms,
    /// Parentheses nested deeper than this crate reads.
    #[error("parentheses nested deeper than {MAX_NESTED_PARENTHESES}")]
    TooDeep,
    /// A second `...` in a space-delimited pattern.
    #[error("second ellipsis")]
    SecondEllipsis,
}
