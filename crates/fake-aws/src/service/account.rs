//! AWS Account Management.

use super::paging::{Page, Paging};
use super::{Context, Operation, Reply};
use crate::error::ServiceError;
use crate::value::{Value, shape};
use crate::world::AccountId;
use crate::world::region::OPT_IN_REGIONS;

/// The operations of the service.
pub(super) const OPERATIONS: &[Operation] =
    &[Operation::new("ListRegions", list_regions).differing("no Region is ever in between (`ENABLING`, `DISABLING`)")];

/// Lists the Regions of the caller's account, or of a member's.
///
/// Source: <https://docs.aws.amazon.com/accounts/latest/reference/API_ListRegions.html>
fn list_regions(context: &mut Context<'_>) -> Reply {
    let target = target(context)?;
    let wanted = context.input().texts("RegionOptStatusContains");
    let paging = Paging { token: "NextToken", limit: "MaxResults", default: 50, max: 50 };
    let status_of = |region: &&'static str| (*region, opt_status(context, target, region));
    let regions = context.world.default_regions().iter().chain(opt_in_regions(context));
    let mut regions: Vec<_> = regions.map(status_of).collect();
    regions.retain(|(_, status)| wanted.is_empty() || wanted.iter().any(|it| it == status));
    regions.sort_unstable();
    let (page, token) = Page::of(context, paging)?.cut(regions);
    let page: Vec<Value> =
        page.into_iter().map(|(name, status)| shape! { "RegionName": name, "RegionOptStatus": status }).collect();
    Ok(shape! { "Regions": page, "NextToken": token })
}

fn opt_in_regions(context: &Context<'_>) -> &'static [&'static str] {
    if context.world.partition() == "aws" { &OPT_IN_REGIONS } else { &[] }
}

fn opt_status(context: &Context<'_>, account: AccountId, region: &str) -> &'static str {
    if context.world.default_regions().contains(&region) {
        "ENABLED_BY_DEFAULT"
    } else if context.world.has_region(account, region) {
        "ENABLED"
    } else {
        "DISABLED"
    }
}

/// The account that the call is about: only an administrator may name another, and the management account may not name itself.
fn target(context: &Context<'_>) -> Result<AccountId, ServiceError> {
    let caller = context.account_id();
    let Some(named) = context.input().text("AccountId") else { return Ok(caller) };
    let named: AccountId = named.parse().map_err(|_| context.invalid("AccountId must be 12 digits"))?;
    let refused = || context.denied("User is not authorized to perform this operation on the specified account");
    let organization = context.world.organization.as_ref().ok_or_else(refused)?;
    let trusted = organization.trusted_services.contains("account.amazonaws.com");
    let administers = organization.administers(caller, "account.amazonaws.com");
    let member = context.world.accounts.get(&named).is_some_and(|it| !it.left_organization);
    if trusted && administers && member && named != organization.management_account {
        Ok(named)
    } else {
        Err(refused())
    }
}
