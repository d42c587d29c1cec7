//! `sign-in-storm`: many refused sign-ins, and perhaps one that went through.

use super::{Judge, Rule};
use crate::concern::Concern;
use crate::entry::{Board, Entry};
use crate::episode::group::CHAIN;

pub(super) const RULE: Rule = Rule {
    id: "sign-in-storm",
    says: "many sign-ins were refused within an hour",
    reads: &["eventName", "eventTime", "sourceIPAddress"],
    why: "Somebody is guessing. A sign-in right after it, from one of its addresses or without MFA, means that the guess was right.",
    source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html",
    judge: Judge::Together(judge),
};

/// How many refused sign-ins in a row are more than a person mistyping a password.
const STORM: usize = 5;

fn judge(board: &mut Board<'_>) {
    let refused = board.live_entries().filter(|(_, entry)| entry.is_sign_in(false)).map(|(at, _)| at).collect();
    for storm in board.groups.split(refused).into_iter().filter(|storm| storm.len() >= STORM) {
        let says = format!("{} sign-ins were refused, none an hour after the one before", storm.len());
        for &at in &storm {
            board.raise(at, &RULE, Concern::SignInStorm, says.clone());
        }
        for at in successes_after(board, &storm) {
            let says = format!("the sign-in came right after {} that were refused", storm.len());
            board.raise(at, &RULE, Concern::SignInAfterStorm, says);
            for &refused in &storm {
                board.groups.join(refused, at);
            }
        }
    }
}

/// Finds the sign-ins within an hour after the storm that look like its end: who guessed right may come again.
fn successes_after(board: &Board<'_>, storm: &[usize]) -> Vec<usize> {
    let refused: Vec<&Entry> = storm.iter().filter_map(|&at| board.entries.get(at)).collect();
    let time_of = |entry: &&Entry| entry.record.event_time;
    let (Some(begin), Some(first), Some(last)) =
        (refused.first(), refused.first().and_then(time_of), refused.last().and_then(time_of))
    else {
        return Vec::new();
    };
    let account = begin.account_text();
    let is_end = |entry: &Entry| {
        let soon = entry.record.event_time.is_some_and(|time| first <= time && time.duration_since(last) <= CHAIN);
        let known = refused.iter().any(|it| it.record.source_ip_address == entry.record.source_ip_address);
        let bare = entry.concerns.contains(&Concern::WithoutMfa);
        entry.is_sign_in(true) && entry.account_text() == account && soon && (known || bare)
    };
    board.live_entries().filter(|(_, entry)| is_end(entry)).map(|(at, _)| at).collect()
}
