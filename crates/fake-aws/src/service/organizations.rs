//! AWS Organizations.

use super::paging::{Page, Paging};
use super::{Context, Operation, Reply};
use crate::error::ServiceError;
use crate::value::{Value, shape};
use crate::world::{Account, AccountFields, AccountId, Organization, OrganizationalUnit};

/// Organizations answers at most twenty items a page.
const PAGING: Paging = Paging { token: "NextToken", limit: "MaxResults", default: 20, max: 20 };

/// The operations of the service.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new("DescribeOrganization", describe_organization).differing("no policy types"),
    Operation::new("ListAccounts", list_accounts)
        .differing("an account that has left keeps its place, so that a page may be shorter"),
    Operation::new("DescribeAccount", describe_account),
    Operation::new("ListRoots", list_roots),
    Operation::new("ListOrganizationalUnitsForParent", list_units_for_parent),
    Operation::new("ListAccountsForParent", list_accounts_for_parent),
    Operation::new("ListDelegatedAdministrators", list_delegated_administrators),
    Operation::new("DescribeOrganizationalUnit", describe_unit),
];

/// The caller's organization, which any member may describe.
fn organization<'a>(context: &'a Context<'_>) -> Result<&'a Organization, ServiceError> {
    let outside = || {
        let message = "Your account is not a member of an organization.";
        ServiceError::new(400, "AWSOrganizationsNotInUseException", message)
    };
    if context.account()?.left_organization {
        return Err(outside());
    }
    context.world.organization.as_ref().ok_or_else(outside)
}

/// The caller's organization, for calls that only the management account and delegated administrators may make.
fn administered<'a>(context: &'a Context<'_>) -> Result<&'a Organization, ServiceError> {
    let organization = organization(context)?;
    if organization.may_read(context.account_id()) {
        Ok(organization)
    } else {
        Err(context.denied("You don't have permissions to access this resource."))
    }
}

fn describe_organization(context: &mut Context<'_>) -> Reply {
    let organization = organization(context)?;
    let (management, world) = (organization.management_account, &context.world);
    let details = shape! {
        "Id": &organization.id,
        "Arn": world.arn("organizations", "", management, &format!("organization/{}", organization.id)),
        "FeatureSet": "ALL",
        "MasterAccountArn": account_arn(context, organization, management),
        "MasterAccountId": management,
        "MasterAccountEmail": world.accounts.get(&management).map(|it| it.email.as_str()),
        "AvailablePolicyTypes": Vec::<Value>::new(),
    };
    Ok(shape! { "Organization": details })
}

fn account_arn(context: &Context<'_>, organization: &Organization, account: AccountId) -> String {
    let resource = format!("account/{}/{account}", organization.id);
    context.world.arn("organizations", "", organization.management_account, &resource)
}

fn account_shape(context: &Context<'_>, organization: &Organization, id: AccountId, account: &Account) -> Value {
    let fields = organization.account_fields;
    shape! {
        "Id": id,
        "Arn": account_arn(context, organization, id),
        "Email": &account.email,
        "Name": &account.name,
        "Status": (fields != AccountFields::State).then(|| account.state.status()),
        "State": (fields != AccountFields::Status).then(|| account.state.name()),
        "Paths": vec![format!("{}{id}/", organization.path_of(account.organizational_unit.as_deref()))],
        "JoinedMethod": account.joined_method.name(),
        "JoinedTimestamp": account.joined_at,
    }
}

/// Lists the accounts; an account that has left keeps its place, so that a page may be shorter than asked and none is skipped.
fn list_accounts(context: &mut Context<'_>) -> Reply {
    let organization = administered(context)?;
    let (page, token) = Page::of(context, PAGING)?.cut(&context.world.accounts);
    let present = page.into_iter().filter(|(_, account)| !account.left_organization);
    let accounts: Vec<Value> =
        present.map(|(id, account)| account_shape(context, organization, *id, account)).collect();
    Ok(shape! { "Accounts": accounts, "NextToken": token })
}

fn find_account<'a>(context: &'a Context<'_>, id: &str) -> Option<(AccountId, &'a Account)> {
    let id = id.parse().ok()?;
    let account = context.world.accounts.get(&id).filter(|it| !it.left_organization)?;
    Some((id, account))
}

