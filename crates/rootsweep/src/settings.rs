//! What a sweep is to do: arguments over the configuration file over defaults.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use anyhow::ensure;
use clap::ValueEnum;
use jiff::{SignedDuration, SpanRelativeTo, Timestamp};
use rootsweep_aws::{AthenaOptions, Options, Window};
use rootsweep_engine::{Limits, Selection};
use rootsweep_model::Severity;
use rootsweep_model::exception::{ExpectedUse, RowException};
use rootsweep_model::facts::RecordSourceKind;
use serde::Deserialize;

use crate::config::Config;
use crate::exit::Policy;
use crate::notify::{Notification, When};
use crate::output::Output;

/// `LookupEvents` knows the last 90 days:
/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>.
const LOOKUP_EVENTS_REACH: SignedDuration = SignedDuration::from_hours(90 * 24);

/// How far back root activity is looked for.
const WINDOW: Span = Span(SignedDuration::from_hours(24));
/// By how much a window reaches into the one before: what happened right before a run was delivered after it, by about
/// five minutes as a rule and by more on bad days.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/how-cloudtrail-works.html>
const OVERLAP: SignedDuration = SignedDuration::from_hours(1);
/// How many accounts are read at once: each makes a dozen calls, most of them to services with limits of their own.
const CONCURRENCY: NonZeroUsize = NonZeroUsize::new(32).unwrap();
/// How long one account may take.
const ACCOUNT_TIME_LIMIT: Duration = Duration::from_mins(5);
/// How long runs are kept.
const KEEP_DAYS: Days = 90;

/// A span of time, as people write it: `24h`, `90d`, `1h 30m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Span(SignedDuration);

/// Text that is no span of time.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not a duration; write 90m, 24h or 7d")]
pub(crate) struct ParseSpanError(String);

impl FromStr for Span {
    type Err = ParseSpanError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let span = text.parse::<jiff::Span>().ok();
        let duration = span.and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok());
        duration.filter(SignedDuration::is_positive).map(Self).ok_or_else(|| ParseSpanError(text.to_owned()))
    }
}

impl TryFrom<String> for Span {
    type Error = ParseSpanError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl Span {
    const fn unsigned(self) -> Duration {
        self.0.unsigned_abs()
    }

    /// Returns the span as a signed duration, which times can be moved by.
    pub(crate) const fn signed(self) -> SignedDuration {
        self.0
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hours = self.0.as_hours();
        if self.0 == SignedDuration::from_hours(hours) && hours % 24 == 0 {
            write!(f, "{}d", hours / 24)
        } else {
            write!(f, "{:#}", self.0)
        }
    }
}

/// A number of days.
pub(crate) type Days = u16;

/// Where root records are looked for, as the command line names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Source {
    /// `LookupEvents` in every enabled Region: the last 90 days.
    LookupEvents,
    /// The trail's log group, which alone shows records that were delivered late.
    LogGroup,
    /// Athena over the organization trail's bucket, as `[athena]` of the configuration file says.
    Athena,
}

impl From<Source> for RecordSourceKind {
    fn from(source: Source) -> Self {
        match source {
            Source::LookupEvents => Self::LookupEvents,
            Source::LogGroup => Self::LogGroup,
            Source::Athena => Self::Athena,
        }
    }
}

/// What a sweep is to do.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) selection: Selection,
    pub(crate) limits: Limits,
    pub(crate) policy: Policy,
    pub(crate) window: Span,
    pub(crate) outputs: Vec<Output>,
    pub(crate) notifications: Vec<Notification>,
    pub(crate) state_dir: Option<PathBuf>,
    pub(crate) keep_days: Days,
    pub(crate) exceptions: Vec<RowException>,
    pub(crate) expected_uses: Vec<ExpectedUse>,
    aws: Options,
}

impl Settings {
    /// Fills in the defaults, and refuses what cannot work together.
    pub(crate) fn of(config: Config) -> anyhow::Result<Self> {
        let aws = aws_options(&config);
        let settings = Self {
            selection: Selection {
                accounts: config.accounts.into_iter().collect(),
                organizational_units: config.organizational_units.iter().map(ToString::to_string).collect(),
                excluded: config.exclude_accounts.into_iter().collect(),
            },
            limits: Limits {
                concurrency: config.concurrency.unwrap_or(CONCURRENCY),
                account_time_limit: config.account_time_limit.map_or(ACCOUNT_TIME_LIMIT, Span::unsigned),
            },
            policy: Policy { fail_on: config.fail_on.unwrap_or(Severity::High), allow_unknown: config.allow_unknown },
            window: config.window.unwrap_or(WINDOW),
            outputs: config.outputs,
            notifications: config.notify,
            state_dir: config.state_dir,
            keep_days: config.keep_days.unwrap_or(KEEP_DAYS),
            exceptions: config.exception,
            expected_uses: config.expected_use,
            aws,
        };
        settings.refuse_contradictions()?;
        Ok(settings)
    }

