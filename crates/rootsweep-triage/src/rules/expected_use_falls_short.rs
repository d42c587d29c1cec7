//! `expected-use-falls-short`: an expected use that nearly covers it.

use rootsweep_model::assessment::Expectation;

use super::expectation::{Announcement, Finding, Shortfall, name};
use super::{Judge, Rule};

pub(super) const RULE: Rule = Rule {
    id: "expected-use-falls-short",
    says: "an expected use nearly covers it, but not entirely",
    reads: &["eventSource", "eventName", "sourceIPAddress", "userAgent", "eventTime", "userIdentity.accountId"],
    why: "An expected use that has ended, or that does not name a credential change, excuses nothing; and it is said, so that it can be mended.",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html",
    judge: Judge::Expectation(judge),
};

fn judge(announcement: &Announcement<'_>) -> Option<Finding> {
    let (expected, shortfall) = announcement.candidates().find_map(|(expected, it)| Some((expected, it?)))?;
    let why = match shortfall {
        Shortfall::Expired => "it had ended when this happened",
        Shortfall::NoTime => "the record does not say when it happened",
        Shortfall::NotNamed => "it would have to name this event, for what it does is never excused by place or time",
    };
    Some(Finding { expectation: Expectation::Unexpected, says: format!("not excused by {}: {why}", name(expected)) })
}
