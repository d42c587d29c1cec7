//! What a session of `AssumeRoot` reads of the root user, and an administrator of an IAM user.

use super::super::paging::{Page, iam_page};
use super::super::{Context, Reply};
use super::{PAGING, serial_number};
use crate::auth::PrincipalKind;
use crate::error::ServiceError;
use crate::value::{Value, shape};
use crate::world::{AccessKey, Account, IamUser, MfaDevice};

/// Whose credentials a call is about.
enum Subject<'a> {
    Root(&'a Account),
    User(&'a IamUser),
}

/// Finds the subject: the named user; the root user for a session as root; else the caller itself, if it is a user.
fn subject<'a>(context: &'a Context<'_>) -> Result<Subject<'a>, ServiceError> {
    let account = context.account()?;
    let named = match (context.input().text("UserName"), &context.call.principal.kind) {
        (Some(name), _) => name,
        (None, PrincipalKind::RootUser | PrincipalKind::AssumedRoot { .. }) => return Ok(Subject::Root(account)),
        (None, PrincipalKind::User { name, .. }) => name,
        (None, PrincipalKind::AssumedRole { .. }) => {
            return Err(context.invalid("Must specify userName when calling with non-User credentials"));
        }
    };
    let user = account.users.iter().find(|user| user.name == named);
    user.map(Subject::User).ok_or_else(|| no_such_entity(format!("The user with name {named} cannot be found.")))
}

fn no_such_entity(message: impl Into<String>) -> ServiceError {
    ServiceError::new(404, "NoSuchEntity", message)
}

/// The root user, as IAM shows it; the user name is the account's alias or its id.
pub(super) fn root_shape(context: &Context<'_>, account: &Account) -> Value {
    let id = context.account_id();
    shape! {
        "Path": "/",
        "UserName": account.alias.clone().unwrap_or_else(|| id.to_string()),
        "UserId": format!("{id}0000"),
        "Arn": context.world.arn("iam", "", id, "root"),
        "CreateDate": account.root.created_at,
        "PasswordLastUsed": account.root.password_last_used,
    }
}

/// An IAM user.
pub(super) fn user_shape(context: &Context<'_>, user: &IamUser) -> Value {
    shape! {
        "Path": "/",
        "UserName": &user.name,
        "UserId": format!("AIDA{}{}", context.account_id(), user.name.to_uppercase()),
        "Arn": context.world.arn("iam", "", context.account_id(), &format!("user/{}", user.name)),
        "CreateDate": user.created_at,
    }
}

pub(super) fn get_user(context: &mut Context<'_>) -> Reply {
    let user = match subject(context)? {
        Subject::Root(account) => root_shape(context, account),
        Subject::User(user) => user_shape(context, user),
    };
    Ok(shape! { "User": user })
}

pub(super) fn list_access_keys(context: &mut Context<'_>) -> Reply {
    let (name, keys): (Option<&str>, &[AccessKey]) = match subject(context)? {
        Subject::Root(account) => (None, &account.root.access_keys),
        Subject::User(user) => (Some(&user.name), &user.access_keys),
    };
    let (page, marker) = Page::of(context, PAGING)?.cut(keys);
    let key = |key: &AccessKey| {
        shape! {
            "UserName": name,
            "AccessKeyId": &key.id,
            "Status": if key.active { "Active" } else { "Inactive" },
            "CreateDate": key.created_at,
        }
    };
    let keys: Vec<Value> = page.into_iter().map(key).collect();
    Ok(iam_page("AccessKeyMetadata", keys.into(), marker))
}

pub(super) fn list_mfa_devices(context: &mut Context<'_>) -> Reply {
    let (name, devices): (String, &[MfaDevice]) = match subject(context)? {
        Subject::Root(account) => ("root".to_owned(), &account.root.mfa_devices),
        Subject::User(user) => (user.name.clone(), &user.mfa_devices),
    };
    let (page, marker) = Page::of(context, PAGING)?.cut(devices);
    let device = |device: &MfaDevice| {
        shape! {
            "UserName": &name,
            "SerialNumber": serial_number(context, &name, device),
            "EnableDate": device.enabled_at,
        }
    };
    let devices: Vec<Value> = page.into_iter().map(device).collect();
    Ok(iam_page("MFADevices", devices.into(), marker))
}

pub(super) fn list_signing_certificates(context: &mut Context<'_>) -> Reply {
    let Subject::Root(account) = subject(context)? else {
        return Err(ServiceError::not_modelled("signing certificates of IAM users"));
    };
    let (page, marker) = Page::of(context, PAGING)?.cut(&account.root.signing_certificates);
    let certificate = |it: &crate::world::SigningCertificate| {
        shape! {
            "UserName": "root",
            "CertificateId": &it.id,
            "CertificateBody": "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----",
            "Status": if it.active { "Active" } else { "Inactive" },
            "UploadDate": it.uploaded_at,
        }
    };
    let certificates: Vec<Value> = page.into_iter().map(certificate).collect();
    Ok(iam_page("Certificates", certificates.into(), marker))
}

pub(super) fn get_login_profile(context: &mut Context<'_>) -> Reply {
    let (name, created_at) = match subject(context)? {
        Subject::Root(account) => ("root", account.root.password.then_some(account.root.created_at)),
        Subject::User(user) => (user.name.as_str(), user.password.then_some(user.created_at)),
    };
    let absent = || no_such_entity(format!("Login Profile for User {name} cannot be found."));
    let created_at = created_at.ok_or_else(absent)?;
    let profile = shape! { "UserName": name, "CreateDate": created_at, "PasswordResetRequired": false };
    Ok(shape! { "LoginProfile": profile })
}

pub(super) fn get_access_key_last_used(context: &mut Context<'_>) -> Reply {
    let id = context.required("AccessKeyId")?;
    let account = context.account()?;
    let users =
        account.users.iter().flat_map(|user| user.access_keys.iter().map(move |key| (Some(user.name.as_str()), key)));
    let mut keys = account.root.access_keys.iter().map(|key| (None, key)).chain(users);
    let found = keys.find(|(_, key)| key.id == id);
    let (name, key) = found.ok_or_else(|| no_such_entity(format!("The Access Key with id {id} cannot be found")))?;
    let used = key.last_used.as_ref();
    let last_used = shape! {
        "LastUsedDate": used.map(|it| it.at),
        "ServiceName": used.map_or("N/A", |it| &it.service),
        "Region": used.map_or("N/A", |it| &it.region),
    };
    Ok(shape! { "UserName": name, "AccessKeyLastUsed": last_used })
}
