//! The second half of a run: from the facts of every account to the report. Nothing here touches the network or a clock.

mod activity;
mod alarms;
pub(crate) mod changes;
mod coverage;
mod exceptions;
mod rows;
mod shared_records;
pub(crate) mod transition;

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rootsweep_checks::{Check, Found, Subject};
use rootsweep_model::exception::{ExpectedUse, RowException};
use rootsweep_model::facts::{MonitoringFacts, OrganizationFacts};
use rootsweep_model::report::v1::{self, Report, Row, Run};
use rootsweep_model::{Account, AccountFacts, AccountId, Fact, Gap, GapKind};
use rootsweep_triage::Settings;

use crate::gathering::{WHOLE_ACCOUNT, not_reached};
use crate::{Error, Gathered};
use alarms::Alarms;
use exceptions::Exceptions;
use shared_records::SharedRecords;

/// What the facts are judged with.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The checks, in the order of the report.
    pub checks: &'a [&'a dyn Check],
    /// The organization, and who swept it.
    pub organization: &'a OrganizationFacts,
    /// Rows that somebody carries.
    pub exceptions: &'a [RowException],
    /// Root use that is expected.
    pub expected_uses: &'a [ExpectedUse],
    /// The version of the program.
    pub version: &'a str,
    /// When gathering ended.
    pub finished_at: Timestamp,
}

/// Judges what was gathered: one row for every account and check.
///
/// The same facts give the same report, in whatever order they were gathered. It fails only where the checkpoint cannot
/// be read back.
pub fn judge(gathered: &Gathered, context: &Context<'_>) -> Result<Report, Error> {
    let now = gathered.checkpoint.header().started_at;
    let triage = Settings { expected_uses: context.expected_uses.to_vec(), ..Settings::new(now) };
    let judging = Judging { gathered, context, monitoring: monitoring_of_owners(gathered)?, triage };
    let today = now.to_zoned(TimeZone::UTC).date();
    let mut exceptions = Exceptions::new(context.exceptions, today);
    let mut report = judging.empty_report();
    let accounts = judging.accounts();
    report.rows.reserve_exact(accounts.len() * context.checks.len());
    let mut alarms = Alarms::default();
    let mut shared = SharedRecords::collect(gathered)?;
    for facts in judging.facts(&accounts) {
        let mut facts = facts?;
        shared.share(&mut facts);
        judging.add_account(facts, &mut exceptions, &mut alarms, &mut report)?;
    }
    report.alarms = alarms.explain();
    activity::sort(&mut report.episodes);
    report.coverage = coverage::coverage(&report.rows, gathered.listing.clone());
    report.counts = coverage::counts(&report.rows);
    report.exceptions = exceptions.status();
    report.exceptions.extend(exceptions::expired_uses(context.expected_uses, today));
    Ok(report)
}

struct Judging<'a> {
    gathered: &'a Gathered,
    context: &'a Context<'a>,
    monitoring: BTreeMap<AccountId, Cow<'a, MonitoringFacts>>,
    triage: Settings,
}

