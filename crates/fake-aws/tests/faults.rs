//! What goes wrong on purpose.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod common;

use std::time::{Duration, Instant};

use common::{Client, assume, world};
use fake_aws::fault::{Effect, FaultRule};
use fake_aws::{ClockSkew, FakeAws};
use serde_json::json;

async fn with(rule: FaultRule) -> (FakeAws, Client) {
    let mut world = world("");
    world.faults.push(rule);
    let fake = FakeAws::start(world).await.unwrap();
    let client = Client::of(&fake);
    (fake, client)
}

#[tokio::test]
async fn throttling_ends_after_so_many_times_and_is_named_by_each_service() {
    let (_fake, client) = with(FaultRule::new("organizations:*", Effect::Throttling).times(2)).await;
    for status in [400, 400, 200] {
        assert_eq!(client.json("organizations", "ListAccounts", json!({})).await.status, status);
    }
    let (_fake, client) = with(FaultRule::new("*", Effect::Throttling)).await;
    let type_of = |reply: common::Reply| reply.json()["__type"].as_str().unwrap().to_owned();
    assert_eq!(type_of(client.json("organizations", "ListAccounts", json!({})).await), "TooManyRequestsException");
    assert_eq!(type_of(client.json("cloudtrail", "DescribeTrails", json!({})).await), "ThrottlingException");
    assert_eq!(client.query("iam", "GetAccountSummary", &[]).await.xml("Code"), "Throttling");
    let region = client.rest("account", "/listRegions", json!({})).await;
    assert_eq!((region.status, region.header("x-amzn-errortype")), (429, "TooManyRequestsException"));
}

#[tokio::test]
async fn a_fault_hits_only_its_account_and_call() {
    let member = "222222222222".parse().unwrap();
    let rule = FaultRule::new("iam:GetAccountSummary", Effect::AccessDeniedByScp).in_account(member);
    let (_fake, client) = with(rule).await;
    assert_eq!(client.query("iam", "GetAccountSummary", &[]).await.status, 200);
    let member = client.assumed(&assume(&client, &[]).await);
    assert_eq!(member.query("iam", "ListAccountAliases", &[]).await.status, 200);
    let refused = member.query("iam", "GetAccountSummary", &[]).await;
    assert!(refused.xml("Message").contains("service control policy"));
}

#[tokio::test]
async fn a_session_can_expire_in_the_middle() {
    let (_fake, client) = with(FaultRule::new("logs:*", Effect::ExpiredToken)).await;
    let reply = client.json("logs", "DescribeLogGroups", json!({})).await;
    assert_eq!(reply.json()["__type"], "ExpiredTokenException");
}

#[tokio::test]
async fn internal_errors_malformed_bodies_and_foreign_pages() {
    let (_fake, client) = with(FaultRule::new("*", Effect::InternalError)).await;
    assert_eq!(client.query("iam", "GetAccountSummary", &[]).await.status, 500);
    let (_fake, client) = with(FaultRule::new("*", Effect::MalformedBody)).await;
    let reply = client.json("logs", "DescribeLogGroups", json!({})).await;
    assert!(reply.status == 200 && serde_json::from_slice::<serde_json::Value>(&reply.body).is_err());
    let (_fake, client) = with(FaultRule::new("*", Effect::WrongContentType)).await;
    let reply = client.json("logs", "DescribeLogGroups", json!({})).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "text/html"));
}

#[tokio::test]
async fn truncated_bodies_and_broken_connections_are_seen_by_the_client() {
    let (_fake, client) = with(FaultRule::new("*", Effect::TruncatedBody)).await;
    let error = client.try_query("iam", "GetAccountSummary", &[]).await.unwrap_err();
    assert!(error.is_body() || error.is_decode(), "{error:?}");
    let (_fake, client) = with(FaultRule::new("*", Effect::ConnectionReset)).await;
    let error = client.try_query("iam", "GetAccountSummary", &[]).await.unwrap_err();
    assert!(error.is_request(), "no head of an answer may come: {error:?}");
}

#[tokio::test]
async fn an_empty_page_carries_the_token_of_the_page_that_should_have_come() {
    let (_fake, client) = with(FaultRule::new("organizations:ListAccounts", Effect::EmptyPage).times(1)).await;
    let first = client.json("organizations", "ListAccounts", json!({})).await.json();
    assert_eq!(first["Accounts"], json!([]));
    let second = client.json("organizations", "ListAccounts", json!({ "NextToken": first["NextToken"] })).await.json();
    assert_eq!(second["Accounts"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn answers_come_late_or_never() {
    let (fake, client) = with(FaultRule::new("*", Effect::Hang)).await;
    let call = client.query("iam", "GetAccountSummary", &[]);
    assert!(tokio::time::timeout(Duration::from_millis(150), call).await.is_err());
    fake.world().faults.clear();
    fake.world().latency_ms = 60;
    let start = Instant::now();
    client.query("iam", "GetAccountSummary", &[]).await;
    assert!(start.elapsed() >= Duration::from_millis(60));
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html>
#[tokio::test]
async fn a_clock_apart_refuses_until_the_client_signs_by_it() {
    let skew = ClockSkew { seconds: 1_800, date_hidden: false };
    let (_fake, client) = with(FaultRule::new("*", Effect::ClockSkew(skew))).await;
    let refused = client.query("iam", "GetAccountSummary", &[]).await;
    assert_eq!((refused.status, refused.xml("Code").as_str()), (403, "SignatureDoesNotMatch"));
    assert!(refused.xml("Message").starts_with("Signature expired: "), "{}", refused.text());
    let named = client.json("logs", "DescribeLogGroups", json!({})).await;
    assert_eq!(named.json()["__type"], "InvalidSignatureException");
    let date = jiff::fmt::rfc2822::parse(refused.header("date")).unwrap().timestamp();
    let ahead = date.duration_since(jiff::Timestamp::now()).as_mins();
    assert!((29..=30).contains(&ahead), "{date}");
    let taken = client.signing_in(1_800).query("iam", "GetAccountSummary", &[]).await;
    assert_eq!(taken.status, 200);
}

#[test]
fn faults_are_read_from_a_file() {
    let text = r#"
faults:
  - { account: "222222222222", action: "iam:GetAccountSummary", effect: access_denied_by_scp }
  - { action: "organizations:ListAccounts", every: 2, effect: empty_page }
  - { action: "cloudtrail:*", region: eu-west-1, times: 3, effect: { latency: 500 } }
  - { account: "222222222222", effect: { clock_skew: { seconds: -600 } } }
"#;
    let world = fake_aws::world::World::from_yaml(text).unwrap();
    let effects: Vec<_> = world.faults.into_iter().map(|rule| rule.effect).collect();
    let skew = ClockSkew { seconds: -600, date_hidden: false };
    assert_eq!(effects, [Effect::AccessDeniedByScp, Effect::EmptyPage, Effect::Latency(500), Effect::ClockSkew(skew)]);
}

/// Source: <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>
#[tokio::test]
async fn lookups_are_limited_by_account_and_region() {
    let mut world = world("");
    world.lookup_events_per_second = Some(2);
    let fake = FakeAws::start(world).await.unwrap();
    let client = Client::of(&fake);
    let mut statuses = Vec::new();
    for _ in 0..8 {
        statuses.push(client.json("cloudtrail", "LookupEvents", json!({})).await.status);
    }
    assert!(statuses.contains(&400) && statuses[0] == 200, "{statuses:?}");
    let elsewhere = client.in_region("eu-west-1").json("cloudtrail", "LookupEvents", json!({})).await;
    assert_eq!(elsewhere.status, 200);
}
