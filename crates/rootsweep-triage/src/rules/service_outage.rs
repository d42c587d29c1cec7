//! `service-outage`: the service could not log at the time.

use rootsweep_cloudtrail::AddendumReason;
use rootsweep_model::assessment::Delivery;

use super::{Judge, Rule};
use crate::arrival::Arrival;

pub(super) const RULE: Rule = Rule {
    id: "service-outage",
    says: "the service could not log when it happened, and AWS filled the record in later",
    reads: &["addendum.reason", "eventTime", "delivered_at"],
    why: "It explains when the record came and says nothing of what was done; such records come even after logging was stopped, and past the event selectors.",
    source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html",
    judge: Judge::Delivery(judge),
};

fn judge(arrival: &Arrival<'_>) -> Option<Delivery> {
    (arrival.reason()? == &AddendumReason::ServiceOutage).then_some(Delivery::Backfilled)
}
