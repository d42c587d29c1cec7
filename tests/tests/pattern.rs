//! `rootsweep pattern`: what a pattern catches, what it misses, and what decided.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use test_support::{Rootsweep, Run};

/// The filter that CIS recommends.
const CIS: &str =
    r#"{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }"#;

/// That filter, silenced for backfill in the way that silences it for everything.
const SILENCED: &str = r#"{ $.userIdentity.type = "Root" && $.addendum.reason != "SERVICE_OUTAGE" }"#;

const MISSPELT: &str =
    r#"{"detail-type":["AWS Console Signin via CloudTrail"],"detail":{"userIdentity":{"type":["Root"]}}}"#;

/// Longer than any answer may take, on a machine under load.
const PATIENCE: Duration = Duration::from_secs(30);

fn record() -> Value {
    json!({
        "eventVersion": "1.11", "userIdentity": { "type": "Root", "accountId": "111122223333" },
        "eventTime": "2026-07-01T00:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "CreateAccessKey",
        "awsRegion": "us-east-1", "eventID": "one", "eventType": "AwsApiCall", "recipientAccountId": "111122223333"
    })
}

fn check(pattern: &str) -> (i32, Value) {
    let run = Rootsweep::alone().run(&["pattern", "check", "--output", "json", pattern]);
    (run.code, answer(&run))
}

fn answer(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", run.stdout, run.stderr))
}

fn probes(answer: &Value, wanted: bool, matched: bool) -> usize {
    let probes = answer["probes"].as_array().unwrap();
    probes.iter().filter(|it| it["wanted"] == wanted && it["matched"] == matched).count()
}

#[test]
fn a_good_filter_catches_all_and_fires_on_nothing_else() {
    let (code, answer) = check(CIS);
    assert_eq!(code, 0);
    assert_eq!((&answer["language"], &answer["valid"]), (&json!("logs"), &json!(true)));
    assert_eq!((probes(&answer, true, false), probes(&answer, false, true)), (0, 0), "{answer}");
    assert_eq!(answer["tree"]["text"], "all of");
    assert_eq!(answer["tree"]["parts"].as_array().unwrap().len(), 3);
}

/// `!=` is false on a field that is not there, as was found on AWS by the azul project.
#[test]
fn a_filter_that_is_silent_on_everything_is_found_out_and_corrected() {
    let (code, answer) = check(SILENCED);
    assert_eq!(code, 10);
    assert_eq!(probes(&answer, true, true), 0);
    assert_eq!(answer["advice"][0]["mistake"], "inequality-on-missing-field");
    assert_eq!(answer["probes"][0]["why"][0]["part"], "$.addendum.reason != \"SERVICE_OUTAGE\"");
    let corrected = answer["corrected"].as_str().unwrap();
    assert_eq!(check(corrected).0, 0, "{corrected}");
}

