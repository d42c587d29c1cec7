//! `service-invoked`: a service that acted for the account by itself.

use rootsweep_cloudtrail::Record;
use rootsweep_model::assessment::Actor;

use super::forward_access_session::{has_session, is_made_by_service};
use super::{Judge, Rule, calls};

pub(super) const RULE: Rule = Rule {
    id: "service-invoked",
    says: "an AWS service made the call by itself: both the invoker and the source are AWS",
    reads: &["userIdentity.invokedBy", "sourceIPAddress", "eventName"],
    why: "Before service-linked roles, services such as Elastic Load Balancing and Auto Scaling worked in an account as its root user.",
    source: "https://aws.amazon.com/premiumsupport/knowledge-center/cloudtrail-root-action-logs/",
    judge: Judge::Actor(judge),
};

fn judge(record: &Record) -> Option<Actor> {
    // Services that still act as root make and delete what they manage; no such work is a key, or the end of a trail.
    let grave = calls::is_credential_change(record) || calls::is_defence_evasion(record);
    (is_made_by_service(record) && !has_session(record) && !grave).then_some(Actor::AwsService)
}
