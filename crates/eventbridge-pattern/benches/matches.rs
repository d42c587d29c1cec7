//! How many parsed CloudTrail events one pattern answers a second.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use eventbridge_pattern::EventPattern;
use serde_json::{Value, json};

/// Returns a record in the envelope EventBridge puts around a CloudTrail API call by root.
fn root_call() -> Value {
    json!({
        "version": "0",
        "id": "11111111-2222-3333-4444-555555555555",
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.iam",
        "account": "111122223333",
        "time": "2026-03-01T10:00:00Z",
        "region": "us-east-1",
        "resources": [],
        "detail": {
            "eventVersion": "1.11",
            "userIdentity": {
                "type": "Root",
                "principalId": "111122223333",
                "arn": "arn:aws:iam::111122223333:root",
                "accountId": "111122223333",
                "sessionContext": {"attributes": {"creationDate": "2026-03-01T09:58:00Z", "mfaAuthenticated": "true"}}
            },
            "eventTime": "2026-03-01T10:00:00Z",
            "eventSource": "iam.amazonaws.com",
            "eventName": "CreateAccessKey",
            "awsRegion": "us-east-1",
            "sourceIPAddress": "198.51.100.7",
            "userAgent": "Mozilla/5.0",
            "requestParameters": {"userName": "somebody"},
            "responseElements": {"accessKey": {"userName": "somebody", "status": "Active"}},
            "readOnly": false,
            "eventType": "AwsApiCall",
            "managementEvent": true,
            "recipientAccountId": "111122223333",
            "eventCategory": "Management"
        }
    })
}

/// The patterns that matter to a root alarm, from the plainest to one with every costly part.
const PATTERNS: [(&str, &str); 3] = [
    (
        "root user",
        r#"{"detail-type":["AWS API Call via CloudTrail","AWS Console Sign In via CloudTrail"],
            "detail":{"userIdentity":{"type":["Root"]}}}"#,
    ),
    (
        "without services",
        r#"{"detail":{"userIdentity":{"type":["Root"],"invokedBy":[{"exists":false}]},
            "eventType":[{"anything-but":"AwsServiceEvent"}]}}"#,
    ),
    (
        "or, wildcard, cidr",
        r#"{"detail":{"userIdentity":{"type":["Root"]},"$or":[
            {"eventName":[{"wildcard":"Create*Key"}]},
            {"sourceIPAddress":[{"anything-but":{"prefix":"10."}},{"cidr":"198.51.100.0/24"}]}]}}"#,
    ),
];

fn matches(criterion: &mut Criterion) {
    let event = root_call();
    for (name, text) in PATTERNS {
        let Ok(pattern) = EventPattern::parse(text) else { panic!("{name} should be a pattern") };
        assert!(pattern.matches(&event), "{name} should match the record");
        criterion.bench_function(name, |bench| bench.iter(|| black_box(&pattern).matches(black_box(&event))));
    }
}

criterion_group!(benches, matches);
criterion_main!(benches);
