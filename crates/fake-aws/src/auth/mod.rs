//! Who calls: signatures, sessions, and what a principal may do.

mod authorize;
mod session;
mod sigv4;

use std::sync::Arc;

use crate::policy::SessionPolicy;
use crate::world::AccountId;

pub(crate) use authorize::{authorize, denial};
pub(crate) use session::{Grant, Sessions};
pub(crate) use sigv4::Signature;

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The account that the principal belongs to.
    pub account: AccountId,
    /// The ARN that `GetCallerIdentity` answers.
    pub arn: String,
    /// The access key id.
    pub access_key_id: String,
    /// What kind of principal it is.
    pub kind: PrincipalKind,
}

/// What kind of principal calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrincipalKind {
    /// An IAM user with a long-lived key.
    User {
        /// The name.
        name: String,
        /// Actions that are refused.
        denied: Vec<String>,
    },
    /// The root user with a long-lived key.
    RootUser,
    /// A session of a role.
    AssumedRole {
        /// The role's name.
        role: String,
        /// The inline session policy.
        policy: Option<Arc<SessionPolicy>>,
    },
    /// A session of `sts:AssumeRoot`.
    AssumedRoot {
        /// The name of the task policy, such as `IAMAuditRootUserCredentials`.
        task: String,
    },
}

impl Principal {
    /// Whether the principal acts as the root user.
    pub const fn is_root(&self) -> bool {
        matches!(self.kind, PrincipalKind::RootUser | PrincipalKind::AssumedRoot { .. })
    }
}
