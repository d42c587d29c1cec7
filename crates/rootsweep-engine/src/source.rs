//! Where facts come from: everything that the engine wants to know of AWS.

use std::collections::{BTreeMap, BTreeSet};

use futures::stream::BoxStream;
use rootsweep_model::facts::{MonitoringFacts, Topic};
use rootsweep_model::{Account, AccountFacts, AccountId, Fact, Gap};

/// Whoever can tell the facts of an organization's accounts.
pub trait Gather: Send + Sync + 'static {
    /// Lists the accounts, page by page. A page may be empty; after an error nothing more is asked for.
    fn accounts(&self) -> BoxStream<'_, Result<Vec<Account>, Gap>>;

    /// Gathers the facts of one account. It cannot fail: what could not be learnt is a gap in the facts.
    fn gather(&self, account: Account) -> impl Future<Output = AccountFacts> + Send;

    /// Gathers what listens for root events in an account of the organization that is not swept itself.
    fn gather_monitoring(&self, account: AccountId) -> impl Future<Output = Fact<MonitoringFacts>> + Send;

    /// Gathers topics of an account of the organization that other accounts' alarms and rules act on, by ARN.
    fn gather_topics(
        &self,
        account: AccountId,
        topics: BTreeSet<String>,
    ) -> impl Future<Output = BTreeMap<String, Fact<Topic>>> + Send;
}
