//! `rootsweep/report/v1`: the JSON of the sweep's report, frozen. Every other format is rendered from it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::triage_v1::Episode;
use crate::{AccountId, AccountState, Evidence, Gap, Partition, Severity, Verdict};

/// The value of [`Report::schema`].
pub const SCHEMA: &str = "rootsweep/report/v1";

/// The consolidated report of one sweep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// The run itself: the only part in which two runs over the same facts differ.
    pub run: Run,
    /// The organization; absent where a single account was swept.
    pub organization: Option<Organization>,
    /// How much could be checked.
    pub coverage: Coverage,
    /// The checks, by id.
    pub checks: Vec<Check>,
    /// The accounts, by id.
    pub accounts: Vec<Account>,
    /// One row for every account and check, by account and then in the order of `checks`.
    pub rows: Vec<Row>,
    /// Root activity of the window, told as stories, the worst first.
    pub episodes: Vec<Episode>,
    /// Transitions of root alarms in the window, each explained.
    pub alarms: Vec<AlarmTransition>,
    /// What changed since the previous run; absent where there is none to compare with.
    pub changes: Option<Changes>,
    /// The exceptions of the configuration, in its order, with what became of each.
    #[serde(default)]
    pub exceptions: Vec<ExceptionStatus>,
    /// Rows by verdict, and failed rows by severity.
    pub counts: Counts,
}

/// The run itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Run {
    /// The run's id.
    pub id: String,
    /// The version of Rootsweep.
    pub version: String,
    /// When it began.
    #[schemars(with = "String")]
    pub started_at: Timestamp,
    /// When it ended.
    #[schemars(with = "String")]
    pub finished_at: Timestamp,
    /// Whether it was interrupted, and the report is therefore partial.
    pub interrupted: bool,
    /// The principal that ran it, as `sts:GetCallerIdentity` names it.
    pub caller_arn: Option<String>,
    /// From when root activity was looked for.
    #[schemars(with = "String")]
    pub window_start: Timestamp,
    /// Until when.
    #[schemars(with = "String")]
    pub window_end: Timestamp,
}

/// The organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Organization {
    /// Its id, `o-…`.
    pub id: String,
    /// Its management account.
    pub management_account_id: AccountId,
    /// The partition that it lives in.
    pub partition: Partition,
    /// Features of central root access that are on: `RootCredentialsManagement`, `RootSessions`; absent where unknown.
    pub root_features: Option<Vec<String>>,
    /// What about the organization itself could not be read.
    pub gaps: Vec<Gap>,
}

/// How much could be checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    /// Accounts that Organizations lists and the selection keeps.
    pub accounts: u64,
    /// Accounts for which every check has an answer.
    pub accounts_fully_checked: u64,
    /// Accounts for which some check is unknown.
    pub accounts_partly_checked: u64,
    /// Accounts for which every check is unknown.
    pub accounts_not_checked: u64,
    /// The gaps by kind and call, the most frequent first.
    pub gaps: Vec<GapCount>,
    /// Why the list of accounts may be incomplete; absent where Organizations listed it to the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listing: Option<Gap>,
}

/// How often one kind of gap came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GapCount {
    /// The kind.
    pub kind: crate::GapKind,
    /// The call that failed.
    pub call: String,
    /// How many rows are unknown because of it.
    pub rows: u64,
    /// What can be done about it.
    pub remedy: String,
}

/// A check of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// Its id.
    pub id: String,
    /// What it asks for, as a sentence.
    pub title: String,
    /// How bad a fail is, unless the row says otherwise.
    pub severity: Severity,
    /// Why it matters.
    pub risk: String,
    /// How to remediate a fail.
    pub remediation: String,
    /// What `unknown` means for it.
    pub unknown_means: String,
    /// The controls that it covers, by framework: `CIS AWS Foundations 3.0` → `1.5`.
    pub controls: BTreeMap<String, Vec<String>>,
}

/// An account of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Its name: hostile text.
    pub name: String,
    /// Where it stands in its life.
    pub state: AccountState,
    /// Names of the organizational units above it, from the root down.
    pub ou_path: Option<String>,
    /// Ids of the root and the organizational units above it, from the root down.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ou_ids: Vec<String>,
    /// Whether it is the management account.
    pub is_management: bool,
}

/// What one check says of one account.
// A report of ten thousand accounts has a hundred thousand: what is rare is boxed, and what is the same from row to row is
// not copied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Row {
    /// The same from run to run: `<account id>/<check id>`.
    pub id: String,
    /// The account.
    pub account_id: AccountId,
    /// The check.
    pub check_id: Cow<'static, str>,
    /// The verdict.
    pub verdict: Verdict,
    /// How bad a fail is here.
    pub severity: Severity,
    /// One sentence.
    pub summary: String,
    /// What it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// The alert paths that were examined, link by link.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alert_paths: Vec<AlertPath>,
    /// Why it is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<Box<Gap>>,
    /// How to remediate it; present for fails and unknowns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remediation: Option<Cow<'static, str>>,
    /// The exception that covers it, or covered it until it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<Box<Exception>>,
}

impl Row {
    /// Returns how grave the row is as a finding; one that asks for nothing is informational.
    pub const fn finding_severity(&self) -> Severity {
        match self.verdict {
            Verdict::Pass | Verdict::NotApplicable => Severity::Informational,
            Verdict::Fail | Verdict::Unknown | Verdict::Accepted => self.severity,
        }
    }
}

