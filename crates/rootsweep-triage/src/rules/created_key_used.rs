//! `created-key-used`: a key was made, and then used.

use std::collections::BTreeMap;

use rootsweep_model::assessment::Expectation;

use super::{Judge, Rule};
use crate::concern::Concern;
use crate::entry::{Board, Entry};

pub(super) const RULE: Rule = Rule {
    id: "created-key-used",
    says: "the call was signed with a key that the root user had made shortly before",
    reads: &["userIdentity.accessKeyId", "sourceIPAddress"],
    why: "A root key that is made and then used from somewhere is how an intruder stays after the password is changed.",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user_manage_add-key.html",
    judge: Judge::Together(judge),
};

fn judge(board: &mut Board<'_>) {
    let makers: BTreeMap<(&str, &str), (usize, &Entry)> = board
        .live_entries()
        .filter_map(|(at, entry)| Some(((entry.account_text(), entry.made_key.as_deref()?), (at, entry))))
        .collect();
    let uses: Vec<Use> = board
        .live_entries()
        .filter_map(|(at, entry)| {
            let (made_at, maker) = *makers.get(&(entry.account_text(), entry.access_key()?))?;
            Use::of(at, entry, made_at, maker)
        })
        .collect();
    for key_use in uses {
        let from = if key_use.elsewhere { "from elsewhere" } else { "from the same address" };
        let says = format!("the call was signed, {from}, with a key that the root user had just made");
        if key_use.announced {
            board.explain(key_use.at, &RULE, says);
        } else {
            board.raise(key_use.at, &RULE, Concern::CreatedKeyUsed, says);
        }
        board.groups.join(key_use.maker, key_use.at);
    }
}

/// A call with a key that is known to have been made.
struct Use {
    at: usize,
    maker: usize,
    elsewhere: bool,
    /// Whether the making of the key was announced by name.
    announced: bool,
}

impl Use {
    /// Returns nothing where the call came before the key.
    fn of(at: usize, entry: &Entry, made_at: usize, maker: &Entry) -> Option<Self> {
        let times = maker.record.event_time.zip(entry.record.event_time);
        let before = times.is_some_and(|(made, used)| used < made);
        let elsewhere = maker.record.source_ip_address != entry.record.source_ip_address;
        let announced = maker.expectation == Expectation::Expected;
        (!before && at != made_at).then_some(Self { at, maker: made_at, elsewhere, announced })
    }
}
