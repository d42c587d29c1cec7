//! An invented organization: what it answers follows from account ids and a plan of faults, never from chance.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::stream::{self, BoxStream, StreamExt as _};
use jiff::Timestamp;
use rootsweep_checks::CHECKS;
use rootsweep_engine::{Checkpoint, Context, Error, Event, Gather, Gathered, Header, Limits, Selection};
use rootsweep_model::facts::{AccountSummary, MonitoringFacts, OrganizationFacts, Topic, TopicAttributes, Trail};
use rootsweep_model::report::v1::Report;
use rootsweep_model::{Account, AccountFacts, AccountId, AccountState, Fact, Gap, GapKind, Partition};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// What goes wrong with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing: its facts come after so many milliseconds.
    After(u64),
    /// No session could be opened in it.
    Denied,
    /// Its summary could not be read.
    SummaryMalformed,
    /// Gathering panics.
    Panics,
    /// Gathering never ends.
    Hangs,
}

/// How the listing ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listing {
    Whole,
    BreaksOffAfter(usize),
}

/// An invented organization.
#[derive(Debug)]
pub(crate) struct Invented {
    pub(crate) pages: Vec<Vec<Account>>,
    pub(crate) listing: Listing,
    pub(crate) faults: BTreeMap<AccountId, Fault>,
    /// Trails of an account, by their owner and the account of their log group.
    pub(crate) trails: BTreeMap<AccountId, (AccountId, AccountId)>,
    /// Topics that an account's rules act on.
    pub(crate) topics: BTreeMap<AccountId, Vec<String>>,
    /// Accounts that were read, in order.
    pub(crate) read: Mutex<Vec<AccountId>>,
    /// Accounts that were asked for their monitoring alone.
    pub(crate) asked: Mutex<BTreeSet<AccountId>>,
    /// Topics that were asked for others' sake, by their account, in order.
    pub(crate) topics_asked: Mutex<Vec<(AccountId, BTreeSet<String>)>>,
}

pub(crate) fn id(number: usize) -> AccountId {
    format!("{:012}", 111_111_111_111 + number).parse().expect("twelve digits")
}

pub(crate) fn account(number: usize) -> Account {
    Account {
        id: id(number),
        name: format!("account-{number}"),
        state: AccountState::Active,
        ou_path: Some("Root/Workloads".to_owned()),
        ou_ids: vec!["r-ab12".to_owned(), format!("ou-ab12-{:08}", number % 3)],
        is_management: number == 0,
    }
}

pub(crate) fn gap(kind: GapKind, call: &str) -> Gap {
    Gap::new(kind, call, "invented", "none: it is invented")
}

impl Invented {
    /// Makes an organization of healthy accounts, on pages of `page` with an empty page after each.
    pub(crate) fn of(accounts: usize, page: usize) -> Self {
        let all: Vec<Account> = (0..accounts).map(account).collect();
        let pages = all.chunks(page.max(1)).flat_map(|page| [page.to_vec(), Vec::new()]).collect();
        Self {
            pages,
            listing: Listing::Whole,
            faults: BTreeMap::new(),
            trails: BTreeMap::new(),
            topics: BTreeMap::new(),
            topics_asked: Mutex::default(),
            read: Mutex::default(),
            asked: Mutex::default(),
        }
    }

    pub(crate) fn with(mut self, number: usize, fault: Fault) -> Self {
        self.faults.insert(id(number), fault);
        self
    }

    fn facts(&self, account: Account, fault: Fault) -> AccountFacts {
        let id = account.id;
        let mut facts = AccountFacts::unreachable(account, &gap(GapKind::NotSupported, "iam:Invented"));
        facts.session = Fact::Known(format!("arn:aws:sts::{id}:assumed-role/rootsweep-audit/rootsweep"));
        facts.root.summary = match fault {
            Fault::SummaryMalformed => Fact::Gap(gap(GapKind::MalformedAnswer, "iam:GetAccountSummary")),
            _ => Fact::Known(AccountSummary {
                mfa_enabled: Some(i32::from(id.to_string().ends_with(['2', '4', '6']))),
                access_keys_present: Some(i32::from(id.to_string().ends_with('7'))),
                signing_certificates_present: Some(0),
                password_present: None,
            }),
        };
        facts.monitoring = self.monitoring(id);
        facts
    }

    fn monitoring(&self, id: AccountId) -> MonitoringFacts {
        let mut monitoring = MonitoringFacts::unreachable(&gap(GapKind::NotSupported, "cloudtrail:Invented"));
        monitoring.trails = Fact::Known(self.trails.get(&id).map(|owners| trail(*owners)).into_iter().collect());
        let named = self.topics.get(&id).into_iter().flatten();
        monitoring.topics = named.map(|arn| (arn.clone(), topic(id, arn))).collect();
        monitoring
    }
}

/// The topic as its own account reads it; out of reach for any other.
fn topic(reader: AccountId, arn: &str) -> Fact<Topic> {
    if arn.contains(&reader.to_string()) {
        let attributes = Fact::Known(TopicAttributes::default());
        Fact::Known(Topic { arn: arn.to_owned(), subscriptions: Vec::new(), attributes })
    } else {
        Fact::Gap(gap(GapKind::OutOfReach, "sns:Invented"))
    }
}

fn trail((owner, log_group_account): (AccountId, AccountId)) -> Trail {
    Trail {
        arn: format!("arn:aws:cloudtrail:us-east-1:{owner}:trail/organization"),
        name: "organization".to_owned(),
        owner: Some(owner),
        home_region: Some("us-east-1".to_owned()),
        is_multi_region: Some(true),
        is_organization_trail: Some(true),
        includes_global_service_events: Some(true),
        log_group_arn: Some(format!("arn:aws:logs:us-east-1:{log_group_account}:log-group:trail")),
        status: None,
        selectors: None,
    }
}

