//! What a pattern says of an event: a match, no match, or a verdict that AWS's documents do not decide.

use std::fmt;

use serde::Serialize;

/// The three-valued verdict of a pattern, or of a part of one, on one log event.
///
/// Verdicts are joined by Kleene's logic: an undocumented part makes the whole undocumented only where the whole
/// really hangs on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The event matches.
    Match,
    /// The event does not match.
    NoMatch,
    /// AWS does not document which; the value names the first behaviour that the verdict hangs on.
    Undocumented(UndocumentedBehaviour),
}

impl Outcome {
    /// Joins two verdicts as `&&` does.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::NoMatch, _) | (_, Self::NoMatch) => Self::NoMatch,
            (Self::Undocumented(_), _) => self,
            (Self::Match, _) => other,
        }
    }

    /// Joins two verdicts as `||` does.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Match, _) | (_, Self::Match) => Self::Match,
            (Self::Undocumented(_), _) => self,
            (Self::NoMatch, _) => other,
        }
    }

    /// Returns whether both are matches, both are not, or both are undocumented, whatever the behaviour.
    pub(crate) fn same_verdict(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }

    /// Weighs a second reading of the same text: where the two differ, the verdict hangs on `behaviour`.
    pub(crate) fn unless_read_as(self, other: Self, behaviour: UndocumentedBehaviour) -> Self {
        if self.same_verdict(other) { self } else { Self::Undocumented(behaviour) }
    }

    /// Turns a match into an undocumented verdict: `behaviour` could still make it none.
    pub(crate) fn match_hangs_on(self, behaviour: UndocumentedBehaviour) -> Self {
        if self == Self::Match { Self::Undocumented(behaviour) } else { self }
    }
}

impl std::ops::Not for Outcome {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Match => Self::NoMatch,
            Self::NoMatch => Self::Match,
            Self::Undocumented(_) => self,
        }
    }
}

impl From<bool> for Outcome {
    fn from(matched: bool) -> Self {
        if matched { Self::Match } else { Self::NoMatch }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Match => f.write_str("match"),
            Self::NoMatch => f.write_str("no match"),
            Self::Undocumented(behaviour) => write!(f, "undocumented: {behaviour}"),
        }
    }
}

/// A behaviour of CloudWatch Logs that its documents leave open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum UndocumentedBehaviour {
    /// `NOT EXISTS` on a property that is there and null.
    NotExistsOnNull,
    /// `NOT EXISTS` on a property that is there and an object or array.
    NotExistsOnContainer,
    /// A comparison with a null value, which could count as missing or as the text `null`.
    NullCompared,
    /// A comparison with a boolean, which could count as no value or as the text `true` or `false`.
    BooleanCompared,
    /// `IS NULL`, `IS TRUE` or `IS FALSE` on a string that spells the word.
    KeywordAgainstText,
    /// `IS` or `NOT EXISTS` not written in capitals.
    KeywordCase,
    /// A number in the pattern against a string that spells a number.
    NumberAgainstText,
    /// A number that equals the pattern's in value but not in spelling, such as 12.50 and 12.5.
    NumberSpelling,
    /// Numbers so large that they differ exactly but not as doubles.
    NumberPrecision,
    /// A regular expression against a number.
    RegexAgainstNumber,
    /// An asterisk inside a text: once documented as a plain character, now as a wildcard.
    InnerWildcard,
    /// A text after a leading asterisk that occurs in the value earlier than at its end; AWS was seen to miss it.
    RepeatedSuffix,
    /// A backslash inside double quotes, which could escape the next character or stand for itself.
    Backslash,
    /// `!=` or `NOT EXISTS` with a wildcard selector: for any element, or for all.
    NegatedWildcard,
    /// `.*` on an array, or `[*]` on an object.
    WildcardOnOtherContainer,
    /// A condition that a JSON event fulfils although it is no object.
    EventNotAnObject,
    /// An asterisk in a term or phrase of an unstructured pattern.
    WildcardInTerm,
    /// An event with fewer fields than a space-delimited pattern names.
    TooFewFields,
    /// A condition on the last named field of an event that has more fields than the pattern.
    ConditionOnRemainder,
    /// A field of a space-delimited pattern whose conditions name several fields.
    ConditionOnOtherField,
    /// A quote or bracket that is not closed, or that touches other text, in a space-delimited event.
    FieldDelimiters,
    /// Valid JSON that this crate's reader cannot hold: too deep, or a number out of range.
    UnreadableEvent,
    /// A pattern on the raw text, asked about an event whose raw text is not known.
    RawTextUnknown,
}

impl UndocumentedBehaviour {
    /// Returns the open question in words.
    pub fn question(self) -> &'static str {
        match self {
            Self::NotExistsOnNull => "whether NOT EXISTS holds for a null value",
            Self::NotExistsOnContainer => "whether NOT EXISTS holds for an object or array",
            Self::NullCompared => "how a null value compares",
            Self::BooleanCompared => "how a boolean compares",
            Self::KeywordAgainstText => "whether IS holds for a string that spells the word",
            Self::KeywordCase => "whether keywords can be written in lower case",
            Self::NumberAgainstText => "whether a number equals a string that spells it",
            Self::NumberSpelling => "whether the same number in another spelling is equal",
            Self::NumberPrecision => "how precisely large numbers compare",
            Self::RegexAgainstNumber => "whether a regular expression is tried on a number",
            Self::InnerWildcard => "whether an asterisk inside a text is a wildcard",
            Self::RepeatedSuffix => "whether a leading asterisk reaches the last occurrence of the text",
            Self::Backslash => "whether a backslash inside quotes escapes",
            Self::NegatedWildcard => "whether a negated condition on a wildcard means any element or all",
            Self::WildcardOnOtherContainer => "whether .* selects array elements, or [*] an object's properties",
            Self::EventNotAnObject => "whether a JSON event that is no object can match",
            Self::WildcardInTerm => "whether an asterisk in a term is a wildcard",
            Self::TooFewFields => "whether an event with too few fields can match",
            Self::ConditionOnRemainder => "what the last field holds when the event has more fields",
            Self::ConditionOnOtherField => "which field a condition is on when one position names several",
            Self::FieldDelimiters => "how an unclosed or inner quote or bracket splits fields",
            Self::UnreadableEvent => "what AWS reads in an event that is too deep or has a number out of range",
            Self::RawTextUnknown => "how the raw text of the event is written",
        }
    }
}

impl fmt::Display for UndocumentedBehaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.question())
    }
}