/// An exception that speaks of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Exception {
    /// Who carries it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// The last day on which it holds, `2027-01-31`.
    pub until: String,
    /// Whether that day has passed: then the row is a fail again.
    pub expired: bool,
}

/// An exception of the configuration, and what became of it in this run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExceptionStatus {
    /// The checks that it covers, by id.
    pub checks: Vec<String>,
    /// The accounts that it covers; with no organizational unit named either, all.
    pub accounts: Vec<AccountId>,
    /// The organizational units that it covers, by id.
    pub organizational_units: Vec<String>,
    /// Who carries it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// The last day on which it holds, `2027-01-31`.
    pub until: String,
    /// Whether that day has passed.
    pub expired: bool,
    /// The failed rows that it speaks of, by id; none means that it is unused and can go.
    pub rows: Vec<String>,
}

/// The chain from a root event to a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AlertPath {
    /// By metric filter and alarm, or by event rule.
    pub kind: AlertPathKind,
    /// What names it for the reader: the alarm or the rule.
    pub name: String,
    /// The account in which it lives.
    pub account_id: AccountId,
    /// The Region in which it lives.
    pub region: String,
    /// Whether it would wake someone.
    pub state: LinkState,
    /// The links, from the event to the person.
    pub links: Vec<Link>,
    /// What became of each probe record at the pattern.
    pub probes: Vec<ProbeOutcome>,
}

/// How an alert path listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AlertPathKind {
    /// Trail, log group, metric filter, alarm, topic.
    MetricAlarm,
    /// Event rule, target, topic.
    EventRule,
}

/// Whether a link of an alert path holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LinkState {
    /// It was read, and it holds.
    Holds,
    /// It was read, and it is broken.
    Broken,
    /// It could not be read, or AWS does not document how it behaves.
    Unknown,
}

/// One link of an alert path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Link {
    /// Which link: `trail`, `log-group`, `metric-filter`, `alarm`, `actions`, `topic`, `subscription`, `rule`, `pattern`, `target`.
    pub link: String,
    /// Whether it holds.
    pub state: LinkState,
    /// The resource, by ARN or name: hostile text.
    pub subject: String,
    /// What was seen, in a sentence.
    pub detail: String,
}

/// What became of one probe record at a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProbeOutcome {
    /// The probe's id.
    pub id: String,
    /// Whether it would wake someone along this path.
    pub outcome: LinkState,
}

/// A transition of a root alarm, explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AlarmTransition {
    /// The account of the alarm.
    pub account_id: AccountId,
    /// Its Region.
    pub region: String,
    /// Its name.
    pub alarm: String,
    /// When it went into `ALARM`.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// The event ids of the records that tripped it, where they could be found.
    pub event_ids: Vec<String>,
    /// Whether the alarm was right, in a sentence.
    pub explanation: String,
    /// Whether it was right: `true` where something has to be looked at; absent where it could not be explained.
    pub justified: Option<bool>,
}

/// What changed since the previous run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Changes {
    /// The run that this one is compared with.
    pub previous_run_id: String,
    /// Each row or account that changed, the most urgent kind first.
    pub items: Vec<Change>,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// What kind of change it is.
    pub kind: ChangeKind,
    /// The row's id; the account's where the account itself came or went; the episode's where root activity came to an
    /// account whose row had failed before.
    pub id: String,
    /// The account that it is about; absent for root activity of which no record names the account.
    pub account_id: Option<AccountId>,
    /// The verdict before.
    pub before: Option<Verdict>,
    /// The verdict now.
    pub after: Option<Verdict>,
    /// One sentence.
    pub summary: String,
}

/// Kinds of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// A fail that was not there.
    New,
    /// A fail that is still there, and got a higher severity.
    Worse,
    /// Checked before, not any more.
    NewlyUnreachable,
    /// An exception ended, and the fail counts again.
    ExceptionExpired,
    /// A fail that was not there, and that an exception carries from the start.
    Accepted,
    /// A fail that is still there, and got a lower severity or an exception that carries it.
    Better,
    /// Root activity that nobody has explained: it lies before the window now, and that resolves nothing.
    OutOfWindow,
    /// A fail that is gone.
    Resolved,
    /// Not checked before, now it is.
    ReachableAgain,
    /// An account that was not listed before.
    AccountAdded,
    /// An account that is no longer listed.
    AccountRemoved,
}

impl ChangeKind {
    /// Returns whether somebody has to look: something got worse, or can no longer be checked.
    pub const fn is_worse(self) -> bool {
        matches!(self, Self::New | Self::Worse | Self::NewlyUnreachable | Self::ExceptionExpired)
    }

    /// Returns the word used in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Worse => "worse",
            Self::NewlyUnreachable => "newly-unreachable",
            Self::ExceptionExpired => "exception-expired",
            Self::Accepted => "accepted",
            Self::Better => "better",
            Self::OutOfWindow => "out-of-window",
            Self::Resolved => "resolved",
            Self::ReachableAgain => "reachable-again",
            Self::AccountAdded => "account-added",
            Self::AccountRemoved => "account-removed",
        }
    }
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Rows by verdict, failed rows by severity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// All rows: accounts × checks.
    pub rows: u64,
    /// Rows by verdict; every verdict is named, also with 0.
    pub by_verdict: BTreeMap<Verdict, u64>,
    /// Failed rows by severity; every severity is named, also with 0.
    pub failed_by_severity: BTreeMap<Severity, u64>,
}
