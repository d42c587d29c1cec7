//! Each protocol on the wire, as AWS's own pages show it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod common;

use common::{Client, assume, world};
use fake_aws::FakeAws;
use fake_aws::world::World;
use serde_json::{Value as Json, json};

/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
#[tokio::test]
async fn query_answers_in_xml() {
    let fake = FakeAws::start(world("")).await.unwrap();
    let reply = Client::of(&fake).query("sts", "GetCallerIdentity", &[]).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), "text/xml");
    assert_eq!(reply.xml("Arn"), "arn:aws:iam::111111111111:user/auditor");
    assert_eq!(reply.xml("RequestId"), reply.header("x-amzn-requestid"));
    assert!(reply.text().contains("<GetCallerIdentityResult>"), "{}", reply.text());
}

#[tokio::test]
async fn query_errors_name_the_sender_the_code_and_the_request() {
    let fake = FakeAws::start(world("")).await.unwrap();
    let reply =
        Client::of(&fake).query("sts", "AssumeRole", &[("RoleArn", "nonsense"), ("RoleSessionName", "ab")]).await;
    assert_eq!(reply.status, 400);
    assert_eq!((reply.xml("Type"), reply.xml("Code")), ("Sender".to_owned(), "ValidationError".to_owned()));
}

#[tokio::test]
async fn json_answers_with_numbers_for_times_and_types_for_errors() {
    let fake = FakeAws::start(world("")).await.unwrap();
    let client = Client::of(&fake);
    let reply = client.json("organizations", "ListAccounts", json!({})).await;
    let answer = reply.json();
    assert_eq!(answer["Accounts"][0]["JoinedTimestamp"], json!(0.0));
    assert_eq!(answer["Accounts"].as_array().unwrap().len(), 3);
    assert!(answer.get("NextToken").is_none());
    let absent = client.json("organizations", "DescribeAccount", json!({ "AccountId": "999999999999" })).await;
    assert_eq!((absent.status, &absent.json()["__type"]), (400, &json!("AccountNotFoundException")));
}

/// Source: <https://docs.aws.amazon.com/accounts/latest/reference/API_ListRegions.html>
#[tokio::test]
async fn rest_takes_the_operation_from_the_path() {
    let fake = FakeAws::start(world("")).await.unwrap();
    let client = Client::of(&fake);
    let reply =
        client.rest("account", "/listRegions", json!({ "RegionOptStatusContains": ["ENABLED_BY_DEFAULT"] })).await;
    assert_eq!(reply.json()["Regions"].as_array().unwrap().len(), 17);
    let foreign = client.rest("account", "/listRegions", json!({ "AccountId": "999999999999" })).await;
    assert_eq!((foreign.status, foreign.header("x-amzn-errortype")), (403, "AccessDeniedException"));
}

/// Source: <https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html>
#[tokio::test]
async fn cbor_carries_tagged_times_and_the_old_error_code_in_a_header() {
    let mut world = world("");
    let region = world.region_mut("111111111111".parse().unwrap(), "us-east-1").unwrap();
    region.alarms.push(fake_aws::world::MetricAlarm {
        name: "root".to_owned(),
        threshold: Some(1.0),
        ..Default::default()
    });
    let fake = FakeAws::start(world).await.unwrap();
    let client = Client::of(&fake);
    let (reply, answer) = client.cbor("DescribeAlarms", json!({ "MaxRecords": 100 })).await;
    assert_eq!(reply.header("smithy-protocol"), "rpc-v2-cbor");
    assert_eq!(answer["MetricAlarms"][0]["AlarmName"], "root");
    assert_eq!(answer["MetricAlarms"][0]["StateUpdatedTimestamp"], json!(0.0));
    let (reply, error) = client.cbor("GetAlarmMuteRule", json!({ "AlarmMuteRuleName": "absent" })).await;
    assert_eq!(reply.status, 404);
    assert_eq!(reply.header("x-amzn-query-error"), "ResourceNotFoundException;Sender");
    assert_eq!(error["__type"], "com.amazonaws.cloudwatch#ResourceNotFoundException");
}

