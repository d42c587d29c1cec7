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
    let looked_up = json!({
        "EventId": "e-1", "EventName": "ListUsers", "ReadOnly": "true", "EventTime": "2026-11-19T23:41:07Z",
        "EventSource": "iam.amazonaws.com", "Username": "root", "Resources": [], "CloudTrailEvent": text
    });
    let envelopes = [
        ("trail file", json!({"Records": [record("e-1")]})),
        ("single record", record("e-1")),
        ("array", json!([record("e-1")])),
        ("lookup-events", json!({"Events": [looked_up], "NextToken": "n"})),
        ("pages of lookup-events", json!([{"Events": [looked_up]}, {"Events": []}])),
        ("one event of lookup-events", looked_up.clone()),
        ("EventBridge", bridge.clone()),
        (
            "EventBridge through SNS and SQS",
            json!({"Messages": [{"MessageId": "m", "Body": json!({"Type": "Notification", "Message": bridge.to_string()}).to_string()}]}),
        ),
        (
            "SNS to Lambda",
            json!({"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": {"Message": bridge.to_string()}}]}),
        ),
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
        (
            "get-query-results of CloudTrail Lake",
            json!({"QueryStatus": "FINISHED", "QueryResultRows": [[{"eventID": "e-1"}, {"eventJson": text}]]}),
        ),
        ("lookup-events --query 'Events[].CloudTrailEvent'", json!([text])),
        (
            "a row of CloudTrail Lake",
            json!({"eventName": "ListUsers", "eventSource": "iam.amazonaws.com", "eventTime": "x", "eventJson": text}),
        ),
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
    let row =
        json!([{"field": "@timestamp", "value": "2026-11-20 00:00:04.988"}, {"field": "@message", "value": text}]);
    let insights = json!({"results": [row], "status": "Complete"}).to_string();
    assert_eq!(read(insights.as_bytes()).ids[0].1.as_deref(), Some("2026-11-20T00:00:04.988Z"));
    let tailed = format!("2026-11-20T00:00:04.988000+00:00 o-1_CloudTrail_eu-west-1 {text}\n").repeat(2);
    let came = read(tailed.as_bytes());
    assert_eq!((came.ids.len(), came.skipped.len()), (2, 0), "{came:?}");
    assert_eq!(came.ids[1].1.as_deref(), Some("2026-11-20T00:00:04.988Z"));
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
fn a_broken_record_costs_no_other_of_its_array() {
    let broken = record("broken").to_string().replace("ListUsers", "List\nUsers");
    let nested = r#"{"eventVersion":"1.11","userIdentity":{"type":"Root"},"eventID":"e-2","resources":[{"a":1},{"eventName2":1}]}"#;
    let sorted = |id: &str| record(id).to_string();
    let pretty = |id: &str| serde_json::to_string_pretty(&record(id)).unwrap();
    for separator in [",", ", ", ",\n    "] {
        for spelt in [&sorted as &dyn Fn(&str) -> String, &pretty] {
            let records = [spelt("e-1"), broken.clone(), nested.to_owned(), spelt("e-3")].join(separator);
            let came = read(format!("{{\"Records\": [{records}]}}").as_bytes());
            assert_eq!((came.plain_ids(), came.skipped.len()), (vec!["e-1", "e-2", "e-3"], 1), "{came:?}");
        }
    }
}

#[test]
fn who_acted_is_never_guessed() {
    let text = |identity: Value| {
        let mut record = record("e-1");
        record["userIdentity"] = identity;
        record.to_string()
    };
    let struct_of_athena = json!("{type=Root, principalid=111122223333, arn=arn:aws:iam::111122223333:root}");
    for unread in [text(json!(["Root"])), text(struct_of_athena.clone()), text(struct_of_athena).to_ascii_lowercase()] {
        let usual = format!("{{\"eventVersion\":\"1.08\",{}", &unread[1..]);
        for text in [unread, usual] {
            let came = read(text.as_bytes());
            assert_eq!((came.ids.len(), came.totals.passed_over, came.skipped.len()), (0, 0, 1), "{text}: {came:?}");
            assert!(came.skipped[0].1.contains("userIdentity"), "{came:?}");
        }
    }
    let projected =
        r#"{"eventName":"CreateAccessKey","eventTime":"2026-11-19T23:41:07Z","eventSource":"iam.amazonaws.com"}"#;
    assert!(read(projected.as_bytes()).skipped[0].1.contains("who acted"));
}

