//! The accounts of the organization, page by page.

use std::collections::BTreeSet;

use aws_sdk_organizations::types::{Account as Listed, AccountState as AccountStateName, AccountStatus};
use futures::{Stream, stream};
use rootsweep_model::{Account, AccountId, AccountState, Gap, GapKind};

use crate::calls::LIST_ACCOUNTS;
use crate::connect::Aws;
use crate::error::Error;
use crate::gap::{malformed, missing};
use crate::page::PageGuard;

/// What is asked for next.
enum Next {
    First,
    Page(String),
    Nothing,
}

/// Where a listing stands.
struct Listing {
    guard: PageGuard,
    seen: BTreeSet<AccountId>,
    next: Next,
}

impl Aws {
    /// Lists the accounts page by page, each account once; the caller's own where it is swept alone. A page may be empty.
    /// Nothing follows an error.
    pub fn accounts(&self) -> impl Stream<Item = Result<Vec<Account>, Error>> + Send + '_ {
        let listing = Listing { guard: PageGuard::new(LIST_ACCOUNTS), seen: BTreeSet::new(), next: Next::First };
        stream::try_unfold(listing, move |mut listing| async move {
            let token = match std::mem::replace(&mut listing.next, Next::Nothing) {
                Next::First => None,
                Next::Page(token) => Some(token),
                Next::Nothing => return Ok(None),
            };
            // The account is in no organization, or the run was told to leave it aside.
            if self.organization().id.is_none() {
                return Ok(Some((vec![self.own_account()], listing)));
            }
            let (page, token) = self.account_page(token).await?;
            let next = listing.guard.next(page.len(), token);
            listing.next = next.map_err(Error::call)?.map_or(Next::Nothing, Next::Page);
            let mut accounts = Vec::with_capacity(page.len());
            for listed in page {
                let account = self.account(listed).await?;
                // Pages overlap where accounts are made while they are listed.
                if listing.seen.insert(account.id) {
                    accounts.push(account);
                }
            }
            Ok(Some((accounts, listing)))
        })
    }

    async fn account_page(&self, token: Option<String>) -> Result<(Vec<Listed>, Option<String>), Error> {
        let client = self.caller.organizations(self.caller.region());
        let send = || client.list_accounts().set_next_token(token.clone()).send();
        let answer = self.caller.call(LIST_ACCOUNTS, None, send).await.map_err(|gap| self.listing_failed(gap))?;
        let accounts = answer.accounts.ok_or_else(|| Error::call(missing(&LIST_ACCOUNTS, "Accounts")))?;
        Ok((accounts, answer.next_token))
    }

    fn listing_failed(&self, gap: Gap) -> Error {
        match gap.kind {
            GapKind::AccessDenied => Error::NotPermitted { account: self.caller.account, gap: Box::new(gap) },
            _ => Error::of_gap(gap, "AWS Organizations"),
        }
    }

    async fn account(&self, listed: Listed) -> Result<Account, Error> {
        let text = listed.id.clone().unwrap_or_default();
        let id: AccountId = text.parse().map_err(|error| Error::call(malformed(&LIST_ACCOUNTS, format!("{error}"))))?;
        let ou_ids = self.ou_ids(id, listed.paths()).await;
        let ou_path = match self.units.tree(&self.caller).await {
            Ok(tree) => tree.path(&ou_ids),
            Err(_) => None,
        };
        Ok(Account {
            id,
            state: state(&listed),
            name: listed.name.filter(|name| !name.is_empty()).unwrap_or(text),
            // No report shows the root user's address, and a checkpoint on a disk is no place for it.
            ou_path,
            ou_ids,
            is_management: self.organization.management_account_id == Some(id),
        })
    }

    async fn ou_ids(&self, id: AccountId, paths: &[String]) -> Vec<String> {
        if let Some(path) = paths.first() {
            return ids_of_path(path);
        }
        let Some(places) = self.units.places(&self.caller, self.options.place_accounts).await else {
            return Vec::new();
        };
        match (places.get(&id), self.units.tree(&self.caller).await) {
            (Some(unit), Ok(tree)) => tree.ids_down_to(unit),
            _ => Vec::new(),
        }
    }

    /// Returns the caller's own account, as far as it is known without an organization.
    pub fn own_account(&self) -> Account {
        Account {
            id: self.caller.account,
            name: self.caller.account.to_string(),
            state: AccountState::Active,
            ou_path: None,
            ou_ids: Vec::new(),
            is_management: false,
        }
    }
}

/// Takes the units out of `o-…/r-…/ou-…/account/`.
fn ids_of_path(path: &str) -> Vec<String> {
    path.split('/').filter(|part| part.starts_with("r-") || part.starts_with("ou-")).map(str::to_owned).collect()
}

/// Reads `State`, and the retired `Status` only where `State` is absent.
fn state(listed: &Listed) -> AccountState {
    let word = listed.state.as_ref().map(AccountStateName::as_str);
    match word.or_else(|| listed.status.as_ref().map(AccountStatus::as_str)) {
        Some("ACTIVE") => AccountState::Active,
        Some("SUSPENDED") => AccountState::Suspended,
        Some("PENDING_ACTIVATION") => AccountState::PendingActivation,
        Some("PENDING_CLOSURE") => AccountState::PendingClosure,
        Some("CLOSED") => AccountState::Closed,
        _ => AccountState::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_organizations::types::{AccountState as State, AccountStatus as Status};

    use super::*;

    #[test]
    fn a_path_gives_the_units_from_the_root_down() {
        assert_eq!(ids_of_path("o-a1/r-b2/ou-b2-c3/ou-b2-d4/111122223333/"), ["r-b2", "ou-b2-c3", "ou-b2-d4"]);
        assert_eq!(ids_of_path(""), Vec::<String>::new());
    }

    /// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_account_state.html>: a closed
    /// account keeps the old status `SUSPENDED`.
    #[test]
    fn the_state_goes_before_the_retired_status() {
        let listed = |state, status| Listed::builder().set_state(state).set_status(status).build();
        assert_eq!(state(&listed(Some(State::Closed), Some(Status::Suspended))), AccountState::Closed);
        assert_eq!(state(&listed(None, Some(Status::Suspended))), AccountState::Suspended);
        assert_eq!(state(&listed(Some(State::from("FROZEN")), Some(Status::Active))), AccountState::Unknown);
        assert_eq!(state(&listed(None, None)), AccountState::Unknown);
    }
}
