//! `unknown-addendum`: an addendum for a reason that is not known.

use rootsweep_cloudtrail::AddendumReason;
use rootsweep_model::assessment::Delivery;

use super::{Judge, Rule};
use crate::arrival::Arrival;

pub(super) const RULE: Rule = Rule {
    id: "unknown-addendum",
    says: "the record has an addendum whose reason is not documented: it calms nothing",
    reads: &["addendum.reason"],
    why: "New minor versions of the format add values; one that nobody knows is no excuse.",
    source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html",
    judge: Judge::Delivery(judge),
};

fn judge(arrival: &Arrival<'_>) -> Option<Delivery> {
    matches!(arrival.reason()?, AddendumReason::Other(_)).then_some(Delivery::Delayed)
}