/// Older clients of CloudWatch speak awsQuery.
#[tokio::test]
async fn cloudwatch_answers_in_xml_too() {
    let fake = FakeAws::start(world("")).await.unwrap();
    let client = Client::of(&fake);
    let alarm = [
        ("AlarmName", "root"),
        ("EvaluationPeriods", "1"),
        ("Threshold", "1.5"),
        ("ComparisonOperator", "GreaterThanThreshold"),
        ("AlarmActions.member.1", "arn:aws:sns:us-east-1:111111111111:security"),
        ("Dimensions.member.1.Name", "Account"),
        ("Dimensions.member.1.Value", "all"),
    ];
    assert_eq!(client.query("monitoring", "PutMetricAlarm", &alarm).await.status, 200);
    let described = client.query("monitoring", "DescribeAlarms", &[("AlarmNames.member.1", "root")]).await;
    assert_eq!(described.xml("Threshold"), "1.5");
    assert_eq!(described.xml("AlarmActions"), "<member>arn:aws:sns:us-east-1:111111111111:security</member>");
    assert!(described.text().contains("<Name>Account</Name><Value>all</Value>"), "{}", described.text());
}

#[tokio::test]
async fn what_is_not_modelled_is_501_in_every_protocol() {
    let fake = FakeAws::start(world("")).await.unwrap();
    let client = Client::of(&fake);
    assert_eq!(client.query("iam", "ListUsers", &[]).await.status, 501);
    assert_eq!(client.json("organizations", "ListPolicies", json!({})).await.status, 501);
    assert_eq!(client.rest("account", "/getContactInformation", json!({})).await.status, 501);
    assert_eq!(client.cbor("ListDashboards", json!({})).await.0.status, 501);
    assert_eq!(client.query("ec2", "DescribeRegions", &[]).await.status, 501);
    assert_eq!(client.query("sqs", "GetQueueUrl", &[("QueueName", "pages")]).await.status, 501);
}

/// Organizations answers twenty accounts a page; every account comes exactly once.
///
/// Source: <https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html>
#[tokio::test]
async fn accounts_come_in_pages_of_twenty() {
    let fake = FakeAws::start(World::generated(50, "audit")).await.unwrap();
    let client = Client::of(&fake);
    let (mut seen, mut sizes, mut token) = (Vec::new(), Vec::new(), None::<String>);
    loop {
        let answer = client.json("organizations", "ListAccounts", json!({ "NextToken": token })).await.json();
        let ids: Vec<Json> = answer["Accounts"].as_array().unwrap().iter().map(|it| it["Id"].clone()).collect();
        sizes.push(ids.len());
        seen.extend(ids);
        token = answer["NextToken"].as_str().map(str::to_owned);
        if token.is_none() {
            break;
        }
    }
    assert_eq!(sizes, [20, 20, 10]);
    seen.dedup();
    assert_eq!(seen.len(), 50);
}

#[tokio::test]
async fn tokens_and_page_sizes_are_checked() {
    let fake = FakeAws::start(World::generated(50, "audit")).await.unwrap();
    let client = Client::of(&fake);
    let page = client.json("organizations", "ListAccounts", json!({})).await.json();
    let stolen = client.json("organizations", "ListRoots", json!({ "NextToken": page["NextToken"] })).await;
    assert_eq!(stolen.json()["__type"], "InvalidInputException");
    let too_many = client.json("organizations", "ListAccounts", json!({ "MaxResults": 21 })).await;
    assert_eq!(too_many.json()["__type"], "InvalidInputException");
    let garbage = client.json("cloudtrail", "LookupEvents", json!({ "NextToken": "garbage" })).await;
    assert_eq!(garbage.json()["__type"], "InvalidNextTokenException");
}

#[tokio::test]
async fn every_call_is_logged_with_its_caller_and_its_end() {
    let fake = FakeAws::start(world("")).await.unwrap();
    let client = Client::of(&fake);
    let member = client.assumed(&assume(&client, &[]).await);
    member.query("iam", "GetAccountSummary", &[]).await;
    member.query("iam", "ListUsers", &[]).await;
    let world = fake.world();
    let calls: Vec<_> = world.calls.entries().iter().map(|it| (it.action(), it.account(), it.status)).collect();
    let account = |id: &str| Some(id.parse().unwrap());
    let expected = [
        ("sts:AssumeRole".to_owned(), account("111111111111"), 200),
        ("iam:GetAccountSummary".to_owned(), account("222222222222"), 200),
        ("iam:ListUsers".to_owned(), account("222222222222"), 501),
    ];
    assert_eq!(calls, expected);
}

#[tokio::test]
async fn hostile_text_survives_xml() {
    let mut world = world("");
    world.accounts.get_mut(&"222222222222".parse().unwrap()).unwrap().alias = Some("<b>&\"'</b>".to_owned());
    let fake = FakeAws::start(world).await.unwrap();
    let client = Client::of(&fake);
    let member = client.assumed(&assume(&client, &[]).await);
    let reply = member.query("iam", "ListAccountAliases", &[]).await;
    assert_eq!(reply.xml("member"), "&lt;b&gt;&amp;&quot;&apos;&lt;/b&gt;");
}
