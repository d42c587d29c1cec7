//! `live-beside-backfill`: something live in the account that the backfill is about.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rootsweep_model::Severity;
use rootsweep_model::assessment::TriageVerdict;

use super::{Judge, Rule};
use crate::concern::Concern;
use crate::entry::{Board, Entry};
use crate::verdict;

pub(super) const RULE: Rule = Rule {
    id: "live-beside-backfill",
    says: "something unexpected is live in the same account: this backfill calms nobody",
    reads: &["addendum.reason", "eventTime", "userIdentity.accountId"],
    why: "A backfill is a good place to hide: while something is live, its records keep their full severity.",
    source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html",
    judge: Judge::Together(judge),
};

fn judge(board: &mut Board<'_>) {
    let is_live = |entry: &Entry| !entry.past && is_grave(verdict::judge(entry));
    let mut live: BTreeMap<&str, BTreeSet<Option<Timestamp>>> = BTreeMap::new();
    for (_, entry) in board.live_entries().filter(|(_, entry)| is_live(entry)) {
        live.entry(entry.account_text()).or_default().insert(entry.record.event_time);
    }
    let beside: Vec<usize> = board
        .live_entries()
        .filter(|(_, entry)| entry.past && entry.is_root_use())
        .filter(|(_, entry)| live.get(entry.account_text()).is_some_and(|times| is_near(board, entry, times)))
        .map(|(at, _)| at)
        .collect();
    for at in beside {
        board.raise(at, &RULE, Concern::LiveBeside, RULE.says.to_owned());
    }
}

/// Returns whether something unexpected is more than a look around.
fn is_grave((verdict, severity): (TriageVerdict, Severity)) -> bool {
    match verdict {
        TriageVerdict::Incident => true,
        TriageVerdict::Investigate => severity >= Severity::High,
        _ => false,
    }
}

/// Returns whether something happened about when the record was delivered, or nobody knows when.
fn is_near(board: &Board<'_>, entry: &Entry, times: &BTreeSet<Option<Timestamp>>) -> bool {
    let came = entry.delivered_at.unwrap_or(board.settings.now);
    let window = board.settings.live_window;
    let first = came.checked_sub(window).unwrap_or(Timestamp::MIN);
    let last = came.checked_add(window).unwrap_or(Timestamp::MAX);
    times.contains(&None) || times.range(Some(first)..=Some(last)).next().is_some()
}
