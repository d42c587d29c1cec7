//! Root records from Athena.

use rootsweep_model::facts::{RecordSource, RecordSourceKind};
use rootsweep_model::{Fact, GapKind};
use serde_json::{Value, json};
use wiremock::matchers::header;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::canned::{connect_with, serve};
use super::{listed, options};
use crate::{AthenaOptions, Options};

fn on(operation: &str, body: &Value) -> Mock {
    let answer = ResponseTemplate::new(200).set_body_raw(body.to_string(), "application/x-amz-json-1.1");
    Mock::given(header("x-amz-target", format!("AmazonAthena.{operation}").as_str())).respond_with(answer)
}

fn state(state: &str, reason: &str) -> Mock {
    let status = json!({ "State": state, "StateChangeReason": reason });
    on("GetQueryExecution", &json!({ "QueryExecution": { "Status": status } }))
}

async fn queried(mocks: Vec<Mock>) -> RecordSource {
    let server = MockServer::start().await;
    let started = on("StartQueryExecution", &json!({ "QueryExecutionId": "query-1" })).expect(1);
    serve(&server, mocks.into_iter().chain([started]).collect()).await;
    let athena = AthenaOptions {
        region: "us-east-1".to_owned(),
        database: "logs".to_owned(),
        table: "trail".to_owned(),
        workgroup: "audit".to_owned(),
        output_location: None,
    };
    let alone = Options { single_account: true, sources: vec![RecordSourceKind::Athena], ..options(&server.uri()) };
    let aws = connect_with(Options { athena: Some(athena), ..alone }).await.unwrap();
    let account = listed(&aws).await.into_values().next().unwrap();
    // Twice, for the second has to be served by the first one's query.
    aws.gather(&account).await;
    let facts = aws.gather(&account).await;
    let [source] = &facts.records[..] else { panic!("one source: {:?}", facts.records) };
    source.clone()
}

#[tokio::test]
async fn one_query_serves_every_account() {
    let header = json!({ "Data": [{ "VarCharValue": "_col0" }] });
    let rows = json!({ "ResultSet": { "Rows": [header] } });
    let source = queried(vec![state("SUCCEEDED", ""), on("GetQueryResults", &rows)]).await;
    assert_eq!((source.kind, source.records), (RecordSourceKind::Athena, Fact::Known(Vec::new())));
}

#[tokio::test]
async fn a_failed_query_is_a_gap_with_athenas_reason() {
    let reason = "COLUMN_NOT_FOUND: line 1:8: Column 'addendum' cannot be resolved";
    let source = queried(vec![state("FAILED", reason)]).await;
    let gap = source.records.gap().unwrap();
    assert_eq!((gap.kind, gap.message.as_str()), (GapKind::ServiceError, reason));
}

#[tokio::test]
async fn results_without_their_header_are_not_understood() {
    let rows = json!({ "ResultSet": { "Rows": [] } });
    let source = queried(vec![state("SUCCEEDED", ""), on("GetQueryResults", &rows)]).await;
    assert_eq!(source.records.gap().map(|gap| gap.kind), Some(GapKind::MissingField));
}
