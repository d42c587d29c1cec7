//! `failed-sign-in`: somebody tried to sign in, and was refused.

use rootsweep_cloudtrail::Record;
use rootsweep_model::Severity;
use rootsweep_model::assessment::Action;

use super::{Judge, Rule, calls};

pub(super) const RULE: Rule = Rule {
    id: "failed-sign-in",
    says: "a sign-in was tried and refused",
    reads: &["eventName", "errorMessage", "responseElements.ConsoleLogin"],
    why: "A failed root sign-in carries the root identity, so the root user's e-mail address is known to whoever tried.",
    source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html",
    judge: Judge::Action(judge),
};

fn judge(record: &Record) -> Option<(Action, Severity)> {
    (calls::is_sign_in(record) && record.has_failed()).then_some((Action::Failed, Severity::Medium))
}
