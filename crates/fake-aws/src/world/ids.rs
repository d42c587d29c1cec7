//! Account ids and the source of generated ids.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::value::Value;

/// The 12-digit id of an AWS account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(inline)]
pub struct AccountId(#[schemars(with = "String", regex(pattern = "^[0-9]{12}$"))] u64);

impl AccountId {
    /// Wraps a number; only its last 12 digits count.
    pub const fn new(number: u64) -> Self {
        Self(number % 1_000_000_000_000)
    }

    /// The id as a number.
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:012}", self.0)
    }
}

/// The text is not twelve digits.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not an account id of 12 digits")]
pub struct InvalidAccountId(String);

impl FromStr for AccountId {
    type Err = InvalidAccountId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.then(|| text.parse().ok()).flatten();
        number.map(Self).ok_or_else(|| InvalidAccountId(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for AccountId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl Serialize for AccountId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl From<AccountId> for Value {
    fn from(id: AccountId) -> Self {
        Self::Text(id.to_string())
    }
}

/// Makes ids that look like UUIDs, in a fixed order so that two runs over the same World give the same ids.
#[derive(Debug, Default)]
pub(crate) struct IdSource(u64);

impl IdSource {
    /// The next id.
    pub(crate) fn next(&mut self) -> String {
        self.0 += 1;
        let mixed = self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            mixed >> 32,
            mixed >> 16 & 0xffff,
            mixed >> 4 & 0xfff,
            mixed & 0xfff,
            self.0
        )
    }
}
