//! Whoever asked for it is told of a sweep, and one who cannot be told costs neither the report nor its exit code.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]

use fake_aws::fault::{Effect, FaultRule};
use fake_aws::world::{AccountId, Queue, Subscription, Topic, World};
use serde_json::{Value, json};
use test_support::{Answer, Aws, Endpoint, Heard, Rootsweep, Run};

const TOPIC: &str = "arn:aws:sns:us-east-1:100000000000:root";
const HUB: &str = "arn:aws:securityhub:eu-west-1:100000000000:hub/default";
const MANAGEMENT: AccountId = AccountId::new(100_000_000_000);
const MEMBER: AccountId = AccountId::new(100_000_000_001);
const QUEUE: &str = "arn:aws:sqs:us-east-1:100000000000:heard";

fn healthy(accounts: u32) -> Aws {
    Aws::serve(World::generated(accounts, "rootsweep-audit"))
}

/// Returns the argument that names a webhook.
fn slack(webhook: &Endpoint) -> String {
    format!("slack={}/services/secret", webhook.url())
}

fn sweep(rootsweep: &Rootsweep, arguments: &[&str]) -> Run {
    rootsweep.run(&[&["sweep", "--output", "json=report.json"], arguments].concat())
}

/// Whatever happens to a notification: the report is written and kept, and the exit code is that of its findings.
#[track_caller]
fn loses_nothing(aws: &Aws, arguments: &[&str], said: &[&str]) {
    let rootsweep = Rootsweep::against(aws);
    let run = sweep(&rootsweep, &[&["--state-dir", "runs"], arguments].concat());
    assert_eq!(run.code, 10, "{}", run.stderr);
    let errors: Vec<&str> = run.stderr.lines().filter(|line| line.starts_with("error: ")).collect();
    assert_eq!(errors.len(), 1, "{}", run.stderr);
    for words in said {
        assert!(errors[0].contains(words), "{words:?} is not said in: {}", errors[0]);
    }
    assert!(!run.stderr.contains("secret"), "the address of a webhook is a secret: {}", run.stderr);
    assert_eq!(rootsweep.json("report.json")["schema"], "rootsweep/report/v1");
    let kept = rootsweep.run(&["report", "runs", "--output", "json"]);
    assert_eq!((kept.code, kept.stdout), (0, std::fs::read_to_string(rootsweep.path("report.json")).unwrap()));
}

#[test]
fn a_webhook_hears_a_headline_and_a_block_of_plain_text() {
    let webhook = Endpoint::serve(Answer::Status(200));
    let run = sweep(&Rootsweep::against(&healthy(1)), &["--notify", &slack(&webhook)]);
    assert_eq!((run.code, run.stderr.contains("error:")), (10, false), "{}", run.stderr);
    let [heard] = &webhook.heard()[..] else { panic!("{:?}", webhook.heard()) };
    assert_eq!((&*heard.method, &*heard.path), ("POST", "/services/secret"));
    assert_eq!(heard.headers["content-type"], "application/json");
    let told = [
        "Rootsweep 2 failed (2 high), 0 unknown in 1 account",
        "```",
        "high  100000000000/root-trail  account-00000  the account is covered by no trail",
        "high  100000000000/root-alarm  account-00000  root activity wakes no one: no alarm or event rule listens for it",
        "```",
    ];
    let told = told.join("\n");
    let wanted = json!({ "text": told, "unfurl_links": false, "unfurl_media": false });
    assert_eq!(serde_json::from_slice::<Value>(&heard.body).unwrap(), wanted);
}

#[test]
fn a_webhook_that_fails_costs_nothing_else() {
    let webhook = Endpoint::serve(Answer::Status(500));
    let said = ["the webhook at 127.0.0.1 was not told of the report", "500"];
    loses_nothing(&healthy(2), &["--notify", &slack(&webhook)], &said);
}

#[test]
fn a_webhook_that_never_answers_is_given_up() {
    let webhook = Endpoint::serve(Answer::Never);
    let said = ["the webhook at 127.0.0.1 was not told of the report", "no answer", "timed out"];
    loses_nothing(&healthy(2), &["--notify", &slack(&webhook)], &said);
}

#[test]
fn nobody_at_the_webhook_costs_nothing_else() {
    let said = ["the webhook at 127.0.0.1 was not told of the report", "no answer"];
    loses_nothing(&healthy(2), &["--notify", "slack=http://127.0.0.1:9/services/secret"], &said);
}

