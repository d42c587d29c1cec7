//! The first half of a run: from the listing to the facts of every account.

mod account;
mod owners;
mod topics;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt as _};
use futures::stream::{BoxStream, FuturesUnordered, StreamExt as _};
use rootsweep_model::{Account, AccountFacts, AccountId, Gap, GapKind};
use tokio::sync::mpsc::UnboundedSender;
use tokio_util::sync::CancellationToken;

use crate::selection::Selector;
use crate::{Checkpoint, Error, Event, Gather, Selection};

pub(crate) use account::WHOLE_ACCOUNT;

/// How much is done at once, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many accounts are read at once.
    pub concurrency: NonZeroUsize,
    /// How long one account may take. What takes longer is a gap.
    pub account_time_limit: Duration,
}

/// What the first half of a run brought.
#[derive(Debug)]
pub struct Gathered {
    /// The facts.
    pub checkpoint: Checkpoint,
    /// Accounts that were listed, and that the run did not come to before it was interrupted.
    pub unreached: Vec<Account>,
    /// Accounts that others are watched from: owners of trails and of the log groups that these deliver to.
    pub owners: BTreeSet<AccountId>,
    /// Why the list of accounts may be incomplete.
    pub listing: Option<Gap>,
    /// Whether the run was interrupted.
    pub interrupted: bool,
}

/// Lists the accounts and gathers the facts of each that the selection keeps and the checkpoint lacks.
///
/// Reading begins with the first page of the listing. Dropping nothing that was gathered, it ends early when `cancel`
/// is cancelled. `known` are accounts of the organization that its listing need not show: its management account and
/// delegated administrators.
///
/// It fails only where there is nothing to report: no account could be listed, the selection names what is not there,
/// or the checkpoint cannot be written.
pub async fn gather<G: Gather>(
    source: &Arc<G>,
    selection: Selection,
    known: &[AccountId],
    limits: Limits,
    checkpoint: Checkpoint,
    events: &UnboundedSender<Event>,
    cancel: &CancellationToken,
) -> Result<Gathered, Error> {
    let mut run = Run::new(source, selection, limits, checkpoint, events)?;
    let listed = cancel.run_until_cancelled(run.list_and_read()).await.transpose()?;
    if listed.is_none() {
        run.land()?;
        return run.close(true);
    }
    let elsewhere = async {
        run.ask_owners(known).await?;
        run.ask_topics(known).await
    };
    let asked = cancel.run_until_cancelled(elsewhere).await.transpose()?;
    run.close(asked.is_none())
}

/// A run under way.
struct Run<'a, G> {
    source: &'a Arc<G>,
    limits: Limits,
    events: &'a UnboundedSender<Event>,
    checkpoint: Checkpoint,
    selector: Selector,
    /// Accounts to read.
    queue: VecDeque<Account>,
    /// Accounts that are being read.
    in_flight: BTreeMap<AccountId, Account>,
    flights: FuturesUnordered<BoxFuture<'static, AccountFacts>>,
    /// Accounts that others are watched from.
    owners: BTreeSet<AccountId>,
    /// Topics that alarms and rules of other accounts act on, by the account that has them.
    topics: BTreeMap<AccountId, BTreeSet<String>>,
    /// The rest of the listing; absent after its end.
    pages: Option<BoxStream<'a, Result<Vec<Account>, Gap>>>,
    listing: Option<Gap>,
}

impl<'a, G: Gather> Run<'a, G> {
    fn new(
        source: &'a Arc<G>,
        selection: Selection,
        limits: Limits,
        checkpoint: Checkpoint,
        events: &'a UnboundedSender<Event>,
    ) -> Result<Self, Error> {
        let mut run = Self {
            source,
            limits,
            events,
            checkpoint,
            selector: Selector::new(selection),
            queue: VecDeque::new(),
            in_flight: BTreeMap::new(),
            flights: FuturesUnordered::new(),
            owners: BTreeSet::new(),
            topics: BTreeMap::new(),
            pages: Some(source.accounts()),
            listing: None,
        };
        let resumed: Vec<_> = run.checkpoint.accounts().collect();
        run.tell(Event::Resumed { accounts: resumed.len() });
        for id in resumed {
            let facts = run.checkpoint.read(id)?;
            if let Some(facts) = &facts {
                run.note_elsewhere(facts);
            }
        }
        Ok(run)
    }
}

