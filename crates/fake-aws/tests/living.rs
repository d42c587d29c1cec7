//! The way from a CloudTrail record to a message, on a scenario's clock.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod common;

use common::{Client, MANAGEMENT, MEMBER, assume, world};
use fake_aws::world::{HopKind, Place, World};
use fake_aws::{Clock, Delivery, FakeAws};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};

const START: &str = "2026-11-20T12:00:10Z";
const TOPIC: &str = "arn:aws:sns:us-east-1:111111111111:security";
const PATTERN: &str =
    r#"{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }"#;

fn start() -> Timestamp {
    START.parse().unwrap()
}

fn after(seconds: i64) -> Timestamp {
    start() + SignedDuration::from_secs(seconds)
}

/// An organization trail into a log group with the CIS filter, an alarm, a topic, and a rule on the same records.
fn monitored() -> World {
    let mut world = world("");
    world.clock = Clock::Scenario(start());
    let management = MANAGEMENT.parse().unwrap();
    let region = format!(
        r#"
trails: [{{ name: org, organization: true, log_group_arn: "arn:aws:logs:us-east-1:{MANAGEMENT}:log-group:trail:*" }}]
log_groups:
  - name: trail
    metric_filters:
      - {{ name: root-use, pattern: '{PATTERN}', transformations: [{{ namespace: CIS, name: RootUse, default_value: 0 }}] }}
alarms:
  - name: root-use
    namespace: CIS
    metric_name: RootUse
    statistic: Sum
    period: 60
    evaluation_periods: 1
    threshold: 1
    treat_missing_data: notBreaching
    actions: {{ alarm: ["{TOPIC}"] }}
topics:
  - name: security
    subscriptions:
      - {{ protocol: email, endpoint: oncall@example.com }}
      - {{ protocol: email, endpoint: never@example.com, confirmed: false }}
      - {{ protocol: sqs, endpoint: "arn:aws:sqs:us-east-1:{MANAGEMENT}:pages" }}
      - {{ protocol: https, endpoint: "https://example.com/hook" }}
queues: [{{ name: pages }}, {{ name: rules }}]
"#
    );
    world.accounts.get_mut(&management).unwrap().regions.insert("us-east-1".to_owned(), yaml(&region));
    world
}

fn yaml<T: serde::de::DeserializeOwned>(text: &str) -> T {
    serde_saphyr::from_str(text).unwrap()
}

fn record(name: &str, identity: &Json, time: &str) -> Json {
    json!({
        "eventVersion": "1.11", "eventID": format!("id-{name}"), "eventName": name, "eventSource": "iam.amazonaws.com",
        "eventTime": time, "awsRegion": "us-east-1", "eventType": "AwsApiCall", "readOnly": false,
        "userIdentity": identity,
    })
}

fn root() -> Json {
    json!({ "type": "Root", "arn": "arn:aws:iam::222222222222:root", "accountId": MEMBER })
}

fn deliver(world: &mut World, record: Json, at: Timestamp) {
    let place = Place::new(MEMBER.parse().unwrap(), "us-east-1");
    world.schedule(Delivery::new(place, record.try_into().unwrap(), at));
}

fn alarm_changes(world: &World) -> Vec<(&str, &'static str)> {
    let change = |kind: &HopKind| match kind {
        HopKind::AlarmChanged { from, to, .. } => Some((*from, *to)),
        _ => None,
    };
    world.hops.iter().filter_map(|hop| change(&hop.kind)).collect()
}

#[test]
fn a_root_record_of_a_member_pages_once_and_the_alarm_goes_back() {
    let mut world = monitored();
    deliver(&mut world, record("CreateAccessKey", &root(), START), after(300));
    world.advance_to(after(3600));
    assert_eq!(alarm_changes(&world), [("INSUFFICIENT_DATA", "OK"), ("OK", "ALARM"), ("ALARM", "OK")]);
    let mail: Vec<_> = world.mailbox.iter().map(|mail| mail.to.as_str()).collect();
    assert_eq!(mail, ["oncall@example.com"], "whoever never confirmed hears nothing");
    let message: Json = serde_json::from_str(&world.mailbox[0].body).unwrap();
    assert_eq!((&message["NewStateValue"], &message["AWSAccountId"]), (&json!("ALARM"), &json!(MANAGEMENT)));
    assert_eq!(world.mailbox[0].subject.as_deref(), Some("ALARM: \"root-use\" in US East (N. Virginia)"));
    assert!(world.mailbox[0].at >= after(300) && world.mailbox[0].at <= after(420));
    let why_not = world.hops.iter().filter_map(|hop| match &hop.kind {
        HopKind::MessageNotDelivered { endpoint, why, .. } => Some((endpoint.as_str(), why.as_str())),
        _ => None,
    });
    let expected = [
        ("never@example.com", "the subscription is not confirmed"),
        ("https://example.com/hook", "the endpoint is not on loopback"),
    ];
    assert_eq!(why_not.collect::<Vec<_>>(), expected);
}

