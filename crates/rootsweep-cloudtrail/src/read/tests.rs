use std::fs;
use std::io::Write as _;
use std::path::Path;

use base64::Engine as _;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::*;

fn record(id: &str) -> Value {
    json!({
        "eventVersion": "1.11", "userIdentity": {"type": "Root", "accountId": "111122223333"},
        "eventTime": "2026-11-19T23:41:07Z", "eventSource": "iam.amazonaws.com", "eventName": "ListUsers", "eventID": id
    })
}

/// A record of somebody else, spelt as CloudTrail spells it: the version first.
fn other(id: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.11","userIdentity":{{"type":"AWSService"}},"eventName":"AssumeRole","eventID":"{id}"}}"#
    )
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// What came of an input: the event ids with the times of delivery, the reasons of what was skipped, and the totals.
#[derive(Debug, Default)]
struct Came {
    ids: Vec<(String, Option<String>)>,
    skipped: Vec<(Option<u64>, String)>,
    totals: Totals,
}

impl Came {
    fn take(&mut self, item: Item) {
        match item {
            Item::Record(read) => {
                let id = read.record.event_id.unwrap_or_default();
                self.ids.push((id, read.delivered_at.map(|time| time.to_string())));
            }
            Item::Skipped(skipped) => self.skipped.push((skipped.offset, skipped.reason)),
        }
    }

    fn plain_ids(&self) -> Vec<&str> {
        self.ids.iter().map(|(id, _)| id.as_str()).collect()
    }
}

fn read(input: &[u8]) -> Came {
    let mut came = Came::default();
    came.totals = read_stream("-", input, ReadOptions::default(), &mut |item| came.take(item));
    came
}

fn read_folder(folder: &Path, threads: usize) -> Came {
    let mut came = Came::default();
    let options = ReadOptions { threads: NonZeroUsize::new(threads).unwrap(), ..ReadOptions::default() };
    came.totals = read_paths(&[folder.to_owned()], options, &mut |item| came.take(item));
    came.ids.sort();
    came.skipped.sort();
    came
}

