//! `correction`: a correction takes the place of its original.

use super::{Judge, Rule};
use crate::concern::Concern;
use crate::entry::{Board, Entry};

pub(super) const RULE: Rule = Rule {
    id: "correction",
    says: "the record corrects an earlier one",
    reads: &["addendum.originalEventID", "addendum.updatedFields"],
    why: "A corrected record replaces its original, and is as old as that; a correction of something that nobody has seen has to be looked at.",
    source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html",
    judge: Judge::Together(judge),
};

fn judge(board: &mut Board<'_>) {
    let corrections: Vec<usize> =
        board.live_entries().filter(|(_, entry)| entry.record.is_correction()).map(|(at, _)| at).collect();
    for at in corrections {
        match original_of(board, at) {
            Some(original) => replace(board, original, at),
            None if board.entries.get(at).is_some_and(Entry::is_root_record) => {
                let says = "the record corrects one that is not among the records".to_owned();
                board.raise(at, &RULE, Concern::OriginalUnknown, says);
            }
            None => {}
        }
    }
}

/// Finds the record that a correction names.
fn original_of(board: &Board<'_>, correction: usize) -> Option<usize> {
    let entry = board.entries.get(correction)?;
    let wanted = entry.record.addendum.as_ref()?.original_event_id.as_deref()?;
    let same = |at: usize, other: &Entry| {
        at != correction && other.record.event_id.as_deref() == Some(wanted) && other.account_text() == entry.account_text()
    };
    board.live_entries().find(|(at, other)| same(*at, other)).map(|(at, _)| at)
}

/// Puts the correction into its original's place: what it says counts, and it is as late as the original was.
fn replace(board: &mut Board<'_>, original: usize, correction: usize) {
    let Some((past, root, delivered_at)) = board.entries.get_mut(original).map(|entry| {
        entry.replaced = true;
        (entry.past, entry.is_root_record(), entry.delivered_at)
    }) else {
        return;
    };
    board.groups.join(original, correction);
    if let Some(entry) = board.entries.get_mut(correction) {
        entry.past = past;
        entry.delivered_at = delivered_at.or(entry.delivered_at);
    }
    let says = if root {
        "the record takes the place of the one that it corrects"
    } else {
        "the record takes the place of one that did not name the root user"
    };
    board.explain(correction, &RULE, says.to_owned());
}
