//! `sign-in-without-mfa`: a sign-in for which nothing shows MFA.

use rootsweep_cloudtrail::Record;

use super::{Judge, Rule, calls};
use crate::concern::Concern;

pub(super) const RULE: Rule = Rule {
    id: "sign-in-without-mfa",
    says: "nothing shows that the sign-in used MFA",
    reads: &["eventName", "additionalEventData.MFAUsed", "additionalEventData.MFAIdentifier"],
    why: "A root password alone was enough. A record that does not tell is no proof of MFA.",
    source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html",
    judge: Judge::Concern(judge),
};

fn judge(record: &Record) -> Option<Concern> {
    let without = calls::is_console_login(record) && !record.has_failed() && record.mfa_used() != Some(true);
    without.then_some(Concern::WithoutMfa)
}
