//! `delivery-delay`: AWS says that it delivered late.

use rootsweep_cloudtrail::AddendumReason;
use rootsweep_model::assessment::Delivery;

use super::{Judge, Rule};
use crate::arrival::Arrival;

pub(super) const RULE: Rule = Rule {
    id: "delivery-delay",
    says: "AWS says that the record was delivered late",
    reads: &["addendum.reason", "eventTime", "delivered_at"],
    why: "Traffic, connectivity or CloudTrail itself held it up; what was done was done at its own time.",
    source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html",
    judge: Judge::Delivery(judge),
};

fn judge(arrival: &Arrival<'_>) -> Option<Delivery> {
    (arrival.reason()? == &AddendumReason::DeliveryDelay).then_some(Delivery::Delayed)
}
