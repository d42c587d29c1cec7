//! `rootsweep triage`: what happened, what is only a false alarm, and what could not be read.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::io::Write as _;
use std::process::Stdio;

use fake_aws::fault::{Effect, FaultRule};
use fake_aws::world::World;
use serde_json::{Value, json};
use test_support::{Aws, Rootsweep, Run};

/// The time of day in these tests.
const NOW: &str = "2026-07-01T00:10:00Z";

/// Returns a console sign-in of the root user.
fn sign_in(id: &str, time: &str, mfa: bool) -> Value {
    json!({
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "Root", "principalId": "111122223333", "accountId": "111122223333", "accessKeyId": "",
            "arn": "arn:aws:iam::111122223333:root"
        },
        "eventTime": time,
        "eventSource": "signin.amazonaws.com",
        "eventName": "ConsoleLogin",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "198.51.100.23",
        "userAgent": "Mozilla/5.0",
        "requestParameters": null,
        "responseElements": { "ConsoleLogin": "Success" },
        "additionalEventData": { "MFAUsed": if mfa { "Yes" } else { "No" } },
        "eventID": id,
        "eventType": "AwsConsoleSignIn",
        "recipientAccountId": "111122223333"
    })
}

/// Returns the sign-in as it would be if AWS had been unable to record it in time.
fn backfilled(id: &str, time: &str) -> Value {
    let mut record = sign_in(id, time, true);
    record["addendum"] = json!({ "reason": "SERVICE_OUTAGE" });
    record
}

fn by_alice(id: &str) -> Value {
    let mut record = sign_in(id, "2026-06-30T23:00:00Z", true);
    record["userIdentity"] = json!({ "type": "IAMUser", "accountId": "111122223333", "userName": "alice" });
    record
}

/// Returns the answer of `FilterLogEvents` with records that were all ingested at one time, in milliseconds.
fn log_events(ingested: i64, records: &[Value]) -> String {
    let event =
        |record: &Value| json!({ "timestamp": ingested, "ingestionTime": ingested, "message": record.to_string() });
    json!({ "events": records.iter().map(event).collect::<Vec<_>>() }).to_string()
}

fn trail(records: &[Value]) -> String {
    json!({ "Records": records }).to_string()
}

fn alone() -> Rootsweep {
    Rootsweep::alone().env("ROOTSWEEP_NOW", NOW)
}

fn answer(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", run.stdout, run.stderr))
}

fn ids(answer: &Value) -> Vec<&str> {
    answer["records"].as_array().unwrap().iter().map(|it| it["event_id"].as_str().unwrap()).collect()
}

/// The midnight alert of the README: a record of last year, delivered tonight.
#[test]
fn what_aws_delivered_late_is_historical_and_dated_by_both_times() {
    let record = backfilled("late", "2025-03-04T09:12:31Z");
    let rootsweep = alone().file("records.json", &log_events(1_782_863_400_000, &[record]));
    let run = rootsweep.run(&["triage", "--all", "--output", "json", "records.json"]);
    let record = &answer(&run)["records"][0];
    assert_eq!(record["verdict"], "historical");
    assert_eq!(record["delivery"], "backfilled");
    assert_eq!(record["event_time"], "2025-03-04T09:12:31Z");
    assert_eq!(record["delivered_at"], "2026-06-30T23:50:00Z");
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(rootsweep.run(&["triage", "--fail-on", "low", "records.json"]).code, 10);
}

