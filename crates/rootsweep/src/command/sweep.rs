//! `rootsweep sweep`.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::anyhow;
use jiff::Timestamp;
use rootsweep_aws::{Aws, Window};
use rootsweep_checks::CHECKS;
use rootsweep_engine::{Checkpoint, Context, Error, Gathered, Header};
use rootsweep_model::facts::OrganizationFacts;
use rootsweep_model::report::v1::Report;
use rootsweep_model::{AccountId, GapKind};
use rootsweep_report::TrendPoint;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::arguments::sweep::SweepArguments;
use crate::config::Config;
use crate::exit::Exit;
use crate::failure::OrExit as _;
use crate::live::Live;
use crate::notify::News;
use crate::output::Outputs;
use crate::past::Past;
use crate::runs::{Kept, Runs};
use crate::settings::Settings;
use crate::{clock, interrupt, progress};

/// Sweeps, and reports. Whatever can be wrong on this side is found before AWS is asked for anything.
pub(crate) fn run(arguments: SweepArguments) -> anyhow::Result<Exit> {
    let resume = arguments.resume();
    let settings = settings(arguments).or_exit(Exit::Usage)?;
    let outputs = Outputs::open(settings.outputs.clone()).or_exit(Exit::Usage)?;
    let state = settings.state_dir.clone().map(Runs::open).transpose().or_exit(Exit::Usage)?;
    let start = Start::find(&settings, state.as_ref(), resume).or_exit(Exit::Usage)?;
    let sweep = Sweep { settings, state, start };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (gathered, live, kept) = runtime.block_on(sweep.gather())?;
    let mut report = sweep.judge(&gathered, live.0.organization())?;
    let past = sweep.past(kept, live.0.organization());
    let trend = past.as_ref().map(|past| past.compare(&mut report)).unwrap_or_default();
    let written = sweep.conclude(&report, &trend, past.as_ref(), outputs);
    let news = News { report: &report, trend: &trend, past: past.as_ref() };
    runtime.block_on(news.tell(&sweep.settings.notifications, &live.0));
    written.map(|()| sweep.settings.policy.judge(&report))
}

fn settings(arguments: SweepArguments) -> anyhow::Result<Settings> {
    let mut config = Config::load(arguments.config.as_deref())?;
    arguments.over(&mut config);
    Settings::of(config)
}

/// When a run begins, and with what.
struct Start {
    /// The interrupted run that is continued.
    resumed: Option<Kept>,
    at: Timestamp,
    window: Window,
}

impl Start {
    fn find(settings: &Settings, state: Option<&Runs>, resume: bool) -> anyhow::Result<Self> {
        if !resume {
            let at = clock::now()?;
            let selection = settings.selection_plan();
            let looked_until = state.map(|state| state.looked_until(&selection)).transpose()?.flatten();
            return Ok(Self { resumed: None, at, window: settings.window_of(at, looked_until) });
        }
        let state = state.ok_or_else(|| anyhow!("--resume needs the --state-dir of the interrupted run"))?;
        let run = state.interrupted()?;
        let header = Header::read(&run.facts())?;
        let window = Window { start: header.window_start, end: header.window_end };
        Ok(Self { resumed: Some(run), at: header.started_at, window })
    }
}

/// A sweep that was set up.
struct Sweep {
    settings: Settings,
    state: Option<Runs>,
    start: Start,
}

impl Sweep {
    /// Connects, and gathers the facts of every account.
    async fn gather(&self) -> anyhow::Result<(Gathered, Arc<Live>, Option<Kept>)> {
        let cancel = interrupt::token();
        let connecting = Box::pin(Aws::connect(self.settings.aws_options(self.start.window)));
        let connected = cancel.run_until_cancelled(connecting).await;
        let aws = connected.ok_or_else(nothing_yet).or_exit(Exit::Interrupted)?.or_exit(Exit::Usage)?;
        let (checkpoint, kept) = self.checkpoint(aws.organization()).or_exit(Exit::Usage)?;
        let live = Arc::new(Live(aws));
        let gathered = self.gather_into(checkpoint, &live, &cancel).await;
        let gathered = gathered.map_err(|error| {
            let exit = if cancel.is_cancelled() { Exit::Interrupted } else { exit_of(&error) };
            (error, exit)
        });
        match gathered {
            Ok(gathered) => Ok((gathered, live, kept)),
            Err((error, exit)) => Err(error).or_exit(exit),
        }
    }

