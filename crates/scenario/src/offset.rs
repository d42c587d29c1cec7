//! Times relative to the start of a scenario.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de::Error as _};

/// A time after the start of a scenario, written `+HH:MM:SS`; hours may go beyond 24.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
pub struct Offset(#[schemars(with = "String", regex(pattern = r"^\+[0-9]+:[0-5]?[0-9]:[0-5]?[0-9]$"))] SignedDuration);

impl Offset {
    /// Makes an offset of whole minutes.
    pub const fn minutes(minutes: i64) -> Self {
        Self(SignedDuration::from_mins(minutes))
    }

    /// Returns the offset as a duration.
    pub const fn duration(self) -> SignedDuration {
        self.0
    }

    /// Returns the point in time that lies this far after the start; the start where that cannot be said.
    pub fn after(self, start: Timestamp) -> Timestamp {
        start.checked_add(self.0).unwrap_or(start)
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        write!(f, "+{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
    }
}

/// Text that is no offset.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a time after the start: write +HH:MM:SS, such as +00:01:30")]
pub struct ParseOffsetError(String);

impl FromStr for Offset {
    type Err = ParseOffsetError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or_else(|| ParseOffsetError(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Offset> {
    let mut parts = text.strip_prefix('+')?.split(':');
    let mut next = |limit: i64| {
        let part = parts.next()?;
        let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse().ok().filter(|number| digits && *number < limit)
    };
    let (hours, minutes, seconds): (i64, i64, i64) = (next(100_000)?, next(60)?, next(60)?);
    parts.next().is_none().then(|| Offset(SignedDuration::from_secs(hours * 3600 + minutes * 60 + seconds)))
}

impl<'de> Deserialize<'de> for Offset {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
