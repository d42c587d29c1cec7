//! Which of the listed accounts are swept.

use std::collections::BTreeSet;

use rootsweep_model::{Account, AccountId, Gap, GapKind};

use crate::Error;

/// Which of the listed accounts are swept: all, or those named by id or by organizational unit, less the excluded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Accounts by id.
    pub accounts: BTreeSet<AccountId>,
    /// Organizational units (or the root) by id, each with everything below it.
    pub organizational_units: BTreeSet<String>,
    /// Accounts left out, whatever else names them.
    pub excluded: BTreeSet<AccountId>,
}

impl Selection {
    fn names_anything(&self) -> bool {
        !self.accounts.is_empty() || !self.organizational_units.is_empty()
    }

    fn keeps(&self, account: &Account) -> bool {
        let named = self.accounts.contains(&account.id)
            || account.ou_ids.iter().any(|id| self.organizational_units.contains(id));
        (named || !self.names_anything()) && !self.excluded.contains(&account.id)
    }
}

/// The selection at work on a listing.
///
/// Where accounts or organizational units are named, nothing is let through until each name was met once: a typing
/// error is then told before any account is entered.
pub(crate) struct Selector {
    selection: Selection,
    missing_accounts: BTreeSet<AccountId>,
    missing_units: BTreeSet<String>,
    seen: BTreeSet<AccountId>,
    held: Vec<Account>,
    kept: usize,
    unplaced: usize,
}

impl Selector {
    pub(crate) fn new(selection: Selection) -> Self {
        Self {
            missing_accounts: selection.accounts.clone(),
            missing_units: selection.organizational_units.clone(),
            selection,
            seen: BTreeSet::new(),
            held: Vec::new(),
            kept: 0,
            unplaced: 0,
        }
    }

    /// Takes a page of the listing, and returns the accounts that can be swept now.
    pub(crate) fn admit(&mut self, page: Vec<Account>) -> Vec<Account> {
        for account in page {
            // Pages can overlap when accounts are added while they are read.
            if !self.seen.insert(account.id) {
                continue;
            }
            self.missing_accounts.remove(&account.id);
            for id in &account.ou_ids {
                self.missing_units.remove(id);
            }
            if self.selection.keeps(&account) {
                self.held.push(account);
            } else if self.is_unplaced(&account) {
                self.unplaced += 1;
            }
        }
        if self.missing_accounts.is_empty() && self.missing_units.is_empty() { self.release() } else { Vec::new() }
    }

    /// Returns the ids of all accounts that were listed, the selection's or not.
    pub(crate) const fn seen(&self) -> &BTreeSet<AccountId> {
        &self.seen
    }

    /// Lets go what is still held, after the listing ended with `gap`, and returns the gap that the report shows.
    ///
    /// A listing that broke off does not prove that a name is wrong, so names are held to only where it is whole.
    pub(crate) fn finish(&mut self, gap: Option<Gap>) -> Result<(Vec<Account>, Option<Gap>), Error> {
        if let Some(gap) = gap {
            let rest = self.release();
            return if self.kept == 0 { Err(Error::Listing(gap.into())) } else { Ok((rest, Some(gap))) };
        }
        if !self.missing_accounts.is_empty() {
            return Err(Error::NotInOrganization(self.missing_accounts.iter().copied().collect()));
        }
        if !self.missing_units.is_empty() && self.unplaced == 0 {
            return Err(Error::EmptyOrganizationalUnit(self.missing_units.iter().cloned().collect()));
        }
        let rest = self.release();
        let gap = (self.unplaced > 0).then(|| unplaced(self.unplaced));
        match gap {
            Some(gap) if self.kept == 0 => Err(Error::Listing(gap.into())),
            None if self.kept == 0 => Err(Error::NothingSelected(self.why_empty())),
            gap => Ok((rest, gap)),
        }
    }

    /// Whether the selection goes by organizational unit and the account's is not known.
    fn is_unplaced(&self, account: &Account) -> bool {
        !self.selection.organizational_units.is_empty()
            && account.ou_ids.is_empty()
            && !self.selection.excluded.contains(&account.id)
    }

    fn release(&mut self) -> Vec<Account> {
        self.kept += self.held.len();
        std::mem::take(&mut self.held)
    }

    fn why_empty(&self) -> String {
        match self.seen.len() {
            0 => "no account was listed".to_owned(),
            _ if self.selection.names_anything() => "whatever is named is excluded as well".to_owned(),
            listed => format!("every one of the {listed} listed accounts is excluded"),
        }
    }
}

fn unplaced(accounts: usize) -> Gap {
    Gap::new(
        GapKind::OutOfReach,
        "organizations:ListAccountsForParent",
        format!("the organizational unit of {accounts} accounts could not be read, so they were left out"),
        "allow the organizations:List* calls of docs/caller-policy.json to the principal that runs the sweep",
    )
}
