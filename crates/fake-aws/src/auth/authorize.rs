//! Whether a principal may make a call.

use crate::auth::{Principal, PrincipalKind};
use crate::call::{Call, Service};
use crate::error::ServiceError;
use crate::policy::matches_any;
use crate::world::World;

/// What a session of `IAMAuditRootUserCredentials` may call.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/security-iam-awsmanpol.html>
const AUDIT_ROOT_ACTIONS: [&str; 7] = [
    "iam:ListAccessKeys",
    "iam:ListSigningCertificates",
    "iam:GetLoginProfile",
    "iam:ListMFADevices",
    "iam:GetAccountSummary",
    "iam:GetUser",
    "iam:GetAccessKeyLastUsed",
];

/// Refuses the call unless every policy lets it through, with AWS's words for the policy that did not.
pub(crate) fn authorize(world: &World, call: &Call) -> Result<(), ServiceError> {
    let action = call.action();
    // GetCallerIdentity needs no permission and cannot be denied.
    if action == "sts:GetCallerIdentity" {
        return Ok(());
    }
    match refusal(world, &call.principal, &action) {
        None => Ok(()),
        Some(why) => Err(ServiceError::access_denied(call.service, denial(call, why))),
    }
}

/// The sentence of a refusal.
pub(crate) fn denial(call: &Call, why: &str) -> String {
    let action = match call.service {
        // SNS spells its own prefix in capitals.
        Service::Sns => format!("SNS:{}", call.operation),
        _ => call.action(),
    };
    format!("User: {} is not authorized to perform: {action} on resource: {} {why}", call.principal.arn, resource(call))
}

fn resource(call: &Call) -> String {
    ["RoleArn", "TopicArn", "SubscriptionArn"]
        .iter()
        .find_map(|name| call.input.text(name))
        .map_or_else(|| "*".to_owned(), str::to_owned)
}

fn refusal(world: &World, principal: &Principal, action: &str) -> Option<&'static str> {
    let management = world.organization.as_ref().map(|it| it.management_account);
    let account = world.accounts.get(&principal.account);
    let restricted = management != Some(principal.account);
    if restricted && account.is_some_and(|it| matches_any(&it.scp_denied, action)) {
        return Some("with an explicit deny in a service control policy");
    }
    match &principal.kind {
        PrincipalKind::RootUser => None,
        PrincipalKind::User { denied, .. } => {
            matches_any(denied, action).then_some("with an explicit deny in an identity-based policy")
        }
        PrincipalKind::AssumedRoot { task } => {
            let allowed = task == "IAMAuditRootUserCredentials" && AUDIT_ROOT_ACTIONS.contains(&action);
            (!allowed).then_some("because no session policy allows the action")
        }
        PrincipalKind::AssumedRole { role, policy } => {
            if policy.as_ref().is_some_and(|it| !it.allows(action)) {
                return Some("because no session policy allows the action");
            }
            // A role that was removed while its session lives leaves the session without any policy.
            let Some(role) = account.and_then(|it| it.roles.iter().find(|it| it.name == *role)) else {
                return Some("because no identity-based policy allows the action");
            };
            if matches_any(&role.denied, action) {
                return Some("with an explicit deny in an identity-based policy");
            }
            let allowed = role.allowed.as_ref().is_none_or(|it| matches_any(it, action));
            (!allowed).then_some("because no identity-based policy allows the action")
        }
    }
}
