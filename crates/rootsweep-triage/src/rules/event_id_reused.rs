//! `event-id-reused`: two records with one id that do not say the same.

use std::collections::BTreeMap;

use super::{Judge, Rule};
use crate::entry::Board;

pub(super) const RULE: Rule = Rule {
    id: "event-id-reused",
    says: "another record has the same event id and says something else",
    reads: &["eventID"],
    why: "CloudTrail gives every event an id of its own: copies say the same, and records that do not are both kept.",
    source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html",
    judge: Judge::Together(judge),
};

fn judge(board: &mut Board<'_>) {
    let mut seen: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, entry) in board.live_entries() {
        if let Some(id) = entry.record.event_id.as_deref() {
            seen.entry(id).or_default().push(at);
        }
    }
    let reused: Vec<usize> = seen.into_values().filter(|places| places.len() > 1).flatten().collect();
    for at in reused {
        board.explain(at, &RULE, RULE.says.to_owned());
    }
}
