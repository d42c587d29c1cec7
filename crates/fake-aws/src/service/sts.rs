//! AWS Security Token Service.

use super::{Context, Operation, Reply};
use crate::auth::{Grant, PrincipalKind};
use crate::error::ServiceError;
use crate::policy::glob;
use crate::value::{Value, shape};
use crate::world::{Account, AccountId, Role, RootFeature};

/// The operations of the service.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new("AssumeRole", assume_role)
        .refusing(&["PolicyArns"])
        .differing("501 to session policies with conditions or particular resources"),
    Operation::new("AssumeRoot", assume_root),
    Operation::new("GetCallerIdentity", get_caller_identity),
];

#[expect(clippy::unnecessary_wraps, reason = "every operation has this signature")]
fn get_caller_identity(context: &mut Context<'_>) -> Reply {
    let principal = &context.call.principal;
    let user_id = match &principal.kind {
        PrincipalKind::User { name, .. } => format!("AIDA{}{}", principal.account, name.to_uppercase()),
        PrincipalKind::RootUser | PrincipalKind::AssumedRoot { .. } => principal.account.to_string(),
        PrincipalKind::AssumedRole { role, .. } => {
            let session = principal.arn.rsplit_once('/').map_or("", |(_, session)| session);
            format!("{}:{session}", role_id(principal.account, role))
        }
    };
    Ok(shape! { "UserId": user_id, "Account": principal.account, "Arn": &principal.arn })
}

fn role_id(account: AccountId, role: &str) -> String {
    format!(
        "AROA{account}{}",
        role.to_uppercase().chars().filter(char::is_ascii_alphanumeric).take(5).collect::<String>()
    )
}

/// Opens a session of a role.
///
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
fn assume_role(context: &mut Context<'_>) -> Reply {
    let arn = context.required("RoleArn")?;
    let session_name = context.required("RoleSessionName")?;
    if !is_session_name(session_name) {
        return Err(context.invalid("Value at 'roleSessionName' failed to satisfy constraint: [\\w+=,.@-]{2,64}"));
    }
    let (account, role) = find_role(context, arn)?;
    let seconds = duration(context, role.max_session_seconds)?;
    let policy = match context.input().text("Policy") {
        Some(text) => Some(context.world.runtime.sessions.policy(text)?),
        None => None,
    };
    let session_arn = context.world.arn("sts", "", account, &format!("assumed-role/{}/{session_name}", role.name));
    let user = shape! {
        "AssumedRoleId": format!("{}:{session_name}", role_id(account, &role.name)),
        "Arn": &session_arn,
    };
    let kind = PrincipalKind::AssumedRole { role: role.name, policy };
    let grant = context.world.runtime.sessions.open(account, session_arn, kind, context.call.signed_at, seconds);
    Ok(shape! { "Credentials": credentials(grant), "AssumedRoleUser": user })
}

fn is_session_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
    (2..=64).contains(&name.len()) && name.bytes().all(allowed)
}

/// Finds the role and checks its trust; AWS answers an absent role as it answers one that does not trust the caller.
fn find_role(context: &Context<'_>, arn: &str) -> Result<(AccountId, Role), ServiceError> {
    let refused = || {
        let caller = &context.call.principal.arn;
        context.denied(format!("User: {caller} is not authorized to perform: sts:AssumeRole on resource: {arn}"))
    };
    let mut parts = arn.splitn(6, ':').skip(4);
    let (Some(account), Some(resource)) = (parts.next(), parts.next()) else {
        return Err(context.invalid(format!("{arn} is invalid")));
    };
    let id: AccountId = account.parse().map_err(|_| context.invalid(format!("{arn} is invalid")))?;
    let account = context.world.accounts.get(&id).filter(|it| it.state.is_usable()).ok_or_else(refused)?;
    let named = |role: &&Role| resource == format!("role{}{}", role.path, role.name);
    let role = account.roles.iter().find(named).ok_or_else(refused)?;
    let external_id = context.input().text("ExternalId");
    let external_id_fits = role.external_id.is_none() || role.external_id.as_deref() == external_id;
    if context.call.principal.is_root() || !external_id_fits || !trusts(context, role) {
        return Err(refused());
    }
    Ok((id, role.clone()))
}

