//! `change`: something was changed, or nothing says that it was not.

use rootsweep_cloudtrail::Record;
use rootsweep_model::Severity;
use rootsweep_model::assessment::Action;

use super::{Judge, Rule, calls};

pub(super) const RULE: Rule = Rule {
    id: "change",
    says: "the call changes something, or nothing in the record says that it only reads",
    reads: &["readOnly", "eventName"],
    why: "What cannot be told to be harmless counts as a change.",
    source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html",
    judge: Judge::Action(judge),
};

fn judge(record: &Record) -> Option<(Action, Severity)> {
    (!calls::is_read(record)).then_some((Action::Write, Severity::High))
}
