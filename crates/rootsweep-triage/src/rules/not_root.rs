//! `not-root`: somebody other than the root user acted.

use rootsweep_cloudtrail::{Record};
use rootsweep_model::assessment::Actor;

use super::{Judge, Rule};

pub(super) const RULE: Rule = Rule {
    id: "not-root",
    says: "the root user did not act here",
    reads: &["userIdentity.type"],
    why: "CloudTrail names the root user by the type `Root`, or as the issuer of a federated session; a user or role called Root is none.",
    source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html",
    judge: Judge::Actor(judge),
};

fn judge(record: &Record) -> Option<Actor> {
    (!record.is_root()).then_some(if record.user_identity.kind.as_deref() == Some("AWSService") {
        Actor::AwsService
    } else {
        Actor::Other
    })
}
