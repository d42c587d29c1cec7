//! Topics in another account than the alarm or the rule that acts on them: a central one, which the whole organization
//! publishes to. Each is read once, in its own account.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rootsweep_model::facts::{MonitoringFacts, Topic};
use rootsweep_model::{AccountId, Arn, Fact};

use super::{Run, account};
use crate::{Error, Event, Gather};

/// Takes note of the topics of other accounts that an account's alarms and rules act on.
pub(super) fn want(
    topics: &mut BTreeMap<AccountId, BTreeSet<String>>,
    account: AccountId,
    monitoring: &MonitoringFacts,
) {
    for arn in monitoring.topics.keys() {
        if let Some(owner) = Arn::parse(arn).and_then(Arn::account).filter(|owner| *owner != account) {
            topics.entry(owner).or_default().insert(arn.clone());
        }
    }
}

impl<G: Gather> Run<'_, G> {
    /// Reads the topics that others act on. What a stranger has is not read: a session is opened only in accounts that
    /// Organizations itself names.
    pub(super) async fn ask_topics(&mut self, known: &[AccountId]) -> Result<(), Error> {
        for (account, wanted) in std::mem::take(&mut self.topics) {
            if !self.is_of_organization(account, known) {
                continue;
            }
            let mut topics = self.topics_read(account, &wanted)?;
            let missing: BTreeSet<_> = wanted.into_iter().filter(|arn| !topics.contains_key(arn)).collect();
            if !missing.is_empty() {
                self.tell(Event::AskingOwner(account));
                let source = Arc::clone(self.source);
                topics.extend(account::gather_topics(source, account, missing, self.limits.account_time_limit).await);
            }
            self.checkpoint.add_topics(account, topics)?;
        }
        Ok(())
    }

    /// Returns those of the wanted topics that were read before: with the account, for others' sake, or in a run that this
    /// one continues.
    fn topics_read(
        &self,
        account: AccountId,
        wanted: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, Fact<Topic>>, Error> {
        let mut topics = self.checkpoint.read(account)?.map(|facts| facts.monitoring.topics).unwrap_or_default();
        topics.retain(|arn, _| wanted.contains(arn));
        let asked = self.checkpoint.owner(account).and_then(|fact| fact.known().ok()).map(|it| &it.topics);
        let resumed = self.checkpoint.topics().get(&account);
        let known = [asked, resumed].into_iter().flatten().flatten().filter(|(arn, _)| wanted.contains(*arn));
        topics.extend(known.map(|(arn, topic)| (arn.clone(), topic.clone())));
        Ok(topics)
    }
}
