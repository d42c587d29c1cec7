//! What is known of the organization before its accounts are listed.

use aws_sdk_organizations::operation::describe_organization::DescribeOrganizationError as E;
use futures::future;
use rootsweep_model::facts::OrganizationFacts;
use rootsweep_model::{AccountId, Fact, Gap, GapKind, Partition};

use crate::calls::{DESCRIBE_ORGANIZATION, LIST_DELEGATED_ADMINISTRATORS, LIST_ORGANIZATIONS_FEATURES};
use crate::error::Error;
use crate::gap::missing;
use crate::options::Options;
use crate::page::all_pages;
use crate::session::Session;

/// Describes the organization of the caller, or the caller's account alone where that was asked for.
pub(crate) async fn describe(
    caller: &Session,
    partition: Partition,
    options: &Options,
) -> Result<OrganizationFacts, Error> {
    let alone = || {
        Gap::new(
            GapKind::OutOfReach,
            DESCRIBE_ORGANIZATION.action,
            "the account is swept alone",
            "leave out --single-account, or sweep from an account of the organization",
        )
    };
    let (organization, root_features, delegated_administrators) = if options.single_account {
        (None, Fact::Gap(alone()), Fact::Gap(alone()))
    } else {
        let (organization, features, administrators) = future::join3(
            Box::pin(organization(caller)),
            Box::pin(root_features(caller)),
            Box::pin(delegated_administrators(caller)),
        )
        .await;
        if let Some(organization) = organization? {
            (Some(organization), features.into(), administrators.into())
        } else {
            tracing::warn!(account = %caller.account, "the account is in no organization, and is swept alone");
            (None, Fact::Gap(alone()), Fact::Gap(alone()))
        }
    };
    Ok(OrganizationFacts {
        id: organization.as_ref().map(|it| it.id.clone()),
        management_account_id: organization.as_ref().and_then(|it| it.management_account_id),
        partition,
        caller_account_id: caller.account,
        caller_arn: caller.arn.clone(),
        root_features,
        delegated_administrators,
    })
}

struct Organization {
    id: String,
    management_account_id: Option<AccountId>,
}

/// Describes the caller's organization; `None` where its account is in none.
async fn organization(caller: &Session) -> Result<Option<Organization>, Error> {
    let client = caller.organizations(caller.region());
    // Being in no organization is an answer here, not a failed call.
    let send = || async {
        match client.describe_organization().send().await {
            Err(error) if error.as_service_error().is_some_and(E::is_aws_organizations_not_in_use_exception) => {
                Ok(None)
            }
            other => other.map(Some),
        }
    };
    let answer = caller.call(DESCRIBE_ORGANIZATION, None, send).await.map_err(|gap| match gap.kind {
        GapKind::AccessDenied => Error::NotPermitted { account: caller.account, gap: Box::new(gap) },
        _ => Error::of_gap(gap, "AWS Organizations"),
    })?;
    let Some(answer) = answer else { return Ok(None) };
    let described = answer.organization.ok_or_else(|| Error::call(missing(&DESCRIBE_ORGANIZATION, "Organization")))?;
    let management_account_id = described.master_account_id.and_then(|id| id.parse().ok());
    let id = described.id.ok_or_else(|| Error::call(missing(&DESCRIBE_ORGANIZATION, "Organization.Id")))?;
    Ok(Some(Organization { id, management_account_id }))
}

async fn root_features(caller: &Session) -> Result<Vec<String>, Gap> {
    let client = caller.iam(caller.region());
    let send = || client.list_organizations_features().send();
    let answer = caller.call(LIST_ORGANIZATIONS_FEATURES, None, send).await?;
    let features = answer.enabled_features.ok_or_else(|| missing(&LIST_ORGANIZATIONS_FEATURES, "EnabledFeatures"))?;
    let mut names: Vec<String> = features.iter().map(|feature| feature.as_str().to_owned()).collect();
    names.sort_unstable();
    Ok(names)
}

async fn delegated_administrators(caller: &Session) -> Result<Vec<AccountId>, Gap> {
    let client = &caller.organizations(caller.region());
    let listed = all_pages(LIST_DELEGATED_ADMINISTRATORS, |token| async move {
        let send = || client.list_delegated_administrators().set_next_token(token.clone()).send();
        let answer = caller.call(LIST_DELEGATED_ADMINISTRATORS, None, send).await?;
        let page = answer.delegated_administrators;
        Ok((page.ok_or_else(|| missing(&LIST_DELEGATED_ADMINISTRATORS, "DelegatedAdministrators"))?, answer.next_token))
    })
    .await?;
    let mut administrators: Vec<AccountId> =
        listed.iter().filter_map(|administrator| administrator.id.as_deref()?.parse().ok()).collect();
    administrators.sort_unstable();
    administrators.dedup();
    Ok(administrators)
}
