//! The library of incidents reads well, and a scenario that does not says where and why.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};

use scenario::{Error, Rewrite};
use tempfile::TempDir;
use test_case::test_case;

fn library() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios")
}

#[test]
fn every_scenario_reads_well_and_judges_something() {
    let slugs = scenario::slugs(&library()).unwrap();
    assert!(slugs.len() >= 24, "the library has shrunk to {}", slugs.len());
    for slug in slugs {
        let scenario = scenario::load(&library(), &slug).unwrap();
        let judged = scenario.timeline.iter().any(|step| !step.expect.is_empty());
        assert!(judged, "{} expects nothing", scenario.name);
        assert!(!scenario.references.is_empty(), "{} refers to nothing", scenario.name);
        for text in [&scenario.why, &scenario.naive] {
            assert!(
                text.split_whitespace().count() >= 3,
                "{} leaves open why, or what a naive tool does",
                scenario.name
            );
        }
    }
}

/// Lays a scenario that differs from a sound one in one place.
fn amended(find: &str, replace: &str) -> TempDir {
    let sound = std::fs::read_to_string(library().join("password-recovery/scenario.yaml")).unwrap();
    assert!(sound.contains(find), "{find:?} is not in the sound scenario");
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("password-recovery")).unwrap();
    std::fs::write(folder.path().join("password-recovery/scenario.yaml"), sound.replacen(find, replace, 1)).unwrap();
    folder
}

/// Reads a scenario that differs from a sound one in one place, and says what is wrong with it.
fn broken(find: &str, replace: &str) -> String {
    let folder = amended(find, replace);
    let error = scenario::load(folder.path(), "password-recovery").unwrap_err();
    assert!(matches!(error, Error::Parse { .. } | Error::Inconsistent { .. }), "{error}");
    error.to_string().replace(&folder.path().display().to_string(), "scenarios")
}

#[test]
fn a_misspelt_key_is_pointed_at() {
    let message = broken("alarms: [root-usage]", "alarmz: [root-usage]");
    assert!(message.contains("unknown field `alarmz`") && message.contains('^'), "{message}");
}

#[test]
fn an_impossible_time_is_pointed_at() {
    let message = broken("+00:00:30", "+00:61:30");
    assert!(message.contains("\"+00:61:30\" is not a time after the start: write +HH:MM:SS"), "{message}");
    assert!(message.contains('^'), "{message}");
}

