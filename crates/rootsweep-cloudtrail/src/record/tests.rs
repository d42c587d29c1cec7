use serde_json::json;

use super::*;

fn parse(value: &Value) -> Record {
    parse_record(value.to_string()).unwrap()
}

/// The shape of a root sign-in, as
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html>
/// describes it.
fn sign_in() -> Value {
    json!({
        "eventVersion": "1.08",
        "userIdentity": {
            "type": "Root", "principalId": "111122223333", "arn": "arn:aws:iam::111122223333:root",
            "accountId": "111122223333", "accessKeyId": ""
        },
        "eventTime": "2026-11-19T23:41:07Z", "eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin",
        "awsRegion": "us-east-1", "sourceIPAddress": "198.51.100.23", "userAgent": "Mozilla/5.0",
        "requestParameters": null, "responseElements": {"ConsoleLogin": "Success"},
        "additionalEventData": {"MobileVersion": "No", "MFAUsed": "YES"},
        "eventID": "0f3c7a52-5a0e-4a44-8a4b-0d5a4d6d7f10", "readOnly": false, "eventType": "AwsConsoleSignIn"
    })
}

#[test]
fn reads_a_sign_in() {
    let record = parse(&sign_in());
    assert!(record.is_root());
    assert_eq!(record.user_identity.access_key_id, None);
    assert_eq!((record.sign_in_outcome(), record.mfa_used(), record.has_failed()), (Some(true), Some(true), false));
    assert_eq!(record.event_time, Some("2026-11-19T23:41:07Z".parse().unwrap()));
    assert_eq!(record.oddities, Vec::<String>::new());
}

#[test]
fn a_failed_sign_in_is_told_by_its_response_alone() {
    let mut value = sign_in();
    value["responseElements"]["ConsoleLogin"] = json!("Failure");
    assert!(parse(&value).has_failed());
}

#[test]
fn mfa_is_told_by_its_device_and_by_a_flag_of_any_type() {
    let used = |data: Value| {
        let mut value = sign_in();
        value["additionalEventData"] = data;
        parse(&value).mfa_used()
    };
    let device = "arn:aws:iam::111122223333:u2f/user/root/key";
    assert_eq!(used(json!({"MFAIdentifier": device})), Some(true));
    assert_eq!(used(json!({"MFAIdentifier": device, "MFAUsed": "No"})), Some(false));
    assert_eq!(used(json!({"MFAUsed": true})), Some(true));
    assert_eq!(used(json!({"MFAIdentifier": ""})), None);
    assert_eq!(used(json!(null)), None);
}

#[test]
fn a_session_that_root_issued_is_roots() {
    let federated = |issuer: Value| {
        let mut value = sign_in();
        value["userIdentity"] = json!({
            "type": "FederatedUser", "arn": "arn:aws:sts::111122223333:federated-user/ana",
            "accountId": "111122223333", "sessionContext": {"sessionIssuer": issuer}
        });
        parse(&value)
    };
    assert!(federated(json!({"type": "Root", "arn": "arn:aws:iam::111122223333:root"})).is_root());
    assert!(!federated(json!({"type": "IAMUser", "userName": "Root"})).is_root());
    assert!(!federated(json!({})).is_root());
    let mut role = sign_in();
    role["userIdentity"] = json!({"type": "AssumedRole", "sessionContext": {"sessionIssuer": {"type": "Root"}}});
    assert!(!parse(&role).is_root(), "the root user assumes no role");
}

#[test]
fn what_a_table_leaves_empty_is_absent() {
    let mut value = sign_in();
    value["errorCode"] = json!("");
    value["errorMessage"] = json!("");
    value["eventID"] = json!("");
    let record = parse(&value);
    assert_eq!((record.has_failed(), record.event_id), (false, None));
}

#[test]
fn a_table_writes_times_and_parameters_in_its_own_way() {
    let mut value = sign_in();
    value["eventTime"] = json!("2026-11-19 23:41:07.000000000");
    value["requestParameters"] = json!(json!({"userName": "ana"}).to_string());
    let record = parse(&value);
    assert_eq!(record.event_time, Some("2026-11-19T23:41:07Z".parse().unwrap()));
    assert_eq!(record.request(&["userName"]), Some("ana"));
    assert_eq!(record.oddities, Vec::<String>::new());
}

