//! What changes in the organization during a scenario.

use fake_aws::world::{AccountId, AccountState, RootUser, World};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

/// A change that no call to AWS makes, or that is root's own and therefore not the harness's to call.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Change {
    /// The root user's credentials are other ones from now on.
    Root {
        /// The account.
        account: AccountId,
        /// The root user as it is from now on.
        becomes: Box<RootUser>,
    },
    /// A role is gone.
    RoleRemoved {
        /// The account.
        account: AccountId,
        /// The role's name.
        role: String,
    },
    /// The account is in another state.
    AccountState {
        /// The account.
        account: AccountId,
        /// The state.
        becomes: AccountState,
    },
    /// The account leaves the organization.
    AccountLeaves {
        /// The account.
        account: AccountId,
    },
    /// A trail stops logging.
    TrailStopped {
        /// The account that owns it.
        account: AccountId,
        /// Its home Region.
        region: String,
        /// Its name.
        trail: String,
    },
}

impl Change {
    /// Makes the change; says what it speaks of where that does not exist.
    pub fn apply(&self, world: &mut World) -> Result<(), String> {
        let now = world.now();
        match self {
            Self::Root { account, becomes } => {
                account_of(world, *account)?.root = (**becomes).clone();
            }
            Self::RoleRemoved { account, role } => {
                let roles = &mut account_of(world, *account)?.roles;
                let before = roles.len();
                roles.retain(|it| it.name != *role);
                if roles.len() == before {
                    return Err(format!("account {account} has no role {role}"));
                }
            }
            Self::AccountState { account, becomes } => account_of(world, *account)?.state = *becomes,
            Self::AccountLeaves { account } => account_of(world, *account)?.left_organization = true,
            Self::TrailStopped { account, region, trail } => {
                let trails = world.region_mut(*account, region).map(|it| &mut it.trails);
                let found = trails.and_then(|trails| trails.iter_mut().find(|it| it.name == *trail));
                let found = found.ok_or_else(|| format!("account {account} has no trail {trail} in {region}"))?;
                found.status.logging = false;
                found.status.stopped_at = Some(now);
            }
        }
        Ok(())
    }
}

impl Change {
    /// Says what it speaks of where the World that the scenario starts with does not have it.
    pub(crate) fn check(&self, world: &World) -> Result<(), String> {
        let account = match self {
            Self::Root { account, .. }
            | Self::RoleRemoved { account, .. }
            | Self::AccountState { account, .. }
            | Self::AccountLeaves { account }
            | Self::TrailStopped { account, .. } => *account,
        };
        let remedy = "add it, or name one that is there";
        let Some(found) = world.accounts.get(&account) else {
            return Err(format!("this change speaks of account {account}, which is not in `world`: {remedy}"));
        };
        let (is_there, what) = match self {
            Self::RoleRemoved { role, .. } => (found.roles.iter().any(|it| it.name == *role), format!("role {role}")),
            Self::TrailStopped { region, trail, .. } => {
                let trails = &world.region(account, region).trails;
                (trails.iter().any(|it| it.name == *trail), format!("trail {trail} in {region}"))
            }
            Self::Root { .. } | Self::AccountState { .. } | Self::AccountLeaves { .. } => (true, String::new()),
        };
        is_there.then_some(()).ok_or_else(|| format!("account {account} has no {what}: {remedy}"))
    }
}

fn account_of(world: &mut World, id: AccountId) -> Result<&mut fake_aws::world::Account, String> {
    world.accounts.get_mut(&id).ok_or_else(|| format!("there is no account {id}"))
}

/// A call to AWS that somebody makes in the scenario: it goes over the wire, to whatever answers for the service.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The account in which it is made.
    pub account: AccountId,
    /// The Region.
    #[serde(default = "us_east_1")]
    pub region: String,
    /// The service's signing name: `monitoring`, `logs`, `events`, `sns`, `sqs`.
    pub service: String,
    /// The operation.
    pub operation: String,
    /// Its parameters.
    #[serde(default)]
    pub input: Value,
}

impl Call {
    /// The signing names of the services that a scenario can call.
    pub const SERVICES: [&str; 5] = ["logs", "events", "sqs", "monitoring", "sns"];
}

pub(crate) fn us_east_1() -> String {
    "us-east-1".to_owned()
}
