//! `service-event`: AWS did something by itself, and tells of it.

use rootsweep_cloudtrail::{Record, SourceAddress};
use rootsweep_model::assessment::Actor;

use super::{Judge, Rule, calls};

pub(super) const RULE: Rule = Rule {
    id: "service-event",
    says: "an AWS service tells of something that it did by itself",
    reads: &["eventType", "eventSource", "userIdentity.type", "userIdentity.invokedBy", "sourceIPAddress"],
    why: "A service event is no API call, and nobody signed it. One that names a root access key and a network address is not believed.",
    source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/non-api-aws-service-events.html",
    judge: Judge::Actor(judge),
};

fn judge(record: &Record) -> Option<Actor> {
    let identity = &record.user_identity;
    let source = record.source_ip_address.as_deref().map(SourceAddress::of);
    // A placeholder in the place of a key has signed nothing.
    let key = identity.access_key_id.as_deref().is_some_and(|key| key.starts_with("AKIA") || key.starts_with("ASIA"));
    let signed = record.is_root() && key && matches!(source, Some(SourceAddress::Ip(_)));
    // Some sign-ins are logged as service events, and are somebody's all the same.
    let somebodys = signed || calls::is_from(record, "signin.amazonaws.com");
    (record.event_type.as_deref() == Some("AwsServiceEvent") && !somebodys).then_some(Actor::AwsService)
}