impl<G: Gather> Run<'_, G> {
    /// Lists and reads until both are done. It keeps its state in `self` and can be dropped at any `await`.
    async fn list_and_read(&mut self) -> Result<(), Error> {
        loop {
            self.take_off();
            tokio::select! {
                Some(facts) = self.flights.next() => self.record(&facts)?,
                page = next_page(&mut self.pages), if self.pages.is_some() => self.list(page)?,
                else => return Ok(()),
            }
        }
    }

    /// Starts as many accounts as the limit allows.
    fn take_off(&mut self) {
        while self.flights.len() < self.limits.concurrency.get() {
            let Some(account) = self.queue.pop_front() else { return };
            self.tell(Event::Started(account.id));
            self.in_flight.insert(account.id, account.clone());
            let flight = account::gather_one(Arc::clone(self.source), account, self.limits.account_time_limit);
            self.flights.push(flight.boxed());
        }
    }

    fn record(&mut self, facts: &AccountFacts) -> Result<(), Error> {
        self.checkpoint.add_account(facts)?;
        self.in_flight.remove(&facts.account.id);
        self.note_elsewhere(facts);
        self.tell(Event::Finished { account_id: facts.account.id, gap: facts.session.gap().cloned() });
        Ok(())
    }

    /// Takes note of what an account's path leads to in others.
    fn note_elsewhere(&mut self, facts: &AccountFacts) {
        self.owners.extend(owners::of_account(facts));
        topics::want(&mut self.topics, facts.account.id, &facts.monitoring);
    }

    /// Takes a page of the listing, or its end.
    fn list(&mut self, page: Option<Result<Vec<Account>, Gap>>) -> Result<(), Error> {
        match page {
            Some(Ok(accounts)) => {
                let admitted = self.selector.admit(accounts);
                self.enqueue(admitted);
                Ok(())
            }
            Some(Err(gap)) => self.end_listing(Some(gap)),
            None => self.end_listing(None),
        }
    }

    fn end_listing(&mut self, gap: Option<Gap>) -> Result<(), Error> {
        self.pages = None;
        let (rest, gap) = self.selector.finish(gap)?;
        self.enqueue(rest);
        self.tell(Event::ListingEnded { gap: gap.clone() });
        self.listing = gap;
        Ok(())
    }

    fn enqueue(&mut self, accounts: Vec<Account>) {
        self.tell(Event::Listed { accounts: accounts.len() });
        self.queue.extend(accounts.into_iter().filter(|account| !self.checkpoint.contains(account.id)));
    }

    /// Records the accounts that had come home when the run was interrupted.
    fn land(&mut self) -> Result<(), Error> {
        while let Some(Some(facts)) = self.flights.next().now_or_never() {
            self.record(&facts)?;
        }
        Ok(())
    }

    fn tell(&self, event: Event) {
        // Whoever watched may have gone; the run does not depend on it.
        let _ = self.events.send(event);
    }

    fn close(mut self, interrupted: bool) -> Result<Gathered, Error> {
        if self.pages.take().is_some() {
            let (rest, gap) = self.selector.finish(Some(not_reached("organizations:ListAccounts")))?;
            self.queue.extend(rest);
            self.listing = gap;
        }
        Ok(Gathered {
            checkpoint: self.checkpoint,
            unreached: self.in_flight.into_values().chain(self.queue).collect(),
            owners: self.owners,
            listing: self.listing,
            interrupted,
        })
    }
}

/// Returns the next page, in a form that can be dropped and asked for again.
async fn next_page<T>(pages: &mut Option<BoxStream<'_, T>>) -> Option<T> {
    match pages {
        Some(pages) => pages.next().await,
        None => None,
    }
}

/// Makes the gap of what an interrupted run did not come to.
pub(crate) fn not_reached(call: &str) -> Gap {
    let message = "the run was interrupted before it came to this";
    Gap::new(GapKind::Interrupted, call, message, "run again with --resume to continue where it stopped")
}