/// An IAM user's record, and a root record made by a service, count nothing.
#[test]
fn other_records_leave_the_alarm_alone() {
    let mut world = monitored();
    deliver(&mut world, record("GetObject", &json!({ "type": "IAMUser", "userName": "bob" }), START), after(60));
    let by_service = json!({ "type": "Root", "invokedBy": "autoscaling.amazonaws.com" });
    deliver(&mut world, record("RunInstances", &by_service, START), after(61));
    world.advance_to(after(3600));
    assert_eq!(alarm_changes(&world), [("INSUFFICIENT_DATA", "OK")]);
    assert!(world.mailbox.is_empty());
}

/// A record of 2025 that is delivered now gets a log timestamp of now, is accepted, and alarms; its own time stays.
#[test]
fn a_backfilled_record_alarms_now_and_keeps_its_time() {
    let mut world = monitored();
    let region = world.region_mut(MANAGEMENT.parse().unwrap(), "us-east-1").unwrap();
    region.trails[0].status.logging = false;
    let mut late = record("ConsoleLogin", &root(), "2025-03-01T08:00:00Z");
    late["addendum"] = json!({ "reason": "SERVICE_OUTAGE" });
    deliver(&mut world, late, after(60));
    deliver(&mut world, record("CreateUser", &root(), START), after(60));
    world.advance_to(after(600));
    assert!(alarm_changes(&world).contains(&("OK", "ALARM")));
    let group = &world.region(MANAGEMENT.parse().unwrap(), "us-east-1").log_groups[0];
    assert_eq!(group.events.len(), 1, "a stopped trail delivers late records alone");
    assert_eq!(group.events[0].timestamp, after(60));
    assert_eq!(group.events[0].stream, format!("{MEMBER}_CloudTrail_us-east-1"));
}

#[tokio::test]
async fn a_muted_alarm_acts_when_the_window_ends_if_it_still_stands() {
    let mut world = monitored();
    let region = world.region_mut(MANAGEMENT.parse().unwrap(), "us-east-1").unwrap();
    region
        .mute_rules
        .push(yaml("{ name: m, expression: 'at(2026-11-20T12:00)', duration: PT10M, alarm_names: [root-use] }"));
    region.alarms[0].treat_missing_data = Some(fake_aws::world::TreatMissingData::Ignore);
    deliver(&mut world, record("CreateUser", &root(), START), after(60));
    world.advance_to(after(480));
    assert!(alarm_changes(&world).ends_with(&[("INSUFFICIENT_DATA", "ALARM")]));
    assert!(world.mailbox.is_empty());
    world.advance_to(after(700));
    assert_eq!(world.mailbox.len(), 1);
    assert_eq!(world.mailbox[0].at, "2026-11-20T12:10:00Z".parse().unwrap());
}

#[test]
fn a_suppressor_holds_a_composite_alarm_back() {
    let mut world = monitored();
    let region = world.region_mut(MANAGEMENT.parse().unwrap(), "us-east-1").unwrap();
    region.alarms[0].actions.alarm.clear();
    region.alarms.push(yaml("{ name: maintenance, state: { value: ALARM } }"));
    let composite = format!(
        "{{ name: page, rule: 'ALARM(root-use)', actions: {{ alarm: ['{TOPIC}'] }},
           suppressor: {{ alarm: maintenance, wait_period: 60, extension_period: 60 }} }}"
    );
    region.composite_alarms.push(yaml(&composite));
    region.alarms[0].treat_missing_data = Some(fake_aws::world::TreatMissingData::Ignore);
    deliver(&mut world, record("CreateUser", &root(), START), after(60));
    world.advance_to(after(600));
    assert!(world.mailbox.is_empty());
    let region = world.region_mut(MANAGEMENT.parse().unwrap(), "us-east-1").unwrap();
    region.alarms[1].state.value = fake_aws::world::StateValue::Ok;
    world.advance_to(after(900));
    assert_eq!(world.mailbox.len(), 1);
}

