//! What the sweep reads, and AWS's rules for it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod common;

use common::{Client, MANAGEMENT, MEMBER, assume, world};
use fake_aws::world::{MfaDevice, Trail, World};
use fake_aws::{Clock, FakeAws};
use jiff::SignedDuration;
use serde_json::{Value as Json, json};
use test_case::test_case;

fn yaml<T: serde::de::DeserializeOwned>(text: &str) -> T {
    serde_saphyr::from_str(text).unwrap()
}

async fn started(change: impl FnOnce(&mut World)) -> (FakeAws, Client, Client) {
    let mut world = world("");
    world.clock = Clock::Scenario("2026-11-20T12:00:00Z".parse().unwrap());
    change(&mut world);
    let fake = FakeAws::start(world).await.unwrap();
    let client = Client::of(&fake);
    let member = client.assumed(&assume(&client, &[]).await);
    (fake, client, member)
}

/// A device's name tells nothing: the owner's ARN does.
#[tokio::test]
async fn virtual_devices_belong_to_whom_their_arn_says() {
    let (_fake, _, member) = started(|world| {
        let account = world.accounts.get_mut(&MEMBER.parse().unwrap()).unwrap();
        account.root.mfa_devices = vec![MfaDevice::hardware("GAHT1"), yaml("{ kind: virtual, serial: phone }")];
        account.users = vec![yaml("{ name: bob, mfa_devices: [{ kind: virtual }] }")];
    })
    .await;
    let text = member.query("iam", "ListVirtualMFADevices", &[("AssignmentStatus", "Assigned")]).await.text();
    assert!(text.contains(":mfa/phone") && text.contains("<Arn>arn:aws:iam::222222222222:root</Arn>"), "{text}");
    assert!(text.contains(":mfa/root-account-mfa-device") && text.contains(":user/bob"), "{text}");
    assert!(!text.contains("GAHT1"), "a hardware device is not virtual");
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html>
#[tokio::test]
async fn credential_reports_are_made_at_most_every_four_hours() {
    let (fake, _, member) = started(|world| {
        let account = world.accounts.get_mut(&MEMBER.parse().unwrap()).unwrap();
        account.root.credential_report.polls_until_complete = 2;
    })
    .await;
    assert_eq!(member.query("iam", "GetCredentialReport", &[]).await.xml("Code"), "ReportNotPresent");
    for state in ["STARTED", "INPROGRESS"] {
        assert_eq!(member.query("iam", "GenerateCredentialReport", &[]).await.xml("State"), state);
        assert_eq!(member.query("iam", "GetCredentialReport", &[]).await.xml("Code"), "ReportInProgress");
    }
    assert_eq!(member.query("iam", "GenerateCredentialReport", &[]).await.xml("State"), "COMPLETE");
    let first = member.query("iam", "GetCredentialReport", &[]).await;
    fake.world().accounts.get_mut(&MEMBER.parse().unwrap()).unwrap().root.mfa_devices.clear();
    let cached = member.query("iam", "GetCredentialReport", &[]).await;
    assert_eq!(cached.xml("Content"), first.xml("Content"), "a report is as of its generation");
    let later = fake.world().now() + SignedDuration::from_hours(4);
    fake.advance_to(later).await;
    assert_eq!(member.query("iam", "GetCredentialReport", &[]).await.xml("Code"), "ReportExpired");
    assert_eq!(member.query("iam", "GenerateCredentialReport", &[]).await.xml("State"), "STARTED");
}

/// Source: <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DescribeTrails.html>
#[tokio::test]
async fn members_see_organization_trails_as_shadows() {
    let (_fake, client, member) = started(|world| {
        let region = world.region_mut(MANAGEMENT.parse().unwrap(), "us-east-1").unwrap();
        let mut trail = Trail::named("org");
        trail.organization = true;
        region.trails = vec![trail, Trail::named("own")];
    })
    .await;
    let names =
        |reply: Json| reply["trailList"].as_array().unwrap().iter().map(|it| it["Name"].clone()).collect::<Vec<_>>();
    let elsewhere = member.in_region("eu-west-1");
    assert_eq!(names(elsewhere.json("cloudtrail", "DescribeTrails", json!({})).await.json()), ["org"]);
    let without = json!({ "includeShadowTrails": false });
    assert!(names(member.json("cloudtrail", "DescribeTrails", without.clone()).await.json()).is_empty());
    assert_eq!(names(client.json("cloudtrail", "DescribeTrails", without).await.json()), ["org", "own"]);
    let by_name = member.json("cloudtrail", "GetTrailStatus", json!({ "Name": "org" })).await;
    assert_eq!(by_name.json()["__type"], "TrailNotFoundException");
    let arn = "arn:aws:cloudtrail:us-east-1:111111111111:trail/org";
    assert_eq!(elsewhere.json("cloudtrail", "GetTrailStatus", json!({ "Name": arn })).await.json()["IsLogging"], true);
}

fn event(id: &str, time: &str, identity: &Json) -> Json {
    json!({ "eventID": id, "eventName": "ConsoleLogin", "eventSource": "signin.amazonaws.com", "eventTime": time, "userIdentity": identity })
}

/// Source: <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>
#[tokio::test]
async fn event_history_is_newest_first_and_ninety_days_long() {
    let (_fake, client, _) = started(|world| {
        let region = world.region_mut(MANAGEMENT.parse().unwrap(), "us-east-1").unwrap();
        let root = json!({ "type": "Root" });
        let aliased = json!({ "type": "Root", "userName": "my-alias" });
        let records = [
            event("old", "2026-08-01T00:00:00Z", &root),
            event("first", "2026-11-01T00:00:00Z", &root),
            event("second", "2026-11-02T00:00:00Z", &aliased),
        ];
        region.event_history = records.into_iter().map(|it| it.try_into().unwrap()).collect();
    })
    .await;
    let ids =
        |answer: Json| answer["Events"].as_array().unwrap().iter().map(|it| it["EventId"].clone()).collect::<Vec<_>>();
    let lookup = async |body: Json| client.json("cloudtrail", "LookupEvents", body).await;
    assert_eq!(ids(lookup(json!({})).await.json()), ["second", "first"]);
    let by_user = |name: &str| json!({ "LookupAttributes": [{ "AttributeKey": "Username", "AttributeValue": name }] });
    assert_eq!(ids(lookup(by_user("root")).await.json()), ["first"]);
    assert_eq!(ids(lookup(by_user("my-alias")).await.json()), ["second"]);
    let first = lookup(json!({ "MaxResults": 1 })).await.json();
    let next = json!({ "MaxResults": 1, "NextToken": first["NextToken"] });
    assert_eq!(ids(lookup(next).await.json()), ["first"]);
    let attribute = json!({ "AttributeKey": "EventName", "AttributeValue": "x" });
    let two = lookup(json!({ "LookupAttributes": [attribute, attribute] })).await;
    assert_eq!(two.json()["__type"], "InvalidLookupAttributesException");
}

/// Without `AlarmTypes` only metric alarms come.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html>
#[test_case(json!({}), 1, 0; "by default")]
#[test_case(json!({ "AlarmTypes": ["CompositeAlarm"] }), 0, 1; "composite alone")]
#[test_case(json!({ "AlarmTypes": ["CompositeAlarm", "MetricAlarm"] }), 1, 1; "both")]
#[test_case(json!({ "AlarmNames": ["page"] }), 0, 0; "a composite by name, without its type")]
#[tokio::test]
async fn alarm_types_decide_what_is_described(input: Json, metric: usize, composite: usize) {
    let (_fake, client, _) = started(|world| {
        let region = world.region_mut(MANAGEMENT.parse().unwrap(), "us-east-1").unwrap();
        region.alarms.push(yaml("{ name: root }"));
        region.composite_alarms.push(yaml("{ name: page, rule: 'ALARM(root)' }"));
    })
    .await;
    let (_, answer) = client.cbor("DescribeAlarms", input).await;
    let count = |name: &str| answer[name].as_array().unwrap().len();
    assert_eq!((count("MetricAlarms"), count("CompositeAlarms")), (metric, composite));
}

/// Sessions end by the caller's own clock.
#[tokio::test]
async fn expired_sessions_are_refused() {
    let (_fake, _, member) = started(|_| ()).await;
    assert_eq!(member.query("iam", "GetAccountSummary", &[]).await.status, 200);
    let later = member.signing_in(3601);
    assert_eq!(later.query("iam", "GetAccountSummary", &[]).await.xml("Code"), "ExpiredToken");
    assert_eq!(later.json("cloudtrail", "DescribeTrails", json!({})).await.json()["__type"], "ExpiredTokenException");
}

#[tokio::test]
async fn athena_answers_what_the_world_was_given_and_nothing_else() {
    let (_fake, client, _) = started(|world| {
        let result =
            "{ query_contains: [useridentity, root], columns: [eventid], rows: [[a], [~]], polls_until_complete: 1 }";
        world.athena_results.push(yaml(result));
    })
    .await;
    let query = json!({ "QueryString": "SELECT eventid FROM t WHERE useridentity.type = 'Root'" });
    let started = client.json("athena", "StartQueryExecution", query).await.json();
    for state in ["QUEUED", "SUCCEEDED"] {
        let execution = client.json("athena", "GetQueryExecution", started.clone()).await.json();
        assert_eq!(execution["QueryExecution"]["Status"]["State"], state);
    }
    let results = client.json("athena", "GetQueryResults", started).await.json();
    let expected =
        json!([{ "Data": [{ "VarCharValue": "eventid" }] }, { "Data": [{ "VarCharValue": "a" }] }, { "Data": [{}] }]);
    assert_eq!(results["ResultSet"]["Rows"], expected);
    assert_eq!(client.json("athena", "StartQueryExecution", json!({ "QueryString": "SELECT 1" })).await.status, 501);
}

#[tokio::test]
async fn findings_are_taken_in_one_by_one() {
    let (fake, client, _) = started(|_| ()).await;
    let good = json!({
        "SchemaVersion": "2018-10-08", "Id": "1", "ProductArn": "arn:aws:securityhub:us-east-1:111111111111:product/111111111111/default",
        "GeneratorId": "g", "AwsAccountId": MEMBER, "CreatedAt": "2026-11-20T12:00:00Z", "UpdatedAt": "2026-11-20T12:00:00Z",
        "Severity": { "Label": "HIGH" }, "Title": "t", "Description": "d", "Types": ["x"], "Resources": [{ "Type": "Other", "Id": "r" }],
    });
    let answer =
        client.rest("securityhub", "/findings/import", json!({ "Findings": [good, { "Id": "2" }] })).await.json();
    assert_eq!((&answer["SuccessCount"], &answer["FailedCount"]), (&json!(1), &json!(1)));
    assert_eq!(answer["FailedFindings"][0]["Id"], "2");
    assert_eq!(fake.world().findings[0].text("Id"), Some("1"));
}

#[test_case("nonsense: 1", "unknown field"; "an unknown key")]
#[test_case("accounts: [{ id: '1', name: x }]", "12 digits"; "a short id")]
#[test_case("accounts: [{ id: '111111111111', name: x }, { id: '111111111111', name: y }]", "listed twice"; "an account twice")]
#[test_case("organization: { management_account: '111111111111' }", "management account names account"; "an absent management account")]
#[test_case("accounts: [{ id: '111111111111', name: x, regions: { us-east-1: { mute_rules: [{ name: m, expression: daily, duration: PT1H, alarm_names: [] }] } } }]", "cannot be read"; "a mute schedule")]
#[test_case("accounts: [{ id: '111111111111', name: x, regions: { us-east-1: { event_history: [{ eventID: a }] } } }]", "eventName"; "a record without a name")]
fn worlds_with_mistakes_are_refused(text: &str, expected: &str) {
    let error = World::from_yaml(text).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn a_tree_that_runs_in_a_circle_is_refused() {
    let text = "organization: { management_account: '111111111111', organizational_units: [{ id: a, name: a, parent: b }, { id: b, name: b, parent: a }] }
accounts: [{ id: '111111111111', name: x }]";
    assert!(World::from_yaml(text).unwrap_err().to_string().contains("above itself"));
}