#[test]
fn text_of_sixteen_bits_is_told_how_to_be_read() {
    let text: Vec<u8> = "\u{FEFF}{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("redirected.json"), &text).unwrap();
    for came in [read(&text), read_folder(folder.path(), 1)] {
        assert_eq!(came.skipped, [(Some(0), "the text is UTF-16: convert it to UTF-8".to_owned())]);
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

#[test]
fn bytes_that_are_no_text_hide_no_record() {
    let text =
        format!("{{\"Records\":[{},{}]}}", other("a"), record("e-1")).replace("\"event", "\"x\":\"\u{1}\",\"event");
    let text: Vec<u8> = text.bytes().map(|byte| if byte == 1 { 0xFF } else { byte }).collect();
    let came = read(&text);
    assert_eq!((came.plain_ids(), came.skipped.len()), (vec!["e-1"], 0), "{came:?}");
}

/// What S3 sends of a new object: it has a version and an identity, as records have.
const S3_NOTIFICATION: &str = r#"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","eventName":"ObjectCreated:Put","eventTime":"2026-11-20T00:00:00.000Z","awsRegion":"us-east-1","userIdentity":{"principalId":"AWS:AROAEXAMPLE"}}]}"#;

#[test]
fn a_file_of_another_kind_is_named_once() {
    let folder = tempfile::tempdir().unwrap();
    let picture: Vec<u8> =
        b"\x89PNG\r\n\x1A\n".iter().copied().chain((0..5_000_u32).map(|n| (n * n % 251) as u8)).collect();
    for (name, bytes, reason) in [
        ("picture.png", picture.as_slice(), "the text"),
        ("export.csv", b"eventName,eventTime\nConsoleLogin,2026-11-20\n", "the text is not JSON"),
        ("package.json", b"{\"name\": \"x\", \"version\": \"1\"}", "not a CloudTrail record"),
        ("list.json", b"[1, 2, 3]", "the text is not JSON"),
        ("logs.zip", b"PK\x03\x04\x14\x00", "a zip archive: unpack it"),
        ("logs.json.zst", b"\x28\xB5\x2F\xFD\x00", "compressed with zstd"),
        ("unmarked.json", b"{\0\"\0", "UTF-16"),
        ("twice.json.gz", &gzip(&gzip(b"{}")), "compressed twice"),
        ("strings.json", b"[\"{\", 1]", "the array of strings is broken"),
        ("notification.json", S3_NOTIFICATION.as_bytes(), "a notification of another service"),
    ] {
        let file = folder.path().join(name);
        fs::write(&file, bytes).unwrap();
        let came = read_folder(&file, 1);
        assert_eq!((came.ids.len(), came.totals.passed_over), (0, 0), "{name}: {came:?}");
        assert!(!came.skipped.is_empty() && came.skipped.len() <= 20, "{name}: {came:?}");
        assert!(came.skipped.iter().any(|(_, it)| it.contains(reason)), "{name}: {came:?}");
    }
}

#[test]
fn deep_nesting_hides_no_record() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep = record("deep").to_string().replacen('{', &format!("{{\"requestParameters\":{deep},"), 1);
    let text = format!("{{\"Records\":[{deep},{}]}}", record("e-1"));
    assert_eq!(read(text.as_bytes()).plain_ids(), ["deep", "e-1"]);
    // In lines, where each bracket is followed, it is named.
    let came = read(format!("{deep}\n{}\n", record("e-1")).as_bytes());
    assert_eq!((came.plain_ids(), came.skipped.len()), (vec!["e-1"], 1));
    assert_eq!(came.skipped[0], (Some(0), "the record is nested too deep".to_owned()));
}

#[test]
fn of_duplicate_keys_the_last_one_counts() {
    let twice = |first: &str, last: &str| {
        format!(
            r#"{{"Records":[{{"eventVersion":"1.11","userIdentity":{{"type":"{first}"}},"eventID":"e-1","userIdentity":{{"type":"{last}"}}}}]}}"#
        )
    };
    assert_eq!(read(twice("IAMUser", "Root").as_bytes()).plain_ids(), ["e-1"]);
    let came = read(twice("Root", "IAMUser").as_bytes());
    assert_eq!((came.ids.len(), came.totals.passed_over), (0, 1), "{came:?}");
}

/// Root may open any folder, so the test runs itself again as nobody where root runs it.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_may_not_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::process::CommandExt as _;
    use std::process::Command;

    const NOBODY: u32 = 65_534;
    let folder = tempfile::tempdir().unwrap();
    let closed = folder.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read_dir(&closed).is_ok() {
        let test = "read::tests::a_folder_that_may_not_be_read_is_named";
        let mut again = Command::new("/proc/self/exe");
        again.args(["--exact", test]).env("TMPDIR", "/tmp").current_dir("/").gid(NOBODY).uid(NOBODY);
        let output = again.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    fs::write(folder.path().join("good.json"), record("e-1").to_string()).unwrap();
    let secret = folder.path().join("secret.json");
    fs::write(&secret, record("e-2").to_string()).unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).unwrap();
    for threads in [1, 2] {
        let came = read_folder(folder.path(), threads);
        assert_eq!(came.plain_ids(), ["e-1"]);
        assert_eq!(came.skipped.len(), 2, "{came:?}");
        assert!(came.skipped.iter().all(|(_, reason)| reason.contains("Permission denied")), "{came:?}");
    }
}
