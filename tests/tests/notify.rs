//! Whoever asked for it is told of a sweep, and one who cannot be told costs neither the report nor its exit code.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use fake_aws::world::{AccountId, Queue, Subscription, Topic, World};
use serde_json::Value;
use test_support::{Aws, Rootsweep, Run};

const TOPIC: &str = "arn:aws:sns:us-east-1:100000000000:root";
const MANAGEMENT: AccountId = AccountId::new(100_000_000_000);
const MEMBER: AccountId = AccountId::new(100_000_000_001);
const QUEUE: &str = "arn:aws:sqs:us-east-1:100000000000:heard";

/// A webhook on loopback: it answers every request with a status, or never where there is none.
fn webhook(status: Option<&'static str>) -> (String, Receiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("slack=http://{}/services/secret", listener.local_addr().unwrap());
    let (sender, heard) = channel();
    std::thread::spawn(move || {
        let mut open = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            sender.send(read(&mut stream)).unwrap();
            if let Some(status) = status {
                let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                stream.write_all(answer.as_bytes()).unwrap();
            }
            open.push(stream);
        }
    });
    (url, heard)
}

/// Reads one request, and returns its body.
fn read(stream: &mut TcpStream) -> Value {
    let (mut request, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut chunk).unwrap();
        assert!(count > 0, "the request broke off");
        request.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(&request);
        let body = text.split_once("\r\n\r\n").map(|(_, body)| body);
        if let Some(body) = body.and_then(|body| serde_json::from_str(body).ok()) {
            return body;
        }
    }
}

fn sweep(rootsweep: &Rootsweep, arguments: &[&str]) -> Run {
    rootsweep.run(&[&["sweep", "--output", "json=report.json"], arguments].concat())
}

#[test]
fn a_webhook_hears_plain_text() {
    let aws = Aws::serve(World::generated(3, "rootsweep-audit"));
    let (slack, heard) = webhook(Some("200 OK"));
    let run = sweep(&Rootsweep::against(&aws), &["--notify", &slack]);
    assert_eq!(run.code, 10, "{}", run.stderr);
    let body = heard.recv_timeout(Duration::from_secs(5)).unwrap();
    let text = body["text"].as_str().unwrap();
    assert!(text.starts_with("Rootsweep ") && text.contains("in 3 accounts"), "{text}");
    assert!(text.contains("100000000001/"), "no finding is named: {text}");
    assert_eq!(body["mrkdwn"], false);
}

#[test]
fn a_webhook_that_fails_costs_nothing_else() {
    let aws = Aws::serve(World::generated(2, "rootsweep-audit"));
    let rootsweep = Rootsweep::against(&aws);
    let (slack, _heard) = webhook(Some("500 Internal Server Error"));
    let run = sweep(&rootsweep, &["--notify", &slack, "--fail-on", "critical"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("error: the webhook at 127.0.0.1 was not told"), "{}", run.stderr);
    assert!(run.stderr.contains("500"), "{}", run.stderr);
    assert!(!run.stderr.contains("secret"), "the address of a webhook is a secret: {}", run.stderr);
    assert_eq!(rootsweep.json("report.json")["schema"], "rootsweep/report/v1");
}

#[test]
fn a_webhook_that_never_answers_is_given_up() {
    let aws = Aws::serve(World::generated(2, "rootsweep-audit"));
    let rootsweep = Rootsweep::against(&aws);
    let (slack, _heard) = webhook(None);
    let begun = Instant::now();
    let run = sweep(&rootsweep, &["--notify", &slack]);
    assert_eq!(run.code, 10, "{}", run.stderr);
    assert!(begun.elapsed() < Duration::from_secs(30), "it took {:?}", begun.elapsed());
    assert!(run.stderr.contains("error: the webhook"), "{}", run.stderr);
    assert!(!run.stderr.contains("secret"), "{}", run.stderr);
    assert_eq!(rootsweep.json("report.json")["schema"], "rootsweep/report/v1");
}

/// Serves an organization with a topic that a queue hears.
fn with_topic() -> Aws {
    let mut world = World::generated(2, "rootsweep-audit");
    let subscription = Subscription {
        id: String::new(),
        protocol: "sqs".to_owned(),
        endpoint: QUEUE.to_owned(),
        confirmed: true,
        raw_message_delivery: false,
        filter_policy: Some(r#"{"severity": ["critical", "high", "medium"], "verdict": ["fail"]}"#.to_owned()),
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
    assert!(subject.starts_with("Rootsweep ") && subject.len() <= 100, "{subject}");
    assert!(messages[0]["Message"].as_str().unwrap().contains("100000000001/"), "{messages:?}");
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
    let aws = with_topic();
    let run = sweep(&Rootsweep::against(&aws), &["--notify", &format!("sns={TOPIC}s")]);
    assert_eq!(run.code, 10, "{}", run.stderr);
    assert!(run.stderr.contains("error: the topic") && run.stderr.contains("sns:Publish"), "{}", run.stderr);
}

#[test]
fn what_names_nobody_is_refused() {
    for target in ["mail=me", "slack=secret", "sns=root", "s3=bucket", "security-hub=us-east-1"] {
        let run = Rootsweep::alone().run(&["sweep", "--notify", target]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{target}");
    }
}
