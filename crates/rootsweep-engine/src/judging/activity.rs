//! Root activity: the raw records of the window, triaged into episodes.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rootsweep_model::facts::RecordSource;
use rootsweep_model::report::triage_v1::{self, Episode, Source};
use rootsweep_model::{AccountFacts, Fact, Gap, GapKind};
use rootsweep_triage::{Settings, Triage};

use crate::Error;
use crate::defect::defect;

/// Triages the records of an account.
///
/// A source with a record that is none becomes a gap in the facts: a record that cannot be read may be root's. The
/// episodes that its other records tell are kept.
pub(super) fn triage(facts: &mut AccountFacts, settings: &Settings) -> Result<triage_v1::Triage, Error> {
    let triage = Triage::new(settings.clone())?;
    // Triage only reads, so nothing half-done is left behind.
    let triaged = match catch_unwind(AssertUnwindSafe(|| push_all(triage, &facts.records).finish())) {
        Ok(triaged) => triaged,
        Err(payload) => {
            let gap = defect("triage", payload.as_ref());
            facts.records.iter_mut().for_each(|source| source.records = Fact::Gap(gap.clone()));
            Triage::new(settings.clone())?.finish()
        }
    };
    let mut unread: BTreeMap<&str, usize> = BTreeMap::new();
    for skipped in &triaged.skipped {
        *unread.entry(&skipped.file).or_default() += 1;
    }
    for source in &mut facts.records {
        if let Some(count) = unread.get(name(source).as_str()) {
            source.records = Fact::Gap(malformed(source, *count));
        }
    }
    Ok(triaged)
}

fn push_all(mut triage: Triage, sources: &[RecordSource]) -> Triage {
    for source in sources {
        for (index, record) in (0..).zip(source.records.known().into_iter().flatten()) {
            triage.push_json(Source { file: name(source), index }, record.delivered_at, &record.json);
        }
    }
    triage
}

/// Returns what triage knows a source by: the call with its Region.
fn name(source: &RecordSource) -> String {
    format!("{} {}", source.kind.call(), source.region)
}

fn malformed(source: &RecordSource, count: usize) -> Gap {
    let message = format!("{count} of its records could not be read");
    let remedy = "save the answer with the AWS CLI and report it as a defect of Rootsweep";
    Gap::new(GapKind::MalformedAnswer, source.kind.call(), message, remedy).in_region(&source.region)
}

/// Puts the episodes of all accounts in order: the worst first, then the latest, then by id.
pub(super) fn sort(episodes: &mut [Episode]) {
    episodes.sort_by(|one, other| {
        let key = |it: &Episode| (it.verdict, Reverse(it.severity), Reverse(it.last_event_time));
        key(one).cmp(&key(other)).then_with(|| one.id.cmp(&other.id))
    });
}