/// A rule that is merely enabled sees no read-only management events; the third state does, and a disabled rule nothing.
#[test]
fn rules_match_by_state_and_reach_their_targets() {
    let mut world = monitored();
    let member = world.region_mut(MEMBER.parse().unwrap(), "us-east-1").unwrap();
    for (name, state) in
        [("plain", "ENABLED"), ("off", "DISABLED"), ("all", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")]
    {
        let rule = format!(
            "{{ name: {name}, state: {state}, event_pattern: '{{\"detail\":{{\"userIdentity\":{{\"type\":[\"Root\"]}}}}}}',
                targets: [{{ id: q, arn: 'arn:aws:sqs:us-east-1:{MANAGEMENT}:rules' }}] }}"
        );
        member.rules.push(yaml(&rule));
    }
    let mut reading = record("ListUsers", &root(), START);
    reading["readOnly"] = json!(true);
    deliver(&mut world, reading, after(60));
    deliver(&mut world, record("CreateUser", &root(), START), after(61));
    world.advance_to(after(120));
    let matched = world.hops.iter().filter_map(|hop| match &hop.kind {
        HopKind::RuleMatched { rule, event_id, .. } => Some((rule.as_str(), event_id.clone().unwrap())),
        _ => None,
    });
    let expected = [("all", "id-ListUsers"), ("plain", "id-CreateUser"), ("all", "id-CreateUser")];
    assert_eq!(matched.collect::<Vec<_>>(), expected.map(|(rule, id)| (rule, id.to_owned())));
    let queue = &world.region(MANAGEMENT.parse().unwrap(), "us-east-1").queues[1];
    let event: Json = serde_json::from_str(&queue.messages[0].body).unwrap();
    assert_eq!((&event["detail-type"], &event["source"]), (&json!("AWS API Call via CloudTrail"), &json!("aws.iam")));
}

#[tokio::test]
async fn the_whole_way_can_be_set_up_by_calls() {
    let mut world = world("");
    world.clock = Clock::Scenario(start());
    let fake = FakeAws::start(world).await.unwrap();
    let client = Client::of(&fake);
    let queue = client.json("sqs", "CreateQueue", json!({ "QueueName": "pages" })).await.json();
    let topic = client.query("sns", "CreateTopic", &[("Name", "security")]).await.xml("TopicArn");
    let endpoint = "arn:aws:sqs:us-east-1:111111111111:pages";
    let parameters = [("TopicArn", topic.as_str()), ("Protocol", "sqs"), ("Endpoint", endpoint)];
    client.query("sns", "Subscribe", &parameters).await;
    client.json("logs", "CreateLogGroup", json!({ "logGroupName": "trail" })).await;
    client.json("logs", "CreateLogStream", json!({ "logGroupName": "trail", "logStreamName": "s" })).await;
    let transformation = json!([{ "metricName": "RootUse", "metricNamespace": "CIS", "metricValue": "1" }]);
    let filter = json!({ "logGroupName": "trail", "filterName": "root", "filterPattern": PATTERN, "metricTransformations": transformation });
    assert_eq!(client.json("logs", "PutMetricFilter", filter).await.status, 200);
    let alarm = json!({
        "AlarmName": "root", "Namespace": "CIS", "MetricName": "RootUse", "Statistic": "Sum", "Period": 300,
        "EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "GreaterThanOrEqualToThreshold", "AlarmActions": [topic],
    });
    assert_eq!(client.cbor("PutMetricAlarm", alarm).await.0.status, 200);
    let message = record("CreateUser", &root(), START).to_string();
    let events = json!([{ "timestamp": start().as_millisecond(), "message": message }]);
    let put = json!({ "logGroupName": "trail", "logStreamName": "s", "logEvents": events });
    assert_eq!(client.json("logs", "PutLogEvents", put).await.status, 200);
    fake.advance_to(after(120)).await;
    let (_, alarms) = client.cbor("DescribeAlarms", json!({})).await;
    assert_eq!(alarms["MetricAlarms"][0]["StateValue"], "ALARM");
    let (_, history) = client.cbor("DescribeAlarmHistory", json!({ "HistoryItemType": "Action" })).await;
    let summary = history["AlarmHistoryItems"][0]["HistorySummary"].as_str().unwrap();
    assert_eq!(summary, format!("Successfully executed action {topic}"));
    let received = client.json("sqs", "ReceiveMessage", json!({ "QueueUrl": queue["QueueUrl"] })).await.json();
    let body: Json = serde_json::from_str(received["Messages"][0]["Body"].as_str().unwrap()).unwrap();
    assert_eq!(body["Subject"], "ALARM: \"root\" in US East (N. Virginia)");
    let found = json!({ "logGroupName": "trail", "filterPattern": "{ $.eventName = \"CreateUser\" }" });
    assert_eq!(client.json("logs", "FilterLogEvents", found).await.json()["events"].as_array().unwrap().len(), 1);
}

/// Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html>
#[tokio::test]
async fn log_events_too_old_or_too_new_are_rejected() {
    let mut world = monitored();
    let region = world.region_mut(MANAGEMENT.parse().unwrap(), "us-east-1").unwrap();
    region.log_groups[0].streams.push("s".to_owned());
    let fake = FakeAws::start(world).await.unwrap();
    let client = Client::of(&fake);
    let put = |hours: &[i64]| {
        let event = |hours: &i64| json!({ "timestamp": after(hours * 3600).as_millisecond(), "message": "x" });
        json!({ "logGroupName": "trail", "logStreamName": "s", "logEvents": hours.iter().map(event).collect::<Vec<_>>() })
    };
    let old = client.json("logs", "PutLogEvents", put(&[-14 * 24 - 1, -14 * 24 + 1])).await.json();
    assert_eq!(old["rejectedLogEventsInfo"], json!({ "tooOldLogEventEndIndex": 1 }));
    let new = client.json("logs", "PutLogEvents", put(&[1, 3])).await.json();
    assert_eq!(new["rejectedLogEventsInfo"], json!({ "tooNewLogEventStartIndex": 1 }));
    let unordered = client.json("logs", "PutLogEvents", put(&[1, 0])).await.json();
    assert_eq!(unordered["__type"], "InvalidParameterException");
    let long = client.json("logs", "PutLogEvents", put(&[-30, 0])).await.json();
    assert_eq!(long["__type"], "InvalidParameterException");
    assert_eq!(fake.world().region(MANAGEMENT.parse().unwrap(), "us-east-1").log_groups[0].events.len(), 2);
}

/// Auditing by root sessions makes root records in the member account, which page people.
#[tokio::test]
async fn sessions_as_root_leave_root_records() {
    let fake = FakeAws::start(monitored()).await.unwrap();
    let client = Client::of(&fake);
    let task = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials";
    let session = client.query("sts", "AssumeRoot", &[("TargetPrincipal", MEMBER), ("TaskPolicyArn.arn", task)]).await;
    client.assumed(&session).query("iam", "ListAccessKeys", &[]).await;
    fake.advance_to(after(600)).await;
    let member = client.assumed(&assume(&client, &[]).await);
    let events = member.json("cloudtrail", "LookupEvents", json!({})).await.json();
    assert_eq!(events["Events"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&events["Events"][0]["EventName"], &events["Events"][0]["Username"]),
        (&json!("ListAccessKeys"), &json!("root"))
    );
    assert!(fake.world().mailbox.iter().any(|mail| mail.to == "oncall@example.com"));
}

#[tokio::test]
async fn web_subscribers_on_loopback_confirm_and_receive() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}/hook", listener.local_addr().unwrap());
    let (sender, mut received) = tokio::sync::mpsc::unbounded_channel::<String>();
    let router = axum::Router::new().fallback(move |body: String| async move { sender.send(body).unwrap() });
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let fake = FakeAws::start(monitored()).await.unwrap();
    let client = Client::of(&fake);
    client.query("sns", "Subscribe", &[("TopicArn", TOPIC), ("Protocol", "http"), ("Endpoint", &endpoint)]).await;
    let confirmation: Json = serde_json::from_str(&received.recv().await.unwrap()).unwrap();
    let confirmed = reqwest::get(confirmation["SubscribeURL"].as_str().unwrap()).await.unwrap();
    assert_eq!(confirmed.status().as_u16(), 200);
    client.query("sns", "Publish", &[("TopicArn", TOPIC), ("Message", "hello")]).await;
    let message: Json = serde_json::from_str(&received.recv().await.unwrap()).unwrap();
    assert_eq!((&message["Type"], &message["Message"]), (&json!("Notification"), &json!("hello")));
}