fn describe_account(context: &mut Context<'_>) -> Reply {
    let organization = administered(context)?;
    let absent = || ServiceError::new(400, "AccountNotFoundException", "You specified an account that doesn't exist.");
    let (id, account) = find_account(context, context.required("AccountId")?).ok_or_else(absent)?;
    Ok(shape! { "Account": account_shape(context, organization, id, account) })
}

fn list_roots(context: &mut Context<'_>) -> Reply {
    let organization = administered(context)?;
    let resource = format!("root/{}/{}", organization.id, organization.root_id);
    let root = shape! {
        "Id": &organization.root_id,
        "Arn": context.world.arn("organizations", "", organization.management_account, &resource),
        "Name": "Root",
        "PolicyTypes": Vec::<Value>::new(),
    };
    let (roots, token) = Page::of(context, PAGING)?.cut([root]);
    Ok(shape! { "Roots": roots, "NextToken": token })
}

/// The unit of a parent id; `None` is the root itself.
fn parent<'a>(
    context: &Context<'_>,
    organization: &'a Organization,
) -> Result<Option<&'a OrganizationalUnit>, ServiceError> {
    let id = context.required("ParentId")?;
    if id == organization.root_id {
        return Ok(None);
    }
    let absent = || ServiceError::new(400, "ParentNotFoundException", "You specified a parent that doesn't exist.");
    organization.unit(id).map(Some).ok_or_else(absent)
}

fn unit_shape(context: &Context<'_>, organization: &Organization, unit: &OrganizationalUnit) -> Value {
    let resource = format!("ou/{}/{}", organization.id, unit.id);
    shape! {
        "Id": &unit.id,
        "Arn": context.world.arn("organizations", "", organization.management_account, &resource),
        "Name": &unit.name,
        "Path": organization.path_of(Some(&unit.id)),
    }
}

fn list_units_for_parent(context: &mut Context<'_>) -> Reply {
    let organization = administered(context)?;
    let parent = parent(context, organization)?.map(|unit| unit.id.as_str());
    let children = organization.organizational_units.iter().filter(|unit| unit.parent.as_deref() == parent);
    let (page, token) = Page::of(context, PAGING)?.cut(children);
    let units: Vec<Value> = page.into_iter().map(|unit| unit_shape(context, organization, unit)).collect();
    Ok(shape! { "OrganizationalUnits": units, "NextToken": token })
}

fn list_accounts_for_parent(context: &mut Context<'_>) -> Reply {
    let organization = administered(context)?;
    let parent = parent(context, organization)?.map(|unit| unit.id.as_str());
    let children =
        context.world.accounts.iter().filter(|(_, account)| account.organizational_unit.as_deref() == parent);
    let (page, token) = Page::of(context, PAGING)?.cut(children);
    let present = page.into_iter().filter(|(_, account)| !account.left_organization);
    let accounts: Vec<Value> =
        present.map(|(id, account)| account_shape(context, organization, *id, account)).collect();
    Ok(shape! { "Accounts": accounts, "NextToken": token })
}

fn describe_unit(context: &mut Context<'_>) -> Reply {
    let organization = administered(context)?;
    let absent =
        || ServiceError::new(400, "OrganizationalUnitNotFoundException", "You specified an OU that doesn't exist.");
    let unit = organization.unit(context.required("OrganizationalUnitId")?).ok_or_else(absent)?;
    Ok(shape! { "OrganizationalUnit": unit_shape(context, organization, unit) })
}

fn list_delegated_administrators(context: &mut Context<'_>) -> Reply {
    let organization = administered(context)?;
    let service = context.input().text("ServicePrincipal");
    let wanted =
        organization.delegated_administrators.iter().filter(|it| service.is_none_or(|name| name == it.service));
    let mut administrators: Vec<_> = wanted.collect();
    administrators.sort_by_key(|it| (it.account, it.since));
    administrators.dedup_by_key(|it| it.account);
    let (page, token) = Page::of(context, PAGING)?.cut(administrators);
    let administrator = |it: &crate::world::DelegatedAdministrator| {
        let account = context.world.accounts.get(&it.account)?;
        let mut shape = account_shape(context, organization, it.account, account);
        if let Value::Structure(members) = &mut shape {
            members.retain(|(name, _)| name != "Paths");
            members.push(("DelegationEnabledDate".into(), it.since.into()));
        }
        Some(shape)
    };
    let administrators: Vec<Value> = page.into_iter().filter_map(administrator).collect();
    Ok(shape! { "DelegatedAdministrators": administrators, "NextToken": token })
}
