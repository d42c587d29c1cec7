//! `defence-evasion`: the watch was stopped.

use rootsweep_cloudtrail::Record;

use super::{Judge, Rule, calls};
use crate::concern::Concern;

pub(super) const RULE: Rule = Rule {
    id: "defence-evasion",
    says: "the call stops or blinds what watches the account",
    reads: &["eventSource", "eventName", "requestParameters.name"],
    why: "Who stops the trail, deletes the alarm or its filter, or mutes it, does not want the next call to be seen.",
    source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-turning-off-logging.html",
    judge: Judge::Concern(judge),
};

fn judge(record: &Record) -> Option<Concern> {
    (calls::is_defence_evasion(record) && !record.has_failed()).then_some(Concern::DefenceEvasion)
}
