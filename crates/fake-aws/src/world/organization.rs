//! The organization: its tree, its administrators and its features.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Account, AccountId};
use crate::error::Error;

/// An AWS Organization.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Organization {
    /// The id, such as `o-exampleorg1`.
    #[serde(default = "default_id")]
    pub id: String,
    /// The account that owns the organization.
    pub management_account: AccountId,
    /// The id of the root of the tree, such as `r-ab12`.
    #[serde(default = "default_root")]
    pub root_id: String,
    /// The organizational units; parents in any order.
    #[serde(default)]
    pub organizational_units: Vec<OrganizationalUnit>,
    /// Accounts that administer a service in the organization's name.
    #[serde(default)]
    pub delegated_administrators: Vec<DelegatedAdministrator>,
    /// Central root access features that are enabled.
    #[serde(default)]
    pub features: BTreeSet<RootFeature>,
    /// Service principals with trusted access, such as `account.amazonaws.com`.
    #[serde(default = "default_trusted_services")]
    pub trusted_services: BTreeSet<String>,
    /// Which of the two life-cycle fields `ListAccounts` fills.
    #[serde(default)]
    pub account_fields: AccountFields,
}

fn default_id() -> String {
    "o-exampleorg1".to_owned()
}

fn default_root() -> String {
    "r-ab12".to_owned()
}

fn default_trusted_services() -> BTreeSet<String> {
    ["account.amazonaws.com", "iam.amazonaws.com"].map(str::to_owned).into()
}

/// An organizational unit.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganizationalUnit {
    /// The id, such as `ou-ab12-11111111`.
    pub id: String,
    /// The name.
    pub name: String,
    /// The unit above; the root when absent.
    pub parent: Option<String>,
}

/// An account that administers a service for the organization.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DelegatedAdministrator {
    /// The administrator.
    pub account: AccountId,
    /// The service principal, such as `iam.amazonaws.com`.
    pub service: String,
    /// When the delegation began.
    #[serde(default)]
    pub since: Timestamp,
}

/// A feature of central root access, as `iam:ListOrganizationsFeatures` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
pub enum RootFeature {
    /// Root credentials of members can be removed and audited centrally.
    RootCredentialsManagement,
    /// `sts:AssumeRoot` is open.
    RootSessions,
}

impl RootFeature {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RootCredentialsManagement => "RootCredentialsManagement",
            Self::RootSessions => "RootSessions",
        }
    }
}

/// Which life-cycle fields the organization's answers carry; `Status` was to be retired on 9 September 2026.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountFields {
    /// `State` and `Status`.
    #[default]
    Both,
    /// `State` alone, as after the retirement of `Status`.
    State,
    /// `Status` alone, as before `State` existed.
    Status,
}

impl Organization {
    /// An organization with only its management account and a flat tree.
    pub fn managed_by(management_account: AccountId) -> Self {
        Self {
            id: default_id(),
            management_account,
            root_id: default_root(),
            organizational_units: Vec::new(),
            delegated_administrators: Vec::new(),
            features: BTreeSet::new(),
            trusted_services: default_trusted_services(),
            account_fields: AccountFields::default(),
        }
    }

    /// The unit of that id.
    pub fn unit(&self, id: &str) -> Option<&OrganizationalUnit> {
        self.organizational_units.iter().find(|unit| unit.id == id)
    }

    /// Whether the account is the management account or administers any service.
    pub fn may_read(&self, account: AccountId) -> bool {
        account == self.management_account || self.delegated_administrators.iter().any(|it| it.account == account)
    }

    /// Whether the account is the management account or administers this service.
    pub fn administers(&self, account: AccountId, service: &str) -> bool {
        let delegated = |it: &DelegatedAdministrator| it.account == account && it.service == service;
        account == self.management_account || self.delegated_administrators.iter().any(delegated)
    }

    /// The path from the root to a parent, such as `o-exampleorg1/r-ab12/ou-ab12-11111111/`.
    pub fn path_of(&self, parent: Option<&str>) -> String {
        let mut units = Vec::new();
        let mut next = parent;
        while let Some(unit) = next.and_then(|id| self.unit(id)) {
            units.push(unit.id.as_str());
            next = unit.parent.as_deref();
        }
        units.reverse();
        let tail: String = units.iter().flat_map(|id| [id, "/"]).collect();
        format!("{}/{}/{tail}", self.id, self.root_id)
    }

    pub(super) fn check(&self, accounts: &BTreeMap<AccountId, Account>) -> Result<(), Error> {
        let known = |account, what| {
            let missing = || Error::UnknownAccount { what, account };
            accounts.contains_key(&account).then_some(()).ok_or_else(missing)
        };
        known(self.management_account, "management account")?;
        self.delegated_administrators.iter().try_for_each(|it| known(it.account, "delegated administrator"))?;
        for unit in &self.organizational_units {
            self.check_parents(unit)?;
        }
        for (account, unit) in
            accounts.iter().filter_map(|(id, account)| Some((id, account.organizational_unit.as_ref()?)))
        {
            if self.unit(unit).is_none() {
                return Err(Error::UnknownUnit { subject: account.to_string(), unit: unit.clone() });
            }
        }
        Ok(())
    }

    /// Refuses a parent that does not exist and a tree that runs in a circle, which would hang every walk up it.
    fn check_parents(&self, unit: &OrganizationalUnit) -> Result<(), Error> {
        let mut above = unit.parent.as_deref();
        for _ in 0..=self.organizational_units.len() {
            let Some(parent) = above else { return Ok(()) };
            let Some(found) = self.unit(parent) else {
                return Err(Error::UnknownUnit { subject: unit.id.clone(), unit: parent.to_owned() });
            };
            above = found.parent.as_deref();
        }
        Err(Error::CircularUnit(unit.id.clone()))
    }
}
