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
    let trend = sweep.compare(&mut report, kept.as_ref());
    let written = sweep.conclude(&report, &trend, kept.as_ref(), outputs);
    let news = News { report: &report, trend: &trend };
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
            return Ok(Self { resumed: None, at, window: Window { start: at - settings.window.signed(), end: at } });
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
        let id = organization.id.clone().unwrap_or_else(|| organization.caller_account_id.to_string());
        plan.insert("organization".to_owned(), id);
        plan
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

    /// Says in the report what changed since the previous run, and returns what the runs before came to.
    fn compare(&self, report: &mut Report, kept: Option<&Kept>) -> Vec<TrendPoint> {
        let Some((state, run)) = self.state.as_ref().zip(kept) else { return Vec::new() };
        let previous = state.previous(run, &self.settings.selection_plan()).unwrap_or_else(|error| {
            tracing::warn!("could not look for the previous run: {error:#}");
            None
        });
        report.changes = previous.map(|previous| rootsweep_engine::changes(&previous, report));
        state.trend(run).unwrap_or_default()
    }

    /// Keeps the report, and writes it. What fails on the way loses nothing else.
    fn conclude(
        &self,
        report: &Report,
        trend: &[TrendPoint],
        kept: Option<&Kept>,
        outputs: Outputs,
    ) -> anyhow::Result<()> {
        let Some((state, run)) = self.state.as_ref().zip(kept) else { return outputs.write(report, trend) };
        let stored = run.keep(report);
        outputs.write(report, trend)?;
        stored?;
        if let Err(error) = state.prune(run, self.settings.keep_days) {
            tracing::warn!("could not delete old runs: {error:#}");
        }
        Ok(())
    }
}

/// Returns the accounts that the organization names without listing them.
fn known_accounts(organization: &OrganizationFacts) -> Vec<AccountId> {
    let administrators = organization.delegated_administrators.known().into_iter().flatten();
    organization.management_account_id.into_iter().chain(administrators.map(|it| it.account_id)).collect()
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
