//! What has to have come of a step.

use rootsweep_model::assessment::{Action, Actor, Delivery, Expectation, TriageVerdict};
use rootsweep_model::{AccountId, GapKind, Severity, Verdict};
use schemars::JsonSchema;
use serde::Deserialize;

/// What has to have come of a step. Whatever is left out is not judged.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Expect {
    /// Alarms that went into `ALARM` in this step, by name.
    pub alarms: Vec<String>,
    /// Alarms that did not.
    pub silent: Vec<String>,
    /// Messages that subscribers received in this step.
    pub messages: Vec<ExpectedMessage>,
    /// Queues that received nothing in this step, by name.
    pub no_messages: Vec<String>,
    /// The exit code of the sweep.
    pub exit: Option<u8>,
    /// Rows of the sweep's report.
    pub rows: Vec<ExpectedRow>,
    /// Episodes of the sweep's report.
    pub episodes: Vec<ExpectedEpisode>,
    /// Whether the report has no other episodes than those named.
    pub no_other_episodes: bool,
    /// What triage says of the step's own records, in their order, repeated ones by their first.
    pub records: Vec<ExpectedRecord>,
}

impl Expect {
    /// Returns whether something is expected that only a sweep can tell.
    pub fn needs_sweep(&self) -> bool {
        self.exit.is_some() || self.needs_report()
    }

    /// Returns whether something is expected that only the report of a sweep can tell.
    pub fn needs_report(&self) -> bool {
        self.no_other_episodes || !self.rows.is_empty() || !self.episodes.is_empty()
    }

    /// Returns whether nothing is judged.
    pub fn is_empty(&self) -> bool {
        let lists = [self.alarms.is_empty(), self.silent.is_empty(), self.messages.is_empty(), self.rows.is_empty()];
        let more = [self.no_messages.is_empty(), self.episodes.is_empty(), self.records.is_empty()];
        self.exit.is_none() && !self.no_other_episodes && lists.into_iter().chain(more).all(|empty| empty)
    }
}

/// A message that a subscriber received.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedMessage {
    /// The queue, by name.
    pub to: String,
    /// Text that stands in it, each piece.
    #[serde(default)]
    pub contains: Vec<String>,
}

/// A row of the report.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedRow {
    /// The account.
    pub account: AccountId,
    /// The check, by id.
    pub check: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The kind of gap behind an unknown.
    pub gap: Option<GapKind>,
    /// Text that stands in the summary.
    pub says: Option<String>,
}

/// An episode of the report.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedEpisode {
    /// The account.
    pub account: AccountId,
    /// The verdict.
    pub verdict: TriageVerdict,
    /// How bad it is.
    pub severity: Option<Severity>,
    /// Who acted.
    pub actor: Option<Actor>,
    /// How it was delivered.
    pub delivery: Option<Delivery>,
    /// Rules that have to be among its reasons.
    #[serde(default)]
    pub reasons: Vec<String>,
}

/// What triage says of a record.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedRecord {
    /// The record's event name, so that the reader sees which one is meant.
    pub event: String,
    /// The verdict.
    pub verdict: TriageVerdict,
    /// How bad it is.
    pub severity: Option<Severity>,
    /// Who acted.
    pub actor: Option<Actor>,
    /// How it was delivered.
    pub delivery: Option<Delivery>,
    /// Whether an expected use covers it.
    pub expectation: Option<Expectation>,
    /// What was done.
    pub action: Option<Action>,
    /// Rules that have to be among its reasons.
    #[serde(default)]
    pub reasons: Vec<String>,
}
