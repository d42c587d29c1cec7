//! `console-through-aws`: the console calls a service from inside AWS.

use rootsweep_cloudtrail::{Record, SourceAddress};
use rootsweep_model::assessment::Actor;

use super::{Judge, Rule};

pub(super) const RULE: Rule = Rule {
    id: "console-through-aws",
    says: "no service is named as the invoker, so an AWS source is the console working for whoever signed in",
    reads: &["userIdentity.invokedBy", "sourceIPAddress", "userIdentity.accessKeyId", "sessionCredentialFromConsole"],
    why: "Consoles of EC2, RDS and others reach their service from AWS's own addresses: the source alone excuses nobody.",
    source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html",
    judge: Judge::Actor(judge),
};

fn judge(record: &Record) -> Option<Actor> {
    let source = record.source_ip_address.as_deref().map(SourceAddress::of)?;
    if !source.is_aws() {
        return None;
    }
    let identity = &record.user_identity;
    let signed_in = identity.access_key_id.is_some()
        || identity.session_context.is_some()
        || record.session_credential_from_console == Some(true);
    Some(if signed_in { Actor::RootUser } else { Actor::Unclear })
}
