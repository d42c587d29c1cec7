//! `console-sign-in`: somebody signed in.

use rootsweep_cloudtrail::Record;
use rootsweep_model::Severity;
use rootsweep_model::assessment::Action;

use super::{Judge, Rule, calls};

pub(super) const RULE: Rule = Rule {
    id: "console-sign-in",
    says: "somebody signed in as root, or traded a sign-in for credentials",
    reads: &["eventSource", "eventName", "responseElements.ConsoleLogin", "additionalEventData.MFAUsed"],
    why: "A sign-in is where a session begins; a sign-in token opens the console to a key, and an OAuth token the command line to the console.",
    source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html",
    judge: Judge::Action(judge),
};

fn judge(record: &Record) -> Option<(Action, Severity)> {
    let severity = if calls::is_mfa_check(record) { Severity::Medium } else { Severity::High };
    calls::is_sign_in(record).then_some((Action::SignIn, severity))
}
