//! `failed-call`: a call was tried, and AWS refused it.

use rootsweep_cloudtrail::Record;
use rootsweep_model::Severity;
use rootsweep_model::assessment::Action;

use super::{Judge, Rule, calls};

pub(super) const RULE: Rule = Rule {
    id: "failed-call",
    says: "the call was refused, so it changed nothing",
    reads: &["eventName", "errorCode", "errorMessage", "readOnly"],
    why: "What was refused did no harm, and still tells what somebody was after.",
    source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html",
    judge: Judge::Action(judge),
};

fn judge(record: &Record) -> Option<(Action, Severity)> {
    let severity = if calls::is_read(record) { Severity::Low } else { Severity::Medium };
    record.has_failed().then_some((Action::Failed, severity))
}
