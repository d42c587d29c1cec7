//! `expected-use`: somebody announced it.

use rootsweep_model::assessment::Expectation;

use super::expectation::{Announcement, Finding, name};
use super::{Judge, Rule};

pub(super) const RULE: Rule = Rule {
    id: "expected-use",
    says: "an expected use in the configuration covers it",
    reads: &["eventSource", "eventName", "sourceIPAddress", "userAgent", "eventTime", "userIdentity.accountId"],
    why: "Some tasks need the root user; what was announced by name, place or time, with an owner and an end, pages nobody.",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html",
    judge: Judge::Expectation(judge),
};

fn judge(announcement: &Announcement<'_>) -> Option<Finding> {
    let (expected, _) = announcement.candidates().find(|(_, shortfall)| shortfall.is_none())?;
    Some(Finding { expectation: Expectation::Expected, says: format!("announced as {}", name(expected)) })
}
