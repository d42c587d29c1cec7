//! `long-term-root-key`: a root access key was used.

use rootsweep_cloudtrail::Record;

use super::{Judge, Rule};
use crate::concern::Concern;

pub(super) const RULE: Rule = Rule {
    id: "long-term-root-key",
    says: "a long-term access key of the root user signed the call",
    reads: &["userIdentity.accessKeyId", "userIdentity.invokedBy"],
    why: "Keys that begin with AKIA do not expire, and nobody should have one for root: whoever holds it is in.",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
    judge: Judge::Concern(judge),
};

fn judge(record: &Record) -> Option<Concern> {
    let key = record.user_identity.access_key_id.as_deref()?;
    key.starts_with("AKIA").then_some(Concern::LongTermKey)
}
