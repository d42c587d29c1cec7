//! An account: its place in the organization, its root user, its roles and its Regions.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{AccessKey, AccountId, MfaDevice, Region, RootUser};

/// A member of the organization, or an account by itself.
#[derive(Debug, Clone, Default)]
pub struct Account {
    /// The account's name.
    pub name: String,
    /// The root user's e-mail address.
    pub email: String,
    /// Where the account is in its life.
    pub state: AccountState,
    /// How it came into the organization.
    pub joined_method: JoinedMethod,
    /// When it came into the organization.
    pub joined_at: Timestamp,
    /// The unit it is in; the root of the tree when absent.
    pub organizational_unit: Option<String>,
    /// Whether it has left the organization; the account itself goes on.
    pub left_organization: bool,
    /// The account alias.
    pub alias: Option<String>,
    /// The root user.
    pub root: RootUser,
    /// The roles that can be assumed.
    pub roles: Vec<Role>,
    /// IAM users, as far as they matter beside the root user.
    pub users: Vec<IamUser>,
    /// Opt-in Regions that are enabled, besides those that always are.
    pub opt_in_regions: Vec<String>,
    /// Actions that a service control policy denies, such as `iam:*`; the management account is never restricted.
    pub scp_denied: Vec<String>,
    /// What lives in each Region.
    pub regions: BTreeMap<String, Region>,
}

impl Account {
    /// A healthy, empty account.
    pub fn named(name: impl Into<String>, email: impl Into<String>) -> Self {
        Self { name: name.into(), email: email.into(), ..Self::default() }
    }
}

/// An account as a file lists it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountEntry {
    /// The account id, twelve digits in quotes.
    id: AccountId,
    /// The account's name.
    name: String,
    /// The root user's e-mail address; one made of the id when absent.
    email: Option<String>,
    /// Where the account is in its life.
    #[serde(default)]
    state: AccountState,
    /// How it came into the organization.
    #[serde(default)]
    joined_method: JoinedMethod,
    /// When it came into the organization.
    #[serde(default)]
    joined_at: Timestamp,
    /// The unit it is in; the root of the tree when absent.
    organizational_unit: Option<String>,
    /// Whether it has left the organization; the account itself goes on.
    #[serde(default)]
    left_organization: bool,
    /// The account alias.
    alias: Option<String>,
    /// The root user.
    #[serde(default)]
    root: RootUser,
    /// The roles that can be assumed.
    #[serde(default)]
    roles: Vec<Role>,
    /// IAM users, as far as they matter beside the root user.
    #[serde(default)]
    users: Vec<IamUser>,
    /// Opt-in Regions that are enabled, besides those that always are.
    #[serde(default)]
    opt_in_regions: Vec<String>,
    /// Actions that a service control policy denies, such as `iam:*`; the management account is never restricted.
    #[serde(default)]
    scp_denied: Vec<String>,
    /// What lives in each Region.
    #[serde(default)]
    regions: BTreeMap<String, Region>,
}

impl AccountEntry {
    pub(super) fn into_parts(self) -> (AccountId, Account) {
        let email = self.email.unwrap_or_else(|| format!("root+{}@example.com", self.id));
        let account = Account {
            name: self.name,
            email,
            state: self.state,
            joined_method: self.joined_method,
            joined_at: self.joined_at,
            organizational_unit: self.organizational_unit,
            left_organization: self.left_organization,
            alias: self.alias,
            root: self.root,
            roles: self.roles,
            users: self.users,
            opt_in_regions: self.opt_in_regions,
            scp_denied: self.scp_denied,
            regions: self.regions,
        };
        (self.id, account)
    }
}

/// The state of an account, as Organizations names it.
///
/// Source: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_account_state.html>
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AccountState {
    /// Made, not yet usable.
    PendingActivation,
    /// In use.
    #[default]
    Active,
    /// Suspended by AWS.
    Suspended,
    /// Being closed, still usable.
    PendingClosure,
    /// Closed, listed for 90 days more.
    Closed,
}

impl AccountState {
    /// The `State` on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PendingActivation => "PENDING_ACTIVATION",
            Self::Active => "ACTIVE",
            Self::Suspended => "SUSPENDED",
            Self::PendingClosure => "PENDING_CLOSURE",
            Self::Closed => "CLOSED",
        }
    }

    /// The older `Status` on the wire, which knows three values only.
    pub const fn status(self) -> &'static str {
        match self {
            Self::PendingActivation | Self::Active => "ACTIVE",
            Self::Suspended | Self::Closed => "SUSPENDED",
            Self::PendingClosure => "PENDING_CLOSURE",
        }
    }

    /// Whether a principal of another account can get in.
    pub const fn is_usable(self) -> bool {
        matches!(self, Self::Active | Self::PendingClosure)
    }
}

/// How an account came into the organization.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum JoinedMethod {
    /// It was made in the organization.
    #[default]
    Created,
    /// It existed and was invited.
    Invited,
}

impl JoinedMethod {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "CREATED",
            Self::Invited => "INVITED",
        }
    }
}

/// A role that other principals may assume.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// The name without its path.
    pub name: String,
    /// The path, with a slash on both ends.
    #[serde(default = "default_path")]
    pub path: String,
    /// Trusted principals: account ids, ARNs, or `*`. The management account alone when empty.
    #[serde(default)]
    pub trusts: Vec<String>,
    /// The external id that the trust policy demands.
    pub external_id: Option<String>,
    /// The longest session, in seconds.
    #[serde(default = "default_max_session")]
    pub max_session_seconds: i64,
    /// Actions that the role's policies allow; everything when absent.
    pub allowed: Option<Vec<String>>,
    /// Actions that the role's policies deny.
    #[serde(default)]
    pub denied: Vec<String>,
}

fn default_path() -> String {
    "/".to_owned()
}

const fn default_max_session() -> i64 {
    3600
}

impl Role {
    /// An administrator role that trusts the management account.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            path: default_path(),
            trusts: Vec::new(),
            external_id: None,
            max_session_seconds: default_max_session(),
            allowed: None,
            denied: Vec::new(),
        }
    }
}

/// An IAM user.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IamUser {
    /// The name.
    pub name: String,
    /// When it was made.
    #[serde(default)]
    pub created_at: Timestamp,
    /// Whether it has a console password.
    #[serde(default)]
    pub password: bool,
    /// Its MFA devices.
    #[serde(default)]
    pub mfa_devices: Vec<MfaDevice>,
    /// Its access keys.
    #[serde(default)]
    pub access_keys: Vec<AccessKey>,
}
