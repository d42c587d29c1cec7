//! `invoked-by-sign-in`: the console of years ago, with a person in front of it.

use rootsweep_cloudtrail::{Record};
use rootsweep_model::assessment::Actor;

use super::{Judge, Rule};

pub(super) const RULE: Rule = Rule {
    id: "invoked-by-sign-in",
    says: "the console signed this call for a person: neither it nor its sign-in is a service that acts by itself",
    reads: &["userIdentity.invokedBy", "sourceIPAddress"],
    why: "Until about 2020 calls from the console carried this invokedBy with the person's own address, and alarms that leave out every invokedBy missed them.",
    source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html",
    judge: Judge::Actor(judge),
};

fn judge(record: &Record) -> Option<Actor> {
    let invoked_by = record.user_identity.invoked_by.as_deref()?.to_ascii_lowercase();
    let is_console = invoked_by.split('.').any(|label| ["signin", "console"].contains(&label));
    is_console.then_some(Actor::RootUser)
}
