//! `root-credentials`: somebody holds the root user's own credentials.

use rootsweep_cloudtrail::{Record};
use rootsweep_model::assessment::Actor;

use super::{Judge, Rule};

pub(super) const RULE: Rule = Rule {
    id: "root-credentials",
    says: "somebody used the root user's own credentials",
    reads: &["userIdentity.type", "userIdentity.invokedBy", "sourceIPAddress"],
    why: "Type Root with no invoker is the root user itself, wherever it came from and whatever it called itself.",
    source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html",
    judge: Judge::Actor(judge),
};

fn judge(record: &Record) -> Option<Actor> {
    record.is_root().then_some(Actor::RootUser)
}
