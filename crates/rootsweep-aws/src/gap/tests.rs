use test_case::test_case;

use super::*;
use crate::calls::{
    GET_ACCOUNT_SUMMARY, LIST_ACCOUNTS, PUBLISH, PUT_OBJECT, ROOT_GET_ACCOUNT_SUMMARY, START_QUERY_EXECUTION,
};

fn service(status: u16, code: &'static str) -> Symptom<'static> {
    Symptom { stage: Stage::Service, status: Some(status), code: Some(code), message: "said by AWS" }
}

fn bare(stage: Stage, status: Option<u16>, message: &'static str) -> Symptom<'static> {
    Symptom { stage, status, code: None, message }
}

/// Codes from the errors pages of each service's API reference, and
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html>.
#[test_case(service(403, "AccessDenied"), GapKind::AccessDenied; "query services")]
#[test_case(service(400, "AccessDeniedException"), GapKind::AccessDenied; "json services")]
#[test_case(service(403, "AuthorizationError"), GapKind::AccessDenied; "sns")]
#[test_case(service(403, "UnauthorizedOperation"), GapKind::AccessDenied; "ec2 style")]
#[test_case(service(400, "com.amazonaws.organizations#AccessDeniedException"), GapKind::AccessDenied; "with a shape's namespace")]
#[test_case(service(400, "AccessDeniedException:http://internal.amazon.com/coral/"), GapKind::AccessDenied; "with a suffix")]
#[test_case(bare(Stage::Service, Some(403), ""), GapKind::AccessDenied; "a bare 403")]
#[test_case(service(400, "Throttling"), GapKind::Throttled; "throttling")]
#[test_case(service(400, "ThrottlingException"), GapKind::Throttled; "throttling exception")]
#[test_case(service(400, "TooManyRequestsException"), GapKind::Throttled; "too many requests")]
#[test_case(service(503, "RequestLimitExceeded"), GapKind::Throttled; "request limit")]
#[test_case(service(503, "SlowDown"), GapKind::Throttled; "slow down")]
#[test_case(bare(Stage::Service, Some(429), ""), GapKind::Throttled; "a bare 429")]
#[test_case(service(403, "ExpiredToken"), GapKind::CredentialsRejected; "expired token")]
#[test_case(service(400, "ExpiredTokenException"), GapKind::CredentialsRejected; "expired token exception")]
#[test_case(service(403, "InvalidClientTokenId"), GapKind::CredentialsRejected; "unknown key")]
#[test_case(service(400, "UnrecognizedClientException"), GapKind::CredentialsRejected; "unknown client")]
#[test_case(service(403, "SignatureDoesNotMatch"), GapKind::CredentialsRejected; "signature")]
#[test_case(service(400, "IncompleteSignature"), GapKind::CredentialsRejected; "incomplete signature")]
#[test_case(service(500, "InternalFailure"), GapKind::ServiceError; "internal failure")]
#[test_case(service(503, "ServiceUnavailable"), GapKind::ServiceError; "service unavailable")]
#[test_case(bare(Stage::Response, Some(500), "x"), GapKind::ServiceError; "a broken 500")]
#[test_case(service(501, "InternalFailure"), GapKind::NotSupported; "localstack's not implemented")]
#[test_case(service(400, "UnknownOperationException"), GapKind::NotSupported; "unknown operation")]
#[test_case(service(400, "InvalidAction"), GapKind::NotSupported; "invalid action")]
#[test_case(service(403, "OptInRequired"), GapKind::NotSupported; "region not opted in")]
#[test_case(service(403, "RegionDisabledException"), GapKind::NotSupported; "region disabled")]
#[test_case(service(403, "RegionDisabled"), GapKind::NotSupported; "region disabled without the suffix")]
#[test_case(service(401, "NotSignedUp"), GapKind::NotSupported; "a service that the account did not sign up for")]
#[test_case(service(400, "PackedPolicyTooLarge"), GapKind::ServiceError; "a session policy that is too large")]
#[test_case(service(400, "LimitExceededException"), GapKind::Throttled; "limit exceeded")]
#[test_case(service(404, "NoSuchEntity"), GapKind::NotFound; "no such entity")]
#[test_case(service(400, "TrailNotFoundException"), GapKind::NotFound; "trail not found")]
#[test_case(service(400, "ResourceNotFoundException"), GapKind::NotFound; "log group not found")]
#[test_case(service(400, "SomethingNew"), GapKind::ServiceError; "an unknown code")]
#[test_case(bare(Stage::Response, Some(200), "unexpected end of xml"), GapKind::MalformedAnswer; "an unreadable success")]
#[test_case(bare(Stage::Service, Some(200), ""), GapKind::MalformedAnswer; "an error that is a success")]
#[test_case(bare(Stage::Service, Some(404), ""), GapKind::MalformedAnswer; "a proxy's not found")]
#[test_case(bare(Stage::Timeout, None, ""), GapKind::TimedOut; "no answer")]
#[test_case(bare(Stage::Connection, None, "connection refused"), GapKind::Unreachable; "no connection")]
#[test_case(bare(Stage::Construction, None, "the credentials provider was not enabled"), GapKind::CredentialsRejected; "no credentials")]
#[test_case(bare(Stage::Construction, None, "failed to apply endpoint `x` to request `Action=GetCallerIdentity`"), GapKind::Unreachable; "no endpoint")]
#[test_case(bare(Stage::Construction, None, "invalid uri"), GapKind::Unreachable; "no url")]
fn a_symptom_has_one_meaning(symptom: Symptom<'_>, kind: GapKind) {
    assert_eq!(classify(symptom), kind);
}

/// The wordings of <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>.
#[test_case("User: x is not authorized to perform: iam:GetAccountSummary with an explicit deny in a service control policy", "organization's administrator"; "scp")]
#[test_case("... with an explicit deny in a resource control policy", "resource control policy"; "rcp")]
#[test_case("... because no permissions boundary allows the iam:GetAccountSummary action", "permissions boundary"; "boundary")]
#[test_case("... because no session policy allows the iam:GetAccountSummary action", "account's administrator"; "session policy")]
#[test_case("... because no identity-based policy allows the iam:GetAccountSummary action", "account's administrator"; "identity policy")]
fn a_denial_names_who_can_allow_it(message: &str, who: &str) {
    let symptom = Symptom { code: Some("AccessDenied"), status: Some(403), message, ..Symptom::default() };
    let remedy = remedy(classify(symptom), &GET_ACCOUNT_SUMMARY, Principal::AuditRole, symptom);
    assert!(remedy.contains(who) && remedy.contains("iam:GetAccountSummary"), "{remedy}");
}

/// The wordings of <https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html>.
#[test_case("Signature expired: 20260301T120000Z is now earlier than 20260301T120500Z (20260301T121000Z - 5 min.)"; "behind")]
#[test_case("Signature not yet current: 20260301T120000Z is still later than 20260301T115500Z (20260301T115000Z + 5 min.)"; "ahead")]
fn a_wrong_clock_is_named(message: &str) {
    let symptom = Symptom { code: Some("SignatureDoesNotMatch"), status: Some(403), message, ..Symptom::default() };
    assert_eq!(classify(symptom), GapKind::CredentialsRejected);
    assert!(
        remedy(classify(symptom), &GET_ACCOUNT_SUMMARY, Principal::AuditRole, symptom).starts_with("set the clock")
    );
}

#[test_case(&LIST_ACCOUNTS, Principal::Caller, "the principal that runs the sweep", Some("docs/caller-policy.json"); "the caller")]
#[test_case(&GET_ACCOUNT_SUMMARY, Principal::AuditRole, "the audit role", Some("docs/iam-policy.json"); "the audit role")]
#[test_case(&GET_ACCOUNT_SUMMARY, Principal::Caller, "the principal that runs the sweep", Some("docs/iam-policy.json"); "the callers own account")]
#[test_case(&ROOT_GET_ACCOUNT_SUMMARY, Principal::RootSession, "the root session", None; "a root session")]
#[test_case(&START_QUERY_EXECUTION, Principal::Athena, "the principal that runs the sweep", Some("docs/configuration.md"); "athena")]
#[test_case(&PUBLISH, Principal::Sink, "the principal that runs the sweep", Some("docs/run/notifications.md"); "a sink")]
fn a_denial_names_its_holder_and_what_tells_of_the_call(call: &Call, by: Principal, who: &str, document: Option<&str>) {
    let by_scp = "with an explicit deny in a service control policy";
    let denied = |message| Symptom { code: Some("AccessDenied"), status: Some(403), message, ..Symptom::default() };
    assert!(remedy(GapKind::AccessDenied, call, by, denied(by_scp)).contains(who));
    let plain = remedy(GapKind::AccessDenied, call, by, denied(""));
    match document {
        Some(document) => {
            assert!(plain.contains(who) && plain.ends_with(&format!("({document})")), "{plain}");
            let text = std::fs::read_to_string(format!("../../{document}")).unwrap_or_else(|error| panic!("{error}"));
            assert!(text.contains(call.action), "{document} does not tell of {}", call.action);
        }
        None => assert!(plain.contains("--central-root") && !plain.contains("docs/"), "{plain}"),
    }
}

#[test_case(301, "PermanentRedirect"; "a redirect")]
#[test_case(400, "AuthorizationHeaderMalformed"; "a signature of another region")]
fn a_bucket_elsewhere_wants_its_region_named(status: u16, code: &'static str) {
    let symptom = service(status, code);
    assert_eq!(classify(symptom), GapKind::ServiceError);
    let remedy = remedy(classify(symptom), &PUT_OBJECT, Principal::Sink, symptom);
    assert_eq!(remedy, "name the Region that the bucket is in");
}

#[test]
fn what_others_wrote_is_bounded() {
    let long = "ä".repeat(100_000);
    assert_eq!(message(Symptom { message: &long, ..Symptom::default() }).chars().count(), MESSAGE_LIMIT + 1);
    assert_eq!(bounded("short", TOKEN_LIMIT), "short");
    assert_eq!(bounded("one two three", 11), "one two…", "no word is cut in the middle");
}
