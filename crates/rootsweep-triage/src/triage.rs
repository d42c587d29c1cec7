//! From records, pushed in any order, to the answer.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rootsweep_cloudtrail::{Record, parse_record};
use rootsweep_model::assessment::TriageVerdict;
use rootsweep_model::exception::ExpectedUse;
use rootsweep_model::report::triage_v1::{self, Counts, Episode, Skipped, Source};

use crate::entry::{AssumeRootCall, Board, Entry, Fingerprint};
use crate::episode::group::Groups;
use crate::rules::{self, Judge};
use crate::settings::Settings;
use crate::{Error, episode, verdict};

/// A triage in progress.
///
/// Root records are kept, and little else: calls of `sts:AssumeRoot`, which name the sessions that they made, and
/// corrections, which may be about a root record.
#[derive(Debug)]
pub struct Triage {
    settings: Settings,
    entries: BTreeMap<(Option<String>, Fingerprint), Vec<Entry>>,
    listed: Vec<Entry>,
    assume_root_calls: BTreeMap<String, BTreeSet<AssumeRootCall>>,
    skipped: Vec<Skipped>,
    counts: Counts,
}

impl Triage {
    /// Begins a triage; fails where one of the expected uses is malformed.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        settings.expected_uses.iter().try_for_each(ExpectedUse::validate)?;
        Ok(Self {
            settings,
            entries: BTreeMap::new(),
            listed: Vec::new(),
            assume_root_calls: BTreeMap::new(),
            skipped: Vec::new(),
            counts: Counts::default(),
        })
    }

    /// Adds a record. `delivered_at` is when it came, where the envelope tells.
    pub fn push(&mut self, source: Source, delivered_at: Option<Timestamp>, record: Record) {
        self.counts.records += 1;
        self.remember_assume_root(&record);
        if record.is_root() {
            let kept = self.push_once(Entry::new(record, source, delivered_at));
            self.counts.duplicates += u64::from(!kept);
        } else if record.is_correction() {
            self.push_once(Entry::new(record, source, delivered_at));
        } else {
            self.push_other(record, source, delivered_at);
        }
    }

    /// Adds a record by its JSON text; what is no record is noted as skipped.
    pub fn push_json(&mut self, source: Source, delivered_at: Option<Timestamp>, json: &str) {
        match parse_record(json) {
            Ok(record) => self.push(source, delivered_at, record),
            Err(error) => self.skip(Skipped { file: source.file, offset: None, reason: error.to_string() }),
        }
    }

    /// Notes something that could not be read.
    pub fn skip(&mut self, skipped: Skipped) {
        self.counts.skipped += 1;
        self.skipped.push(skipped);
    }

    /// Adds to the counts what a reader has opened, and records that it has proved to be none of the root user's.
    pub const fn count(&mut self, files: u64, passed_over: u64) {
        self.counts.files += files;
        self.counts.records += passed_over;
        self.counts.not_root += passed_over;
    }

    /// Ends the triage: judges the records together, and tells the episodes.
    pub fn finish(mut self) -> triage_v1::Triage {
        let settings = self.settings.clone();
        let mut entries: Vec<Entry> = std::mem::take(&mut self.entries).into_values().flatten().collect();
        entries.sort_by(|one, other| one.order().cmp(&other.order()));
        for entry in &mut entries {
            entry.judge_circumstances(&settings);
        }
        let board = judge_together(entries, std::mem::take(&mut self.assume_root_calls), &settings);
        let episodes = tell_episodes(&board);
        let records = self.list(&board, &episodes);
        self.skipped.sort();
        let mut told: Vec<Episode> = episodes.into_iter().map(|(_, episode)| episode).collect();
        told.sort_by_key(|it| (it.verdict, std::cmp::Reverse(it.severity), it.first_event_time, it.id.clone()));
        triage_v1::Triage {
            schema: triage_v1::SCHEMA.to_owned(),
            records,
            episodes: told,
            alarms: Vec::new(),
            skipped: self.skipped,
            counts: self.counts,
        }
    }

    /// Keeps an entry, unless a copy of the same record has come before; returns whether it was kept.
    fn push_once(&mut self, entry: Entry) -> bool {
        let key = (entry.record.event_id.clone(), entry.fingerprint);
        let copies = self.entries.entry(key).or_default();
        if let Some(copy) = copies.first_mut().filter(|_| entry.record.event_id.is_some()) {
            copy.merge_copy(entry);
            return false;
        }
        copies.push(entry);
        true
    }

    fn push_other(&mut self, record: Record, source: Source, delivered_at: Option<Timestamp>) {
        let entry = Entry::new(record, source, delivered_at);
        self.count_verdict(verdict::judge(&entry).0);
        if self.settings.list_all {
            self.listed.push(entry);
        }
    }

    /// Keeps what tells a central root session from others: the key that the caller was given.
    fn remember_assume_root(&mut self, record: &Record) {
        let is_call = record.event_source.as_deref() == Some("sts.amazonaws.com")
            && record.event_name.as_deref() == Some("AssumeRoot");
        let Some(key) = record.response(&["credentials", "accessKeyId"]).filter(|_| is_call) else { return };
        let identity = &record.user_identity;
        let call = AssumeRootCall {
            caller: identity
                .arn
                .clone()
                .or_else(|| identity.principal_id.clone())
                .unwrap_or_else(|| "somebody".to_owned()),
            target: record.request(&["targetPrincipal"]).map(ToOwned::to_owned),
            task_policy: record
                .request(&["taskPolicyArn", "arn"])
                .or_else(|| record.request(&["taskPolicyArn"]))
                .map(ToOwned::to_owned),
            event_id: record.event_id.clone(),
        };
        self.assume_root_calls.entry(key.to_owned()).or_default().insert(call);
    }

    fn count_verdict(&mut self, verdict: TriageVerdict) {
        let count = match verdict {
            TriageVerdict::Incident => &mut self.counts.incident,
            TriageVerdict::Investigate => &mut self.counts.investigate,
            TriageVerdict::Historical => &mut self.counts.historical,
            TriageVerdict::Expected => &mut self.counts.expected,
            TriageVerdict::Explained => &mut self.counts.explained,
            TriageVerdict::NotRoot => &mut self.counts.not_root,
        };
        *count += 1;
    }

    /// Lists the records, and counts their verdicts.
    fn list(&mut self, board: &Board<'_>, episodes: &[(Vec<usize>, Episode)]) -> Vec<triage_v1::Record> {
        let ids: BTreeMap<usize, &str> =
            episodes.iter().flat_map(|(places, told)| places.iter().map(|at| (*at, told.id.as_str()))).collect();
        let mut records = Vec::new();
        for (at, entry) in board.entries.iter().enumerate() {
            if entry.replaced_by.is_some() {
                self.counts.corrected += u64::from(entry.is_root_record());
                continue;
            }
            self.counts.root_records += u64::from(entry.is_root_record());
            let record = list_entry(entry, ids.get(&at).copied());
            self.count_verdict(record.verdict);
            if entry.is_root_record() || entry.corrects_root || self.settings.list_all {
                records.push(record);
            }
        }
        records.extend(self.listed.iter().map(|entry| list_entry(entry, None)));
        records.sort_by(|one, other| (one.event_time, &one.source).cmp(&(other.event_time, &other.source)));
        records
    }
}

