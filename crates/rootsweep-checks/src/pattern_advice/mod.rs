//! What a pattern does to the probes, which known mistakes are in it, and how it reads without them.
//!
//! Both languages are tried on the records of [`crate::probes`]: a filter pattern on the record itself, an event pattern
//! on EventBridge's envelope around it.

mod event;
mod filter;
mod table;

use eventbridge_pattern::EventPattern;
use logs_filter_pattern::{FilterPattern, Outcome};
use rootsweep_model::AccountId;
use serde_json::Value;

pub use self::event::review_event_pattern;
pub use self::filter::review_filter_pattern;
pub use self::table::{KnownPattern, Language, Row, known_patterns, markdown};
use crate::probes::{self, Probe};

/// What a pattern is found to do, and what should be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Every probe, root probes first.
    pub trials: Vec<Trial>,
    /// The mistakes that are recognised.
    pub advice: Vec<Advice>,
    /// The pattern without those mistakes; absent where there are none, or where they cannot be corrected mechanically.
    pub corrected: Option<String>,
}

/// A probe, and what the pattern says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// The probe.
    pub probe: &'static Probe,
    /// Whether the pattern should match it: root probes yes, noise no.
    pub wanted: bool,
    /// Whether it does; nothing where AWS does not document it.
    pub matched: Option<bool>,
    /// The open question, where AWS does not document it.
    pub undocumented: Option<String>,
}

/// A known mistake in a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mistake {
    /// `!=` on a field that a record can lack: false there, so the pattern misses the record.
    InequalityOnMissingField,
    /// Nothing sets root apart, so that what other people do matches as well.
    EveryoneMatches,
    /// The root type alone, so that calls of AWS services in root's name match as well.
    ServiceCallsMatch,
    /// Service events under the root identity match.
    ServiceEventsMatch,
    /// A condition on the source address, so that root from anywhere else is missed.
    OneSource,
    /// `root` for `Root`: values are compared with their case.
    TypeInWrongCase,
    /// `AWS Console Signin via CloudTrail`, as a page of AWS's spells the detail type of sign-ins.
    MisspeltDetailType,
    /// The detail type of API calls without that of sign-ins.
    ApiCallsOnly,
    /// The detail types of API calls and sign-ins without that of console actions, as on the billing pages.
    NoConsoleActions,
    /// `aws.cloudtrail` as the source: events come from the service that was called.
    CloudTrailAsSource,
}

impl Mistake {
    /// Returns its id, in kebab-case.
    pub const fn id(self) -> &'static str {
        match self {
            Self::InequalityOnMissingField => "inequality-on-missing-field",
            Self::EveryoneMatches => "everyone-matches",
            Self::ServiceCallsMatch => "service-calls-match",
            Self::ServiceEventsMatch => "service-events-match",
            Self::OneSource => "one-source",
            Self::TypeInWrongCase => "type-in-wrong-case",
            Self::MisspeltDetailType => "misspelt-detail-type",
            Self::ApiCallsOnly => "api-calls-only",
            Self::NoConsoleActions => "no-console-actions",
            Self::CloudTrailAsSource => "cloudtrail-as-source",
        }
    }
}

/// A mistake, said of the pattern at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// Which mistake it is.
    pub mistake: Mistake,
    /// What it does, and what to write in its place.
    pub message: String,
}

impl Advice {
    fn new(mistake: Mistake, message: impl Into<String>) -> Self {
        Self { mistake, message: message.into() }
    }
}

/// The account and Region that probes are filled in with, where a pattern is looked at by itself.
const SAMPLE_ACCOUNT: &str = "111122223333";
const SAMPLE_REGION: &str = "us-east-1";

fn sample_account() -> AccountId {
    #[expect(clippy::expect_used, reason = "the id is compiled in, and every test reads it")]
    SAMPLE_ACCOUNT.parse().expect("twelve digits")
}

/// Tries a filter pattern on every probe.
pub fn try_filter_pattern(pattern: &FilterPattern) -> Vec<Trial> {
    trials(|probe| match pattern.evaluate_json(&sample(probe)) {
        Outcome::Match => (Some(true), None),
        Outcome::NoMatch => (Some(false), None),
        Outcome::Undocumented(behaviour) => (None, Some(behaviour.question().to_owned())),
    })
}

/// Tries an event pattern on every probe.
pub fn try_event_pattern(pattern: &EventPattern) -> Vec<Trial> {
    trials(|probe| (Some(pattern.matches(&probe.event(sample_account(), SAMPLE_REGION))), None))
}

fn trials(matched: impl Fn(&Probe) -> (Option<bool>, Option<String>)) -> Vec<Trial> {
    let noise = probes::noise().iter().chain(probes::people()).map(|it| (it, false));
    let all = probes::root().iter().map(|it| (it, true)).chain(noise);
    let trial = |(probe, wanted)| {
        let (matched, undocumented) = matched(probe);
        Trial { probe, wanted, matched, undocumented }
    };
    all.map(trial).collect()
}

fn sample(probe: &Probe) -> Value {
    probe.record(sample_account(), SAMPLE_REGION)
}

/// How often a pattern is looked at again once it is corrected, at most.
const MOST_ROUNDS: usize = 8;

/// Returns whether any root probe is missed, or not known to be caught.
fn misses_root(trials: &[Trial]) -> bool {
    trials.iter().any(|it| it.wanted && it.matched != Some(true))
}

/// Returns whether any root probe matches.
fn hears_root(trials: &[Trial]) -> bool {
    trials.iter().any(|it| it.wanted && it.matched == Some(true))
}

/// Returns whether a pattern hears root and other people alike.
fn matches_everyone(trials: &[Trial]) -> bool {
    hears_root(trials) && probes::people().iter().any(|probe| has_false_positive(trials, &probe.id))
}

/// Returns whether a noise probe matches, by id.
fn has_false_positive(trials: &[Trial], id: &str) -> bool {
    trials.iter().any(|it| it.probe.id == id && it.matched == Some(true))
}
