//! `forward-access-session`: a service that acts with the session of whoever called it.

use jiff::Timestamp;
use rootsweep_cloudtrail::{Record, SourceAddress};
use rootsweep_model::assessment::Actor;

use super::{Judge, Rule};

pub(super) const RULE: Rule = Rule {
    id: "forward-access-session",
    says: "a service acted with the session of its caller",
    reads: &["userIdentity.invokedBy", "sourceIPAddress", "userIdentity.accessKeyId", "userIdentity.sessionContext.attributes.creationDate"],
    why: "A service that forwards its caller's access signs with the caller's key; so a root session stands behind it, and the record is explained only together with that session.",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html",
    judge: Judge::Actor(judge),
};

fn judge(record: &Record) -> Option<Actor> {
    (is_made_by_service(record) && has_session(record)).then_some(Actor::AwsService)
}

/// Returns whether the record shows a caller's session.
///
/// Elastic Load Balancing and Auto Scaling had sessions of their own before there were service-linked roles, so they
/// act for themselves without an access key, and before those roles with one, too:
/// <https://aws.amazon.com/premiumsupport/knowledge-center/cloudtrail-root-action-logs/>.
pub(super) fn has_session(record: &Record) -> bool {
    const ACTED_AS_ROOT: [&str; 2] = ["autoscaling.amazonaws.com", "elasticloadbalancing.amazonaws.com"];
    let identity = &record.user_identity;
    let acted_as_root = identity.invoked_by.as_deref().is_some_and(|service| ACTED_AS_ROOT.contains(&service));
    if acted_as_root && record.event_time.is_some_and(|time| time < SERVICE_LINKED_ROLES) {
        return false;
    }
    let dated = identity.session_context.is_some_and(|session| session.creation_date.is_some());
    identity.access_key_id.is_some() || (dated && !acted_as_root)
}

/// 11 January 2018, when the first of the two got its service-linked role:
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-service-linked-roles.html>.
const SERVICE_LINKED_ROLES: Timestamp = Timestamp::constant(1_515_628_800, 0);

/// Returns whether both the invoker and the source are AWS.
pub(super) fn is_made_by_service(record: &Record) -> bool {
    let invoked_by = record.user_identity.invoked_by.as_deref().map(SourceAddress::of);
    let source = record.source_ip_address.as_deref().map(SourceAddress::of);
    invoked_by.is_some_and(SourceAddress::is_aws) && source.is_some_and(SourceAddress::is_aws)
}
