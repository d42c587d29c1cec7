//! `late-by-the-clock`: it took longer than it should, and AWS does not say why.

use rootsweep_model::assessment::Delivery;

use super::{Judge, Rule};
use crate::arrival::Arrival;

pub(super) const RULE: Rule = Rule {
    id: "late-by-the-clock",
    says: "the delivery took longer than usual, and AWS does not say why",
    reads: &["eventTime", "delivered_at"],
    why: "Without an addendum a late record is only a late record: it is judged like any other.",
    source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html",
    judge: Judge::Delivery(judge),
};

fn judge(arrival: &Arrival<'_>) -> Option<Delivery> {
    (arrival.took()? > arrival.settings.on_time_window).then_some(Delivery::Delayed)
}
