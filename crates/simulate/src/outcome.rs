//! What came of a scenario, in the form that `result.json` has.

use std::time::Duration;

use serde::Serialize;

/// What came of a run of the harness.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// Always `rootsweep/simulation/v1`.
    pub schema: &'static str,
    /// `embedded` or `localstack`.
    pub backend: String,
    /// The scenarios that were played, by name.
    pub scenarios: Vec<Played>,
    /// The scenarios that were not, each with its reason.
    pub not_played: Vec<NotPlayed>,
}

/// A scenario that was not played on this backend.
#[derive(Debug, Serialize)]
pub struct NotPlayed {
    /// Its name.
    pub scenario: String,
    /// Why not.
    pub reason: String,
}

/// What came of one scenario.
#[derive(Debug, Serialize)]
pub struct Played {
    /// Its name.
    pub scenario: String,
    /// Whether every expectation was met.
    pub passed: bool,
    /// How long it took, in milliseconds of real time.
    pub took_ms: u128,
    /// Its steps, in order.
    pub steps: Vec<PlayedStep>,
}

/// What came of one step.
#[derive(Debug, Serialize)]
pub struct PlayedStep {
    /// When, after the start: `+00:01:30`.
    pub at: String,
    /// What it did.
    pub does: String,
    /// What was seen on the way, in the order in which it happened.
    pub hops: Vec<Hop>,
    /// Its expectations, each judged.
    pub expectations: Vec<Judged>,
}

/// The kinds of hops, in the order of the way from a record to a verdict.
pub const KINDS: [&str; 11] = [
    "record written",
    "delivered",
    "filter matched",
    "metric",
    "alarm",
    "rule matched",
    "message sent",
    "message received",
    // A call that the gateway could not hand on.
    "gateway",
    "sweep",
    "verdict",
];

/// One thing that was seen on the way from a record to a verdict.
#[derive(Clone, Debug, Serialize)]
pub struct Hop {
    /// When, in milliseconds after the start of the scenario.
    pub at_ms: i128,
    /// How long after the hop before it, in milliseconds.
    pub after_ms: i128,
    /// What kind: one of [`KINDS`].
    #[serde(rename = "hop")]
    pub kind: &'static str,
    /// What it was about.
    pub subject: String,
    /// Whether the way goes on from here: not from a filter that does not match, or a record that is not delivered.
    #[serde(skip)]
    pub leads_on: bool,
}

/// An expectation, judged.
#[derive(Clone, Debug, Serialize)]
pub struct Judged {
    /// Whether it was met.
    pub met: bool,
    /// What was expected.
    pub expected: String,
    /// What came.
    pub came: String,
    /// The hop at which the two parted, where they did; `step` or `stage` where it could not be played at all.
    pub parted_at: Option<&'static str>,
}

impl Judged {
    /// Makes an expectation that was not met, with the hop at which what came parted from it.
    pub fn failed(expected: impl Into<String>, came: impl Into<String>, hop: &'static str) -> Self {
        Self { met: false, expected: expected.into(), came: came.into(), parted_at: Some(hop) }
    }
}

impl Played {
    /// Tells of a scenario whose stage could not be set.
    pub fn unstaged(scenario: String, took: Duration, error: &anyhow::Error) -> Self {
        let expectations = vec![Judged::failed("the stage can be set", format!("{error:#}"), "stage")];
        let (at, does) = ("+00:00:00".to_owned(), "set the stage".to_owned());
        let steps = vec![PlayedStep { at, does, hops: Vec::new(), expectations }];
        Self { scenario, passed: false, took_ms: took.as_millis(), steps }
    }

    /// Returns how many expectations were judged, and how many of them were met.
    pub fn score(&self) -> (usize, usize) {
        let all = || self.steps.iter().flat_map(|step| &step.expectations);
        (all().count(), all().filter(|judged| judged.met).count())
    }
}
