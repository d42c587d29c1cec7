//! Answers that AWS gives on bad days, and answers that are not AWS's.

use std::time::Duration;

use rootsweep_model::facts::AccountFacts;
use rootsweep_model::{Fact, GapKind};
use serde_json::json;
use test_case::test_case;
use wiremock::matchers::{body_string_contains, header, path};
use wiremock::{Mock, MockServer, ResponseTemplate, Times};

use super::canned::{self, Query, answers, serve};

const REQUEST_ID: &str = "7a62c49f-347e-4fc4-9331-6e8eEXAMPLE";

/// Gathers the caller's own account, with these answers to some calls and 404 to the rest.
async fn gathered(mocks: Vec<Mock>) -> AccountFacts {
    let server = MockServer::start().await;
    gathered_from(&server, mocks, Duration::from_secs(20)).await
}

async fn gathered_from(server: &MockServer, mocks: Vec<Mock>, limit: Duration) -> AccountFacts {
    serve(server, mocks).await;
    let aws = canned::connect(&server.uri(), limit).await.unwrap();
    let accounts = super::listed(&aws).await;
    aws.gather(accounts.values().next().unwrap()).await
}

fn xml(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body.to_owned(), "text/xml")
}

fn xml_error(status: u16, code: &str) -> ResponseTemplate {
    xml(
        status,
        &format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"
        ),
    )
}

fn summary_xml(entries: &str) -> String {
    format!(
        "<GetAccountSummaryResponse><GetAccountSummaryResult><SummaryMap>{entries}</SummaryMap>\
         </GetAccountSummaryResult></GetAccountSummaryResponse>"
    )
}

#[test_case(xml_error(403, "AccessDenied"), GapKind::AccessDenied; "access denied")]
#[test_case(xml_error(400, "Throttling"), GapKind::Throttled; "throttled to the end")]
#[test_case(xml_error(403, "ExpiredToken"), GapKind::CredentialsRejected; "expired")]
#[test_case(xml_error(500, "InternalFailure"), GapKind::ServiceError; "internal failure")]
#[test_case(xml(500, ""), GapKind::ServiceError; "a bare 500")]
#[test_case(xml(200, "<GetAccountSummaryResponse><GetAcc"), GapKind::MalformedAnswer; "truncated")]
#[test_case(xml(200, "{\"SummaryMap\": {}}"), GapKind::MalformedAnswer; "another protocol")]
#[test_case(xml(200, ""), GapKind::MalformedAnswer; "nothing")]
#[test_case(ResponseTemplate::new(200).set_body_raw("<html>please sign in</html>", "text/html"), GapKind::MalformedAnswer; "a captive portal")]
#[test_case(ResponseTemplate::new(501).set_body_string("not implemented"), GapKind::NotSupported; "not implemented")]
#[tokio::test]
async fn a_broken_answer_is_a_gap_and_the_rest_goes_on(answer: ResponseTemplate, kind: GapKind) {
    let aliases = "<ListAccountAliasesResponse><ListAccountAliasesResult><IsTruncated>false</IsTruncated>\
        <AccountAliases><member>shop</member></AccountAliases></ListAccountAliasesResult></ListAccountAliasesResponse>";
    let mocks =
        vec![answers(Query("GetAccountSummary"), answer), answers(Query("ListAccountAliases"), xml(200, aliases))];
    let facts = gathered(mocks).await;
    let gap = facts.root.summary.gap().expect("a gap");
    assert_eq!(gap.kind, kind, "{gap:?}");
    assert_eq!(gap.call, "iam:GetAccountSummary");
    assert_eq!(facts.aliases, Fact::Known(vec!["shop".to_owned()]));
}

#[tokio::test]
async fn the_request_id_and_the_code_are_kept() {
    let denied = xml_error(403, "AccessDenied").insert_header("x-amzn-requestid", REQUEST_ID);
    let facts = gathered(vec![answers(Query("GetAccountSummary"), denied)]).await;
    let gap = facts.root.summary.gap().unwrap();
    assert_eq!(gap.request_id.as_deref(), Some(REQUEST_ID));
    assert_eq!(gap.code.as_deref(), Some("AccessDenied"));
}

#[tokio::test]
async fn throttling_that_ends_leaves_no_gap() {
    let server = MockServer::start().await;
    let first = answers(Query("GetAccountSummary"), xml_error(400, "Throttling")).up_to_n_times(1);
    let entry = "<entry><key>AccountMFAEnabled</key><value>1</value></entry>";
    let then = answers(Query("GetAccountSummary"), xml(200, &summary_xml(entry))).with_priority(9);
    let facts = gathered_from(&server, vec![first, then], Duration::from_secs(20)).await;
    assert_eq!(facts.root.summary.known().unwrap().mfa_enabled, Some(1));
}

