//! `read-only-call`: something was looked at.

use rootsweep_cloudtrail::Record;
use rootsweep_model::Severity;
use rootsweep_model::assessment::Action;

use super::{Judge, Rule, calls};

pub(super) const RULE: Rule = Rule {
    id: "read-only-call",
    says: "the call only reads",
    reads: &["readOnly", "eventName"],
    why: "CloudTrail marks calls that read only; before it did, the name has to tell. A name that says the opposite of the mark wins.",
    source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html",
    judge: Judge::Action(judge),
};

fn judge(record: &Record) -> Option<(Action, Severity)> {
    calls::is_read(record).then_some((Action::Read, Severity::Low))
}
