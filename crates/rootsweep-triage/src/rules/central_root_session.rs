//! `central-root-session`: a session of `sts:AssumeRoot`, by the record's own word.

use rootsweep_cloudtrail::{Record};
use rootsweep_model::assessment::Actor;

use super::{Judge, Rule};

pub(super) const RULE: Rule = Rule {
    id: "central-root-session",
    says: "the organization's management or its delegated administrator made this root session with sts:AssumeRoot",
    reads: &["userIdentity.sessionContext.assumedRoot"],
    why: "Such a session is root for fifteen minutes without a password, narrowed to one task policy.",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-track-privileged-tasks.html",
    judge: Judge::Actor(judge),
};

fn judge(record: &Record) -> Option<Actor> {
    let session = record.user_identity.session_context?;
    (session.assumed_root == Some(true)).then_some(Actor::CentralRootSession)
}