    async fn gather_into(
        &self,
        checkpoint: Checkpoint,
        live: &Arc<Live>,
        cancel: &CancellationToken,
    ) -> Result<Gathered, Error> {
        let (events, received) = mpsc::unbounded_channel();
        let followed = tokio::spawn(progress::follow(received));
        let selection = self.settings.selection.clone();
        let known = known_accounts(live.0.organization());
        let limits = self.settings.limits;
        let gathered = rootsweep_engine::gather(live, selection, &known, limits, checkpoint, &events, cancel).await;
        drop(events);
        if let Err(error) = followed.await {
            tracing::warn!(%error, "the progress could not be shown to its end");
        }
        gathered
    }

    /// Opens the file that the facts go to: kept with the run, or gone with the process.
    fn checkpoint(&self, organization: &OrganizationFacts) -> anyhow::Result<(Checkpoint, Option<Kept>)> {
        let options = self.plan(organization);
        if let Some(run) = &self.start.resumed {
            return Ok((Checkpoint::resume(&run.facts(), &options)?, Some(run.clone())));
        }
        let run_id = Uuid::new_v4().to_string();
        let header = Header::new(&run_id, self.start.at, self.start.window.start, options);
        let Some(state) = &self.state else { return Ok((Checkpoint::temporary(header)?, None)) };
        let run = state.begin(&run_id, self.start.at)?;
        Ok((Checkpoint::create(&run.facts(), header)?, Some(run)))
    }

    fn plan(&self, organization: &OrganizationFacts) -> BTreeMap<String, String> {
        let mut plan = self.settings.plan();
        plan.extend([of_organization(organization)]);
        plan
    }

    /// Returns the kept run with those that it is compared with, where runs are kept.
    fn past(&self, run: Option<Kept>, organization: &OrganizationFacts) -> Option<Past<'_>> {
        let mut options = self.settings.selection_plan();
        options.extend([of_organization(organization)]);
        Some(Past { runs: self.state.as_ref()?, current: run?, options })
    }

    fn judge(&self, gathered: &Gathered, organization: &OrganizationFacts) -> anyhow::Result<Report> {
        let context = Context {
            checks: CHECKS,
            organization,
            exceptions: &self.settings.exceptions,
            expected_uses: &self.settings.expected_uses,
            version: env!("CARGO_PKG_VERSION"),
            finished_at: clock::now()?,
        };
        Ok(rootsweep_engine::judge(gathered, &context)?)
    }

    /// Keeps the report, and writes it. What fails on the way loses nothing else.
    fn conclude(
        &self,
        report: &Report,
        trend: &[TrendPoint],
        past: Option<&Past<'_>>,
        outputs: Outputs,
    ) -> anyhow::Result<()> {
        let Some(past) = past else { return outputs.write(report, trend) };
        let stored = past.current.keep(report, trend);
        outputs.write(report, trend)?;
        stored?;
        if let Err(error) = past.runs.prune(&past.current, self.settings.keep_days) {
            tracing::warn!("could not delete old runs: {error:#}");
        }
        Ok(())
    }
}

/// Names the organization among the options of a run; where there is none, the account.
fn of_organization(organization: &OrganizationFacts) -> (String, String) {
    let id = organization.id.clone().unwrap_or_else(|| organization.caller_account_id.to_string());
    ("organization".to_owned(), id)
}

/// Returns the accounts that the organization names without listing them.
fn known_accounts(organization: &OrganizationFacts) -> Vec<AccountId> {
    let administrators = organization.delegated_administrators.known().into_iter().flatten();
    organization.management_account_id.into_iter().chain(administrators.copied()).collect()
}

fn nothing_yet() -> anyhow::Error {
    anyhow!("interrupted before any account was listed")
}

/// Returns how the program ends when there is nothing to report.
fn exit_of(error: &Error) -> Exit {
    match error {
        Error::NothingSelected(_) | Error::EmptyOrganizationalUnit(_) => Exit::NothingSelected,
        Error::NotInOrganization(_) => Exit::Usage,
        Error::Listing(gap) if is_of_the_setup(gap.kind) => Exit::Usage,
        _ => Exit::Failed,
    }
}

/// Whether somebody on this side can put it right.
const fn is_of_the_setup(kind: GapKind) -> bool {
    use GapKind::{AccessDenied, CredentialsRejected, NoSession, NotFound, Unreachable};
    matches!(kind, AccessDenied | CredentialsRejected | NoSession | NotFound | Unreachable)
}
