//! `disguised-user-agent`: a user agent that claims to be an AWS service.

use rootsweep_cloudtrail::{Record, SourceAddress};

use super::{Judge, Rule};
use crate::concern::Concern;

pub(super) const RULE: Rule = Rule {
    id: "disguised-user-agent",
    says: "the user agent claims to be an AWS service, and neither the invoker nor the source bears it out",
    reads: &["userAgent", "userIdentity.invokedBy", "sourceIPAddress", "sessionCredentialFromConsole"],
    why: "Anybody can write a user agent. The consoles' own names are left out, for they did call with the person's address, and so are calls through the console's proxy, which names itself.",
    source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html",
    judge: Judge::Concern(judge),
};

fn judge(record: &Record) -> Option<Concern> {
    let agent = record.user_agent.as_deref()?.trim();
    let from_network = matches!(SourceAddress::of(record.source_ip_address.as_deref()?), SourceAddress::Ip(_));
    // An external client with the console's credentials shows its TLS connection; the console's proxy shows none.
    let is_proxy = record.session_credential_from_console == Some(true) && !record.has_tls_details;
    let is_console = agent.contains("console") || agent.starts_with("signin.") || is_proxy;
    let claims = SourceAddress::of(agent).is_aws() && !is_console;
    (claims && from_network && record.user_identity.invoked_by.is_none()).then_some(Concern::Disguise)
}
