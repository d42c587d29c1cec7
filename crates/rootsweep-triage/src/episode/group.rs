//! Which records belong to one episode.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use rootsweep_model::assessment::Actor;

use crate::entry::Entry;

/// The longest pause within one visit that no session holds together.
pub(crate) const CHAIN: SignedDuration = SignedDuration::from_hours(1);

/// The longest pause within one use of a key that does not expire, or within one service's work.
const LONG_CHAIN: SignedDuration = SignedDuration::from_hours(24);

/// The longest time between a sign-in and the issue of its session's credentials.
const SIGN_IN_TO_SESSION: SignedDuration = SignedDuration::from_mins(5);

/// Sets of entries that belong together, by their places on the board.
#[derive(Clone, Debug, Default)]
pub(crate) struct Groups {
    parents: Vec<usize>,
}

impl Groups {
    /// Puts the entries together that share a session, a key, or an address at nearly the same time.
    pub(crate) fn of(entries: &[Entry]) -> Self {
        let mut groups = Self { parents: (0..entries.len()).collect() };
        groups.join_sessions(entries);
        groups.join_sign_ins(entries);
        groups.join_chains(entries);
        groups
    }

    /// Returns the set that an entry belongs to.
    pub(crate) fn find(&self, at: usize) -> usize {
        let mut at = at;
        while let Some(&parent) = self.parents.get(at).filter(|parent| **parent != at) {
            at = parent;
        }
        at
    }

    /// Puts two sets together; the earlier entry stands for both.
    pub(crate) fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.find(one), self.find(other));
        if let Some(parent) = self.parents.get_mut(one.max(other)) {
            *parent = one.min(other);
        }
    }

    /// Returns the given entries by the sets that they belong to, in their own order.
    pub(crate) fn split(&self, places: Vec<usize>) -> Vec<Vec<usize>> {
        let mut sets: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for at in places {
            sets.entry(self.find(at)).or_default().push(at);
        }
        sets.into_values().collect()
    }

    /// Sessions are told by the date of their credentials, for a console session goes through many keys, and by the key.
    fn join_sessions(&mut self, entries: &[Entry]) {
        let mut first: BTreeMap<(&str, String), usize> = BTreeMap::new();
        for (at, entry) in entries.iter().enumerate() {
            let date = entry.session_start().map(|date| format!("date {date}"));
            let key = entry.access_key().filter(|key| !key.starts_with("AKIA")).map(|key| format!("key {key}"));
            for mark in [date, key].into_iter().flatten() {
                let with = *first.entry((entry.account_text(), mark)).or_insert(at);
                self.join(with, at);
            }
        }
    }

    fn join_sign_ins(&mut self, entries: &[Entry]) {
        for (at, sign_in) in entries.iter().enumerate().filter(|(_, entry)| entry.is_sign_in(true)) {
            let session = entries
                .iter()
                .position(|entry| entry.account_text() == sign_in.account_text() && began_with(entry, sign_in));
            if let Some(session) = session {
                self.join(session, at);
            }
        }
    }

    fn join_chains(&mut self, entries: &[Entry]) {
        let mut last: BTreeMap<(&str, String), (usize, Option<Timestamp>)> = BTreeMap::new();
        for (at, entry) in entries.iter().enumerate() {
            let Some((mark, pause)) = chain(entry) else { continue };
            let time = entry.record.event_time;
            let before = last.insert((entry.account_text(), mark), (at, time));
            if let Some((before, earlier)) = before
                && earlier.zip(time).is_none_or(|(earlier, time)| time.duration_since(earlier) <= pause)
            {
                self.join(before, at);
            }
        }
    }
}

/// Returns whether the entry's session is the one that the sign-in began.
pub(crate) fn began_with(entry: &Entry, sign_in: &Entry) -> bool {
    entry
        .session_start()
        .zip(sign_in.record.event_time)
        .is_some_and(|(start, signed_in)| start.duration_since(signed_in).abs() <= SIGN_IN_TO_SESSION)
}

/// Returns what holds an entry together with others where no session does, and for how long.
fn chain(entry: &Entry) -> Option<(String, SignedDuration)> {
    let record = &entry.record;
    let source = record.source_ip_address.as_deref().unwrap_or_default();
    if entry.is_sign_in(false) {
        // Guessing comes from many addresses.
        return Some(("refused sign-ins".to_owned(), CHAIN));
    }
    if entry.actor == Actor::AwsService && !entry.forwarded {
        let service = record.user_identity.invoked_by.as_deref().unwrap_or(source);
        return Some((format!("service {service}"), LONG_CHAIN));
    }
    match entry.access_key() {
        Some(key) if key.starts_with("AKIA") => Some((format!("key {key}"), LONG_CHAIN)),
        Some(_) => None,
        None if entry.session_start().is_some() => None,
        None => Some((format!("source {source}"), CHAIN)),
    }
}