fn trusts(context: &Context<'_>, role: &Role) -> bool {
    let principal = &context.call.principal;
    if role.trusts.is_empty() {
        let management = context.world.organization.as_ref().map(|it| it.management_account);
        return management.is_none_or(|it| it == principal.account);
    }
    let whole_account = context.world.arn("iam", "", principal.account, "root");
    let account = principal.account.to_string();
    let role_arn = match &principal.kind {
        PrincipalKind::AssumedRole { role, .. } => {
            context.world.arn("iam", "", principal.account, &format!("role/{role}"))
        }
        _ => principal.arn.clone(),
    };
    let fits = |trusted: &String| {
        *trusted == account
            || *trusted == whole_account
            || *trusted == role_arn
            || glob(trusted.as_bytes(), principal.arn.as_bytes())
    };
    role.trusts.iter().any(fits)
}

/// The length of the session, in seconds: within AWS's bounds and the role's, and one hour at most for a chained role.
fn duration(context: &Context<'_>, longest: i64) -> Result<i64, ServiceError> {
    let seconds = context.input().integer("DurationSeconds").unwrap_or(3600);
    if !(900..=43_200).contains(&seconds) {
        return Err(context.invalid("Value at 'durationSeconds' failed to satisfy constraint: between 900 and 43200"));
    }
    let chained = matches!(context.call.principal.kind, PrincipalKind::AssumedRole { .. });
    if seconds > longest || (chained && seconds > 3600) {
        return Err(context.invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role."));
    }
    Ok(seconds)
}

fn credentials(grant: Grant) -> Value {
    shape! {
        "AccessKeyId": grant.access_key_id,
        "SecretAccessKey": grant.secret_access_key,
        "SessionToken": grant.session_token,
        "Expiration": grant.expires_at,
    }
}

/// Task policies of `AssumeRoot`.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html>
const TASK_POLICIES: [&str; 5] = [
    "IAMAuditRootUserCredentials",
    "IAMCreateRootUserPassword",
    "IAMDeleteRootUserCredentials",
    "S3UnlockBucketPolicy",
    "SQSUnlockQueuePolicy",
];

/// Opens a short session as the root user of a member account.
///
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html>
fn assume_root(context: &mut Context<'_>) -> Reply {
    let target = context.required("TargetPrincipal")?;
    let task = context.input().get("TaskPolicyArn").and_then(|it| it.text("arn")).unwrap_or_default();
    let prefix = format!("arn:{}:iam::aws:policy/root-task/", context.world.partition());
    let task = task.strip_prefix(&prefix).filter(|name| TASK_POLICIES.contains(name));
    let task = task.ok_or_else(|| context.invalid("TaskPolicyArn is not a root task policy"))?;
    let seconds = context.input().integer("DurationSeconds").unwrap_or(900);
    if !(0..=900).contains(&seconds) {
        return Err(context.invalid("Value at 'durationSeconds' failed to satisfy constraint: between 0 and 900"));
    }
    let member = target.rsplit(':').find_map(|part| part.parse::<AccountId>().ok());
    let account = member.filter(|id| may_assume_root(context, *id)).ok_or_else(|| {
        let caller = &context.call.principal.arn;
        context.denied(format!("User: {caller} is not authorized to perform: sts:AssumeRoot on resource: {target}"))
    })?;
    let arn = context.world.arn("iam", "", account, "root");
    let kind = PrincipalKind::AssumedRoot { task: task.to_owned() };
    let grant = context.world.runtime.sessions.open(account, arn, kind, context.call.signed_at, seconds);
    Ok(shape! { "Credentials": credentials(grant) })
}

fn may_assume_root(context: &Context<'_>, member: AccountId) -> bool {
    let Some(organization) = &context.world.organization else { return false };
    let in_organization = |account: &Account| !account.left_organization && account.state.is_usable();
    organization.features.contains(&RootFeature::RootSessions)
        && organization.administers(context.account_id(), "iam.amazonaws.com")
        && member != organization.management_account
        && !context.call.principal.is_root()
        && context.world.accounts.get(&member).is_some_and(in_organization)
}
