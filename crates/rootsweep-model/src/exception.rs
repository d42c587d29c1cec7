//! What the organization has decided to carry: exceptions to rows, and root use that is expected.

use ipnet::IpNet;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::AccountId;

/// A failed row that somebody carries until a date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RowException {
    /// The checks that it covers, by id.
    pub checks: Vec<String>,
    /// The accounts that it covers; with no organizational unit named either, all.
    #[serde(default)]
    pub accounts: Vec<AccountId>,
    /// The organizational units that it covers with all that is below them, by id (`ou-…`).
    #[serde(default)]
    pub organizational_units: Vec<String>,
    /// Who carries it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// The last day on which it holds, in UTC.
    pub until: Date,
}

/// Root use that somebody announced.
///
/// Every criterion that is given has to hold. A user agent alone is never enough, for anybody can write one, and a
/// credential change is excused only where `events` names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExpectedUse {
    /// A name for reports.
    pub name: String,
    /// The accounts in which it is expected; all where none is named.
    #[serde(default)]
    pub accounts: Vec<AccountId>,
    /// Event names, each alone or after its service: `ConsoleLogin`, `iam.amazonaws.com:CreateAccessKey`.
    #[serde(default)]
    pub events: Vec<String>,
    /// Networks from which it is expected.
    #[serde(default)]
    pub source_networks: Vec<IpNet>,
    /// Text that the user agent has to contain.
    #[serde(default)]
    pub user_agent: Option<String>,
    /// The earliest event time.
    #[serde(default)]
    pub from: Option<Timestamp>,
    /// The latest event time.
    #[serde(default)]
    pub to: Option<Timestamp>,
    /// Who carries it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// The last day on which it holds, in UTC.
    pub until: Date,
}