    fn refuse_contradictions(&self) -> anyhow::Result<()> {
        let uses = |source| self.aws.sources.contains(&source);
        let named = !self.selection.accounts.is_empty() || !self.selection.organizational_units.is_empty();
        ensure!(
            !uses(RecordSourceKind::LookupEvents) || self.window.0 <= LOOKUP_EVENTS_REACH,
            "a window of {} reaches further back than LookupEvents, which knows 90 days; use --source log-group or athena",
            self.window
        );
        ensure!(
            !uses(RecordSourceKind::Athena) || self.aws.athena.is_some(),
            "--source athena needs to know the table; add [athena] with region, database, table and workgroup to the \
             configuration file"
        );
        ensure!(
            self.state_dir.is_some() || self.notifications.iter().all(|it| it.when == When::Always),
            "a notification with when = \"on-change\" needs the kept runs to compare with; give a --state-dir"
        );
        ensure!(
            !(self.aws.single_account && named),
            "--single-account sweeps the caller's own account, so --account and --ou cannot select others"
        );
        Ok(())
    }

    /// Returns the window of a run: as far back as was asked for or, where that is longer, to where the last run over the
    /// same accounts stopped looking; and a little further.
    pub(crate) fn window_of(&self, at: Timestamp, looked_until: Option<Timestamp>) -> Window {
        let asked = at - self.window.0;
        let start = looked_until.map_or(asked, |until| until.min(asked)) - OVERLAP;
        let reach = if self.aws.sources.contains(&RecordSourceKind::LookupEvents) {
            LOOKUP_EVENTS_REACH
        } else {
            self.window.0.max(LOOKUP_EVENTS_REACH) + OVERLAP
        };
        Window { start: start.max(at - reach), end: at }
    }

    /// Returns what the connection to AWS is told, for a window.
    pub(crate) fn aws_options(&self, window: Window) -> Options {
        Options { window, ..self.aws.clone() }
    }

    /// Returns every option that decides what is gathered, by name: a run can be continued only with the same ones.
    ///
    /// The external id is not among them: it opens the same accounts or none, and a file is no place for it.
    pub(crate) fn plan(&self) -> BTreeMap<String, String> {
        let aws = &self.aws;
        let kinds: Vec<&str> = aws.sources.iter().map(|kind| kind.as_str()).collect();
        let athena =
            |option: fn(&AthenaOptions) -> &String| aws.athena.as_ref().map(option).cloned().unwrap_or_default();
        let mut plan = self.selection_plan();
        plan.extend(
            [
                ("role-name", aws.role_names.join(",")),
                ("organization-role-arn", aws.organization_role_arn.clone().unwrap_or_default()),
                ("central-root", aws.central_root.to_string()),
                ("region", aws.regions.join(",")),
                ("source", kinds.join(",")),
                ("athena.region", athena(|it| &it.region)),
                ("athena.database", athena(|it| &it.database)),
                ("athena.table", athena(|it| &it.table)),
                ("athena.workgroup", athena(|it| &it.workgroup)),
                ("window", self.window.to_string()),
                ("endpoint-url", aws.endpoint_url.clone().unwrap_or_default()),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        plan
    }

    /// Returns the options that decide which accounts are swept: runs over others are not compared with each other.
    pub(crate) fn selection_plan(&self) -> BTreeMap<String, String> {
        let Selection { accounts, organizational_units, excluded } = &self.selection;
        [
            ("account", join(accounts)),
            ("ou", join(organizational_units)),
            ("exclude-account", join(excluded)),
            ("single-account", self.aws.single_account.to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }
}

fn join<T: fmt::Display>(items: &BTreeSet<T>) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

fn aws_options(config: &Config) -> Options {
    let texts = |name: Option<&dyn fmt::Display>| name.map(ToString::to_string);
    // The window is set when the run begins.
    let mut aws = Options::new(Window { start: Timestamp::UNIX_EPOCH, end: Timestamp::UNIX_EPOCH });
    aws.endpoint_url = texts(config.endpoint_url.as_ref().map(|it| it as _));
    aws.profile.clone_from(&config.profile);
    aws.external_id = texts(config.external_id.as_ref().map(|it| it as _));
    aws.organization_role_arn = texts(config.organization_role_arn.as_ref().map(|it| it as _));
    aws.central_root = config.central_root;
    aws.single_account = config.single_account;
    aws.place_accounts = !config.organizational_units.is_empty()
        || config.exception.iter().any(|exception| !exception.organizational_units.is_empty());
    aws.athena = config.athena.clone().map(Into::into);
    aws.regions = config.regions.iter().map(ToString::to_string).collect();
    if !config.role_names.is_empty() {
        aws.role_names = config.role_names.iter().map(ToString::to_string).collect();
    }
    if !config.sources.is_empty() {
        aws.sources = config.sources.iter().copied().map(Into::into).collect();
    }
    if let Some(limit) = config.call_time_limit {
        aws.call_time_limit = limit.unsigned();
    }
    aws
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