impl Judging<'_> {
    /// Returns every account by its id, and what is known of those that were not reached.
    fn accounts(&self) -> BTreeMap<AccountId, Option<&Account>> {
        let unreached = self.gathered.unreached.iter().map(|account| (account.id, Some(account)));
        let reached = self.gathered.checkpoint.accounts().map(|id| (id, None));
        // What was read goes before what was not, should both name an account.
        unreached.chain(reached).collect()
    }

    /// Returns the facts of the accounts, each read when it is asked for.
    fn facts<'a>(
        &'a self,
        accounts: &'a BTreeMap<AccountId, Option<&'a Account>>,
    ) -> impl Iterator<Item = Result<AccountFacts, Error>> {
        let checkpoint = &self.gathered.checkpoint;
        accounts.iter().filter_map(|(&id, &unreached)| match unreached {
            Some(account) => Some(Ok(AccountFacts::unreachable(account.clone(), &not_reached(WHOLE_ACCOUNT)))),
            None => checkpoint.read(id).transpose(),
        })
    }

    fn add_account(
        &self,
        mut facts: AccountFacts,
        exceptions: &mut Exceptions<'_>,
        alarms: &mut Alarms,
        report: &mut Report,
    ) -> Result<(), Error> {
        let header = self.gathered.checkpoint.header();
        let activity = activity::triage(&mut facts, &self.triage)?;
        let subject = Subject {
            facts: &facts,
            organization: self.context.organization,
            monitoring: &self.monitoring,
            now: header.started_at,
            window: (header.window_start, header.window_end),
            episodes: &activity.episodes,
            found: Found::default(),
        };
        let mut rows: Vec<Row> = self.context.checks.iter().map(|check| rows::row(*check, &subject)).collect();
        for row in &mut rows {
            exceptions.apply(row, &facts.account);
        }
        alarms.add(&facts, &rows, &activity.records);
        report.rows.append(&mut rows);
        report.accounts.push(account(&facts.account));
        report.episodes.extend(activity.episodes);
        Ok(())
    }

    fn empty_report(&self) -> Report {
        Report {
            schema: v1::SCHEMA.to_owned(),
            run: self.run(),
            organization: organization(self.context.organization),
            coverage: v1::Coverage::default(),
            checks: self.context.checks.iter().map(|check| rows::catalogue_entry(check.meta())).collect(),
            accounts: Vec::new(),
            rows: Vec::new(),
            episodes: Vec::new(),
            alarms: Vec::new(),
            changes: None,
            exceptions: Vec::new(),
            counts: v1::Counts::default(),
        }
    }

    fn run(&self) -> Run {
        let header = self.gathered.checkpoint.header();
        Run {
            id: header.run_id.clone(),
            version: self.context.version.to_owned(),
            started_at: header.started_at,
            finished_at: self.context.finished_at,
            interrupted: self.gathered.interrupted,
            caller_arn: Some(self.context.organization.caller_arn.clone()),
            window_start: header.window_start,
            window_end: header.window_end,
        }
    }
}

/// Returns what listens in the accounts that others are watched from, and the topics that others act on; an account that
/// did not answer is all gaps.
fn monitoring_of_owners(gathered: &Gathered) -> Result<BTreeMap<AccountId, Cow<'_, MonitoringFacts>>, Error> {
    let mut monitoring = BTreeMap::new();
    for owner in &gathered.owners {
        let facts = match (gathered.checkpoint.read(*owner)?, gathered.checkpoint.owner(*owner)) {
            (Some(swept), _) => Cow::Owned(swept.monitoring),
            (None, Some(Fact::Known(asked))) => Cow::Borrowed(asked),
            (None, Some(Fact::Gap(gap))) => Cow::Owned(MonitoringFacts::unreachable(gap)),
            (None, None) => Cow::Owned(MonitoringFacts::unreachable(&not_reached(WHOLE_ACCOUNT))),
        };
        monitoring.insert(*owner, facts);
    }
    for (account, topics) in gathered.checkpoint.topics() {
        let of_account =
            monitoring.entry(*account).or_insert_with(|| Cow::Owned(MonitoringFacts::unreachable(&topics_alone())));
        // An account that was asked for all of it answered for these topics, too, and need not be copied for their sake.
        let more: Vec<_> = topics.iter().filter(|(arn, topic)| of_account.topics.get(*arn) != Some(topic)).collect();
        if !more.is_empty() {
            of_account.to_mut().topics.extend(more.into_iter().map(|(arn, topic)| (arn.clone(), topic.clone())));
        }
    }
    Ok(monitoring)
}

/// Makes the gap of an account of which others need nothing but topics.
fn topics_alone() -> Gap {
    let message = "nothing but topics was asked of this account for the sake of others";
    Gap::new(GapKind::OutOfReach, "cloudtrail:DescribeTrails", message, "sweep this account, too")
}

fn account(account: &rootsweep_model::Account) -> v1::Account {
    v1::Account {
        id: account.id,
        name: account.name.clone(),
        state: account.state,
        ou_path: account.ou_path.clone(),
        ou_ids: account.ou_ids.clone(),
        is_management: account.is_management,
    }
}

fn organization(facts: &OrganizationFacts) -> Option<v1::Organization> {
    let gaps = [facts.root_features.gap(), facts.delegated_administrators.gap()];
    Some(v1::Organization {
        id: facts.id.clone()?,
        management_account_id: facts.management_account_id?,
        partition: facts.partition,
        root_features: facts.root_features.known().ok().cloned(),
        gaps: gaps.into_iter().flatten().cloned().collect(),
    })
}
