//! A glance at a record that was flagged: most turn out to name something else `Root`.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;

/// What decides whether a record matters. A record that has these fields in any other way is read in full.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Glance<'a> {
    #[serde(borrow)]
    user_identity: Identity<'a>,
    #[serde(borrow)]
    event_name: Cow<'a, str>,
    #[serde(borrow)]
    event_type: Cow<'a, str>,
    addendum: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Identity<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
}

/// Returns whether a record certainly does not matter. Anything odd about it is a reason to read it in full.
pub(super) fn is_beside_the_point(record: &[u8]) -> bool {
    serde_json::from_slice::<Glance<'_>>(record).is_ok_and(|glance| {
        // A session that the root user issued is told by its issuer.
        !["Root", "FederatedUser"].contains(&&*glance.user_identity.kind)
            && glance.event_name != "AssumeRoot"
            && glance.event_type != "AwsServiceEvent"
            && glance.addendum.is_none()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_certain_is_left_aside() {
        let certain = r#"{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","userName":"Root"},"eventName":"x","eventType":"AwsApiCall"}"#;
        assert!(is_beside_the_point(certain.as_bytes()));
        for (from, to) in [
            ("IAMUser", "Root"),
            ("IAMUser", r"\u0052oot"),
            ("IAMUser", "FederatedUser"),
            (r#""IAMUser""#, "null"),
            (r#""x""#, r#""AssumeRoot""#),
            ("AwsApiCall", "AwsServiceEvent"),
            (r#","eventName""#, r#","addendum":{"reason":"UPDATED_DATA"},"eventName""#),
            (r#","eventName""#, r#","userIdentity":{"type":"Root"},"eventName""#),
            ("userIdentity", "useridentity"),
            (r#"{"type""#, r#"{"type":"Root","type""#),
        ] {
            assert!(!is_beside_the_point(certain.replacen(from, to, 1).as_bytes()), "{from} to {to}");
        }
    }
}