#[test]
fn a_live_intruder_among_500_backfilled_records_is_the_one_incident() {
    let late = (0..500).map(|at| backfilled(&format!("late-{at}"), &format!("2025-03-04T09:{:02}:00Z", at % 60)));
    let mut records: Vec<Value> = late.collect();
    records.insert(250, sign_in("live", "2026-06-30T23:45:00Z", false));
    let rootsweep = alone().file("records.json", &log_events(1_782_863_400_000, &records));
    let run = rootsweep.run(&["triage", "records.json"]);
    let answer = answer(&run);
    assert_eq!(run.code, 10);
    assert_eq!(answer["counts"]["root_records"], 501);
    assert_eq!(answer["episodes"][0]["verdict"], "incident");
    assert!(answer["episodes"][0]["event_ids"].as_array().unwrap().contains(&json!("live")), "{answer}");
    let incidents = answer["episodes"].as_array().unwrap().iter().filter(|it| it["verdict"] == "incident");
    assert_eq!(incidents.count(), 1);
}

#[test]
fn a_path_that_is_not_there_is_found_before_anything_is_read() {
    let rootsweep = alone().file("records.json", &trail(&[sign_in("one", "2026-06-30T20:00:00Z", true)]));
    let run = rootsweep.run(&["triage", "records.json", "nowhere.json"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{}", run.stderr);
    assert!(run.stderr.contains("nowhere.json cannot be read: No such file"), "{}", run.stderr);
    assert_eq!(run.stderr.matches("nowhere.json").count(), 1, "{}", run.stderr);
}

/// A sweep may be told to notify only on change, with a state directory that stands on its command line.
#[test]
fn what_the_configuration_says_of_notifications_does_not_keep_aws_from_being_asked() {
    let aws = Aws::serve(World::generated(1, "rootsweep-audit"));
    let notify = "[[notify]]\nto = \"sns=arn:aws:sns:us-east-1:111122223333:root\"\nwhen = \"on-change\"\n";
    let run = Rootsweep::against(&aws).file("rootsweep.toml", notify).run(&["triage", "--event-id", "unheard-of"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("no event unheard-of"), "{}", run.stderr);
}

#[test]
fn a_folder_is_read_whole_and_a_broken_file_costs_only_itself() {
    let rootsweep = alone();
    std::fs::create_dir_all(rootsweep.path("AWSLogs/2026")).unwrap();
    let rootsweep = rootsweep
        .file("AWSLogs/2026/a.json", &trail(&[sign_in("one", "2026-06-30T20:00:00Z", true), by_alice("hers")]))
        .file("AWSLogs/2026/b.json", &trail(&[sign_in("two", "2026-06-30T21:00:00Z", true)])[..200])
        .file("AWSLogs/2026/c.json", &trail(&[sign_in("three", "2026-06-30T22:00:00Z", true)]));
    let run = rootsweep.run(&["triage", "--fail-on", "critical", "AWSLogs"]);
    let answer = answer(&run);
    assert_eq!(run.code, 11, "{}", run.stderr);
    assert_eq!(ids(&answer), ["one", "three"]);
    assert_eq!(answer["counts"]["not_root"], 1);
    assert_eq!(answer["skipped"][0]["file"], "AWSLogs/2026/b.json");
    assert!(run.stderr.contains("could not be read"), "{}", run.stderr);
    assert_eq!(rootsweep.run(&["triage", "--fail-on", "low", "AWSLogs"]).code, 12);
}

#[test]
fn records_of_others_are_counted_and_listed_on_demand() {
    let rootsweep =
        alone().file("logs.json", &trail(&[by_alice("hers"), sign_in("root", "2026-06-30T22:00:00Z", true)]));
    assert_eq!(ids(&answer(&rootsweep.run(&["triage", "logs.json"]))), ["root"]);
    let all = answer(&rootsweep.run(&["triage", "--all", "logs.json"]));
    assert_eq!(ids(&all), ["root", "hers"]);
    assert_eq!(all["records"][1]["verdict"], "not-root");
}

#[test]
fn standard_input_is_read() {
    let rootsweep = alone();
    let mut command = rootsweep.command(&["triage", "-"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let record = sign_in("piped", "2026-06-30T22:00:00Z", false).to_string();
    child.stdin.take().unwrap().write_all(record.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(ids(&answer), ["piped"]);
    assert_eq!(answer["records"][0]["source"]["file"], "-");
    assert_eq!(output.status.code(), Some(10));
}

#[test]
fn nothing_that_could_be_read_is_a_failure_and_no_clean_bill() {
    let rootsweep = alone().file("notes.txt", "not a log").file("empty.json", "").file("none.json", "{\"events\":[]}");
    for (path, told) in [("notes.txt", "not JSON"), ("empty.json", "empty"), ("none.json", "no CloudTrail record")] {
        let run = rootsweep.run(&["triage", path]);
        assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{path}");
        assert!(run.stderr.contains(told), "{path}: {}", run.stderr);
    }
}

#[test]
fn a_use_that_is_expected_is_told_and_a_malformed_one_is_refused() {
    const EXPECTED: &str = r#"
        [[expected-use]]
        name = "break-glass test"
        events = ["ConsoleLogin"]
        source-networks = ["198.51.100.0/24"]
        owner = "platform@example.com"
        reason = "yearly test"
        until = "2026-12-31"
    "#;
    let record = sign_in("foreseen", "2026-06-30T22:00:00Z", true).to_string();
    let rootsweep = alone().file("record.json", &record).file("rootsweep.toml", EXPECTED);
    let run = rootsweep.run(&["triage", "record.json"]);
    assert_eq!((run.code, &answer(&run)["records"][0]["verdict"]), (0, &json!("expected")));

    let rootsweep = rootsweep.file("rootsweep.toml", &EXPECTED.replace("2026-12-31", "2025-12-31"));
    let run = rootsweep.run(&["triage", "record.json"]);
    assert_ne!(answer(&run)["records"][0]["verdict"], json!("expected"));
    assert!(run.stderr.contains("ended on 2025-12-31 and excuses nothing any more"), "{}", run.stderr);

    let rootsweep = rootsweep.file("rootsweep.toml", &EXPECTED.replace("platform@example.com", " "));
    let run = rootsweep.run(&["triage", "record.json"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{}", run.stderr);
}

#[test]
fn the_sweeps_outputs_in_the_configuration_are_left_alone() {
    let record = sign_in("one", "2026-06-30T22:00:00Z", true).to_string();
    let rootsweep = alone().file("record.json", &record).file("rootsweep.toml", "outputs = [\"html=sweep.html\"]");
    let run = rootsweep.run(&["triage", "--output", "csv=triage.csv", "--output", "markdown", "record.json"]);
    assert!(!rootsweep.path("sweep.html").exists());
    assert!(std::fs::read_to_string(rootsweep.path("triage.csv")).unwrap().contains("one"));
    assert!(run.stdout.contains("ConsoleLogin"), "{}", run.stdout);
}

#[test]
fn formats_without_a_place_for_a_triage_are_refused_before_anything_is_read() {
    for format in ["html", "ocsf", "asff", "junit"] {
        let run = alone().run(&["triage", "--output", format, "gone.json"]);
        assert_eq!(run.code, 2, "{format}: {}", run.stderr);
        assert!(run.stderr.contains(format), "{}", run.stderr);
    }
}

#[test]
fn a_question_to_aws_and_files_do_not_go_together() {
    let rootsweep = alone().file("record.json", "{}");
    for arguments in [
        &["triage"][..],
        &["triage", "--event-id", "x", "record.json"],
        &["triage", "--event-id", "x", "--alarm", "y"],
        &["triage", "--since", "1h", "record.json"],
        &["triage", "--region", "us-east-1", "record.json"],
    ] {
        assert_eq!(rootsweep.run(arguments).code, 2, "{arguments:?}");
    }
}

#[test]
fn the_json_is_what_its_schema_says() {
    let rootsweep =
        alone().file("logs.json", &trail(&[sign_in("one", "2026-06-30T22:00:00Z", false), by_alice("two")]));
    let schema = answer(&rootsweep.run(&["schema", "triage"]));
    let validator = jsonschema::validator_for(&schema).unwrap();
    let told = answer(&rootsweep.run(&["triage", "--all", "logs.json"]));
    assert_eq!(told["schema"], "rootsweep/triage/v1");
    let errors: Vec<String> = validator.iter_errors(&told).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

/// An account with a trail, its log group, a root alarm, and a history of both: a live sign-in that is in Event history,
/// and a backfilled one that only the log group has.
fn world() -> World {
    world_of(&region())
}

fn world_of(region: &Value) -> World {
    let account = json!({ "id": "111122223333", "name": "shop", "regions": { "us-east-1": region } });
    let mut world = World::from_yaml(&json!({ "accounts": [account] }).to_string()).unwrap();
    world.clock = fake_aws::Clock::Scenario(NOW.parse().unwrap());
    world
}

fn logged(at: &str, record: &Value) -> Value {
    json!({ "stream": "111122223333_CloudTrail_us-east-1", "timestamp": at, "message": record.to_string() })
}

fn went_off(at: &str) -> Value {
    let data = json!({ "version": "1.0", "newState": { "stateValue": "ALARM" } }).to_string();
    json!({ "alarm_name": "root-used", "at": at, "item_type": "StateUpdate", "summary": "to ALARM", "data": data })
}

fn region() -> Value {
    let live = sign_in("live", "2026-06-30T23:45:00Z", false);
    let late = backfilled("late", "2025-03-04T09:12:31Z");
    json!({
        "event_history": [live],
        "trails": [{
            "name": "all", "multi_region": true, "s3_bucket": "logs",
            "log_group_arn": "arn:aws:logs:us-east-1:111122223333:log-group:trail:*"
        }],
        "log_groups": [{
            "name": "trail",
            "metric_filters": [{
                "name": "root",
                "pattern": "{ $.userIdentity.type = \"Root\" }",
                "transformations": [{ "namespace": "CIS", "name": "RootUse", "value": "1" }]
            }],
            "events": [
                logged("2026-06-20T03:00:00Z", &by_alice("hers")),
                logged("2026-06-20T04:00:00Z", &late),
                logged("2026-06-30T23:50:00Z", &live)
            ]
        }],
        "alarms": [{
            "name": "root-used", "namespace": "CIS", "metric_name": "RootUse", "statistic": "Sum", "period": 60,
            "evaluation_periods": 1, "threshold": 1, "comparison_operator": "GreaterThanOrEqualToThreshold"
        }],
        "alarm_history": [
            went_off("2026-06-20T04:02:00Z"), went_off("2026-06-25T12:00:00Z"), went_off("2026-06-30T23:52:00Z")
        ]
    })
}

fn asked(world: World, arguments: &[&str]) -> Run {
    let aws = Aws::serve(world);
    Rootsweep::against(&aws).env("ROOTSWEEP_NOW", NOW).run(&[&["triage"], arguments].concat())
}

#[test]
fn an_event_is_found_by_its_id() {
    let run = asked(world(), &["--event-id", "live"]);
    let answer = answer(&run);
    assert_eq!(ids(&answer), ["live"]);
    assert_eq!(answer["records"][0]["source"]["file"], "cloudtrail:LookupEvents us-east-1");
    assert_eq!(answer["episodes"][0]["verdict"], "incident");
    assert!([10, 12].contains(&run.code), "{}: {}", run.code, run.stderr);
}

#[test]
fn an_event_that_nothing_has_is_told_where_else_to_look() {
    let run = asked(world(), &["--event-id", "unheard-of"]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    assert!(run.stderr.contains("log-group:trail"), "{}", run.stderr);
    assert!(run.stderr.contains("rootsweep triage FILE"), "{}", run.stderr);
    let mut world = world();
    world.faults = vec![FaultRule::new("logs:FilterLogEvents", Effect::AccessDenied)];
    let run = asked(world, &["--event-id", "late"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("access-denied (logs:FilterLogEvents"), "{}", run.stderr);
}

/// The midnight backfill: it happened too long ago for Event history.
#[test]
fn an_event_that_event_history_does_not_have_is_found_in_the_log_group_of_the_trail() {
    let answer = answer(&asked(world(), &["--event-id", "late"]));
    assert_eq!(ids(&answer), ["late", "live"]);
    assert_eq!(answer["records"][0]["source"]["file"], "logs:FilterLogEvents us-east-1");
    assert_eq!(answer["records"][0]["verdict"], "historical");
    let run = asked(world(), &["--event-id", "late", "--since", "24h"]);
    assert_eq!(run.code, 1, "it was delivered before: {}", run.stdout);
}

#[test]
fn an_event_of_a_member_is_found_in_the_log_group_of_its_organization() {
    let mut answered = Vec::new();
    for faults in [Vec::new(), vec![FaultRule::new("cloudtrail:LookupEvents", Effect::AccessDenied)]] {
        let mut world = organization();
        world.faults = faults;
        answered.push(asked(world, &["--account", "000000000002", "--event-id", "tripped"]));
    }
    for run in &answered {
        let answer = answer(run);
        assert!(ids(&answer).contains(&"tripped"), "{answer}");
        assert_eq!(answer["records"][0]["source"]["file"], "logs:FilterLogEvents us-east-1 111122223333");
    }
    assert!(answer(&answered[1])["skipped"].to_string().contains("cloudtrail:LookupEvents"), "{}", answered[1].stdout);
}

#[test]
fn an_event_id_that_a_pattern_would_read_as_more_than_an_id_is_refused() {
    for id in ["a\" || $.eventID = \"b", "back\\slash", "*", ""] {
        let run = asked(world(), &["--event-id", id]);
        assert_eq!(run.code, 2, "{id}: {}", run.stderr);
        assert!(run.stderr.contains("no quotes"), "{id}: {}", run.stderr);
    }
}

#[test]
fn each_transition_of_an_alarm_is_explained_by_the_records_that_tripped_it() {
    let run = asked(world(), &["--alarm", "root-used", "--since", "30d"]);
    let answer = answer(&run);
    let alarms = answer["alarms"].as_array().unwrap();
    let told: Vec<_> = alarms.iter().map(|it| (&it["event_ids"], &it["justified"])).collect();
    let (late, nothing, live) = (json!(["late"]), json!([]), json!(["live"]));
    assert_eq!(told, [(&late, &json!(true)), (&nothing, &Value::Null), (&live, &json!(true))], "{}", run.stderr);
    assert!(alarms[0]["explanation"].as_str().unwrap().contains("historical"), "{answer}");
    assert!(alarms[1]["explanation"].as_str().unwrap().contains("trail"), "{answer}");
    assert!(alarms[2]["explanation"].as_str().unwrap().contains("incident"), "{answer}");
    let mut told = ids(&answer);
    told.sort_unstable();
    assert_eq!(told, ["late", "live"]);
}

#[test]
fn an_alarm_with_a_period_of_a_day_is_explained_by_the_records_of_that_day() {
    let mut region = region();
    region["alarm_history"] = json!([went_off("2026-06-20T23:00:00Z")]);
    let explained_by = |region: &Value| {
        let answer = answer(&asked(world_of(region), &["--alarm", "root-used", "--since", "30d"]));
        answer["alarms"][0]["event_ids"].clone()
    };
    assert_eq!(explained_by(&region), json!([]), "a period of a minute is long over");
    region["alarms"][0]["period"] = json!(86_400);
    assert_eq!(explained_by(&region), json!(["late"]));
}

/// An organization whose trail and root alarm are the management account's. In a member somebody signs in as root, which
/// sets the alarm off, and goes on once it has: neither is in the management account's Event history.
fn organization() -> World {
    let of_member = |mut record: Value| {
        record["userIdentity"]["accountId"] = json!("000000000002");
        record["userIdentity"]["arn"] = json!("arn:aws:iam::000000000002:root");
        record["recipientAccountId"] = json!("000000000002");
        record
    };
    let mut after = of_member(sign_in("after", "2026-06-30T23:53:00Z", false));
    after["eventName"] = json!("CreateUser");
    after["eventSource"] = json!("iam.amazonaws.com");
    after["eventType"] = json!("AwsApiCall");
    let only_there = of_member(sign_in("only-there", "2026-07-01T00:01:00Z", false));
    let mut region = region();
    region["event_history"] = json!([]);
    region["trails"][0]["organization"] = json!(true);
    region["log_groups"][0]["events"] = json!([
        logged("2026-06-30T23:50:00Z", &of_member(sign_in("tripped", "2026-06-30T23:45:00Z", false))),
        logged("2026-06-30T23:56:00Z", &after)
    ]);
    region["alarm_history"] = json!([went_off("2026-06-30T23:52:00Z")]);
    let member = json!({
        "id": "000000000002", "name": "payments", "roles": [{ "name": "rootsweep-audit" }],
        "root": { "password_last_used": "2026-06-29T12:00:00Z" },
        "regions": { "us-east-1": { "event_history": [only_there] } }
    });
    let management = json!({ "id": "111122223333", "name": "management", "regions": { "us-east-1": region } });
    let organization = json!({ "management_account": "111122223333" });
    let world = json!({ "organization": organization, "accounts": [management, member] });
    let mut world = World::from_yaml(&world.to_string()).unwrap();
    world.clock = fake_aws::Clock::Scenario(NOW.parse().unwrap());
    world
}

#[test]
fn what_root_did_after_the_alarm_went_off_is_told_with_what_set_it_off() {
    let run = asked(organization(), &["--alarm", "root-used"]);
    let answer = answer(&run);
    assert_eq!(ids(&answer), ["tripped", "after", "only-there"], "{}", run.stderr);
    assert_eq!(answer["alarms"][0]["event_ids"], json!(["tripped"]));
    assert_eq!(answer["records"][0]["source"]["file"], "logs:FilterLogEvents us-east-1");
    assert_eq!(answer["records"][2]["source"]["file"], "cloudtrail:LookupEvents us-east-1 000000000002");
    assert_eq!((&answer["counts"]["records"], &answer["counts"]["duplicates"]), (&json!(3), &json!(0)));
}

#[test]
fn the_credential_report_is_that_of_the_account_whose_root_user_set_the_alarm_off() {
    let answer = answer(&asked(organization(), &["--alarm", "root-used"]));
    let told = &answer["skipped"][0];
    assert_eq!(told["file"], "iam:GetCredentialReport 000000000002", "{answer}");
    assert!(told["reason"].as_str().unwrap().contains("no record of it was found"), "{told}");
}

#[test]
fn an_account_that_set_the_alarm_off_and_cannot_be_entered_is_told() {
    let mut world = organization();
    world.faults = vec![FaultRule::new("sts:AssumeRole", Effect::AccessDenied)];
    let run = asked(world, &["--alarm", "root-used"]);
    let answer = answer(&run);
    assert_eq!(ids(&answer), ["tripped", "after"]);
    assert_eq!(answer["skipped"][0]["file"], "sts:AssumeRole 000000000002", "{answer}");
    assert_eq!(run.code, 12, "{}", run.stderr);
}

#[test]
fn an_alarm_that_goes_off_again_is_not_credited_with_the_records_of_the_first_time() {
    let mut stood_down = went_off("2026-06-30T23:54:00Z");
    stood_down["data"] = json!(json!({ "newState": { "stateValue": "OK" } }).to_string());
    let mut region = region();
    let again = sign_in("again", "2026-06-30T23:57:00Z", true);
    region["log_groups"][0]["events"].as_array_mut().unwrap().push(logged("2026-06-30T23:58:00Z", &again));
    region["alarm_history"] = json!([went_off("2026-06-30T23:52:00Z"), stood_down, went_off("2026-06-30T23:59:00Z")]);
    let answer = answer(&asked(world_of(&region), &["--alarm", "root-used"]));
    let told: Vec<_> = answer["alarms"].as_array().unwrap().iter().map(|it| &it["event_ids"]).collect();
    assert_eq!(told, [&json!(["live"]), &json!(["again"])]);
}

/// AWS itself set it off, as far as the first of two filters of the metric tells.
#[test]
fn an_alarm_is_not_called_wrong_where_a_source_of_records_was_not_read() {
    let mut by_aws = sign_in("by-aws", "2026-06-30T23:45:00Z", true);
    by_aws["eventType"] = json!("AwsServiceEvent");
    by_aws["userIdentity"]["invokedBy"] = json!("AWS Internal");
    by_aws["sourceIPAddress"] = json!("AWS Internal");
    let mut region = region();
    region["event_history"] = json!([]);
    region["log_groups"][0]["events"] = json!([logged("2026-06-30T23:50:00Z", &by_aws)]);
    let mut second = region["log_groups"][0]["metric_filters"][0].clone();
    second["name"] = json!("second");
    region["log_groups"][0]["metric_filters"].as_array_mut().unwrap().push(second);
    region["alarm_history"] = json!([went_off("2026-06-30T23:52:00Z")]);
    let alarm = |faults: Vec<FaultRule>| {
        let mut world = world_of(&region);
        world.faults = faults;
        answer(&asked(world, &["--alarm", "root-used"]))["alarms"][0].clone()
    };
    assert_eq!(alarm(Vec::new())["justified"], false, "with everything read it was wrong");
    let denied = FaultRule { nth: 2, ..FaultRule::new("logs:FilterLogEvents", Effect::AccessDenied) };
    let alarm = alarm(vec![denied]);
    assert_eq!((&alarm["event_ids"], &alarm["justified"]), (&json!(["by-aws"]), &Value::Null), "{alarm}");
    assert!(alarm["explanation"].as_str().unwrap().contains("logs:FilterLogEvents"), "{alarm}");
}

#[test]
fn an_alarm_is_found_by_its_arn() {
    let arn = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:root-used";
    let answer = answer(&asked(world(), &["--alarm", arn, "--since", "24h"]));
    assert_eq!(answer["alarms"][0]["alarm"], "root-used", "{answer}");
    assert_eq!(answer["alarms"][0]["event_ids"], json!(["live"]));
}

#[test]
fn an_alarm_that_did_not_go_off_in_the_window_is_no_clean_bill() {
    let run = asked(world(), &["--alarm", "root-used", "--since", "1m"]);
    let answer = answer(&run);
    assert_eq!(run.code, 11, "{}", run.stderr);
    let told = &answer["skipped"][0];
    assert_eq!(told["file"], "cloudwatch:DescribeAlarmHistory", "{answer}");
    assert!(told["reason"].as_str().unwrap().contains("--since"), "{told}");
}

#[test]
fn an_alarm_that_is_not_there_is_told() {
    let run = asked(world(), &["--alarm", "no-such"]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    assert!(run.stderr.contains("us-east-1"), "{}", run.stderr);
}

#[test]
fn a_last_use_without_a_record_is_a_gap() {
    let mut account = json!({ "id": "111122223333", "name": "shop" });
    account["root"] = json!({ "password_last_used": "2026-06-29T12:00:00Z" });
    account["regions"] = json!({ "us-east-1": { "event_history": [sign_in("live", "2026-06-30T23:45:00Z", true)] } });
    let mut world = World::from_yaml(&json!({ "accounts": [account] }).to_string()).unwrap();
    world.clock = fake_aws::Clock::Scenario(NOW.parse().unwrap());
    let answer = answer(&asked(world, &["--event-id", "live"]));
    let told = answer["skipped"].to_string();
    assert!(told.contains("no record of it was found"), "{told}");
}
