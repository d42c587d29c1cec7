//! Alarms that fired: each transition of a root alarm, with the records that tripped it and whether it was right.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use rootsweep_model::assessment::TriageVerdict;
use rootsweep_model::report::triage_v1::Record;
use rootsweep_model::report::v1::{AlarmTransition, AlertPath, AlertPathKind, LinkState, Row};
use rootsweep_model::{AccountFacts, AccountId};

/// How long before a transition a record can have come that tripped it: the alarm's period, and CloudWatch's own delay.
const AFTER_DELIVERY: SignedDuration = SignedDuration::from_mins(15);
/// The same for a record of which only the time of the event is known: CloudTrail delivers within about five minutes on
/// average, and `AFTER_DELIVERY` comes on top:
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html>.
const AFTER_EVENT: SignedDuration = SignedDuration::from_mins(45);

/// An alarm, by its account, Region and name.
type AlarmKey = (AccountId, String, String);

/// What the accounts tell of alarms, until all of them have: an alarm of one account can be tripped by records of another.
#[derive(Default)]
pub(super) struct Alarms {
    fired: BTreeSet<(AlarmKey, Timestamp)>,
    /// Root alarms, with the accounts that they watch.
    watched: BTreeMap<AlarmKey, BTreeSet<AccountId>>,
    records: BTreeMap<AccountId, Vec<Tripping>>,
}

/// A root record, as far as an alarm is concerned.
struct Tripping {
    came: Timestamp,
    lead: SignedDuration,
    event_id: Option<String>,
    event_name: String,
    verdict: TriageVerdict,
}

impl Alarms {
    /// Takes what one account tells.
    pub(super) fn add(&mut self, facts: &AccountFacts, rows: &[Row], records: &[Record]) {
        let account = facts.account.id;
        for (region, history) in &facts.alarm_history {
            let items = history.known().into_iter().flatten();
            for item in items.filter(|item| item.new_state.as_deref() == Some("ALARM")) {
                self.fired.insert(((account, region.clone(), item.alarm_name.clone()), item.timestamp));
            }
        }
        for path in rows.iter().flat_map(|row| &row.alert_paths).filter(|path| hears_root(path)) {
            let key = (path.account_id, path.region.clone(), path.name.clone());
            self.watched.entry(key).or_default().insert(account);
        }
        let tripping: Vec<Tripping> = records.iter().filter_map(tripping).collect();
        if !tripping.is_empty() {
            self.records.insert(account, tripping);
        }
    }

    /// Explains each transition of a root alarm, by account, Region, alarm and time.
    pub(super) fn explain(&self) -> Vec<AlarmTransition> {
        let known = self.fired.iter().filter_map(|(key, at)| Some((key, *at, self.watched.get(key)?)));
        known.map(|(key, at, accounts)| self.transition(key, at, accounts)).collect()
    }

    fn transition(&self, key: &AlarmKey, at: Timestamp, accounts: &BTreeSet<AccountId>) -> AlarmTransition {
        let records = accounts.iter().filter_map(|account| self.records.get(account)).flatten();
        let tripped: Vec<&Tripping> =
            records.filter(|record| record.came <= at && at.duration_since(record.came) <= record.lead).collect();
        let (account_id, region, alarm) = key.clone();
        AlarmTransition {
            account_id,
            region,
            alarm,
            at,
            event_ids: tripped.iter().filter_map(|record| record.event_id.clone()).collect(),
            explanation: explanation(&tripped),
            justified: worst(&tripped).map(TriageVerdict::wants_attention),
        }
    }
}

/// Whether root records reach the alarm at all: its filter lets some of them through.
fn hears_root(path: &AlertPath) -> bool {
    let filter = path.links.iter().find(|link| link.link == "metric-filter");
    path.kind == AlertPathKind::MetricAlarm && filter.is_some_and(|link| link.state != LinkState::Broken)
}

fn tripping(record: &Record) -> Option<Tripping> {
    let delivered = record.delivered_at.map(|came| (came, AFTER_DELIVERY));
    let (came, lead) = delivered.or_else(|| record.event_time.map(|came| (came, AFTER_EVENT)))?;
    Some(Tripping {
        came,
        lead,
        event_id: record.event_id.clone(),
        event_name: record.event_name.clone().unwrap_or_else(|| "an unnamed event".to_owned()),
        verdict: record.verdict,
    })
}

fn worst(records: &[&Tripping]) -> Option<TriageVerdict> {
    // Verdicts stand with the worst first.
    records.iter().map(|record| record.verdict).min()
}

fn explanation(records: &[&Tripping]) -> String {
    let Some(worst) = worst(records) else {
        return "no root record of that time was found; one that AWS delivered late shows only in the trail's log group \
                (--source log-group)"
            .to_owned();
    };
    let names: BTreeSet<&str> = records.iter().map(|record| record.event_name.as_str()).collect();
    let names = names.into_iter().collect::<Vec<_>>().join(", ");
    let judged = match worst {
        TriageVerdict::Incident | TriageVerdict::Investigate => "rightly: it is unexpected root use",
        TriageVerdict::Historical => {
            "for root use of the past that AWS delivered late; match it with the records of its date"
        }
        TriageVerdict::Expected => "for root use that was announced",
        TriageVerdict::Explained | TriageVerdict::NotRoot => {
            "for nothing that a person did; AWS itself made the events"
        }
    };
    format!("it fired on {names}, {judged}")
}
