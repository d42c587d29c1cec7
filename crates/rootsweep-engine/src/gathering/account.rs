//! One account, kept apart from all others: its time limit and its panic are its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use rootsweep_model::facts::{MonitoringFacts, Topic};
use rootsweep_model::{Account, AccountFacts, AccountId, Fact, Gap, GapKind};
use tokio::task::{JoinError, JoinHandle};
use tokio_util::task::AbortOnDropHandle;

use super::not_reached;
use crate::Gather;
use crate::defect::defect;

/// What a gap names where it is no single call's: everything that the sweep does with the account.
pub(crate) const WHOLE_ACCOUNT: &str = "rootsweep";

/// Gathers the facts of one account, within the time limit.
pub(super) async fn gather_one<G: Gather>(source: Arc<G>, account: Account, limit: Duration) -> AccountFacts {
    let asked = account.clone();
    let task = tokio::spawn(async move { tokio::time::timeout(limit, source.gather(asked)).await.ok() });
    match outcome(task, limit).await {
        // The listing has the last word on which account this is.
        Fact::Known(facts) => AccountFacts { account, ..facts },
        Fact::Gap(gap) => AccountFacts::unreachable(account, &gap),
    }
}

/// Gathers what listens in an account outside of the sweep, within the time limit.
pub(super) async fn gather_owner<G: Gather>(
    source: Arc<G>,
    owner: AccountId,
    limit: Duration,
) -> Fact<MonitoringFacts> {
    let task = tokio::spawn(async move { tokio::time::timeout(limit, source.gather_monitoring(owner)).await.ok() });
    match outcome(task, limit).await {
        Fact::Known(answer) => answer,
        Fact::Gap(gap) => Fact::Gap(gap),
    }
}

/// Gathers topics that others act on in their own account, within the time limit.
pub(super) async fn gather_topics<G: Gather>(
    source: Arc<G>,
    account: AccountId,
    topics: BTreeSet<String>,
    limit: Duration,
) -> BTreeMap<String, Fact<Topic>> {
    let asked = topics.clone();
    let task =
        tokio::spawn(async move { tokio::time::timeout(limit, source.gather_topics(account, asked)).await.ok() });
    match outcome(task, limit).await {
        Fact::Known(answers) => answers,
        Fact::Gap(gap) => topics.into_iter().map(|topic| (topic, Fact::Gap(gap.clone()))).collect(),
    }
}

/// Waits for a task, which ends when nobody waits for it any more.
async fn outcome<T>(task: JoinHandle<Option<T>>, limit: Duration) -> Fact<T> {
    match AbortOnDropHandle::new(task).await {
        Ok(Some(answer)) => Fact::Known(answer),
        Ok(None) => Fact::Gap(timed_out(limit)),
        Err(error) => Fact::Gap(ended_early(error)),
    }
}

fn timed_out(limit: Duration) -> Gap {
    let span = SignedDuration::try_from(limit).unwrap_or(SignedDuration::MAX);
    Gap::new(
        GapKind::TimedOut,
        WHOLE_ACCOUNT,
        format!("the account was given up after {span:#}, before all its calls were answered"),
        "run again, with a longer --account-time-limit or fewer accounts at once (--concurrency)",
    )
}

fn ended_early(error: JoinError) -> Gap {
    match error.try_into_panic() {
        Ok(payload) => defect("gathering", payload.as_ref()),
        // Nothing aborts a task that is waited for but the end of the program.
        Err(_aborted) => not_reached(WHOLE_ACCOUNT),
    }
}
