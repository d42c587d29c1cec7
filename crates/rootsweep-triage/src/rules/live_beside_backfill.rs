//! `live-beside-backfill`: something live in the account that the backfill is about.

use jiff::Timestamp;
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
    let is_live = |entry: &Entry| !entry.past && verdict::judge(entry).0 == TriageVerdict::Incident;
    let live: Vec<(String, Option<Timestamp>)> = board
        .live_entries()
        .filter(|(_, entry)| is_live(entry))
        .map(|(_, entry)| (entry.account_text().to_owned(), entry.record.event_time))
        .collect();
    let beside: Vec<usize> = board
        .live_entries()
        .filter(|(_, entry)| entry.past && entry.is_root_use())
        .filter(|(_, entry)| live.iter().any(|(account, time)| account == entry.account_text() && is_near(board, entry, *time)))
        .map(|(at, _)| at)
        .collect();
    for at in beside {
        board.raise(at, &RULE, Concern::LiveBeside, RULE.says.to_owned());
    }
}

/// Returns whether something happened about when the record was delivered.
fn is_near(board: &Board<'_>, entry: &Entry, time: Option<Timestamp>) -> bool {
    let came = entry.delivered_at.unwrap_or(board.settings.now);
    time.is_none_or(|time| came.duration_since(time).abs() <= board.settings.live_window)
}
