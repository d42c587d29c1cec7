//! Root records of a log group that many accounts share: each goes to the account that it is about.
//!
//! An organization trail delivers the records of every member to one log group, and the account that owns the group reads
//! them. A record is judged in the account whose root user acted, not in the one that happened to keep it.

use std::collections::{BTreeMap, BTreeSet};

use rootsweep_model::facts::{RawRecord, RecordSource, RecordSourceKind, Trail};
use rootsweep_model::{AccountFacts, AccountId, Arn, Fact};
use serde::Deserialize;

use crate::{Error, Gathered};

/// The records that owners of log groups read, by account.
#[derive(Debug, Default)]
pub(super) struct SharedRecords {
    /// For each owner, its log-group sources: what each account has in them.
    by_owner: BTreeMap<AccountId, Vec<Shared>>,
}

/// One source of an owner, taken apart.
#[derive(Debug)]
struct Shared {
    region: String,
    records: Fact<BTreeMap<AccountId, Vec<RawRecord>>>,
}

/// The fields that say whose record it is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Whose {
    recipient_account_id: Option<AccountId>,
    user_identity: Option<Identity>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    account_id: Option<AccountId>,
}

impl SharedRecords {
    /// Takes the owners' sources apart. A record of no account of the run stays with the owner: it is never dropped.
    pub(super) fn collect(gathered: &Gathered) -> Result<Self, Error> {
        let swept: BTreeSet<AccountId> = gathered.checkpoint.accounts().collect();
        let mut by_owner = BTreeMap::new();
        for owner in &gathered.owners {
            if let Some(facts) = gathered.checkpoint.read(*owner)? {
                let sources = facts.records.into_iter().filter(|it| it.kind == RecordSourceKind::LogGroup);
                by_owner.insert(*owner, sources.map(|source| take_apart(source, *owner, &swept)).collect());
            }
        }
        Ok(Self { by_owner })
    }

    /// Puts the account's share in the place of what it read for others. An account takes its share once, and takes what
    /// is about it even where its own trails could not be read: nobody else would.
    pub(super) fn share(&mut self, facts: &mut AccountFacts) {
        let account = facts.account.id;
        if self.by_owner.contains_key(&account) {
            facts.records.retain(|source| source.kind != RecordSourceKind::LogGroup);
        }
        let owners = owners(facts, &self.by_owner);
        let sources =
            self.by_owner.iter_mut().flat_map(|(owner, sources)| sources.iter_mut().map(move |it| (owner, it)));
        let shares = sources.filter(|(owner, shared)| owners.contains(owner) || shared.is_about(account));
        facts.records.extend(shares.map(|(_, shared)| shared.take(account)));
    }
}

impl Shared {
    fn is_about(&self, account: AccountId) -> bool {
        self.records.known().is_ok_and(|records| records.contains_key(&account))
    }

    fn take(&mut self, account: AccountId) -> RecordSource {
        let records = match &mut self.records {
            Fact::Known(records) => Fact::Known(records.remove(&account).unwrap_or_default()),
            Fact::Gap(gap) => Fact::Gap(gap.clone()),
        };
        RecordSource { kind: RecordSourceKind::LogGroup, region: self.region.clone(), records }
    }
}

fn take_apart(source: RecordSource, owner: AccountId, swept: &BTreeSet<AccountId>) -> Shared {
    let records = source.records.map(|records| {
        let mut by_account: BTreeMap<AccountId, Vec<RawRecord>> = BTreeMap::new();
        for record in records {
            let account = whose(&record.json).filter(|account| swept.contains(account)).unwrap_or(owner);
            by_account.entry(account).or_default().push(record);
        }
        by_account
    });
    Shared { region: source.region, records }
}

fn whose(json: &str) -> Option<AccountId> {
    let whose: Whose = serde_json::from_str(json).ok()?;
    whose.recipient_account_id.or_else(|| whose.user_identity?.account_id)
}

/// Returns whose log groups the account's records are in: its own, and those that its organization trails deliver to.
fn owners(facts: &AccountFacts, by_owner: &BTreeMap<AccountId, Vec<Shared>>) -> BTreeSet<AccountId> {
    let mut owners: BTreeSet<AccountId> = by_owner.keys().copied().filter(|owner| *owner == facts.account.id).collect();
    let trails = facts.monitoring.trails.known().map(Vec::as_slice).unwrap_or_default();
    let of_organization = trails.iter().filter(|trail| trail.is_organization_trail == Some(true));
    owners.extend(of_organization.filter_map(log_group_owner).filter(|owner| by_owner.contains_key(owner)));
    owners
}

/// Returns the account of the log group that a trail delivers to.
fn log_group_owner(trail: &Trail) -> Option<AccountId> {
    trail.log_group_arn.as_deref().and_then(Arn::parse)?.account()
}
