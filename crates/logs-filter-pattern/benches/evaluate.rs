//! Measures how many typical CloudTrail records a second one parsed pattern judges on one core.
//!
//! The budget is a million records a second that are parsed already; parsing JSON is measured beside it.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use logs_filter_pattern::FilterPattern;
use serde_json::{Value, json};

/// The root-usage filter of CIS 1.4 §4.3.
const ROOT: &str =
    r#"{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType !="AwsServiceEvent"}"#;

/// A filter as long as those for configuration changes: eleven event names and a prefix.
const CHANGES: &str = "{ ($.eventSource = organizations.amazonaws.com) && ($.userAgent = aws* || \
    $.eventName = AcceptHandshake || $.eventName = AttachPolicy || $.eventName = CreateAccount || \
    $.eventName = CreatePolicy || $.eventName = DeclineHandshake || $.eventName = DeleteOrganization || \
    $.eventName = DetachPolicy || $.eventName = DisablePolicyType || $.eventName = EnablePolicyType || \
    $.eventName = InviteAccountToOrganization || $.eventName = LeaveOrganization) }";

const REGEX: &str = r"{ $.sourceIPAddress = %^198\.51\.100\.% && $.requestParameters.* = %^arn:aws% }";

/// A record of the size and depth that management events mostly have.
fn record(user_type: &str) -> Value {
    json!({
        "eventVersion": "1.11",
        "userIdentity": {
            "type": user_type, "principalId": "AROAEXAMPLE:session", "accountId": "111122223333",
            "arn": "arn:aws:sts::111122223333:assumed-role/deploy/session", "accessKeyId": "ASIAEXAMPLE",
            "sessionContext": {
                "sessionIssuer": {"type": "Role", "principalId": "AROAEXAMPLE", "userName": "deploy"},
                "attributes": {"creationDate": "2026-01-01T00:00:00Z", "mfaAuthenticated": "false"}
            }
        },
        "eventTime": "2026-01-01T00:00:01Z", "eventSource": "organizations.amazonaws.com",
        "eventName": "ListAccounts", "awsRegion": "us-east-1", "sourceIPAddress": "198.51.100.7",
        "userAgent": "Boto3/1.40", "requestParameters": {"maxResults": 20, "nextToken": "example"},
        "responseElements": null, "requestID": "11111111-2222-3333-4444-555555555555",
        "eventID": "66666666-7777-8888-9999-000000000000", "readOnly": true, "eventType": "AwsApiCall",
        "managementEvent": true, "recipientAccountId": "111122223333", "eventCategory": "Management"
    })
}

fn parsed(text: &str) -> FilterPattern {
    FilterPattern::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn evaluate(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("evaluate");
    group.throughput(Throughput::Elements(1));
    for (name, text) in [("root", ROOT), ("changes", CHANGES), ("regex", REGEX)] {
        let pattern = parsed(text);
        for user_type in ["Root", "AssumedRole"] {
            let event = record(user_type);
            group.bench_function(format!("{name} on a parsed {user_type} record"), |bencher| {
                bencher.iter(|| black_box(&pattern).evaluate_json(black_box(&event)));
            });
        }
    }
    let pattern = parsed(ROOT);
    let message = record("Root").to_string();
    group.bench_function("root on a raw record", |bencher| {
        bencher.iter(|| black_box(&pattern).evaluate(black_box(&message)));
    });
    group.finish();
}

fn parse(criterion: &mut Criterion) {
    criterion.bench_function("parse the root pattern", |bencher| {
        bencher.iter(|| FilterPattern::parse(black_box(ROOT)));
    });
}

criterion_group!(benches, evaluate, parse);
criterion_main!(benches);