/// Asks the rules that look at all records.
fn judge_together(
    entries: Vec<Entry>,
    assume_root_calls: BTreeMap<String, BTreeSet<AssumeRootCall>>,
    settings: &Settings,
) -> Board<'_> {
    let groups = Groups::of(&entries);
    let mut board = Board { entries, groups, assume_root_calls, settings };
    for rule in rules::all_rules() {
        if let Judge::Together(judge) = rule.judge {
            judge(&mut board);
        }
    }
    board
}

/// Tells the episodes, each with the places of its entries.
fn tell_episodes(board: &Board<'_>) -> Vec<(Vec<usize>, Episode)> {
    let places = board.live_entries().filter(|(_, entry)| entry.is_root_record()).map(|(at, _)| at).collect();
    let tell = |places: Vec<usize>| {
        let entries: Vec<&Entry> = places.iter().filter_map(|at| board.entries.get(*at)).collect();
        let episode = episode::tell(&entries, board.settings);
        (places, episode)
    };
    board.groups.split(places).into_iter().map(tell).collect()
}

fn list_entry(entry: &Entry, episode_id: Option<&str>) -> triage_v1::Record {
    let (verdict, severity) = verdict::judge(entry);
    let record = &entry.record;
    triage_v1::Record {
        event_id: record.event_id.clone(),
        source: entry.source.clone(),
        event_time: record.event_time,
        delivered_at: entry.delivered_at,
        account_id: entry.account,
        event_source: record.event_source.clone(),
        event_name: record.event_name.clone(),
        aws_region: record.aws_region.clone(),
        source_ip_address: record.source_ip_address.clone(),
        user_agent: record.user_agent.clone(),
        error_code: record.error_code.clone(),
        actor: entry.actor,
        delivery: entry.delivery,
        expectation: entry.expectation,
        action: entry.action,
        verdict,
        severity,
        episode_id: episode_id.map(ToOwned::to_owned),
        reasons: entry.reasons.clone(),
    }
}