#[test]
fn a_record_that_is_no_json_is_pointed_at() {
    let message = broken(r#""eventSource": "signin.amazonaws.com","#, r#""eventSource": "signin.amazonaws.com" "#);
    assert!(message.contains('^'), "{message}");
}

#[test]
fn a_record_without_a_name_is_refused() {
    let message = broken(r#""eventName""#, r#""eventNaem""#);
    assert!(message.contains("with an `eventName`: give it one"), "{message}");
    points_at(&message, 25, "      - {");
}

#[test]
fn an_unknown_account_is_named() {
    let message =
        broken(r#""type": "Root", "accountId": "000000000002""#, r#""type": "Root", "accountId": "000000000009""#);
    assert!(message.contains("account 000000000009, which is not in `world`: add it, or name one"), "{message}");
    points_at(&message, 25, "      - {");
    let message = broken("- account: \"000000000001\"", "- account: \"000000000009\"");
    assert!(message.contains("alert path speaks of account 000000000009, which is not in `world`"), "{message}");
    points_at(&message, 19, "  - account: \"000000000009\"");
    let message = broken("management_account: \"000000000001\"", "management_account: \"000000000009\"");
    assert!(message.contains("management account names account 000000000009"), "{message}");
    points_at(&message, 11, "  organization: { management_account: \"000000000009\" }");
}

/// The line stands in the message under its number, and a caret under it.
#[track_caller]
fn points_at(message: &str, number: usize, line: &str) {
    let mut lines = message.lines().skip_while(|it| *it != format!("{number} | {line}"));
    assert!(lines.next().is_some(), "line {number} is not shown: {message}");
    assert!(lines.next().is_some_and(|it| it.trim_end().ends_with('^')), "nothing points at line {number}: {message}");
}

#[test]
fn steps_out_of_order_are_pointed_at() {
    let sound = "timeline:\n";
    let message = broken(sound, "timeline:\n  - { at: +01:00:00, does: come first }\n");
    assert!(
        message.contains("the step at +00:00:30 stands after the one at +01:00:00: put them in order"),
        "{message}"
    );
    points_at(&message, 23, "  - at: +00:00:30");
}

#[test]
fn what_only_a_sweep_tells_is_not_expected_without_one() {
    let expected = [
        "exit: 0",
        "no_other_episodes: true",
        "rows: [{ account: \"000000000002\", check: root-mfa, verdict: pass }]",
        "episodes: [{ account: \"000000000002\", verdict: incident }]",
    ];
    for expected in expected {
        let step = format!("timeline:\n  - {{ at: +00:00:00, does: nothing, expect: {{ {expected} }} }}\n");
        let message = broken("timeline:\n", &step);
        assert!(message.contains("expects something of a sweep, and has none: add `sweep: {}`"), "{message}");
        points_at(&message, 22, &format!("  - {{ at: +00:00:00, does: nothing, expect: {{ {expected} }} }}"));
    }
}

/// What of a step is wrong, and what is said of it.
#[test_case("change: [{ account-leaves: { account: \"000000000009\" } }]", "this change speaks of account 000000000009, which is not in `world`: add it"; "a change of no account")]
#[test_case("change: [{ role-removed: { account: \"000000000002\", role: admin } }]", "account 000000000002 has no role admin: add it"; "a role that there is not")]
#[test_case("change: [{ trail-stopped: { account: \"000000000001\", region: us-east-1, trail: orgnization } }]", "account 000000000001 has no trail orgnization in us-east-1"; "a trail that there is not")]
#[test_case("calls: [{ account: \"000000000009\", service: sns, operation: ListTopics }]", "this call speaks of account 000000000009"; "a call in no account")]
#[test_case("calls: [{ account: \"000000000001\", service: ec2, operation: RunInstances }]", "\"ec2\" is not a service that a scenario can call: name one of logs,"; "a call to another service")]
#[test_case("faults: [{ account: \"000000000009\", effect: hang }]", "this fault speaks of account 000000000009"; "a fault in no account")]
#[test_case("sweep: { during: [{ after: \"*\", account: \"000000000009\",\n     change: { account-leaves: { account: \"000000000002\" } } }] }", "this change speaks of account 000000000009"; "a change after a call in no account")]
#[test_case("sweep: { during: [{ after: \"*\", change: { account-leaves: { account: \"000000000009\" } } }] }", "this change speaks of account 000000000009"; "a change of no account in the middle of a sweep")]
#[test_case("expect: { alarms: [root-usge] }", "there is no alarm \"root-usge\" in this scenario: add it, or name one of root-usage"; "an alarm that there is not")]
#[test_case("expect: { silent: [root-usge] }", "there is no alarm \"root-usge\" in this scenario: add it, or name one of root-usage"; "silence of an alarm that there is not")]
#[test_case("expect: { messages: [{ to: pagr }] }", "there is no queue \"pagr\" in this scenario: add it, or name one of pager"; "a message to no queue")]
#[test_case("expect: { no_messages: [pagr] }", "there is no queue \"pagr\" in this scenario: add it, or name one of pager"; "no message to no queue")]
#[test_case("sweep: {}, expect: { rows: [{ account: \"000000000009\", check: root-mfa, verdict: pass }] }", "this row speaks of account 000000000009"; "a row of no account")]
#[test_case("sweep: {}, expect: { episodes: [{ account: \"000000000009\", verdict: incident }] }", "this episode speaks of account 000000000009"; "an episode of no account")]
fn what_a_step_speaks_of_has_to_be_there(part: &str, said: &str) {
    let step = format!("  - {{ at: +0:0:0, does: it, {part} }}");
    let message = broken("timeline:\n", &format!("timeline:\n{step}\n"));
    assert!(message.contains(said), "{message}");
    points_at(&message, 22, step.lines().next().unwrap());
}

#[test]
fn an_alarm_that_a_call_makes_may_be_expected() {
    let put = "calls: [{ account: \"000000000001\", service: monitoring, operation: PutMetricAlarm, input: { AlarmName: another } }]";
    let step = format!("timeline:\n  - {{ at: +00:00:00, does: something, {put}, expect: {{ silent: [another] }} }}\n");
    let folder = amended("timeline:\n", &step);
    scenario::load(folder.path(), "password-recovery").unwrap();
}

#[test]
fn a_record_with_no_time_is_refused() {
    let named = r#""eventName": "PasswordRecoveryRequested","#;
    let message = broken(named, &format!("{named} \"eventTime\": \"yesterday\","));
    assert!(message.contains("eventTime \"yesterday\" is not a time: write a time as 2026-"), "{message}");
    points_at(&message, 25, "      - {");
}

const STARTS_AT: &str = "starts_at: 2026-06-07T03:00:00Z";

#[test_case(STARTS_AT; "bare")]
#[test_case("starts_at: \"2026-06-07T03:00:00Z\""; "quoted")]
#[test_case("starts_at:   2026-06-07T03:00:00Z # a Sunday"; "with a comment behind it")]
fn a_start_is_moved_however_it_is_written(written: &str) {
    let folder = amended(STARTS_AT, written);
    let moved = scenario::load_rewritten(folder.path(), "password-recovery", &elsewhere()).unwrap();
    assert_eq!(moved.starts_at, elsewhere().starts_at);
    assert!(moved.world.accounts.keys().all(|id| id.to_string().starts_with("7012345601")));
}

#[test]
fn a_start_that_cannot_be_moved_is_refused() {
    let folder = amended(STARTS_AT, "starts_at: 2026-06-07T05:00:00+02:00");
    scenario::load(folder.path(), "password-recovery").unwrap();
    let error = scenario::load_rewritten(folder.path(), "password-recovery", &elsewhere()).unwrap_err().to_string();
    assert!(error.contains("this time cannot be moved: write it as 2026-06-07T03:00:00Z"), "{error}");
    points_at(&error, 9, "starts_at: 2026-06-07T05:00:00+02:00");
}

fn elsewhere() -> Rewrite {
    Rewrite { starts_at: "2026-11-21T04:30:00Z".parse().unwrap(), account_prefix: "7012345601".to_owned() }
}

#[test]
fn a_name_apart_from_the_folder_is_refused() {
    let message = broken("name: password-recovery", "name: password-recovered");
    assert!(message.contains("they have to be the same"), "{message}");
    points_at(&message, 2, "name: password-recovered");
}

#[test]
fn an_unknown_scenario_is_named() {
    let error = scenario::load(&library(), "no-such-incident").unwrap_err();
    assert!(matches!(error, Error::Unknown { .. }), "{error}");
}
