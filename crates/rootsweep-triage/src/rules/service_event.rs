//! `service-event`: AWS did something by itself, and tells of it.

use rootsweep_cloudtrail::{Record, SourceAddress};
use rootsweep_model::assessment::Actor;

use super::{Judge, Rule};

pub(super) const RULE: Rule = Rule {
    id: "service-event",
    says: "an AWS service tells of something that it did by itself",
    reads: &["eventType", "userIdentity.type", "userIdentity.invokedBy", "sourceIPAddress"],
    why: "A service event is no API call, and nobody signed it. One that names a root access key and a network address is not believed.",
    source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/non-api-aws-service-events.html",
    judge: Judge::Actor(judge),
};

fn judge(record: &Record) -> Option<Actor> {
    let identity = &record.user_identity;
    let source = record.source_ip_address.as_deref().map(SourceAddress::of);
    let signed = record.is_root() && identity.access_key_id.is_some() && matches!(source, Some(SourceAddress::Ip(_)));
    (record.event_type.as_deref() == Some("AwsServiceEvent") && !signed).then_some(Actor::AwsService)
}