#[test]
fn assumed_root_is_read_as_text_as_a_flag_and_as_nothing() {
    let flag = |spelling: Value| {
        let mut value = sign_in();
        value["userIdentity"]["sessionContext"] = json!({"assumedRoot": spelling});
        parse(&value).user_identity.session_context.unwrap().assumed_root
    };
    assert_eq!(flag(json!("true")), Some(true));
    assert_eq!(flag(json!(true)), Some(true));
    assert_eq!(flag(json!("")), None);
    assert_eq!(flag(json!(null)), None);
}

#[test]
fn an_addendum_is_read_in_the_spellings_of_trail_athena_and_lake() {
    for (request, event) in [
        ("originalRequestID", "originalEventID"),
        ("originalRequestId", "originalEventId"),
        ("originalUID", "originaleventid"),
    ] {
        let mut value = sign_in();
        value["addendum"] =
            json!({"reason": "UPDATED_DATA", "updatedFields": "sourceIPAddress", request: "r-1", event: "e-1"});
        let record = parse(&value);
        assert!(record.is_correction());
        let addendum = record.addendum.unwrap();
        assert_eq!(addendum.original_request_id.as_deref(), Some("r-1"));
        assert_eq!(addendum.original_event_id.as_deref(), Some("e-1"));
    }
}

#[test]
fn an_unknown_reason_of_an_addendum_is_kept() {
    let mut value = sign_in();
    value["addendum"] = json!({"reason": "COSMIC_RAY", "extra": 1});
    assert_eq!(parse(&value).addendum.unwrap().reason, AddendumReason::Other("COSMIC_RAY".to_owned()));
}

#[test]
fn odd_types_cost_the_field_alone() {
    let mut value = sign_in();
    value["readOnly"] = json!("perhaps");
    value["eventVersion"] = json!(1.08);
    value["sourceIPAddress"] = json!({"ip": "198.51.100.23"});
    value["userIdentity"]["accountId"] = json!(111_122_223_333_u64);
    value["eventTime"] = json!("yesterday");
    let record = parse(&value);
    assert!(record.is_root());
    assert_eq!(record.event_version.as_deref(), Some("1.08"));
    assert_eq!(record.account_id(), Some("111122223333"));
    assert_eq!(
        record.oddities,
        ["eventTime is not a time", "sourceIPAddress is not text", "readOnly is neither yes nor no"]
    );
}

#[test]
fn a_record_of_2014_lacks_its_event_type() {
    let record = parse(&json!({
        "eventVersion": "1.01", "userIdentity": {"type": "Root"}, "eventTime": "2014-03-24T21:11:59Z",
        "eventSource": "monitoring.amazonaws.com", "eventName": "PutMetricAlarm"
    }));
    assert_eq!((record.is_root(), record.event_type), (true, None));
}

#[test]
fn an_identity_that_became_a_string_is_read_all_the_same() {
    let identity = json!({"type": "Root", "accountId": "111122223333"}).to_string();
    let record = parse(&json!({"useridentity": identity, "eventname": "ListBuckets"}));
    assert!(record.is_root());
}

#[test]
fn invalid_utf_8_is_replaced_and_noted() {
    let mut bytes = sign_in().to_string().into_bytes();
    let at = bytes.windows(7).position(|window| window == b"Mozilla").unwrap();
    bytes[at] = 0xFF;
    let record = parse_record(&bytes).unwrap();
    assert_eq!(record.user_agent.as_deref(), Some("\u{FFFD}ozilla/5.0"));
    assert_eq!(record.oddities, ["the text is not valid UTF-8"]);
}

#[test]
fn what_is_no_record_is_told_apart() {
    let s3 =
        json!({"eventVersion": "2.1", "eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "awsRegion": "x"});
    for (json, says) in [
        (s3.to_string(), "not a CloudTrail record: a notification of another service"),
        (json!({"digestStartTime": "x", "logFiles": []}).to_string(), "not a CloudTrail record: a digest file"),
        (json!({"a": 1}).to_string(), "not a CloudTrail record: an object without the fields of a record"),
        ("{\"eventName\":".to_owned(), "not valid JSON"),
        ("[]".to_owned(), "not valid JSON"),
    ] {
        assert_eq!(parse_record(&json).unwrap_err().to_string(), says, "{json}");
    }
}
