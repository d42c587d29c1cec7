//! `console-sign-in`: somebody signed in.

use rootsweep_cloudtrail::Record;
use rootsweep_model::Severity;
use rootsweep_model::assessment::Action;

use super::{Judge, Rule, calls};

pub(super) const RULE: Rule = Rule {
    id: "console-sign-in",
    says: "somebody signed in to the console as root",
    reads: &["eventSource", "eventName", "responseElements.ConsoleLogin", "additionalEventData.MFAUsed"],
    why: "A sign-in is where a session begins.",
    source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html",
    judge: Judge::Action(judge),
};

fn judge(record: &Record) -> Option<(Action, Severity)> {
    // A check of the second factor comes before the sign-in proper, and opens nothing yet.
    let severity = if calls::is_console_login(record) { Severity::High } else { Severity::Medium };
    calls::is_sign_in(record).then_some((Action::SignIn, severity))
}
