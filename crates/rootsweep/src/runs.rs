//! The state directory: each run in a folder of its own, with the facts it gathered and the report it gave.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rootsweep_engine::{Earlier, Header};
use rootsweep_model::report::v1::{Counts, Coverage, Report, Run, SCHEMA};
use rootsweep_report::{TrendPoint, text};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::output::write_whole;
use crate::settings::Days;

const FACTS: &str = "facts.jsonl";
const REPORT: &str = "report.json";
const TREND: &str = "trend.json";
const UNTOLD: &str = "untold.json";
/// How a run's folder begins: the time of its start, in UTC.
const STAMP: &str = "%Y%m%dT%H%M%SZ";

/// A state directory.
pub(crate) struct Runs(PathBuf);

/// A run that the state directory keeps.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Kept {
    started_at: Timestamp,
    folder: PathBuf,
}

impl Runs {
    /// Opens a state directory, and makes it where it is not there.
    pub(crate) fn open(path: PathBuf) -> anyhow::Result<Self> {
        fs_err::create_dir_all(&path)?;
        // A folder that cannot be written is found before the work begins.
        tempfile::tempfile_in(&path).with_context(|| format!("{} cannot be written", path.display()))?;
        Ok(Self(path))
    }

    /// Makes the folder of a new run.
    pub(crate) fn begin(&self, run_id: &str, started_at: Timestamp) -> anyhow::Result<Kept> {
        let stamp = started_at.to_zoned(TimeZone::UTC).strftime(STAMP).to_string();
        let folder = self.0.join(format!("{stamp}-{run_id}"));
        fs_err::create_dir(&folder)?;
        Ok(Kept { started_at, folder })
    }

    /// Returns the kept runs, the latest first. What is no run's folder is passed over.
    pub(crate) fn kept(&self) -> anyhow::Result<Vec<Kept>> {
        let mut kept = Vec::new();
        for entry in fs_err::read_dir(&self.0)? {
            let folder = entry?.path();
            if let Some(started_at) = started_at(&folder) {
                kept.push(Kept { started_at, folder });
            }
        }
        kept.sort_by_key(|run| Reverse(run.clone()));
        Ok(kept)
    }

    /// Returns the latest run, if it was interrupted.
    pub(crate) fn interrupted(&self) -> anyhow::Result<Kept> {
        let latest = self.kept()?.into_iter().next();
        let latest = latest.with_context(|| format!("{} keeps no run that could be resumed", self.0.display()))?;
        let finished = read::<Headline>(&latest.report()).is_ok_and(|report| !report.run.interrupted);
        ensure!(!finished, "the latest run of {} was not interrupted; run without --resume", self.0.display());
        Ok(latest)
    }

    /// Returns the report of the latest finished run before `current` with the same options. A run that cannot be read
    /// is warned of and passed over.
    pub(crate) fn previous(
        &self,
        current: &Kept,
        options: &BTreeMap<String, String>,
    ) -> anyhow::Result<Option<Earlier>> {
        self.previous_where(current, options, |_| true)
    }

    /// Returns the report of the latest such run of which somebody was told.
    pub(crate) fn previous_told(
        &self,
        current: &Kept,
        options: &BTreeMap<String, String>,
        who: &str,
    ) -> anyhow::Result<Option<Earlier>> {
        self.previous_where(current, options, |run| !run.untold().contains(who))
    }

    fn previous_where(
        &self,
        current: &Kept,
        options: &BTreeMap<String, String>,
        wanted: impl Fn(&Kept) -> bool,
    ) -> anyhow::Result<Option<Earlier>> {
        let earlier = self.kept()?.into_iter().filter(|run| run.is_before(current) && run.has_options(options));
        let mut reports = earlier.filter(wanted).filter_map(|run| run.warned_report());
        Ok(reports.find(|report| !report.run.interrupted))
    }

    /// Returns until when the latest finished run with the given options looked for root activity.
    pub(crate) fn looked_until(&self, options: &BTreeMap<String, String>) -> anyhow::Result<Option<Timestamp>> {
        let runs = self.kept()?.into_iter().filter(|run| run.has_options(options));
        let mut headlines = runs.filter_map(|run| read::<Headline>(&run.report()).ok());
        Ok(headlines.find(|report| !report.run.interrupted).map(|report| report.run.window_end))
    }

    /// Returns what each finished run before `current` came to, the oldest first.
    pub(crate) fn trend(&self, current: &Kept) -> anyhow::Result<Vec<TrendPoint>> {
        let mut earlier: Vec<Kept> = self.kept()?.into_iter().filter(|run| run.is_before(current)).collect();
        earlier.reverse();
        let headlines = earlier.iter().filter_map(|run| read::<Headline>(&run.report()).ok());
        Ok(headlines.filter(|it| !it.run.interrupted).map(TrendPoint::from).collect())
    }

    /// Deletes the runs that began more than so many days before `current`.
    pub(crate) fn prune(&self, current: &Kept, days: Days) -> anyhow::Result<()> {
        let limit = current.started_at - SignedDuration::from_hours(24 * i64::from(days));
        for run in self.kept()?.into_iter().filter(|run| run.started_at < limit) {
            fs_err::remove_dir_all(&run.folder)?;
        }
        Ok(())
    }
}

impl Kept {
    /// Whether it began before another run, or with it: the names of folders tell whole seconds.
    fn is_before(&self, other: &Self) -> bool {
        self.folder != other.folder && self.started_at <= other.started_at
    }

