//! `live-session`: late records of a session that is live.

use std::collections::BTreeSet;

use super::{Judge, Rule};
use crate::entry::Board;

pub(super) const RULE: Rule = Rule {
    id: "live-session",
    says: "other records of the same session came on time: the session is live",
    reads: &["userIdentity.accessKeyId", "userIdentity.sessionContext.attributes.creationDate", "addendum.reason"],
    why: "A delay of some of its records makes no session a thing of the past.",
    source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html",
    judge: Judge::Together(judge),
};

fn judge(board: &mut Board<'_>) {
    let live: BTreeSet<usize> = board
        .live_entries()
        .filter(|(_, entry)| entry.is_root_use() && !entry.past)
        .map(|(at, _)| board.groups.find(at))
        .collect();
    let late: Vec<usize> = board
        .live_entries()
        .filter(|(at, entry)| entry.past && live.contains(&board.groups.find(*at)))
        .map(|(at, _)| at)
        .collect();
    for at in late {
        if let Some(entry) = board.entries.get_mut(at) {
            entry.past = false;
        }
        board.explain(at, &RULE, RULE.says.to_owned());
    }
}
