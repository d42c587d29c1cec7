//! `correction`: a correction takes the place of its original.

use rootsweep_model::assessment::Action;

use super::{Judge, Rule};
use crate::concern::Concern;
use crate::entry::{Board, Entry};

pub(super) const RULE: Rule = Rule {
    id: "correction",
    says: "the record corrects an earlier one",
    reads: &["addendum.originalEventID", "addendum.updatedFields"],
    why: "A corrected record replaces its original, and is as old as that; a correction of something that nobody has seen, or that changes more than it says, has to be looked at.",
    source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html",
    judge: Judge::Together(judge),
};

fn judge(board: &mut Board<'_>) {
    let mut corrections: Vec<usize> =
        board.live_entries().filter(|(_, entry)| entry.record.is_correction()).map(|(at, _)| at).collect();
    // Of several corrections of one record the last one counts.
    corrections.sort_by_key(|at| board.entries.get(*at).and_then(|entry| entry.delivered_at));
    for at in corrections {
        let Some(original) = original_of(board, at) else {
            doubt(board, at, "the record corrects one that is not among the records");
            continue;
        };
        if fits(board, original, at) {
            replace(board, original, at);
        } else {
            let says = "a correction of the record changes more than it says: both count";
            board.explain(original, &RULE, says.to_owned());
            doubt(board, at, "the record corrects another one, and changes more of it than it says: both count");
        }
    }
}

fn doubt(board: &mut Board<'_>, at: usize, says: &str) {
    if board.entries.get(at).is_some_and(Entry::is_root_record) {
        board.raise(at, &RULE, Concern::OriginalUnknown, says.to_owned());
    }
}

/// Finds what a correction corrects: the record that it names, by its event id or failing that by its request id, or
/// the one whose event id it bears; or whatever has taken the place of that one.
fn original_of(board: &Board<'_>, at: usize) -> Option<usize> {
    let entry = board.entries.get(at)?;
    let addendum = entry.record.addendum.as_ref()?;
    let is_named = |other: &Entry| match (addendum.original_event_id.as_deref(), addendum.original_request_id.as_deref()) {
        (Some(id), _) if !id.is_empty() => other.record.event_id.as_deref() == Some(id),
        (_, Some(id)) if !id.is_empty() => other.record.request_id.as_deref() == Some(id),
        _ => other.record.event_id.is_some() && other.record.event_id == entry.record.event_id,
    };
    let found = board.entries.iter().enumerate().position(|(place, other)| {
        place != at && other.account_text() == entry.account_text() && is_named(other)
    })?;
    // Records that correct each other correct nothing.
    Some(last_of(board, found)).filter(|last| *last != last_of(board, at))
}

/// Returns what has taken a record's place in the end.
fn last_of(board: &Board<'_>, at: usize) -> usize {
    std::iter::successors(Some(at), |at| board.entries.get(*at)?.replaced_by).last().unwrap_or(at)
}

/// Returns whether the correction tells of the same deed as its original, but for the fields that it names.
///
/// AWS does not say what separates the names in `updatedFields`, so they are looked for in the text.
fn fits(board: &Board<'_>, original: usize, correction: usize) -> bool {
    let (Some(original), Some(correction)) = (board.entries.get(original), board.entries.get(correction)) else {
        return false;
    };
    let addendum = correction.record.addendum.as_ref();
    let named = addendum.and_then(|it| it.updated_fields.as_deref()).unwrap_or_default().to_ascii_lowercase();
    let (was, is) = (&original.record, &correction.record);
    [
        (was.user_identity.kind == is.user_identity.kind, "useridentity"),
        (was.event_source == is.event_source, "eventsource"),
        (was.event_name == is.event_name, "eventname"),
        ((original.action == Action::Failed) == (correction.action == Action::Failed), "error"),
    ]
    .into_iter()
    .all(|(same, field)| same || named.contains(field))
}

/// Puts the correction into its original's place: what it says counts, and it is as late as the original was.
fn replace(board: &mut Board<'_>, original: usize, correction: usize) {
    let Some((past, root, delivered_at)) = board.entries.get_mut(original).map(|entry| {
        entry.replaced_by = Some(correction);
        (entry.past, entry.is_root_record() || entry.corrects_root, entry.delivered_at)
    }) else {
        return;
    };
    board.groups.join(original, correction);
    let last = last_of(board, correction);
    if let Some(entry) = board.entries.get_mut(last) {
        entry.past = past;
        entry.corrects_root = root;
        entry.delivered_at = delivered_at.or(entry.delivered_at);
    }
    let says = if root {
        "the record takes the place of the one that it corrects"
    } else {
        "the record takes the place of one that did not name the root user"
    };
    board.explain(correction, &RULE, says.to_owned());
}
