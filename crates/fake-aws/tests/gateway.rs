//! The gateway in front of another implementation, which a recorder stands in for.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod common;

use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use common::{Client, MANAGEMENT, MEMBER, assume, world};
use fake_aws::world::Place;
use fake_aws::{Delivery, Error, FakeAws};
use jiff::Timestamp;
use serde_json::{Value as Json, json};

/// A request that the recorder got: target or path, credential, body.
type Seen = Arc<Mutex<Vec<(String, String, String)>>>;

async fn record(State(seen): State<Seen>, uri: Uri, headers: HeaderMap, body: String) -> String {
    let header = |name: &str| headers.get(name).map_or("", |it| it.to_str().unwrap()).to_owned();
    let target = header("x-amz-target");
    let what = if target.is_empty() { uri.to_string() } else { target };
    let credential = header("authorization").split("Credential=").nth(1).unwrap_or_default().to_owned();
    seen.lock().unwrap().push((what, credential.split(',').next().unwrap().to_owned(), body));
    "{}".to_owned()
}

async fn gateway() -> (FakeAws, Client, Seen) {
    let seen = Seen::default();
    let router = axum::Router::new().fallback(record).with_state(Arc::clone(&seen));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let upstream = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let fake = FakeAws::start_gateway(world(""), &upstream).await.unwrap();
    let client = Client::of(&fake);
    (fake, client, seen)
}

fn targets(seen: &Seen) -> Vec<String> {
    seen.lock().unwrap().iter().map(|(what, ..)| what.clone()).collect()
}

#[tokio::test]
async fn a_gateway_to_another_machine_is_refused() {
    let error = FakeAws::start_gateway(world(""), "https://sts.amazonaws.com").await.unwrap_err();
    assert!(matches!(error, Error::NotLoopback(_)), "{error}");
}

#[tokio::test]
async fn forwarded_calls_carry_the_account_and_no_session_token() {
    let (_fake, client, seen) = gateway().await;
    let member = client.assumed(&assume(&client, &[]).await);
    assert_eq!(member.json("logs", "DescribeLogGroups", json!({})).await.status, 200);
    assert_eq!(member.query("s3", "ListBuckets", &[]).await.status, 200);
    let seen = seen.lock().unwrap();
    assert!(
        seen[0].2.contains("Action=AssumeRole") && seen[0].1.starts_with(MANAGEMENT),
        "the role is assumed there too"
    );
    assert!(seen[1].1.starts_with(&format!("{MEMBER}/")) && seen[1].1.ends_with("/us-east-1/logs/aws4_request"));
    assert!(seen[2].1.ends_with("/s3/aws4_request"));
}