#[test]
fn every_envelope_gives_its_records() {
    let text = record("e-1").to_string();
    let payload = json!({"messageType": "DATA_MESSAGE", "logEvents": [{"id": "1", "timestamp": 1_763_596_800_000_i64, "message": text}]});
    let packed = base64::prelude::BASE64_STANDARD.encode(gzip(payload.to_string().as_bytes()));
    let bridge =
        json!({"version": "0", "detail-type": "AWS API Call via CloudTrail", "time": "x", "detail": record("e-1")});
    let envelopes = [
        ("trail file", json!({"Records": [record("e-1")]})),
        ("single record", record("e-1")),
        ("array", json!([record("e-1")])),
        (
            "lookup-events",
            json!({"Events": [{"EventId": "e-1", "Username": "root", "CloudTrailEvent": text}], "NextToken": "n"}),
        ),
        ("one event of lookup-events", json!({"EventId": "e-1", "CloudTrailEvent": text})),
        ("EventBridge", bridge.clone()),
        (
            "EventBridge through SNS and SQS",
            json!({"Messages": [{"MessageId": "m", "Body": json!({"Type": "Notification", "Message": bridge.to_string()}).to_string()}]}),
        ),
        ("SNS to Lambda", json!({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": bridge.to_string()}}]})),
        (
            "filter-log-events",
            json!({"events": [{"logStreamName": "s", "message": text, "eventId": "7"}], "searchedLogStreams": []}),
        ),
        ("subscription", json!({"messageType": "DATA_MESSAGE", "logEvents": [{"id": "1", "message": text}]})),
        ("subscription to Lambda", json!({"awslogs": {"data": packed}})),
        (
            "Logs Insights",
            json!({"results": [[{"field": "@timestamp", "value": "x"}, {"field": "@message", "value": text}]], "status": "Complete"}),
        ),
        ("CloudTrail Lake", json!({"eventJson": text})),
    ];
    for (name, envelope) in envelopes {
        let came = read(envelope.to_string().as_bytes());
        assert_eq!((came.plain_ids(), came.skipped.len()), (vec!["e-1"], 0), "{name}: {came:?}");
        let came = read(&gzip(envelope.to_string().as_bytes()));
        assert_eq!(came.plain_ids(), ["e-1"], "{name}, compressed");
    }
}

#[test]
fn log_events_tell_when_they_were_delivered() {
    let text = record("e-1").to_string();
    let event = json!({"events": [{"message": text, "timestamp": 1, "ingestionTime": 1_763_596_800_000_i64}]});
    assert_eq!(read(event.to_string().as_bytes()).ids[0].1.as_deref(), Some("2025-11-20T00:00:00Z"));
    let export = format!("2026-11-20T00:00:04.988Z {text}\n2026-11-20T00:01:00.000Z {text}\n");
    let came = read(export.as_bytes());
    assert_eq!(came.ids[0].1.as_deref(), Some("2026-11-20T00:00:04.988Z"));
    assert_eq!((came.ids.len(), came.skipped.len()), (2, 0));
}

#[test]
fn records_of_others_are_counted_and_not_handed_over() {
    let text = format!(r#"{{"Records":[{},{},{}]}}"#, other("a"), record("e-1"), other("b"));
    let came = read(text.as_bytes());
    assert_eq!((came.plain_ids(), came.totals.passed_over), (vec!["e-1"], 2));
    let mut came = Came::default();
    let everything = ReadOptions { everything: true, ..ReadOptions::default() };
    read_stream("-", text.as_bytes(), everything, &mut |item| came.take(item));
    assert_eq!(came.plain_ids(), ["a", "e-1", "b"]);
}

#[test]
fn an_index_counts_every_record_of_its_file() {
    let text = format!(r#"{{"Records":[{},{},{{"a":1}},{}]}}"#, other("a"), record("e-1"), record("e-2"));
    let mut indexes = Vec::new();
    read_stream("-", text.as_bytes(), ReadOptions::default(), &mut |item| {
        if let Item::Record(read) = item {
            indexes.push(read.source.index);
        }
    });
    assert_eq!(indexes, [1, 3]);
}

#[test]
fn every_member_of_a_gzip_file_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let one = gzip(json!({"Records": [record("e-1")]}).to_string().as_bytes());
    let two = gzip(json!({"Records": [record("e-2")]}).to_string().as_bytes());
    fs::write(folder.path().join("two.json.gz"), [one, two].concat()).unwrap();
    assert_eq!(read_folder(folder.path(), 1).plain_ids(), ["e-1", "e-2"]);
}

#[test]
fn what_is_broken_costs_itself_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let whole: Vec<Value> =
        (0..200).map(|number| record(&format!("e-{number:03}-{}", "x".repeat(number * 7 % 97)))).collect();
    let packed = gzip(json!({"Records": whole}).to_string().as_bytes());
    fs::write(folder.path().join("cut.json.gz"), &packed[..packed.len() * 3 / 4]).unwrap();
    fs::write(folder.path().join("empty.json"), "").unwrap();
    fs::write(folder.path().join("good.json"), json!({"Records": [record("good")]}).to_string()).unwrap();
    fs::write(folder.path().join("notes.txt"), "Root was here.\n").unwrap();
    fs::write(
        folder.path().join("trailing.json.gz"),
        [gzip(record("z").to_string().as_bytes()), b"junk".to_vec()].concat(),
    )
    .unwrap();
    for threads in [1, 3] {
        let came = read_folder(folder.path(), threads);
        let ids = came.plain_ids();
        assert!(ids.contains(&"good") && ids.contains(&"z") && ids.len() > 50, "{ids:?}");
        let reasons: Vec<&str> = came.skipped.iter().map(|(_, reason)| reason.as_str()).collect();
        for reason in
            ["the file is empty", "the text is not JSON", "the text ends in the middle", "the gzip stream is broken"]
        {
            assert!(reasons.iter().any(|it| it.contains(reason)), "{reason} in {reasons:?}");
        }
        assert_eq!(came.totals.files, 5);
    }
}

#[test]
fn a_missing_path_is_an_item() {
    let came = read_folder(Path::new("/no/such/folder"), 2);
    assert!(came.skipped[0].1.contains("No such file"), "{came:?}");
}

#[test]
fn a_file_full_of_rubbish_is_named_a_few_times_only() {
    let rubbish = "{\"a\":1}\n".repeat(5_000);
    let came = read(rubbish.as_bytes());
    assert_eq!(came.skipped.len(), 20);
    assert!(came.skipped[0].1.starts_with("not a CloudTrail record"));
}

#[test]
fn the_name_of_a_log_file_tells_when_it_was_delivered() {
    let folder = tempfile::tempdir().unwrap();
    let day = folder.path().join("AWSLogs/o-1/111122223333/CloudTrail/eu-central-1/2026/11/20");
    fs::create_dir_all(&day).unwrap();
    let name = "111122223333_CloudTrail_eu-central-1_20261120T2355Z_Ab3.json.gz";
    fs::write(day.join(name), gzip(json!({"Records": [record("e-1")]}).to_string().as_bytes())).unwrap();
    fs::write(day.join(".hidden"), "x").unwrap();
    let came = read_folder(folder.path(), 2);
    assert_eq!(came.ids, [("e-1".to_owned(), Some("2026-11-20T23:55:00Z".to_owned()))]);
    assert_eq!(came.skipped, []);
}

#[test]
fn a_bomb_stays_small_and_a_digest_is_no_log() {
    let bomb = gzip(&vec![b' '; 64 << 20]);
    let came = read(&bomb);
    assert_eq!((came.totals.bytes, came.ids.len(), came.skipped.len()), (64 << 20, 0, 0));
    let digest = json!({"awsAccountId": "1", "digestStartTime": "x", "logFiles": []}).to_string();
    assert_eq!(read(digest.as_bytes()).skipped, []);
}

#[test]
fn a_test_message_of_a_subscription_is_no_error() {
    let text = json!({"messageType": "CONTROL_MESSAGE", "logEvents": [{"message": "CWL CONTROL MESSAGE: Checking health of destination Lambda."}]});
    assert_eq!(read(text.to_string().as_bytes()).skipped, []);
}

#[test]
fn a_root_record_is_never_hidden_by_half_a_letter() {
    let text = record("e-1").to_string().replace("ListUsers", "List\\ud800Users");
    assert_eq!(read(text.as_bytes()).plain_ids(), ["e-1"]);
}
