//! `updated-data`: a correction of an earlier record.

use rootsweep_cloudtrail::AddendumReason;
use rootsweep_model::assessment::Delivery;

use super::{Judge, Rule};
use crate::arrival::Arrival;

pub(super) const RULE: Rule = Rule {
    id: "updated-data",
    says: "AWS corrects an earlier record",
    reads: &["addendum.reason", "addendum.updatedFields", "addendum.originalEventID"],
    why: "A field of the original was missing or wrong: the corrected record takes its place.",
    source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html",
    judge: Judge::Delivery(judge),
};

fn judge(arrival: &Arrival<'_>) -> Option<Delivery> {
    (arrival.reason()? == &AddendumReason::UpdatedData).then_some(Delivery::Correction)
}
