//! Alarms that fired: each transition of a root alarm, with the records that tripped it and whether it was right.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use rootsweep_checks::alarm_inputs::{AlarmInputs, USUAL_REACH, WentOff, inputs_in, went_off};
use rootsweep_model::facts::AlarmHistoryItem;
use rootsweep_model::report::triage_v1::Record;
use rootsweep_model::report::v1::{AlarmTransition, AlertPath, AlertPathKind, LinkState, Row};
use rootsweep_model::{AccountFacts, AccountId, Gap};

use super::transition::{Tripping, explain_transition};

/// How much earlier a record can have happened than it was delivered, where only the time of the event is known:
/// CloudTrail delivers within about five minutes on average, and not always:
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html>.
const DELIVERY: SignedDuration = SignedDuration::from_mins(30);

/// What is said where no record was found that can have set the alarm off.
const NOTHING_FOUND: &str = "no root record of that time was found; one that AWS delivered late shows only in the \
                             trail's log group (--source log-group)";

/// An alarm, by its account, Region and name.
type AlarmKey = (AccountId, String, String);

/// What the accounts tell of alarms, until all of them have: an alarm of one account can be tripped by records of another.
#[derive(Default)]
pub(super) struct Alarms {
    fired: BTreeMap<AlarmKey, Vec<WentOff>>,
    /// Root alarms, with the accounts that they watch.
    watched: BTreeMap<AlarmKey, BTreeSet<AccountId>>,
    records: BTreeMap<AccountId, Vec<Tripping>>,
    /// Why not every root record of an account could be read.
    unread: BTreeMap<AccountId, Gap>,
    /// Alarms that a trail of the organization feeds, or may.
    of_organization: BTreeSet<AlarmKey>,
    /// Accounts whose trails are not known, so that any alarm of the organization may watch them.
    unplaced: BTreeMap<AccountId, Gap>,
}

impl Alarms {
    /// Takes what one account tells.
    pub(super) fn add(&mut self, facts: &AccountFacts, rows: &[Row], records: &[Record]) {
        let account = facts.account.id;
        self.add_history(facts);
        for path in rows.iter().flat_map(|row| &row.alert_paths).filter(|path| hears_root(path)) {
            let key = (path.account_id, path.region.clone(), path.name.clone());
            self.watched.entry(key).or_default().insert(account);
        }
        if !records.is_empty() {
            self.records.insert(account, records.iter().map(Tripping::from).collect());
        }
        if let Some(gap) = facts.records.iter().find_map(|source| source.records.gap()) {
            self.unread.insert(account, gap.clone());
        }
        if let Some(gap) = facts.session.gap().or_else(|| facts.monitoring.trails.gap()) {
            let message = format!("account {account}: {}", gap.message);
            self.unplaced.insert(account, Gap { message, ..gap.clone() });
        }
    }

    fn add_history(&mut self, facts: &AccountFacts) {
        for (region, history) in &facts.alarm_history {
            let mut by_alarm: BTreeMap<&str, Vec<&AlarmHistoryItem>> = BTreeMap::new();
            for item in history.known().into_iter().flatten() {
                by_alarm.entry(&item.alarm_name).or_default().push(item);
            }
            for (alarm, items) in by_alarm {
                let inputs = inputs_in(&facts.monitoring, region, alarm);
                let reach = inputs.as_ref().map_or(USUAL_REACH, |it| it.reach);
                let key = (facts.account.id, region.clone(), alarm.to_owned());
                if inputs.is_some_and(|inputs| is_of_organization(facts, &inputs)) {
                    self.of_organization.insert(key.clone());
                }
                self.fired.insert(key, went_off(items, reach));
            }
        }
    }

    /// Explains each transition of a root alarm, by account, Region, alarm and time.
    pub(super) fn explain(&self) -> Vec<AlarmTransition> {
        let known = self.fired.iter().filter_map(|(key, fired)| Some((key, fired, self.watched.get(key)?)));
        known.flat_map(|(key, fired, accounts)| fired.iter().map(|it| self.transition(key, it, accounts))).collect()
    }

    fn transition(&self, key: &AlarmKey, fired: &WentOff, accounts: &BTreeSet<AccountId>) -> AlarmTransition {
        let records = accounts.iter().filter_map(|account| self.records.get(account)).flatten();
        let tripped: Vec<&Tripping> = records.filter(|record| can_trip(record, fired)).collect();
        let unread = accounts.iter().find_map(|account| self.unread.get(account));
        let unread = unread.or_else(|| self.unplaced(key, accounts));
        let (explanation, justified) = explain_transition(&tripped, unread, NOTHING_FOUND);
        let (account_id, region, alarm) = key.clone();
        AlarmTransition {
            account_id,
            region,
            alarm,
            at: fired.at,
            event_ids: tripped.iter().filter_map(|record| record.event_id.clone()).collect(),
            explanation,
            justified,
        }
    }

    /// Returns why an account is not known that may have set off an alarm which watches more than its own account.
    fn unplaced(&self, key: &AlarmKey, accounts: &BTreeSet<AccountId>) -> Option<&Gap> {
        let is_shared = self.of_organization.contains(key) || accounts.iter().any(|account| *account != key.0);
        self.unplaced.values().next().filter(|_| is_shared)
    }
}

/// Whether a trail of the organization delivers to a log group that feeds the alarm.
fn is_of_organization(facts: &AccountFacts, inputs: &AlarmInputs<'_>) -> bool {
    let trails = facts.monitoring.trails.known().map(Vec::as_slice).unwrap_or_default();
    let shared = trails.iter().filter(|trail| trail.is_organization_trail != Some(false));
    let mut groups = shared.filter_map(|trail| trail.log_group_arn.as_deref());
    groups.any(|arn| inputs.filters.iter().any(|(group, _)| group.arn == arn))
}

/// Whether a record came within what an alarm looks at.
fn can_trip(record: &Tripping, fired: &WentOff) -> bool {
    let delivered = record.delivered_at.map(|came| (came, SignedDuration::ZERO));
    let came = delivered.or_else(|| record.event_time.map(|came| (came, DELIVERY)));
    came.is_some_and(|(came, late)| came <= fired.at && came >= fired.earliest(late))
}

/// Whether root records reach the alarm at all: its filter lets some of them through.
fn hears_root(path: &AlertPath) -> bool {
    let filter = path.links.iter().find(|link| link.link == "metric-filter");
    path.kind == AlertPathKind::MetricAlarm && filter.is_some_and(|link| link.state != LinkState::Broken)
}
