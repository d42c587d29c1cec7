//! What an account itself tells of its root user's doings, where nothing else of it is wanted.

use futures::future;
use rootsweep_model::facts::{CredentialReport, RecordSource};
use rootsweep_model::{AccountId, Fact, Gap};

use crate::connect::Aws;
use crate::gather::{credential_report, regions, root};

impl Aws {
    /// Reads the root records in an account's Event history, and its credential report; fails where the account cannot be
    /// entered.
    pub async fn root_use(&self, account: AccountId) -> Result<(Vec<RecordSource>, Fact<CredentialReport>), Gap> {
        let entered = self.enter(account).await?;
        let session = entered.session();
        let looked_up = async {
            let (aliases, regions) = future::join(root::aliases(session), regions::enabled_regions(session)).await;
            self.looked_up(session, &aliases, &regions).await
        };
        let (records, report) = future::join(Box::pin(looked_up), Box::pin(credential_report::read(session))).await;
        Ok((records, report.into()))
    }
}
