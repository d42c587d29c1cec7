//! `root-activity`: no unexpected root episode in the window.

use std::collections::BTreeSet;

use rootsweep_model::facts::{RecordSource, RecordSourceKind};
use rootsweep_model::report::triage_v1::Episode;
use rootsweep_model::{Evidence, Fact, Gap, GapKind, Judgement, Severity};

use crate::alert_path::state::State;
use crate::calls;
use crate::check::{Check, CheckMeta, Subject};
use crate::checks::root_trail;
use crate::root_use;

/// No unexpected root episode in the window.
pub(crate) struct RootActivity;

/// The id of the check that fails on unexpected root episodes.
pub const ROOT_ACTIVITY: &str = "root-activity";

const LOOKUP: &str = RecordSourceKind::LookupEvents.call();
const LOG_EVENTS: &str = RecordSourceKind::LogGroup.call();

static META: CheckMeta = CheckMeta {
    id: ROOT_ACTIVITY,
    title: "No unexpected root activity in the window",
    severity: Severity::High,
    risk: "Unexpected use of the root user is an intrusion until it is shown to be something else.",
    remediation: "Read the episodes of this account in the report, and follow their next commands; where the use was \
                  expected, add it to the expected uses of the configuration.",
    unknown_means: "Root records could not be looked up in some Region or source or under the account's alias, or the \
                    credential report shows a use of which no record was found; the root user may have been active.",
    controls: &[
        ("CIS AWS Foundations 3.0", &["1.7"]),
        ("CIS AWS Foundations 5.0", &["1.6"]),
        ("NIST 800-53 r5", &["AU-6", "CA-7", "SI-4"]),
        ("PCI DSS 4.0.1", &["10.2.1.2", "10.4.1"]),
    ],
    needs: &[LOOKUP, calls::LIST_ALIASES, calls::LIST_REGIONS, calls::GENERATE_REPORT, calls::CREDENTIAL_REPORT],
    readme: include_str!("README.md"),
};

impl Check for RootActivity {
    fn meta(&self) -> &'static CheckMeta {
        &META
    }

    fn judge(&self, subject: &Subject<'_>) -> Judgement {
        let unexpected: Vec<_> = subject.episodes.iter().filter(|it| it.verdict.wants_attention()).collect();
        let judgement = match (unexpected.first(), gap(subject)) {
            (Some(worst), _) => fail(&unexpected, worst),
            (None, Some(gap)) => Judgement::unknown(gap),
            (None, None) if subject.episodes.is_empty() => Judgement::pass("no root activity in the window"),
            (None, None) => Judgement::pass("all root activity in the window is explained or expected"),
        };
        judgement.with(subject.episodes.iter().map(evidence))
    }
}

fn fail(unexpected: &[&Episode], first: &Episode) -> Judgement {
    let worst =
        unexpected.iter().copied().fold(first, |worst, it| if it.severity > worst.severity { it } else { worst });
    let summary = match unexpected.len() {
        1 => worst.title.clone(),
        count => format!("{count} episodes of unexpected root activity; the worst: {}", worst.title),
    };
    Judgement::fail(summary).at(worst.severity)
}

fn evidence(episode: &Episode) -> Evidence {
    Evidence::new(format!("episode {} ({})", episode.id, episode.verdict), &episode.title, LOOKUP)
}

/// Returns what stands in the way of saying that there was nothing, the most telling first.
fn gap(subject: &Subject<'_>) -> Option<Gap> {
    let sources = &subject.facts.records;
    if sources.is_empty() {
        return Some(subject.facts.session.gap().cloned().unwrap_or_else(not_looked));
    }
    let first = sources.iter().find_map(|source| source.records.gap().cloned());
    first
        .or_else(|| sources.iter().find_map(unreadable))
        .or_else(|| not_recorded(subject))
        .or_else(|| name_not_looked_for(subject))
        .or_else(|| region_not_looked_in(subject))
        .or_else(|| not_on_record(subject))
}

fn not_looked() -> Gap {
    let remedy = "name a source of root records: lookup-events, log-group or athena";
    Gap::new(GapKind::OutOfReach, LOOKUP, "root records were not looked for", remedy)
}

/// Returns a gap where a record is no JSON object: whatever it tells is lost.
fn unreadable(source: &RecordSource) -> Option<Gap> {
    let Fact::Known(records) = &source.records else { return None };
    let is_object = |json: &str| serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(json).is_ok();
    let count = records.iter().filter(|record| !is_object(&record.json)).count();
    let remedy = "read the records in the CloudTrail console, and report the defect";
    let gap =
        Gap::new(GapKind::MalformedAnswer, source.kind.call(), format!("{count} records could not be read"), remedy);
    (count > 0).then(|| gap.in_region(&source.region))
}

/// Returns a gap where the records come from what a trail wrote, and no trail is shown to write everything.
fn not_recorded(subject: &Subject<'_>) -> Option<Gap> {
    if subject.facts.records.iter().any(|source| source.kind == RecordSourceKind::LookupEvents) {
        return None;
    }
    match root_trail::state(subject) {
        State::Holds => None,
        State::Unknown(gap) => Some(*gap),
        State::Broken => {
            let remedy = "fix the trail, or add lookup-events to the sources of root records";
            let message = "the records come from a trail's log group or bucket, and no trail records everything";
            Some(Gap::new(GapKind::OutOfReach, LOG_EVENTS, message, remedy))
        }
    }
}

/// Returns a gap where records may stand under a name that Event history was not asked for: it is asked by user name, and
/// a root record's is the account's alias where there is one.
fn name_not_looked_for(subject: &Subject<'_>) -> Option<Gap> {
    let looked_up = subject.facts.records.iter().any(|source| source.kind == RecordSourceKind::LookupEvents);
    subject.facts.aliases.gap().filter(|_| looked_up).cloned()
}

/// Returns a gap where an enabled Region was not asked. Athena and a trail's log group hold all Regions at once.
fn region_not_looked_in(subject: &Subject<'_>) -> Option<Gap> {
    let by_region = |it: &&RecordSource| it.kind == RecordSourceKind::LookupEvents;
    let asked: BTreeSet<_> =
        subject.facts.records.iter().filter(by_region).map(|source| source.region.as_str()).collect();
    if asked.is_empty() {
        return None;
    }
    let enabled = match subject.facts.enabled_regions.known() {
        Ok(regions) => regions,
        Err(gap) => return Some(gap.clone()),
    };
    let missed = enabled.iter().find(|region| !asked.contains(region.as_str()))?;
    let remedy = "let the sweep ask every enabled Region: leave out --region, or name them all";
    Some(Gap::new(GapKind::OutOfReach, LOOKUP, "this Region was not asked", remedy).in_region(missed))
}

/// Returns a gap where the credential report could not be asked, or knows of a use that no record tells of.
fn not_on_record(subject: &Subject<'_>) -> Option<Gap> {
    let report = match subject.facts.root.credential_report.known() {
        Ok(report) => report,
        Err(gap) => return Some(gap.clone()),
    };
    let (from, _) = subject.window;
    root_use::unrecorded_use(report, from, subject.episodes).or_else(|| root_use::doubt(report, subject.now))
}
