//! Accounts that others are watched from: the owner of an organization trail, the account of its log group, the
//! account of the event bus that rules forward to.
//!
//! What a member's trail or rule names is written by whoever rules that member. A session is therefore opened only in
//! accounts that Organizations itself names: otherwise a rule that points at a stranger's account would have the sweep
//! present its external id there, and believe the answer.

use std::collections::BTreeSet;
use std::sync::Arc;

use rootsweep_model::facts::MonitoringFacts;
use rootsweep_model::{AccountFacts, AccountId, Arn, Fact, Gap, GapKind};

use super::{Run, account, topics};
use crate::{Error, Event, Gather};

impl<G: Gather> Run<'_, G> {
    /// Asks the accounts that others are watched from and that are not swept themselves, and whom these name in turn.
    pub(super) async fn ask_owners(&mut self, known: &[AccountId]) -> Result<(), Error> {
        let mut wanted = self.owners.clone();
        while let Some(owner) = wanted.pop_first() {
            self.owners.insert(owner);
            if self.checkpoint.contains(owner) {
                continue;
            }
            if self.checkpoint.owner(owner).is_none() {
                let monitoring = self.ask_owner(owner, known).await;
                self.checkpoint.add_owner(owner, monitoring)?;
            }
            if let Some(Ok(monitoring)) = self.checkpoint.owner(owner).map(Fact::known) {
                topics::want(&mut self.topics, owner, monitoring);
                wanted.extend(of_monitoring(monitoring).into_iter().filter(|id| !self.owners.contains(id)));
            }
        }
        Ok(())
    }

    /// Whether Organizations itself names an account.
    pub(super) fn is_of_organization(&self, account: AccountId, known: &[AccountId]) -> bool {
        self.selector.seen().contains(&account) || known.contains(&account)
    }

    async fn ask_owner(&self, owner: AccountId, known: &[AccountId]) -> Fact<MonitoringFacts> {
        if !self.is_of_organization(owner, known) {
            return Fact::Gap(stranger(owner));
        }
        self.tell(Event::AskingOwner(owner));
        account::gather_owner(Arc::clone(self.source), owner, self.limits.account_time_limit).await
    }
}

/// Returns the other accounts that an account is watched from.
pub(super) fn of_account(facts: &AccountFacts) -> BTreeSet<AccountId> {
    let mut owners = of_monitoring(&facts.monitoring);
    owners.remove(&facts.account.id);
    owners
}

fn of_monitoring(monitoring: &MonitoringFacts) -> BTreeSet<AccountId> {
    let trails = monitoring.trails.known().into_iter().flatten();
    let owners = trails
        .flat_map(|trail| [trail.owner, trail.log_group_arn.as_deref().and_then(Arn::parse).and_then(Arn::account)]);
    let rules = monitoring.event_rules.values().filter_map(|rules| rules.known().ok()).flatten();
    let targets = rules.filter_map(|rule| rule.targets.known().ok()).flatten();
    let buses = targets.filter_map(|target| Arn::parse(&target.arn)).filter(is_event_bus).map(Arn::account);
    owners.chain(buses).flatten().collect()
}

fn is_event_bus(arn: &Arn<'_>) -> bool {
    arn.service == "events" && arn.resource.starts_with("event-bus/")
}

fn stranger(owner: AccountId) -> Gap {
    Gap::new(
        GapKind::OutOfReach,
        "organizations:ListAccounts",
        format!("account {owner}, which receives its events, is not an account that Organizations names"),
        "find out whose account it is; Rootsweep enters only accounts of the organization",
    )
}