/// Serves an organization with a topic that a queue hears.
fn with_topic() -> Aws {
    let mut world = World::generated(2, "rootsweep-audit");
    let policy = json!({
        "severity": ["critical", "high", "medium"],
        "verdict": ["fail"],
        "check": ["root-alarm"],
        "account": ["100000000001"],
    });
    let subscription = Subscription {
        id: String::new(),
        protocol: "sqs".to_owned(),
        endpoint: QUEUE.to_owned(),
        confirmed: true,
        raw_message_delivery: false,
        filter_policy: Some(policy.to_string()),
        filter_policy_scope: None,
    };
    let region = world.region_mut(MANAGEMENT, "us-east-1").unwrap();
    region.queues.push(Queue { name: "heard".to_owned(), ..Queue::default() });
    region.topics.push(Topic { subscriptions: vec![subscription], ..Topic::named("root") });
    Aws::serve(world)
}

fn heard(aws: &Aws) -> Vec<Value> {
    let world = aws.world();
    let queues = &world.region(MANAGEMENT, "us-east-1").queues;
    let messages = queues.iter().flat_map(|queue| &queue.messages);
    messages.map(|message| serde_json::from_str(&message.body).unwrap()).collect()
}

#[test]
fn a_topic_is_told_and_its_filters_can_choose() {
    let aws = with_topic();
    let run = sweep(&Rootsweep::against(&aws), &["--notify", &format!("sns={TOPIC}")]);
    assert_eq!((run.code, run.stderr.contains("error:")), (10, false), "{}", run.stderr);
    let messages = heard(&aws);
    assert_eq!(messages.len(), 1, "{messages:?}");
    let subject = messages[0]["Subject"].as_str().unwrap();
    assert!(subject.starts_with("Rootsweep ") && subject.len() < 100 && subject.is_ascii(), "{subject}");
    assert!(messages[0]["Message"].as_str().unwrap().contains("100000000001/"), "{messages:?}");
    let attributes = &messages[0]["MessageAttributes"];
    assert_eq!(attributes["severity"], json!({ "Type": "String", "Value": "high" }));
    assert_eq!(attributes["verdict"], json!({ "Type": "String", "Value": "fail" }));
    let accounts = json!({ "Type": "String.Array", "Value": r#"["100000000000","100000000001"]"# });
    assert_eq!(attributes["account"], accounts);
    assert!(attributes["check"]["Value"].as_str().unwrap().contains(r#""root-alarm""#), "{attributes}");
}

#[test]
fn only_a_change_is_told_where_that_is_asked_for() {
    let aws = with_topic();
    let configuration = format!("[[notify]]\nto = \"sns={TOPIC}\"\nwhen = \"on-change\"\n");
    let rootsweep = Rootsweep::against(&aws).file("rootsweep.toml", &configuration);
    let refused = sweep(&rootsweep, &[]);
    assert_eq!(refused.code, 2, "{}", refused.stderr);
    assert!(refused.stderr.contains("--state-dir"), "{}", refused.stderr);
    let told = ["first night", "the same", "a change"].map(|night| {
        if night == "a change" {
            aws.world().accounts.get_mut(&MEMBER).unwrap().root.mfa_devices.clear();
        }
        sweep(&rootsweep, &["--state-dir", "runs"]);
        heard(&aws).len()
    });
    assert_eq!(told, [1, 1, 2]);
}

#[test]
fn a_topic_that_is_not_there_is_said() {
    let said = ["the topic arn:aws:sns:us-east-1:100000000000:roots", "sns:Publish failed"];
    loses_nothing(&with_topic(), &["--notify", &format!("sns={TOPIC}s")], &said);
}

#[test]
fn a_topic_that_never_answers_is_given_up() {
    let aws = with_topic();
    aws.world().faults = vec![FaultRule::new("sns:Publish", Effect::Hang)];
    let arguments = ["--notify", &format!("sns={TOPIC}"), "--call-time-limit", "8s"];
    loses_nothing(&aws, &arguments, &["the topic", "sns:Publish failed"]);
}

#[test]
fn security_hub_takes_every_row_in_batches() {
    let aws = healthy(12);
    let rootsweep = Rootsweep::against(&aws);
    let run = sweep(&rootsweep, &["--notify", &format!("security-hub={HUB}")]);
    assert_eq!((run.code, run.stderr.contains("error:")), (10, false), "{}", run.stderr);
    let report = rootsweep.json("report.json");
    let rows = report["rows"].as_array().unwrap();
    let world = aws.world();
    let ids: Vec<&str> = world.findings.iter().filter_map(|finding| finding.text("Id")).collect();
    let wanted: Vec<String> = rows.iter().map(|row| format!("rootsweep/{}", row["id"].as_str().unwrap())).collect();
    assert_eq!(ids, wanted);
    let calls = world.calls.entries().iter().filter(|call| call.operation == "BatchImportFindings");
    let regions: Vec<String> = calls.map(|call| call.region.clone()).collect();
    assert_eq!(regions.len(), rows.len().div_ceil(100), "a call takes a hundred findings");
    assert!(regions.iter().all(|region| region == "eu-west-1"), "{regions:?}");
}

#[test]
fn a_security_hub_that_refuses_is_said() {
    let aws = healthy(2);
    aws.world().faults = vec![FaultRule::new("securityhub:BatchImportFindings", Effect::AccessDenied)];
    let said = ["Security Hub of account 100000000000 in eu-west-1", "securityhub:BatchImportFindings failed"];
    loses_nothing(&aws, &["--notify", &format!("security-hub={HUB}")], &said);
}

const BUCKET: &str = r#"
[[notify]]
to = "s3=s3://reports/nightly/"
kms-key-id = "arn:aws:kms:eu-west-1:100000000000:key/5e1f"
region = "eu-west-1"
"#;

#[track_caller]
fn is_encrypted(put: &Heard, media_type: &str) {
    assert_eq!(put.method, "PUT");
    assert_eq!(put.headers["content-type"], media_type);
    assert_eq!(put.headers["x-amz-server-side-encryption"], "aws:kms");
    let key = &put.headers["x-amz-server-side-encryption-aws-kms-key-id"];
    assert_eq!(key, "arn:aws:kms:eu-west-1:100000000000:key/5e1f");
    assert!(put.headers["authorization"].contains("/eu-west-1/s3/aws4_request"), "{:?}", put.headers);
}

#[test]
fn a_bucket_keeps_the_report_encrypted_by_the_key_that_is_named() {
    let (aws, bucket) = (healthy(2), Endpoint::serve(Answer::Status(200)));
    let rootsweep = Rootsweep::against(&aws).env("AWS_ENDPOINT_URL_S3", &bucket.url());
    let rootsweep = rootsweep.file("rootsweep.toml", BUCKET).env("ROOTSWEEP_NOW", "2026-11-20T02:00:00Z");
    let run = sweep(&rootsweep, &["--output", "html=report.html"]);
    assert_eq!((run.code, run.stderr.contains("error:")), (10, false), "{}", run.stderr);
    let [json, html] = &bucket.heard()[..] else { panic!("{:?}", bucket.heard().len()) };
    is_encrypted(json, "application/json");
    is_encrypted(html, "text/html; charset=utf-8");
    let id = rootsweep.json("report.json")["run"]["id"].as_str().unwrap().to_owned();
    assert_eq!(json.path, format!("/reports/nightly/20261120T020000Z-{id}/report.json"));
    assert_eq!(html.path, format!("/reports/nightly/20261120T020000Z-{id}/report.html"));
    assert!(json.body == std::fs::read(rootsweep.path("report.json")).unwrap(), "the bucket keeps another report");
    assert!(html.body == std::fs::read(rootsweep.path("report.html")).unwrap(), "the bucket keeps another page");
}

#[test]
fn a_bucket_that_refuses_is_said() {
    let refusal = "<Error><Code>PermanentRedirect</Code><Message>The bucket is in another Region.</Message></Error>";
    let bucket = Endpoint::serve(Answer::Body(301, refusal));
    let aws = healthy(2);
    let run = sweep(
        &Rootsweep::against(&aws).env("AWS_ENDPOINT_URL_S3", &bucket.url()),
        &["--notify", "s3=s3://reports/nightly"],
    );
    assert_eq!(run.code, 10, "{}", run.stderr);
    for words in ["s3://reports/nightly was not told", "s3:PutObject failed", "name the Region that the bucket is in"] {
        assert!(run.stderr.contains(words), "{words:?} is not said in: {}", run.stderr);
    }
}

#[test]
fn one_who_cannot_be_told_keeps_nobody_else_from_being_told() {
    let (aws, webhook) = (with_topic(), Endpoint::serve(Answer::Status(500)));
    let configuration = format!("[[notify]]\nto = \"{}\"\n[[notify]]\nto = \"sns={TOPIC}\"\n", slack(&webhook));
    let run = sweep(&Rootsweep::against(&aws).file("rootsweep.toml", &configuration), &[]);
    assert_eq!((run.code, heard(&aws).len()), (10, 1), "{}", run.stderr);
    assert!(run.stderr.contains("error: the webhook at 127.0.0.1"), "{}", run.stderr);
}

#[test]
fn what_names_nobody_is_refused() {
    for target in ["mail=me", "slack=secret", "sns=root", "s3=bucket", "security-hub=us-east-1"] {
        let run = Rootsweep::alone().run(&["sweep", "--notify", target]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{target}");
    }
}

#[test]
fn what_only_a_bucket_has_is_refused_elsewhere() {
    let configuration = format!("[[notify]]\nto = \"sns={TOPIC}\"\nkms-key-id = \"alias/reports\"\n");
    let run = Rootsweep::alone().file("rootsweep.toml", &configuration).run(&["sweep"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    for words in ["rootsweep.toml", "kms-key-id", "s3="] {
        assert!(run.stderr.contains(words), "{words:?} is not said in: {}", run.stderr);
    }
}
