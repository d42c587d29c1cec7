//! `created-key-used`: a key was made, and then used.

use std::collections::BTreeMap;

use super::{Judge, Rule};
use crate::concern::Concern;
use crate::entry::Board;

pub(super) const RULE: Rule = Rule {
    id: "created-key-used",
    says: "the call was signed with a key that the root user had made shortly before",
    reads: &["userIdentity.accessKeyId", "sourceIPAddress"],
    why: "A root key that is made and then used from somewhere is how an intruder stays after the password is changed.",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user_manage_add-key.html",
    judge: Judge::Together(judge),
};

fn judge(board: &mut Board<'_>) {
    let makers: BTreeMap<&str, (usize, Option<&str>)> = board
        .live_entries()
        .filter_map(|(at, entry)| Some((entry.made_key.as_deref()?, (at, entry.record.source_ip_address.as_deref()))))
        .collect();
    let uses: Vec<(usize, usize, bool)> = board
        .live_entries()
        .filter_map(|(at, entry)| {
            let (maker, from) = *makers.get(entry.access_key()?)?;
            Some((at, maker, from != entry.record.source_ip_address.as_deref()))
        })
        .collect();
    for (at, maker, elsewhere) in uses {
        let from = if elsewhere { "from elsewhere" } else { "from the same address" };
        let says = format!("the call was signed, {from}, with a key that the root user had just made");
        board.raise(at, &RULE, Concern::CreatedKeyUsed, says);
        board.groups.join(maker, at);
    }
}
