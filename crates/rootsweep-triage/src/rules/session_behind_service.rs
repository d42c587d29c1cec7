//! `session-behind-service`: the root session behind a service's call.

use rootsweep_model::assessment::Expectation;

use super::expectation::Announcement;
use super::{Judge, Rule};
use crate::concern::Concern;
use crate::entry::{Board, Entry};
use crate::episode::group::began_with;

pub(super) const RULE: Rule = Rule {
    id: "session-behind-service",
    says: "the root session behind the service's call is among the records, or it is not",
    reads: &["userIdentity.accessKeyId", "userIdentity.sessionContext.attributes.creationDate"],
    why: "A forwarded call is explained only together with whoever called the service: without that session nobody knows who it was.",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html",
    judge: Judge::Together(judge),
};

fn judge(board: &mut Board<'_>) {
    let forwarded: Vec<usize> = board.live_entries().filter(|(_, entry)| entry.forwarded).map(|(at, _)| at).collect();
    for at in forwarded {
        if let Some(session) = session_behind(board, at) {
            board.groups.join(session, at);
            if is_smuggled(board, session, at) {
                let says = "the root session behind it was announced, and what the service did for it was not".to_owned();
                board.raise(at, &RULE, Concern::DeedNotNamed, says);
            } else {
                let says = "the root session behind it is among the records: read them together".to_owned();
                board.explain(at, &RULE, says);
            }
        } else {
            let says = "the root session behind it is not among the records: somebody has to find it".to_owned();
            board.raise(at, &RULE, Concern::SessionUnknown, says);
        }
    }
}

/// Returns whether an announced session had a service do what only its own name excuses: a stack must not make the key
/// that the session itself may not make.
fn is_smuggled(board: &Board<'_>, session: usize, at: usize) -> bool {
    let announced = board.entries.get(session).is_some_and(|entry| entry.expectation == Expectation::Expected);
    board.entries.get(at).is_some_and(|entry| {
        let deed = Announcement { entry, settings: board.settings };
        announced && deed.has_to_be_named() && !deed.names_deed()
    })
}

/// Finds a record of the session itself: one with its key or its creation date, or the sign-in that began it.
fn session_behind(board: &Board<'_>, at: usize) -> Option<usize> {
    let entry = board.entries.get(at)?;
    let is_behind = |other: &Entry| {
        let key = entry.access_key().is_some() && entry.access_key() == other.access_key();
        let date = entry.session_start().is_some() && entry.session_start() == other.session_start();
        let sign_in = other.is_sign_in(true) && began_with(entry, other);
        other.is_root_use() && other.account_text() == entry.account_text() && (key || date || sign_in)
    };
    board.live_entries().find(|(_, other)| is_behind(other)).map(|(at, _)| at)
}
