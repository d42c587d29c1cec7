//! `credential-change`: who can get in was changed.

use rootsweep_cloudtrail::Record;
use rootsweep_model::Severity;
use rootsweep_model::assessment::Action;

use super::{Judge, Rule, calls};

pub(super) const RULE: Rule = Rule {
    id: "credential-change",
    says: "the call changes who can get in: a password, a key, an MFA device, or the root e-mail address",
    reads: &["eventSource", "eventName", "requestParameters.userName"],
    why: "An intruder's first step is to make sure of coming back; the root user's own credentials weigh more than another user's.",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html",
    judge: Judge::Action(judge),
};

fn judge(record: &Record) -> Option<(Action, Severity)> {
    let severity = if calls::is_about_somebody_else(record) { Severity::High } else { Severity::Critical };
    calls::is_credential_change(record).then_some((Action::CredentialChange, severity))
}