#[tokio::test]
async fn a_summary_without_a_key_says_so() {
    let entry = "<entry><key>AccountMFAEnabled</key><value>0</value></entry>";
    let facts = gathered(vec![answers(Query("GetAccountSummary"), xml(200, &summary_xml(entry)))]).await;
    let summary = facts.root.summary.known().unwrap();
    assert_eq!((summary.mfa_enabled, summary.password_present), (Some(0), None));
}

#[tokio::test]
async fn an_answer_that_comes_too_late_is_a_gap() {
    let server = MockServer::start().await;
    let late = xml(200, &summary_xml("")).set_delay(Duration::from_secs(20));
    let mocks = vec![answers(Query("GetAccountSummary"), late)];
    let facts = gathered_from(&server, mocks, Duration::from_millis(800)).await;
    assert_eq!(facts.root.summary.gap().map(|gap| gap.kind), Some(GapKind::TimedOut));
}

fn target(name: &str) -> wiremock::MockBuilder {
    Mock::given(header("x-amz-target", name))
}

fn json_answer(body: &serde_json::Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.to_string(), "application/x-amz-json-1.1")
}

const RULES: &str = "AWSEvents.ListRules";
const TRAILS: &str = "CloudTrail_20131101.DescribeTrails";
const FILTERS: &str = "Logs_20140328.DescribeMetricFilters";
const ALARMS: &str = "/service/GraniteServiceVersion20100801/operation/DescribeAlarms";

#[tokio::test]
async fn an_endless_listing_is_given_up() {
    let rules = target(RULES).respond_with(json_answer(&json!({ "Rules": [], "NextToken": "again" })));
    let facts = gathered(vec![rules]).await;
    let gap = facts.monitoring.event_rules["us-east-1"].gap().unwrap();
    assert_eq!(gap.kind, GapKind::TooManyPages);
}

#[tokio::test]
async fn an_answer_without_its_list_is_no_empty_list() {
    let mocks =
        vec![target(RULES).respond_with(json_answer(&json!({}))), target(TRAILS).respond_with(json_answer(&json!({})))];
    let facts = gathered(mocks).await;
    let kinds = [facts.monitoring.event_rules["us-east-1"].gap(), facts.monitoring.trails.gap()];
    assert!(kinds.iter().all(|gap| gap.is_some_and(|gap| gap.kind == GapKind::MissingField)), "{kinds:?}");
}

/// The answer to a listing of IAM's.
fn iam_page(operation: &str, body: &str) -> Mock {
    let body = format!("<{operation}Response><{operation}Result>{body}</{operation}Result></{operation}Response>");
    Mock::given(body_string_contains(format!("Action={operation}&"))).respond_with(xml(200, &body))
}

const NOT_TRUNCATED: &str = "<IsTruncated>false</IsTruncated>";
const NOBODYS_DEVICE: &str = "<VirtualMFADevices><member><SerialNumber>arn:aws:iam::1:mfa/a</SerialNumber></member>\
    </VirtualMFADevices>";

#[test_case("ListAccountAliases", NOT_TRUNCATED; "no list of aliases")]
#[test_case("ListAccountAliases", "<AccountAliases/><IsTruncated>true</IsTruncated>"; "more aliases, and no marker")]
#[test_case("ListVirtualMFADevices", NOT_TRUNCATED; "no list of devices")]
#[test_case("ListVirtualMFADevices", "<VirtualMFADevices/><IsTruncated>true</IsTruncated><Marker/>"; "more devices, and no marker")]
#[test_case("ListVirtualMFADevices", NOBODYS_DEVICE; "a device of nobody")]
#[tokio::test]
async fn half_an_answer_of_iam_is_a_gap(operation: &str, body: &str) {
    let facts = gathered(vec![iam_page(operation, body)]).await;
    let gaps = [facts.aliases.gap(), facts.root.virtual_mfa_devices.gap()];
    let call = format!("iam:{operation}");
    let gap = gaps.into_iter().flatten().find(|gap| gap.call == call).expect("a gap");
    assert_eq!(gap.kind, GapKind::MissingField, "{gap:?}");
}

#[tokio::test]
async fn an_empty_answer_of_iam_is_known() {
    let mocks = vec![
        iam_page("ListAccountAliases", &format!("<AccountAliases/>{NOT_TRUNCATED}")),
        iam_page("ListVirtualMFADevices", &format!("<VirtualMFADevices></VirtualMFADevices>{NOT_TRUNCATED}")),
    ];
    let facts = gathered(mocks).await;
    assert_eq!(facts.aliases, Fact::Known(Vec::new()));
    assert_eq!(facts.root.virtual_mfa_devices, Fact::Known(Vec::new()));
}

