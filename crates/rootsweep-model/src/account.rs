//! AWS accounts: their ids, their states, and the partition they live in.

use std::borrow::Cow;
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::Arn;

/// The twelve-digit id of an AWS account.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountId(u64);

impl JsonSchema for AccountId {
    fn schema_name() -> Cow<'static, str> {
        "AccountId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9]{12}$" })
    }
}

/// Text that is not an account id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an AWS account id: an account id has exactly 12 digits")]
pub struct ParseAccountIdError(String);

impl FromStr for AccountId {
    type Err = ParseAccountIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let well_formed = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = if well_formed { text.parse().ok() } else { None };
        number.map(Self).ok_or_else(|| ParseAccountIdError(text.to_owned()))
    }
}

impl TryFrom<String> for AccountId {
    type Error = ParseAccountIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<AccountId> for String {
    fn from(id: AccountId) -> Self {
        id.to_string()
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012}", self.0)
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An AWS partition: a group of Regions with its own accounts, ARNs and endpoints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Partition {
    /// The commercial Regions.
    #[default]
    #[serde(rename = "aws")]
    Aws,
    /// AWS GovCloud (US).
    #[serde(rename = "aws-us-gov")]
    AwsUsGov,
    /// The China Regions.
    #[serde(rename = "aws-cn")]
    AwsCn,
}

impl Partition {
    /// Returns the partition's name as it stands in ARNs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::AwsUsGov => "aws-us-gov",
            Self::AwsCn => "aws-cn",
        }
    }

    /// Returns the partition that an ARN belongs to.
    pub fn of_arn(arn: &str) -> Option<Self> {
        let arn = Arn::parse(arn)?;
        [Self::Aws, Self::AwsUsGov, Self::AwsCn].into_iter().find(|it| it.as_str() == arn.partition)
    }

    /// Returns the partition that a Region belongs to, by the prefix of its name.
    pub fn of_region(region: &str) -> Self {
        match region {
            name if name.starts_with("us-gov-") => Self::AwsUsGov,
            name if name.starts_with("cn-") => Self::AwsCn,
            _ => Self::Aws,
        }
    }

    /// Returns the Regions in which a root sign-in can be recorded.
    ///
    /// In the commercial partition a root `ConsoleLogin` is logged in `us-east-1`, `us-east-2` or `us-west-2`:
    /// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html>.
    pub const fn sign_in_regions(self) -> &'static [&'static str] {
        match self {
            Self::Aws => &["us-east-1", "us-east-2", "us-west-2"],
            Self::AwsUsGov => &["us-gov-west-1", "us-gov-east-1"],
            Self::AwsCn => &["cn-north-1", "cn-northwest-1"],
        }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Where an account stands in its life, as Organizations tells it.
///
/// Read from `Account.State`, and from the retired `Account.Status` only where `State` is absent:
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_account_state.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AccountState {
    /// The account can be used.
    Active,
    /// AWS has suspended the account: its roles cannot be assumed.
    Suspended,
    /// The account was made, and its owner has not finished signing up.
    PendingActivation,
    /// Closing was asked for, and the account can still be used.
    PendingClosure,
    /// The account is closed, and listed for 90 more days.
    Closed,
    /// Organizations gave neither a state nor a status, or one that is not known here: worth trying anyway.
    Unknown,
}

impl AccountState {
    /// Returns whether a session in the account is worth trying.
    pub const fn is_reachable(self) -> bool {
        matches!(self, Self::Active | Self::PendingClosure | Self::Unknown)
    }

    /// Returns the word used in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::PendingActivation => "pending-activation",
            Self::PendingClosure => "pending-closure",
            Self::Closed => "closed",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for AccountState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// An account as its organization lists it. Name and e-mail are written by the account's owner: hostile text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The account's id.
    pub id: AccountId,
    /// The name that its owner gave it; the id where Organizations gave none.
    pub name: String,
    /// Where the account stands in its life.
    pub state: AccountState,
    /// Names of the organizational units from the root down, `Root/Workloads/Prod`; absent where it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ou_path: Option<String>,
    /// Ids of the root and organizational units above the account, from the root down.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ou_ids: Vec<String>,
    /// Whether this is the organization's management account.
    #[serde(default)]
    pub is_management: bool,
}

/// Returns whether a text is the id of an organizational unit, or of the organization's root:
/// <https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html>.
pub fn is_organizational_unit_id(text: &str) -> bool {
    let part = |text: &str, lengths: RangeInclusive<usize>| {
        lengths.contains(&text.len()) && text.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit())
    };
    match text.split('-').collect::<Vec<_>>().as_slice() {
        ["r", root] => part(root, 4..=32),
        ["ou", root, unit] => part(root, 4..=32) && part(unit, 8..=32),
        _ => false,
    }
}
