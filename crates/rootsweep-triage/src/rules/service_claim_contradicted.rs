//! `service-claim-contradicted`: a service is named, and the rest of the record does not bear it out.

use rootsweep_cloudtrail::{Record};
use rootsweep_model::assessment::Actor;

use super::{Judge, Rule};

pub(super) const RULE: Rule = Rule {
    id: "service-claim-contradicted",
    says: "the record claims to be a service's work, and its invoker, its source or the deed belies that: it does not fit together",
    reads: &["userIdentity.invokedBy", "sourceIPAddress", "eventType", "eventSource", "eventName"],
    why: "For calls of a service CloudTrail shows the service's name as the source; a network address beside an invoker is a contradiction for somebody to look at.",
    source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html",
    judge: Judge::Actor(judge),
};

fn judge(record: &Record) -> Option<Actor> {
    let claimed = record.user_identity.invoked_by.is_some() || record.event_type.as_deref() == Some("AwsServiceEvent");
    claimed.then_some(Actor::Unclear)
}
