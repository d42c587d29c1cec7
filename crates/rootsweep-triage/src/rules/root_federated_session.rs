//! `root-federated-session`: a session that the root user issued to somebody.

use rootsweep_cloudtrail::Record;
use rootsweep_model::assessment::Actor;

use super::{Judge, Rule};

pub(super) const RULE: Rule = Rule {
    id: "root-federated-session",
    says: "the root user issued this federated session with sts:GetFederationToken",
    reads: &["userIdentity.type", "userIdentity.sessionContext.sessionIssuer.type", "userIdentity.arn"],
    why: "Its type is FederatedUser, so filters for Root pass it over; its credentials come from the root user all the same.",
    source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html",
    judge: Judge::Actor(judge),
};

fn judge(record: &Record) -> Option<Actor> {
    record.is_federated_by_root().then_some(Actor::RootUser)
}
