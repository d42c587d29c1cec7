//! Why an alarm went off, and whether it was right.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use jiff::Timestamp;
use rootsweep_model::assessment::TriageVerdict;
use rootsweep_model::report::triage_v1::Record;
use rootsweep_model::{Gap, Severity};

/// A triaged record, as far as an alarm is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tripping {
    /// The record's `eventID`.
    pub event_id: Option<String>,
    /// Its `eventName`.
    pub event_name: Option<String>,
    /// When it happened.
    pub event_time: Option<Timestamp>,
    /// When AWS delivered it, where that is known.
    pub delivered_at: Option<Timestamp>,
    /// What triage says of it.
    pub verdict: TriageVerdict,
    /// How grave it is.
    pub severity: Severity,
}

impl From<&Record> for Tripping {
    fn from(record: &Record) -> Self {
        Self {
            event_id: record.event_id.clone(),
            event_name: record.event_name.clone(),
            event_time: record.event_time,
            delivered_at: record.delivered_at,
            verdict: record.verdict,
            severity: record.severity,
        }
    }
}

/// Says what set an alarm off, and whether it was right: whether something has to be looked at.
///
/// Where there is no record, `nothing_found` is said. It is not known whether the alarm was right where nothing was found,
/// and where something could not be read: that may be what it was right about.
pub fn explain_transition(records: &[&Tripping], unread: Option<&Gap>, nothing_found: &str) -> (String, Option<bool>) {
    let gap = unread.map(|gap| format!("; not everything could be read: {gap}")).unwrap_or_default();
    let Some(worst) = records.iter().min_by_key(|it| (it.verdict, Reverse(it.severity), it.event_time)) else {
        return (format!("{nothing_found}{gap}"), None);
    };
    let names: BTreeSet<&str> = records.iter().map(|record| name(record)).collect();
    let names = names.into_iter().collect::<Vec<_>>().join(", ");
    let explanation = format!("it fired on {names}, {}; {}{gap}", judged(worst.verdict), tell(worst));
    let is_right = records.iter().any(|record| record.verdict.wants_attention());
    (explanation, if is_right || unread.is_none() { Some(is_right) } else { None })
}

fn name(record: &Tripping) -> &str {
    record.event_name.as_deref().unwrap_or("an unnamed event")
}

const fn judged(worst: TriageVerdict) -> &'static str {
    match worst {
        TriageVerdict::Incident | TriageVerdict::Investigate => "rightly: it is unexpected root use",
        TriageVerdict::Historical => {
            "for root use of the past that AWS delivered late; match it with the records of its date"
        }
        TriageVerdict::Expected => "for root use that an expected use covers",
        TriageVerdict::Explained | TriageVerdict::NotRoot => {
            "for nothing that a person did; AWS itself made the events"
        }
    }
}

fn tell(worst: &Tripping) -> String {
    let time = worst.event_time.map(|at| format!(" of {at}")).unwrap_or_default();
    let delivered = worst.delivered_at.map(|at| format!(", delivered {at}")).unwrap_or_default();
    format!("the worst is {}{time}{delivered}: {} ({})", name(worst), worst.verdict, worst.severity)
}
