//! `assume-root-caller`: the other end of an `AssumeRoot` session.

use rootsweep_model::assessment::Actor;

use super::{Judge, Rule};
use crate::entry::{AssumeRootCall, Board, Entry};

pub(super) const RULE: Rule = Rule {
    id: "assume-root-caller",
    says: "the session was made by a call of sts:AssumeRoot that is among the records",
    reads: &["userIdentity.accessKeyId"],
    why: "The member account's record need not carry the assumedRoot flag; the key that the caller was given tells it all the same.",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-track-privileged-tasks.html",
    judge: Judge::Together(judge),
};

fn judge(board: &mut Board<'_>) {
    let joined: Vec<(usize, String)> = board
        .live_entries()
        .filter(|(_, entry)| entry.is_root_use())
        .filter_map(|(at, entry)| Some((at, says(call_behind(board, entry)?))))
        .collect();
    for (at, says) in joined {
        if let Some(entry) = board.entries.get_mut(at) {
            entry.actor = Actor::CentralRootSession;
        }
        board.explain(at, &RULE, says);
    }
}

/// Finds the call that issued the session's key, for this account.
fn call_behind<'a>(board: &'a Board<'_>, entry: &Entry) -> Option<&'a AssumeRootCall> {
    let for_account = |call: &&AssumeRootCall| {
        call.target.as_deref().is_none_or(|target| target.split(':').any(|part| part == entry.account_text()))
    };
    board.assume_root_calls.get(entry.access_key()?)?.iter().find(for_account)
}

fn says(call: &AssumeRootCall) -> String {
    let policy = call.task_policy.as_deref().unwrap_or("a task policy that the record does not name");
    let event = call.event_id.as_deref().unwrap_or("without an id");
    format!("{} made the session with sts:AssumeRoot and {policy} (event {event})", call.caller)
}
