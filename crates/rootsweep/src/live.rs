//! AWS as the engine's source of facts.

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt as _;
use futures::stream::BoxStream;
use rootsweep_aws::Aws;
use rootsweep_engine::Gather;
use rootsweep_model::facts::{MonitoringFacts, Topic};
use rootsweep_model::{Account, AccountFacts, AccountId, Fact, Gap};

/// AWS, as the engine sees it.
pub(crate) struct Live(pub(crate) Aws);

impl Gather for Live {
    fn accounts(&self) -> BoxStream<'_, Result<Vec<Account>, Gap>> {
        self.0.accounts().map(|page| page.map_err(Gap::from)).boxed()
    }

    async fn gather(&self, account: Account) -> AccountFacts {
        // On the heap, since thousands of accounts are in flight as small tasks.
        Box::pin(self.0.gather(&account)).await
    }

    async fn gather_monitoring(&self, account: AccountId) -> Fact<MonitoringFacts> {
        self.0.gather_monitoring(account).await
    }

    async fn gather_topics(&self, account: AccountId, topics: BTreeSet<String>) -> BTreeMap<String, Fact<Topic>> {
        self.0.gather_topics(account, topics).await
    }
}
