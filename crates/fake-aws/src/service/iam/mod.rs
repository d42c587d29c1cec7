//! AWS Identity and Access Management, as far as it tells of the root user.

mod report;
mod role;
mod root;

use super::paging::{Page, Paging, iam_page};
use super::{Context, Operation, Reply};
use crate::error::ServiceError;
use crate::value::{Value, shape};
use crate::world::{AccountId, MfaDevice, MfaKind};

/// IAM's lists carry a marker, and a hundred items unless more are asked for.
const PAGING: Paging = Paging { token: "Marker", limit: "MaxItems", default: 100, max: 1000 };

/// The operations of the service.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new("GetAccountSummary", get_account_summary).differing("the keys on users, roles and root alone"),
    Operation::new("ListVirtualMFADevices", list_virtual_mfa_devices).differing("every device is assigned to somebody"),
    Operation::new("ListAccountAliases", list_account_aliases),
    Operation::new("ListOrganizationsFeatures", list_organizations_features),
    Operation::new("GenerateCredentialReport", report::generate),
    Operation::new("GetCredentialReport", report::get),
    Operation::new("CreateRole", role::create)
        .differing("501 to a trust policy that denies, and to conditions other than `sts:ExternalId`"),
    Operation::new("DeleteRole", role::delete),
    Operation::new("ListAccessKeys", root::list_access_keys),
    Operation::new("ListMFADevices", root::list_mfa_devices),
    Operation::new("ListSigningCertificates", root::list_signing_certificates)
        .differing("root's own alone: 501 for an IAM user"),
    Operation::new("GetLoginProfile", root::get_login_profile),
    Operation::new("GetUser", root::get_user),
    Operation::new("GetAccessKeyLastUsed", root::get_access_key_last_used),
];

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html>
fn get_account_summary(context: &mut Context<'_>) -> Reply {
    let account = context.account()?;
    let root = &account.root;
    let devices = account.users.iter().flat_map(|user| &user.mfa_devices).chain(&root.mfa_devices);
    let in_use = devices.filter(|device| device.kind == MfaKind::Virtual).count();
    let numbers = [
        ("Users", account.users.len()),
        ("UsersQuota", 5000),
        ("Groups", 0),
        ("GroupsQuota", 300),
        ("Roles", account.roles.len()),
        ("RolesQuota", 1000),
        ("MFADevices", in_use),
        ("MFADevicesInUse", in_use),
        ("AccessKeysPerUserQuota", 2),
        ("SigningCertificatesPerUserQuota", 2),
        ("AccountMFAEnabled", usize::from(!root.mfa_devices.is_empty())),
        ("AccountAccessKeysPresent", usize::from(!root.access_keys.is_empty())),
        ("AccountPasswordPresent", usize::from(root.password)),
        ("AccountSigningCertificatesPresent", usize::from(!root.signing_certificates.is_empty())),
    ];
    let shown = numbers.into_iter().filter(|(key, _)| !root.summary_omits.iter().any(|it| it == key));
    Ok(shape! { "SummaryMap": Value::map(shown) })
}

/// The serial number of a device: an ARN, except for hardware tokens.
fn serial_number(context: &Context<'_>, owner: &str, device: &MfaDevice) -> String {
    let account = context.account_id();
    match device.kind {
        MfaKind::Hardware => device.serial.clone(),
        MfaKind::Virtual => context.world.arn("iam", "", account, &format!("mfa/{}", device.serial)),
        MfaKind::Fido => context.world.arn("iam", "", account, &format!("u2f/{owner}/{}", device.serial)),
    }
}

/// Lists virtual devices; the owner's ARN tells whose they are, for the root user's may have any name.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListVirtualMFADevices.html>
fn list_virtual_mfa_devices(context: &mut Context<'_>) -> Reply {
    let status = context.input().text("AssignmentStatus").unwrap_or("Any");
    if !["Any", "Assigned", "Unassigned"].contains(&status) {
        return Err(
            context.invalid("Value at 'assignmentStatus' failed to satisfy constraint: [Assigned, Unassigned, Any]")
        );
    }
    let account = context.account()?;
    let is_listed = |device: &&MfaDevice| device.kind == MfaKind::Virtual && status != "Unassigned";
    let root = account.root.mfa_devices.iter().filter(is_listed).map(|device| {
        shape! {
            "SerialNumber": serial_number(context, "root", device),
            "User": root::root_shape(context, account),
            "EnableDate": device.enabled_at,
        }
    });
    let users =
        account.users.iter().flat_map(|user| user.mfa_devices.iter().filter(is_listed).map(move |it| (user, it)));
    let users = users.map(|(user, device)| {
        shape! {
            "SerialNumber": serial_number(context, &user.name, device),
            "User": root::user_shape(context, user),
            "EnableDate": device.enabled_at,
        }
    });
    let (page, marker) = Page::of(context, PAGING)?.cut(root.chain(users));
    Ok(iam_page("VirtualMFADevices", page.into(), marker))
}

fn list_account_aliases(context: &mut Context<'_>) -> Reply {
    let (page, marker) = Page::of(context, PAGING)?.cut(context.account()?.alias.clone());
    Ok(iam_page("AccountAliases", page.into(), marker))
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOrganizationsFeatures.html>
fn list_organizations_features(context: &mut Context<'_>) -> Reply {
    let account: AccountId = context.account_id();
    let outside =
        || ServiceError::new(400, "OrganizationNotFoundException", "Your account is not a member of an organization.");
    let organization =
        context.world.organization.as_ref().filter(|_| context.account().is_ok_and(|it| !it.left_organization));
    let organization = organization.ok_or_else(outside)?;
    if !organization.administers(account, "iam.amazonaws.com") {
        let message = "The request was rejected because the account making the request is not the management account or \
                       delegated administrator account for centralized root access.";
        return Err(ServiceError::new(400, "AccountNotManagementOrDelegatedAdministratorException", message));
    }
    if !organization.trusted_services.contains("iam.amazonaws.com") {
        let message = "Trusted access for IAM is not enabled in the organization.";
        return Err(ServiceError::new(400, "ServiceAccessNotEnabledException", message));
    }
    let features: Vec<&str> = organization.features.iter().map(|feature| feature.name()).collect();
    Ok(shape! { "OrganizationId": &organization.id, "EnabledFeatures": features })
}