#[tokio::test]
async fn a_selector_without_fields_does_not_let_everything_through() {
    let mut mocks = watched_trail();
    let answer = json!({ "AdvancedEventSelectors": [{ "Name": "all" }] });
    mocks.push(target("CloudTrail_20131101.GetEventSelectors").respond_with(json_answer(&answer)));
    let facts = gathered(mocks).await;
    let selectors = facts.monitoring.trails.known().unwrap()[0].selectors.as_ref().unwrap();
    assert_eq!(selectors.gap().map(|gap| gap.kind), Some(GapKind::MissingField));
}

/// A trail with a log group in the caller's own account, whose one filter writes a metric.
fn watched_trail() -> Vec<Mock> {
    let trail = json!({
        "Name": "all", "TrailARN": "arn:aws:cloudtrail:us-east-1:111122223333:trail/all", "HomeRegion": "us-east-1",
        "CloudWatchLogsLogGroupArn": "arn:aws:logs:us-east-1:111122223333:log-group:trail:*",
    });
    let filter = json!({ "filterName": "root", "metricTransformations": [] });
    vec![
        target(TRAILS).respond_with(json_answer(&json!({ "trailList": [trail] }))),
        target(FILTERS).respond_with(json_answer(&json!({ "metricFilters": [filter] }))),
    ]
}

fn cbor(status: u16, body: &[u8]) -> ResponseTemplate {
    ResponseTemplate::new(status)
        .insert_header("smithy-protocol", "rpc-v2-cbor")
        .set_body_raw(body.to_vec(), "application/cbor")
}

/// `{"__type": code}` in CBOR: a map of one pair of short texts.
fn cbor_error(code: &str) -> Vec<u8> {
    let length = u8::try_from(code.len()).unwrap();
    let mut body = vec![0xa1, 0x66];
    body.extend(b"__type");
    body.extend([0x78, length]);
    body.extend(code.as_bytes());
    body
}

#[test_case(cbor(200, &[0xa0]), GapKind::MissingField; "an empty map")]
#[test_case(cbor(200, &[0xbf, 0x6c]), GapKind::MalformedAnswer; "truncated")]
#[test_case(xml(200, "<DescribeAlarmsResponse/>"), GapKind::MalformedAnswer; "an endpoint that speaks XML")]
#[test_case(cbor(403, &cbor_error("com.amazonaws.cloudwatch#AccessDenied")), GapKind::AccessDenied; "access denied")]
#[test_case(cbor(400, &cbor_error("com.amazonaws.cloudwatch#Throttling")), GapKind::Throttled; "throttled")]
#[tokio::test]
async fn cloudwatch_breaks_in_cbor(answer: ResponseTemplate, kind: GapKind) {
    let mut mocks = watched_trail();
    mocks.push(Mock::given(path(ALARMS)).respond_with(answer));
    let facts = gathered(mocks).await;
    let gap = facts.monitoring.alarms["us-east-1"].gap().unwrap();
    assert_eq!((gap.kind, gap.region.as_deref()), (kind, Some("us-east-1")), "{gap:?}");
}

#[tokio::test]
async fn an_alarm_in_cbor_is_read() {
    // {"MetricAlarms": [{"AlarmName": "a", "AlarmArn": "b", "Threshold": 1.0}], "CompositeAlarms": []}
    let mut body = vec![0xa2, 0x6c];
    body.extend(b"MetricAlarms");
    body.extend([0x81, 0xa3, 0x69]);
    body.extend(b"AlarmName");
    body.extend([0x61, b'a', 0x68]);
    body.extend(b"AlarmArn");
    body.extend([0x61, b'b', 0x69]);
    body.extend(b"Threshold");
    body.extend([0xfb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0x6f]);
    body.extend(b"CompositeAlarms");
    body.push(0x80);
    let mut mocks = watched_trail();
    mocks.push(Mock::given(path(ALARMS)).respond_with(cbor(200, &body)));
    let facts = gathered(mocks).await;
    let alarms = facts.monitoring.alarms["us-east-1"].known().unwrap();
    assert_eq!((alarms.len(), alarms[0].name.as_str(), alarms[0].actions_enabled), (1, "a", None));
}

#[tokio::test]
async fn a_credential_report_that_is_never_there_is_a_gap_after_a_second_try() {
    let server = MockServer::start().await;
    let started = "<GenerateCredentialReportResponse><GenerateCredentialReportResult><State>COMPLETE</State>\
        </GenerateCredentialReportResult></GenerateCredentialReportResponse>";
    let generate = Mock::given(body_string_contains("Action=GenerateCredentialReport"))
        .respond_with(xml(200, started))
        .expect(Times::from(2));
    let absent = answers(Query("GetCredentialReport"), xml_error(410, "ReportNotPresent")).up_to_n_times(2);
    let denied = answers(Query("GetCredentialReport"), xml_error(403, "AccessDenied")).with_priority(9);
    let facts = gathered_from(&server, vec![generate, absent, denied], Duration::from_secs(20)).await;
    assert_eq!(facts.root.credential_report.gap().map(|gap| gap.kind), Some(GapKind::AccessDenied));
}