#[tokio::test]
async fn what_the_other_side_lacks_stays_here() {
    let (_fake, client, seen) = gateway().await;
    assert_eq!(client.json("organizations", "ListAccounts", json!({})).await.status, 200);
    assert_eq!(client.query("iam", "GetAccountSummary", &[]).await.status, 200);
    assert_eq!(client.json("cloudtrail", "DescribeTrails", json!({})).await.status, 200);
    let absent = [("RoleArn", "arn:aws:iam::222222222222:role/absent"), ("RoleSessionName", "sweep")];
    assert_eq!(client.query("sts", "AssumeRole", &absent).await.status, 403);
    assert_eq!(client.json("organizations", "ListPolicies", json!({})).await.status, 501);
    assert!(seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn session_policies_hold_for_forwarded_calls() {
    let (_fake, client, _) = gateway().await;
    let policy =
        json!({ "Statement": [{ "Effect": "Allow", "Action": "logs:Describe*", "Resource": "*" }] }).to_string();
    let member = client.assumed(&assume(&client, &[("Policy", &policy)]).await);
    assert_eq!(member.json("logs", "DescribeLogGroups", json!({})).await.status, 200);
    assert_eq!(member.json("logs", "DeleteLogGroup", json!({ "logGroupName": "x" })).await.status, 400);
}

/// The filter is judged here, and only a match becomes a data point there.
#[tokio::test]
async fn metric_filters_are_judged_here_and_put_there() {
    let (_fake, client, seen) = gateway().await;
    client.json("logs", "CreateLogGroup", json!({ "logGroupName": "trail" })).await;
    client.json("logs", "CreateLogStream", json!({ "logGroupName": "trail", "logStreamName": "s" })).await;
    let transformation = json!([{ "metricName": "RootUse", "metricNamespace": "CIS", "metricValue": "1" }]);
    let filter = json!({
        "logGroupName": "trail", "filterName": "root", "filterPattern": "{ $.type = \"Root\" }",
        "metricTransformations": transformation,
    });
    assert_eq!(client.json("logs", "PutMetricFilter", filter).await.status, 200);
    for message in [r#"{"type":"IAMUser"}"#, r#"{"type":"Root"}"#] {
        let events = json!([{ "timestamp": Timestamp::now().as_millisecond(), "message": message }]);
        let put = json!({ "logGroupName": "trail", "logStreamName": "s", "logEvents": events });
        assert_eq!(client.json("logs", "PutLogEvents", put).await.status, 200);
    }
    let expected = [
        "Prefix_1.CreateLogGroup",
        "Prefix_1.CreateLogStream",
        "Prefix_1.PutLogEvents",
        "Prefix_1.PutLogEvents",
        "GraniteServiceVersion20100801.PutMetricData",
    ];
    assert_eq!(targets(&seen), expected);
    let data: Json = serde_json::from_str(&seen.lock().unwrap()[4].2).unwrap();
    assert_eq!((&data["Namespace"], &data["MetricData"][0]["Value"]), (&json!("CIS"), &json!(1.0)));
}

#[tokio::test]
async fn a_disabled_rule_gets_a_pattern_that_never_matches() {
    let (_fake, client, seen) = gateway().await;
    let rule = json!({ "Name": "r", "EventPattern": "{\"source\":[\"aws.iam\"]}" });
    client.json("events", "PutRule", rule).await;
    client.json("events", "DisableRule", json!({ "Name": "r" })).await;
    let described = client.json("events", "DescribeRule", json!({ "Name": "r" })).await.json();
    assert_eq!(
        (&described["State"], &described["EventPattern"]),
        (&json!("DISABLED"), &json!("{\"source\":[\"aws.iam\"]}"))
    );
    let bodies: Vec<Json> = seen.lock().unwrap().iter().map(|it| serde_json::from_str(&it.2).unwrap()).collect();
    assert_eq!(bodies[0]["EventPattern"], "{\"source\":[\"aws.iam\"]}");
    assert_eq!(bodies[1]["EventPattern"], "{\"source\":[\"fake-aws.disabled\"]}");
}

/// A delivered record goes to the log group there, and to the bus only if a rule would match it.
#[tokio::test]
async fn delivered_records_go_on_to_the_other_side() {
    let (fake, client, seen) = gateway().await;
    let rule = json!({ "Name": "r", "EventPattern": "{\"detail\":{\"userIdentity\":{\"type\":[\"Root\"]}}}" });
    client.json("events", "PutRule", rule).await;
    client.json("logs", "CreateLogGroup", json!({ "logGroupName": "trail" })).await;
    seen.lock().unwrap().clear();
    let now = Timestamp::now();
    {
        let mut world = fake.world();
        let management = MANAGEMENT.parse().unwrap();
        let mut trail = fake_aws::world::Trail::named("t");
        trail.log_group_arn = Some(format!("arn:aws:logs:us-east-1:{MANAGEMENT}:log-group:trail:*"));
        world.region_mut(management, "us-east-1").unwrap().trails.push(trail);
        for kind in ["Root", "IAMUser"] {
            let record = json!({
                "eventID": kind, "eventName": "CreateUser", "eventSource": "iam.amazonaws.com", "eventTime": now.to_string(),
                "userIdentity": { "type": kind },
            });
            let place = Place::new(management, "us-east-1");
            world.schedule(Delivery::new(place, record.try_into().unwrap(), now));
        }
    }
    fake.advance_to(Timestamp::now()).await;
    let expected = [
        "AWSEvents.PutEvents",
        "Logs_20140328.CreateLogStream",
        "Logs_20140328.PutLogEvents",
        "Logs_20140328.CreateLogStream",
        "Logs_20140328.PutLogEvents",
    ];
    assert_eq!(targets(&seen), expected);
}
