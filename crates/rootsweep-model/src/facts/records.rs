//! Root records of the window, as they were found.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Fact;

/// Root records from one source and Region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordSource {
    /// Where they were looked for.
    pub kind: RecordSourceKind,
    /// The Region that was asked.
    pub region: String,
    /// The records, newest first or in no order; duplicates are possible.
    pub records: Fact<Vec<RawRecord>>,
}

/// Where root records are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RecordSourceKind {
    /// `cloudtrail:LookupEvents`: 90 days, by Region.
    LookupEvents,
    /// The trail's log group, which alone shows records that were delivered late.
    LogGroup,
    /// Athena over the organization trail's bucket.
    Athena,
}

impl RecordSourceKind {
    /// Returns the word that options and files know it by.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LookupEvents => "lookup-events",
            Self::LogGroup => "log-group",
            Self::Athena => "athena",
        }
    }

    /// Returns the call that the records come from, in the form of IAM actions.
    pub const fn call(self) -> &'static str {
        match self {
            Self::LookupEvents => "cloudtrail:LookupEvents",
            Self::LogGroup => "logs:FilterLogEvents",
            Self::Athena => "athena:GetQueryResults",
        }
    }
}

/// A CloudTrail record, as it came.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RawRecord {
    /// The record's JSON text: hostile.
    pub json: String,
    /// When it was delivered, where the source tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<Timestamp>,
}
