//! What came of a scenario, in the form that `result.json` has.

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
    /// The hop at which the two parted, where they did.
    pub parted_at: Option<&'static str>,
}

impl Played {
    /// Returns how many expectations were judged, and how many of them were met.
    pub fn score(&self) -> (usize, usize) {
        let all = || self.steps.iter().flat_map(|step| &step.expectations);
        (all().count(), all().filter(|judged| judged.met).count())
    }
}
