//! A sweep within a scenario.

use fake_aws::world::AccountId;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::Change;

/// A sweep that is run with the real binary.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Sweep {
    /// Arguments after `rootsweep sweep`, beside those that the harness needs.
    pub args: Vec<String>,
    /// What changes in the middle of it.
    pub during: Vec<During>,
}

/// A change in the middle of a sweep, right after one of its calls has been answered.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct During {
    /// The call, the first that fits: `organizations:ListAccounts`, `iam:*`.
    pub after: String,
    /// The account in which the call is made; any where absent.
    pub account: Option<AccountId>,
    /// What changes.
    pub change: Change,
}