#[test]
fn a_bare_filter_is_no_miss_but_noise_with_a_better_one() {
    let (code, answer) = check(r#"{ $.userIdentity.type = "Root" }"#);
    assert_eq!(code, 0);
    assert!(probes(&answer, false, true) > 0, "{answer}");
    let (code, better) = check(answer["corrected"].as_str().unwrap());
    assert_eq!((code, probes(&better, false, true)), (0, 0), "{better}");
}

#[test]
fn the_misspelt_detail_type_is_recognised() {
    let (code, answer) = check(MISSPELT);
    assert_eq!((code, &answer["language"]), (10, &json!("eventbridge")));
    assert_eq!(answer["advice"][0]["mistake"], "misspelt-detail-type");
    assert!(answer["corrected"].as_str().unwrap().contains("AWS Console Sign In via CloudTrail"));
}

#[test]
fn people_are_told_the_same() {
    let run = Rootsweep::alone().run(&["pattern", "check", SILENCED]);
    for told in ["MISSED  console-sign-in", "inequality-on-missing-field", "Corrected", "NOT EXISTS ||"] {
        assert!(run.stdout.contains(told), "{told}: {}", run.stdout);
    }
}

#[test]
fn an_invalid_pattern_is_shown_with_carets_and_in_the_words_of_aws() {
    let run = Rootsweep::alone().run(&["pattern", "check", "{ $.a = }"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("  { $.a = }\n          ^\n"), "{}", run.stderr);
    assert!(run.stderr.contains("Invalid metric filter pattern"), "{}", run.stderr);

    let (code, answer) = check("{\"source\": \"aws.iam\"}");
    assert_eq!((code, &answer["valid"]), (2, &json!(false)));
    assert!(answer["errors"][0]["aws_message"].as_str().unwrap().starts_with("Event pattern is not valid. Reason: "));
}

/// Nothing is put into AWS's mouth where the limit is not AWS's.
#[test]
fn a_limit_of_our_own_is_told_as_one() {
    let deep = format!("{{ {}$.a = 1{} }}", "(".repeat(200), ")".repeat(200));
    let run = Rootsweep::alone().run(&["pattern", "check", &deep]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("AWS documents no such limit"), "{}", run.stderr);
    assert!(!run.stderr.contains("AWS would answer"), "{}", run.stderr);
    for deep in [deep, format!("{}[1]{}", "{\"a\":".repeat(300), "}".repeat(300))] {
        let (code, answer) = check(&deep);
        assert_eq!((code, &answer["errors"][0]["aws_message"]), (2, &Value::Null), "{answer}");
    }
}

#[test]
fn a_pattern_comes_from_a_file_too_and_in_a_language_that_was_said() {
    let rootsweep = Rootsweep::alone().file("pattern.txt", &format!("{CIS}\n"));
    assert_eq!(rootsweep.run(&["pattern", "check", "--file", "pattern.txt"]).code, 0);
    assert_eq!(rootsweep.run(&["pattern", "check", "--file", "gone.txt"]).code, 2);
    assert_eq!(rootsweep.run(&["pattern", "check"]).code, 2);
    let forced = rootsweep.run(&["pattern", "check", "--language", "eventbridge", "--file", "pattern.txt"]);
    assert_eq!(forced.code, 2);
    assert!(forced.stderr.contains("event pattern is not valid"), "{}", forced.stderr);
}

#[test]
fn given_records_are_tried_beside_the_probes() {
    let logs = json!({ "Records": [record(), { "eventName": "ListBuckets", "userIdentity": { "type": "IAMUser" } }] });
    let rootsweep = Rootsweep::alone().file("logs.json", &logs.to_string());
    for pattern in [CIS, r#"{"detail":{"userIdentity":{"type":["Root"]}}}"#] {
        let run = rootsweep.run(&["pattern", "check", "--output", "json", "--event", "logs.json", pattern]);
        let answer = answer(&run);
        let matched: Vec<&Value> = answer["events"].as_array().unwrap().iter().map(|it| &it["matched"]).collect();
        assert_eq!(matched, [&json!(true), &json!(false)], "{pattern}");
        assert_eq!(answer["events"][0]["event_id"], "one");
    }
}

#[test]
fn what_decided_is_explained_with_the_value_that_it_saw() {
    let rootsweep = Rootsweep::alone().file("event.json", &record().to_string());
    let explain = |pattern: &str| {
        let run = rootsweep.run(&["pattern", "explain", pattern, "--event", "event.json", "--output", "json"]);
        (run.code, answer(&run))
    };
    let (code, no) = explain(r#"{ $.userIdentity.type = "Root" && $.eventName = "ConsoleLogin" }"#);
    assert_eq!((code, &no["matched"]), (10, &json!(false)));
    assert_eq!(
        no["why"],
        json!([{ "part": "$.eventName = \"ConsoleLogin\"", "matched": false, "found": ["CreateAccessKey"] }])
    );

    let (code, yes) = explain(r#"{"source":["aws.iam"],"detail":{"eventName":[{"prefix":"Create"}]}}"#);
    assert_eq!((code, &yes["matched"]), (0, &json!(true)), "a bare record gets its envelope");
    assert_eq!(yes["why"].as_array().unwrap().len(), 2);

    let (code, unsure) = explain("{ $.userIdentity NOT EXISTS }");
    assert_eq!((code, &unsure["matched"]), (11, &Value::Null), "AWS does not document it");
    assert!(unsure["why"][0]["note"].as_str().unwrap().contains("NOT EXISTS"), "{unsure}");
}

/// Spaces, and the order of keys, are as they stand in the file: a pattern on the text sees nothing else.
#[test]
fn patterns_on_the_text_see_the_event_as_it_is_written() {
    let line = r#"{"type": "Root", "eventName": "ConsoleLogin", "account": 1}"#;
    let rootsweep = Rootsweep::alone()
        .file("one.json", &format!("{line}\n"))
        .file("trail.json", &format!("{{\n  \"Records\": [\n    {line},\n    {{}}\n  ]\n}}"))
        .file("logs.json", &json!({ "events": [{ "message": line }] }).to_string());
    let pattern = "%Root.*eventName.: .Console%";
    let explained = rootsweep.run(&["pattern", "explain", pattern, "--event", "one.json"]);
    assert_eq!(explained.code, 0, "{}{}", explained.stdout, explained.stderr);
    for (file, matched) in [("trail.json", json!([true, false])), ("logs.json", json!([true]))] {
        let run = rootsweep.run(&["pattern", "check", "--output", "json", "--event", file, pattern]);
        let answer = answer(&run);
        let found: Vec<&Value> = answer["events"].as_array().unwrap().iter().map(|it| &it["matched"]).collect();
        assert_eq!(json!(found), matched, "{file}");
    }
}

/// What a rule hears of reads hangs on its state, which no pattern tells.
#[test]
fn the_state_that_reads_need_is_noted() {
    let (code, answer) = check(r#"{"detail":{"userIdentity":{"type":["Root"]}}}"#);
    assert_eq!(code, 0);
    let note = answer["notes"][0].as_str().unwrap();
    assert!(note.starts_with("api-read, regional-read "), "{note}");
    assert!(note.contains("ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"), "{note}");
    assert_eq!(check(r#"{"detail":{"eventName":["ConsoleLogin"]}}"#).1["notes"], json!([]));
    assert_eq!(check(CIS).1["notes"], json!([]));
}

#[test]
fn a_line_of_text_is_an_event_too() {
    let rootsweep = Rootsweep::alone().file("line.log", "127.0.0.1 - frank 404\n").file("empty.log", "\n");
    let explain = |file| rootsweep.run(&["pattern", "explain", "[ip, dash, user, status = 404]", "--event", file]);
    assert_eq!(explain("line.log").code, 0, "{}", explain("line.log").stdout);
    assert_eq!(explain("empty.log").code, 2);
    assert_eq!(explain("gone.log").code, 2);
}

#[test]
fn hostile_patterns_are_refused_soon_and_briefly() {
    let deep = format!("{}{}", "{\"a\":".repeat(500), "}".repeat(500));
    let patterns = [
        format!("{{ $.a = \"{}\" }}", "x".repeat(10_000)),
        "{ $.a\0 = 1 }".to_owned(),
        format!("{{ {}$.a = 1{} }}", "(".repeat(500), ")".repeat(500)),
        "(".repeat(10_000),
        deep,
        format!("{{\"a\":[{{\"wildcard\":\"{}\"}}]}}", "*a".repeat(1_500)),
        "\u{1b}[31m{ $.a".to_owned(),
    ];
    for pattern in patterns {
        let rootsweep = Rootsweep::alone().file("pattern", &pattern);
        let begun = Instant::now();
        let run = rootsweep.run(&["pattern", "check", "--file", "pattern"]);
        let head: String = pattern.chars().take(30).collect();
        assert!(begun.elapsed() < PATIENCE, "{head}");
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{head}: {}", run.stderr);
        assert!(run.stderr.len() < 1_500, "{head}: {} bytes", run.stderr.len());
        assert!(!run.stderr.contains(['\0', '\u{1b}']), "{head}: {:?}", run.stderr);
    }
}
