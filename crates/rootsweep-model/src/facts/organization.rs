//! The organization, as its management account or a delegated administrator sees it.

use serde::{Deserialize, Serialize};

use crate::{AccountId, Fact, Partition};

/// What is known of the organization and of the caller, before any account is entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationFacts {
    /// The organization's id; absent where the caller's account is in none, or is swept alone.
    pub id: Option<String>,
    /// The management account.
    pub management_account_id: Option<AccountId>,
    /// The partition.
    pub partition: Partition,
    /// The account that the sweep runs from.
    pub caller_account_id: AccountId,
    /// The principal that the sweep runs as.
    pub caller_arn: String,
    /// Features of central root access that are on: `RootCredentialsManagement`, `RootSessions`.
    pub root_features: Fact<Vec<String>>,
    /// The accounts that are delegated administrators.
    pub delegated_administrators: Fact<Vec<AccountId>>,
}