    /// Returns where the facts of the run are.
    pub(crate) fn facts(&self) -> PathBuf {
        self.folder.join(FACTS)
    }

    /// Returns where the report of the run is.
    fn report(&self) -> PathBuf {
        self.folder.join(REPORT)
    }

    /// Keeps the report of the run, and what the runs before it came to: they may be gone when it is rendered again.
    pub(crate) fn keep(&self, report: &Report, trend: &[TrendPoint]) -> anyhow::Result<()> {
        write_whole(&self.folder.join(TREND), |out| Ok(serde_json::to_writer(out, trend)?))?;
        write_whole(&self.report(), |out| Ok(serde_json::to_writer(out, report)?))
    }

    /// Keeps who could not be told of the run.
    pub(crate) fn keep_untold(&self, who: &BTreeSet<String>) -> anyhow::Result<()> {
        write_whole(&self.folder.join(UNTOLD), |out| Ok(serde_json::to_writer(out, who)?))
    }

    /// Returns who could not be told of the run.
    pub(crate) fn untold(&self) -> BTreeSet<String> {
        let file = fs_err::read(self.folder.join(UNTOLD)).unwrap_or_default();
        serde_json::from_slice(&file).unwrap_or_default()
    }

    fn has_options(&self, options: &BTreeMap<String, String>) -> bool {
        let header = Header::read(&self.facts());
        header.is_ok_and(|header| options.iter().all(|(name, value)| header.options.get(name) == Some(value)))
    }

    fn warned_report(&self) -> Option<Earlier> {
        match read(&self.report()) {
            Ok(report) => Some(report),
            Err(error) => {
                tracing::warn!("passed over an earlier run: {}", text::line(&format!("{error:#}")));
                None
            }
        }
    }
}

/// Returns when the run of a folder began, if its name is one of a run.
fn started_at(folder: &Path) -> Option<Timestamp> {
    let (stamp, run_id) = folder.file_name()?.to_str()?.split_once('-')?;
    run_id.parse::<uuid::Uuid>().ok()?;
    let time = jiff::civil::DateTime::strptime(STAMP, stamp).ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// What a trend needs of a report; the rest is passed over unread.
#[derive(Deserialize)]
struct Headline {
    schema: String,
    run: Run,
    counts: Counts,
    coverage: Coverage,
}

impl From<Headline> for TrendPoint {
    fn from(Headline { run, counts, coverage, .. }: Headline) -> Self {
        Self {
            run_id: run.id,
            started_at: run.started_at,
            by_verdict: counts.by_verdict,
            failed_by_severity: counts.failed_by_severity,
            accounts: coverage.accounts,
            accounts_fully_checked: coverage.accounts_fully_checked,
        }
    }
}

/// Reads a report, or what is asked for of it, from a JSON file, a run's folder, or the latest run of a state directory.
pub(crate) fn load<T: Stored>(path: &Path) -> anyhow::Result<T> {
    read(&report_path(path)?)
}

/// Returns what the runs before a kept one came to, as it was kept with it.
pub(crate) fn trend_before(path: &Path) -> Vec<TrendPoint> {
    let kept = report_path(path).ok().and_then(|report| {
        let trend = fs_err::read(report.parent()?.join(TREND)).ok()?;
        serde_json::from_slice(&trend).ok()
    });
    kept.unwrap_or_default()
}

fn report_path(path: &Path) -> anyhow::Result<PathBuf> {
    if !path.is_dir() {
        return Ok(path.to_owned());
    }
    if path.join(REPORT).exists() {
        return Ok(path.join(REPORT));
    }
    let latest = Runs(path.to_owned()).kept()?.into_iter().map(|run| run.report()).find(|report| report.exists());
    latest.with_context(|| format!("{} holds no report", path.display()))
}

/// A report, or a part of one that knows its version.
pub(crate) trait Stored: DeserializeOwned {
    /// Returns the version of the report's JSON.
    fn schema(&self) -> &str;
}

impl Stored for Report {
    fn schema(&self) -> &str {
        &self.schema
    }
}

impl Stored for Earlier {
    fn schema(&self) -> &str {
        &self.schema
    }
}

impl Stored for Headline {
    fn schema(&self) -> &str {
        &self.schema
    }
}

/// What every version of a report has.
#[derive(Deserialize)]
struct Version {
    schema: String,
}

impl Stored for Version {
    fn schema(&self) -> &str {
        &self.schema
    }
}

fn read<T: Stored>(path: &Path) -> anyhow::Result<T> {
    let parsed = parse::<T>(path)?;
    // What does not read may be of another version, which is worth knowing.
    let schema = match &parsed {
        Ok(report) => Some(report.schema().to_owned()),
        Err(_) => parse::<Version>(path)?.ok().map(|it| it.schema),
    };
    if let Some(schema) = schema.filter(|it| it != SCHEMA) {
        bail!(
            "{} is a {schema:?}, and this version reads {SCHEMA:?}; read it with the version that wrote it",
            path.display()
        );
    }
    parsed.with_context(|| {
        format!("{} is not a Rootsweep report, or is truncated; name another run, or sweep again", path.display())
    })
}

/// Reads a file bit by bit: the report of ten thousand accounts is large, and often little of it is wanted.
fn parse<T: DeserializeOwned>(path: &Path) -> anyhow::Result<serde_json::Result<T>> {
    let file = fs_err::File::open(path)?;
    Ok(serde_json::from_reader(BufReader::with_capacity(1 << 16, file)))
}

#[cfg(test)]
#[path = "runs_tests.rs"]
mod tests;