impl Gather for Invented {
    fn accounts(&self) -> BoxStream<'_, Result<Vec<Account>, Gap>> {
        let whole = match self.listing {
            Listing::Whole => self.pages.len(),
            Listing::BreaksOffAfter(pages) => pages,
        };
        let pages = self.pages.iter().take(whole).cloned().map(Ok);
        let broken =
            (self.listing != Listing::Whole).then_some(Err(gap(GapKind::Throttled, "organizations:ListAccounts")));
        // Between two pages the accounts of the first are read.
        stream::iter(pages.chain(broken))
            .then(async |page| (tokio::time::sleep(Duration::from_millis(3)).await, page).1)
            .boxed()
    }

    async fn gather(&self, account: Account) -> AccountFacts {
        self.read.lock().expect("no panic while held").push(account.id);
        let fault = self.faults.get(&account.id).copied().unwrap_or(Fault::After(1));
        match fault {
            Fault::After(milliseconds) => tokio::time::sleep(Duration::from_millis(milliseconds)).await,
            Fault::Panics => panic!("invented panic in {}", account.id),
            Fault::Hangs => std::future::pending().await,
            Fault::Denied => return AccountFacts::unreachable(account, &gap(GapKind::NoSession, "sts:AssumeRole")),
            Fault::SummaryMalformed => {}
        }
        self.facts(account, fault)
    }

    async fn gather_monitoring(&self, account: AccountId) -> Fact<MonitoringFacts> {
        self.asked.lock().expect("no panic while held").insert(account);
        match self.faults.get(&account) {
            Some(Fault::Denied) => Fact::Gap(gap(GapKind::NoSession, "sts:AssumeRole")),
            Some(Fault::Panics) => panic!("invented panic in {account}"),
            _ => Fact::Known(self.monitoring(account)),
        }
    }

    async fn gather_topics(&self, account: AccountId, topics: BTreeSet<String>) -> BTreeMap<String, Fact<Topic>> {
        self.topics_asked.lock().expect("no panic while held").push((account, topics.clone()));
        assert_ne!(self.faults.get(&account), Some(&Fault::Panics), "invented panic in {account}");
        topics.into_iter().map(|arn| (arn.clone(), topic(account, &arn))).collect()
    }
}

pub(crate) fn started_at() -> Timestamp {
    "2026-11-20T03:00:00Z".parse().expect("a time")
}

pub(crate) fn options() -> BTreeMap<String, String> {
    BTreeMap::from([("role-name".to_owned(), "rootsweep-audit".to_owned())])
}

pub(crate) fn header() -> Header {
    let window_start = "2026-11-19T03:00:00Z".parse().expect("a time");
    Header::new("run-1", started_at(), window_start, options())
}

pub(crate) fn limits(concurrency: usize) -> Limits {
    let concurrency = NonZeroUsize::new(concurrency).expect("not zero");
    Limits { concurrency, account_time_limit: Duration::from_mins(1) }
}

/// A sweep of an invented organization, as a test wants it.
pub(crate) struct Sweep {
    pub(crate) selection: Selection,
    pub(crate) concurrency: usize,
    pub(crate) checkpoint: Checkpoint,
    pub(crate) cancel: CancellationToken,
    pub(crate) known: Vec<AccountId>,
}

impl Default for Sweep {
    fn default() -> Self {
        Self {
            selection: Selection::default(),
            concurrency: 8,
            checkpoint: Checkpoint::temporary(header()).expect("a temporary file"),
            cancel: CancellationToken::new(),
            known: Vec::new(),
        }
    }
}

impl Sweep {
    pub(crate) fn at(concurrency: usize) -> Self {
        Self { concurrency, ..Self::default() }
    }

    pub(crate) fn into(path: &Path) -> Self {
        Self { checkpoint: Checkpoint::create(path, header()).expect("a new checkpoint"), ..Self::default() }
    }

    pub(crate) async fn run(self, invented: &Arc<Invented>) -> Result<(Gathered, Vec<Event>), Error> {
        let (events, mut received) = mpsc::unbounded_channel();
        let gathered = rootsweep_engine::gather(
            invented,
            self.selection,
            &self.known,
            limits(self.concurrency),
            self.checkpoint,
            &events,
            &self.cancel,
        );
        let gathered = gathered.await?;
        drop(events);
        let mut told = Vec::new();
        while let Some(event) = received.recv().await {
            told.push(event);
        }
        Ok((gathered, told))
    }

    /// Runs to the report, on a clock that jumps to the next thing that happens.
    pub(crate) fn report(self, invented: Invented) -> Report {
        runtime().block_on(async { judged(&self.run(&Arc::new(invented)).await.expect("a report").0) })
    }
}

/// A runtime whose clock stands still while something can be done, and jumps otherwise.
pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime")
}

pub(crate) fn organization() -> OrganizationFacts {
    OrganizationFacts {
        id: Some("o-exampleorgid".to_owned()),
        management_account_id: Some(id(0)),
        partition: Partition::Aws,
        caller_account_id: id(0),
        caller_arn: format!("arn:aws:iam::{}:role/security", id(0)),
        root_features: Fact::Known(Vec::new()),
        delegated_administrators: Fact::Known(Vec::new()),
    }
}

pub(crate) fn judged(gathered: &Gathered) -> Report {
    let organization = organization();
    let context = Context {
        checks: CHECKS,
        organization: &organization,
        exceptions: &[],
        expected_uses: &[],
        version: "0.0.0",
        finished_at: started_at(),
    };
    rootsweep_engine::judge(gathered, &context).expect("a checkpoint that can be read back")
}
