//! Sending reports.

use std::collections::BTreeMap;
use std::time::Duration;

use rootsweep_model::GapKind;
use serde_json::json;
use wiremock::matchers::{body_string_contains, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::canned::{self, Query, answers, serve};
use crate::Aws;
use crate::sink::{Message, Upload};

async fn aws(server: &MockServer, mocks: Vec<Mock>) -> Aws {
    serve(server, mocks).await;
    canned::connect(&server.uri(), Duration::from_secs(10)).await.unwrap()
}

#[tokio::test]
async fn a_message_carries_its_attributes() {
    let server = MockServer::start().await;
    let published = "<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>";
    let answer = ResponseTemplate::new(200).set_body_raw(published, "text/xml");
    let publish = Mock::given(body_string_contains("Action=Publish&"))
        .and(body_string_contains("MessageAttributes.entry.1.Name=severity"))
        .and(body_string_contains("MessageAttributes.entry.1.Value.StringValue=critical"))
        .respond_with(answer);
    let aws = aws(&server, vec![publish]).await;
    let attributes =
        BTreeMap::from([("severity".to_owned(), "critical".to_owned()), ("check".to_owned(), String::new())]);
    let message = Message { subject: "found".to_owned(), text: "a root key".to_owned(), attributes };
    assert_eq!(aws.publish("arn:aws:sns:eu-west-1:111122223333:audit", &message).await, Ok("m-1".to_owned()));
}

#[tokio::test]
async fn a_topic_that_refuses_is_a_gap() {
    let server = MockServer::start().await;
    let denied = "<ErrorResponse><Error><Code>AuthorizationError</Code><Message>no</Message></Error></ErrorResponse>";
    let answer = ResponseTemplate::new(403).set_body_raw(denied, "text/xml");
    let aws = aws(&server, vec![answers(Query("Publish"), answer)]).await;
    let gap = aws.publish("arn:aws:sns:eu-west-1:111122223333:audit", &Message::default()).await.unwrap_err();
    assert_eq!((gap.kind, gap.region.as_deref()), (GapKind::AccessDenied, Some("eu-west-1")));
}

#[tokio::test]
async fn a_report_is_encrypted_where_it_is_kept() {
    let server = MockServer::start().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "{}").unwrap();
    let put = Mock::given(method("PUT"))
        .and(path("/reports/2026/report.json"))
        .and(header("x-amz-server-side-encryption", "aws:kms"))
        .and(header("x-amz-server-side-encryption-aws-kms-key-id", "alias/audit"))
        .and(body_string_contains("{}"))
        .respond_with(ResponseTemplate::new(200));
    let aws = aws(&server, vec![put]).await;
    let upload = Upload {
        bucket: "reports".to_owned(),
        region: None,
        key: "2026/report.json".to_owned(),
        content_type: "application/json".to_owned(),
        kms_key_id: Some("alias/audit".to_owned()),
        file: file.path().to_owned(),
    };
    assert_eq!(aws.upload(upload).await, Ok(()));
}

fn import() -> wiremock::MockBuilder {
    Mock::given(method("POST")).and(path("/findings/import"))
}

#[tokio::test]
async fn exchanged_bodies_are_signed() {
    // The embedded AWS checks signatures, and answers 403 where the signed body is not the sent one.
    let fake = super::embedded("accounts: [{ id: \"111122223333\", name: Alone }]").await;
    let alone = crate::Options { single_account: true, ..super::options(&fake.url()) };
    let aws = super::connect(alone).await.unwrap();
    let finding = json!({ "Id": "rootsweep/1" }).to_string();
    let imported = aws.import_findings("us-east-1", std::iter::once(finding)).await.unwrap();
    let [refused] = &imported.refused[..] else { panic!("a finding of an id alone is refused: {imported:?}") };
    assert_eq!(refused.id, "rootsweep/1");
}

#[tokio::test]
async fn findings_go_in_batches_of_a_hundred_and_refusals_are_told() {
    let server = MockServer::start().await;
    let refusal = json!({ "Id": "rootsweep/200", "ErrorCode": "InvalidInput", "ErrorMessage": "too long" });
    let some = json!({ "SuccessCount": 0, "FailedCount": 1, "FailedFindings": [refusal] });
    let none = json!({ "SuccessCount": 100, "FailedCount": 0, "FailedFindings": [] });
    let last = import()
        .and(body_string_contains(r#""Id":"rootsweep/200""#))
        .respond_with(ResponseTemplate::new(200).set_body_json(&some))
        .expect(1);
    let first = import().respond_with(ResponseTemplate::new(200).set_body_json(&none)).with_priority(9).expect(2);
    let aws = aws(&server, vec![last, first]).await;
    let findings = (0..=200).map(|number| format!(r#"{{"Id":"rootsweep/{number}"}}"#));
    let imported = aws.import_findings("eu-west-1", findings).await.unwrap();
    assert_eq!((imported.accepted, imported.refused.len()), (200, 1));
    assert_eq!(imported.refused[0].code, "InvalidInput");
}
