//! Roles, as they are made and removed.

use serde_json::Value as Json;

use super::super::{Context, Reply};
use crate::error::ServiceError;
use crate::value::{Value, shape};
use crate::world::Role;

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html>
pub(super) fn create(context: &mut Context<'_>) -> Reply {
    let (name, input) = (context.required("RoleName")?, context.input());
    let (trusts, external_id) = read_trust(context.required("AssumeRolePolicyDocument")?)?;
    if context.account()?.roles.iter().any(|role| role.name == name) {
        return Err(ServiceError::new(409, "EntityAlreadyExists", format!("Role with name {name} already exists.")));
    }
    let mut role = Role { trusts, external_id, ..Role::named(name) };
    input.text("Path").unwrap_or("/").clone_into(&mut role.path);
    role.max_session_seconds = input.integer("MaxSessionDuration").unwrap_or(role.max_session_seconds);
    let shape = role_shape(context, &role);
    context.account_mut()?.roles.push(role);
    Ok(shape! { "Role": shape })
}

/// Reads whom a trust policy trusts, and the external id that it asks for; any other condition is not modelled.
fn read_trust(text: &str) -> Result<(Vec<String>, Option<String>), ServiceError> {
    let malformed = || ServiceError::new(400, "MalformedPolicyDocument", "This policy contains invalid Json");
    let document: Json = serde_json::from_str(text).map_err(|_| malformed())?;
    let (mut trusts, mut external_id) = (Vec::new(), None);
    for statement in one_or_many(document.get("Statement").ok_or_else(malformed)?) {
        if statement.get("Effect").and_then(Json::as_str) != Some("Allow") {
            return Err(ServiceError::not_modelled("trust policies that deny"));
        }
        let principal = statement.get("Principal").ok_or_else(malformed)?;
        let principals = principal.get("AWS").unwrap_or(principal);
        trusts.extend(one_or_many(principals).iter().filter_map(Json::as_str).map(str::to_owned));
        if let Some(condition) = statement.get("Condition") {
            let id = condition.pointer("/StringEquals/sts:ExternalId").and_then(Json::as_str);
            external_id =
                Some(id.ok_or_else(|| ServiceError::not_modelled("this condition of a trust policy"))?.to_owned());
        }
    }
    Ok((trusts, external_id))
}

fn one_or_many(value: &Json) -> &[Json] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}

fn role_shape(context: &Context<'_>, role: &Role) -> Value {
    let (account, now) = (context.account_id(), context.now());
    shape! {
        "Path": &role.path,
        "RoleName": &role.name,
        "RoleId": format!("AROA{account}{}", role.name.to_uppercase()),
        "Arn": context.world.arn("iam", "", account, &format!("role{}{}", role.path, role.name)),
        "CreateDate": now,
        "MaxSessionDuration": role.max_session_seconds,
    }
}

fn absent(name: &str) -> ServiceError {
    ServiceError::new(404, "NoSuchEntity", format!("The role with name {name} cannot be found."))
}

pub(super) fn delete(context: &mut Context<'_>) -> Reply {
    let name = context.required("RoleName")?;
    let roles = &mut context.account_mut()?.roles;
    let before = roles.len();
    roles.retain(|role| role.name != name);
    if roles.len() == before { Err(absent(name)) } else { Ok(Value::empty()) }
}
