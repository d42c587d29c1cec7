//! The harness as a developer runs it: what it lists, writes, refuses, and says of an expectation that is not met.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use test_support::{Answer, Endpoint, Rootsweep, binary};

const SOUND: &str = "password-recovery";

/// Two scenarios, the one named with a piece of its text replaced.
fn library(find: &str, replace: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for slug in [SOUND, "iam-user-is-not-root"] {
        let sound = std::fs::read_to_string(format!("../scenarios/{slug}/scenario.yaml")).unwrap();
        let text = if slug == SOUND { sound.replacen(find, replace, 1) } else { sound.clone() };
        assert!(slug != SOUND || text != sound, "{find:?} is not in {slug}");
        std::fs::create_dir(folder.path().join(slug)).unwrap();
        std::fs::write(folder.path().join(slug).join("scenario.yaml"), text).unwrap();
    }
    folder
}

/// Replaces another piece of the sound scenario.
fn amend(scenarios: &TempDir, find: &str, replace: &str) {
    let file = scenarios.path().join(SOUND).join("scenario.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(find), "{find:?} is not in {SOUND}");
    std::fs::write(file, text.replacen(find, replace, 1)).unwrap();
}

struct Run {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

fn simulate(scenarios: &Path, output: &Path, arguments: &[&str]) -> Run {
    run(&mut command(scenarios, output, arguments))
}

fn command(scenarios: &Path, output: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary("simulate"));
    command.arg("--scenarios").arg(scenarios).arg("--output").arg(output).args(arguments).env("NO_COLOR", "1");
    command
}

fn run(command: &mut Command) -> Run {
    let run = command.output().unwrap();
    let [stdout, stderr] = [run.stdout, run.stderr].map(|text| String::from_utf8(text).unwrap());
    Run { code: run.status.code(), stdout, stderr }
}

/// Runs on something that says to be healthy, and has nothing else of `LocalStack`.
fn simulate_in_real_time(scenarios: &Path, output: &Path, slug: &str) -> Run {
    let healthy = Endpoint::serve(Answer::Status(200));
    run(command(scenarios, output, &[slug, "--backend", "localstack"]).env("LOCALSTACK_ENDPOINT", healthy.url()))
}

fn result(output: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(output.join("result.json")).unwrap()).unwrap()
}

/// Whether each piece of what is shown, between one `…` and the next, stands in the line, in order; spaces count as one.
fn shows(shown: &str, line: &str) -> bool {
    let [shown, line] = [shown, line].map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    let mut pieces = shown.split('…');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    pieces.all(|piece| {
        let found = rest.find(piece).map(|at| &rest[at + piece.len()..]);
        rest = found.unwrap_or_default();
        found.is_some()
    })
}

#[test]
fn the_readme_shows_what_the_harness_tells() {
    let readme = std::fs::read_to_string("../README.md").unwrap();
    let (_, shown) = readme.split_once("$ cargo xtask simulate midnight-backfill\n").unwrap();
    let (shown, _) = shown.split_once("```").unwrap();
    let output = tempfile::tempdir().unwrap();
    let run = simulate("../scenarios".as_ref(), output.path(), &["midnight-backfill"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let mut told = run.stdout.lines();
    let shown: Vec<&str> = shown.lines().filter(|line| !line.trim().is_empty()).collect();
    assert!(shown.len() > 8, "{shown:?}");
    for line in shown {
        assert!(told.any(|it| shows(line, it)), "{line:?} is not told in its place: {}", run.stdout);
    }
}

#[test]
fn bad_input_is_pointed_at_before_anything_is_played() {
    let misspelt = ("alarms: [root-usage]", "alarmz: [root-usage]", "unknown field `alarmz`, expected one of alarms");
    let impossible = ("+00:00:30", "+00:61:30", "not a time after the start: write +HH:MM:SS");
    let stranger = (r#"2" }, "source"#, r#"9" }, "source"#, "account 000000000009, which is not in `world`: add it");
    let no_json = (r#""signin.amazonaws.com","#, r#""signin.amazonaws.com""#, "did not find expected ',' or '}'");
    for (find, replace, remedy) in [misspelt, impossible, stranger, no_json] {
        let (scenarios, output) = (library(find, replace), tempfile::tempdir().unwrap());
        let run = simulate(scenarios.path(), output.path(), &[]);
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        for piece in [remedy, "password-recovery/scenario.yaml", "^", " | "] {
            assert!(run.stderr.contains(piece), "{piece:?} is not said: {}", run.stderr);
        }
        assert!(run.stdout.is_empty(), "something was played: {}", run.stdout);
    }
}

#[test]
fn an_expectation_turned_around_fails_its_scenario_alone_and_names_the_hop() {
    let (scenarios, output) = (library("alarms: [root-usage]", "silent: [root-usage]"), tempfile::tempdir().unwrap());
    let run = simulate(scenarios.path(), output.path(), &[]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(!run.stdout.contains("Root sweep"), "a report is shown of what was not played: {}", run.stdout);
    let said = "expected: alarm root-usage stays silent; came: it fired; parted at: alarm";
    assert!(run.stdout.contains(said), "{}", run.stdout);
    let result = result(output.path());
    let passed = |slug: &str| {
        let mut all = result["scenarios"].as_array().unwrap().iter();
        all.find(|it| it["scenario"] == slug).unwrap()["passed"].as_bool().unwrap()
    };
    assert!(!passed(SOUND) && passed("iam-user-is-not-root"), "{result}");
    let junit = std::fs::read_to_string(output.path().join("junit.xml")).unwrap();
    assert!(junit.contains("tests=\"2\" skipped=\"0\" failures=\"1\""), "{junit}");
    assert!(junit.contains("<failure message=\"password-recovery at +00:00:30"), "{junit}");
    for file in ["report-1.json", "report-1.txt", "records.json", "rootsweep.toml"] {
        assert!(output.path().join(SOUND).join(file).is_file(), "{file} is not left behind");
    }
}

#[test]
fn a_sweep_without_a_report_fails_its_scenario_alone_and_is_not_judged_by_an_earlier_report() {
    let (scenarios, output) = (library("naive: >", "naive: >\n "), tempfile::tempdir().unwrap());
    assert_eq!(simulate(scenarios.path(), output.path(), &[]).code, Some(0));
    amend(&scenarios, "args: [--source, log-group", "args: [--no-such-flag, log-group");
    let run = simulate(scenarios.path(), output.path(), &[]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    for piece in
        ["expected: the sweep writes a report; came: none, but exit code 2: ", "--no-such-flag", "parted at: sweep"]
    {
        assert!(run.stdout.contains(piece), "{piece:?} is not said: {}", run.stdout);
    }
    let result = result(output.path());
    assert_eq!(result["scenarios"].as_array().unwrap().len(), 2, "{result}");
    assert!(!output.path().join(SOUND).join("report-1.json").exists(), "the report of the run before is still there");
    let junit = std::fs::read_to_string(output.path().join("junit.xml")).unwrap();
    assert!(junit.contains("tests=\"2\" skipped=\"0\" failures=\"1\""), "{junit}");
}

#[test]
fn an_error_may_be_what_is_expected_of_a_sweep_and_then_has_no_report() {
    let (scenarios, output) =
        (library("args: [--source, log-group", "args: [--no-such-flag, log-group"), tempfile::tempdir().unwrap());
    amend(&scenarios, "exit: 10", "exit: 2");
    let run = simulate(scenarios.path(), output.path(), &[]);
    assert_eq!(run.code, Some(0), "{} {}", run.stdout, run.stderr);
    amend(&scenarios, "exit: 2", "exit: 2\n      no_other_episodes: true");
    let run = simulate(scenarios.path(), output.path(), &[]);
    assert_eq!(run.code, Some(1), "what only a report tells was taken for met: {}", run.stdout);
}

#[test]
fn the_hop_where_the_way_ended_is_named() {
    let deaf = "log_group: cloudtrail/organization, pattern: '{ $.eventName = \"Nothing\" }'";
    let cases = [
        ("log_group: cloudtrail/organization", deaf, "alarms that did: none; parted at: filter matched"),
        ("    cloudtrail:\n", "    delivery: { after: +03:00:00 }\n    cloudtrail:\n", "none; parted at: delivered"),
        ("    cloudtrail:\n", "    repeat: 0\n    cloudtrail:\n", "triage does not list it; parted at: record written"),
    ];
    for (find, replace, said) in cases {
        let (scenarios, output) = (library(find, replace), tempfile::tempdir().unwrap());
        let run = simulate(scenarios.path(), output.path(), &[SOUND]);
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        assert!(run.stdout.contains(said), "{said:?} is not said: {}", run.stdout);
    }
}

#[test]
fn a_fault_that_no_call_meets_fails_its_step() {
    let fault = "faults: [{ action: \"iam:GetAcountSummary\", effect: access_denied }]";
    let scenarios = library("    sweep:", &format!("    {fault}\n    sweep:"));
    let output = tempfile::tempdir().unwrap();
    let run = simulate(scenarios.path(), output.path(), &[SOUND]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let said = "no call met the fault action iam:GetAcountSummary, AccessDenied; parted at: sweep";
    assert!(run.stdout.contains(said), "{}", run.stdout);
}

#[test]
fn a_scenario_that_is_named_and_cannot_be_played_is_no_success() {
    let output = tempfile::tempdir().unwrap();
    let run = simulate_in_real_time("../scenarios".as_ref(), output.path(), "clock-apart");
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    let reason = "LocalStack checks no signature";
    let not_played = &result(output.path())["not_played"][0];
    assert!(not_played["scenario"] == "clock-apart" && not_played["reason"].as_str().unwrap().starts_with(reason));
    let junit = std::fs::read_to_string(output.path().join("junit.xml")).unwrap();
    assert!(junit.contains("tests=\"1\" skipped=\"1\" failures=\"0\"") && junit.contains(reason), "{junit}");
}

#[test]
fn what_would_be_left_out_in_real_time_is_named_and_not_played() {
    let regions = "regions: { us-east-1: { composite_alarms: [{ name: both, rule: ALARM(root-usage) }] } }";
    let scenarios = library("      name: payments\n", &format!("      name: payments\n      {regions}\n"));
    let output = tempfile::tempdir().unwrap();
    let run = simulate_in_real_time(scenarios.path(), output.path(), SOUND);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    for piece in
        ["the harness does not make this on LocalStack: composite alarm both in us-east-1 of ", "`embedded_only`"]
    {
        assert!(run.stdout.contains(piece), "{piece:?} is not said: {}", run.stdout);
    }
}

#[test]
fn the_list_says_what_each_scenario_is_for() {
    let output = tempfile::tempdir().unwrap();
    let run = simulate(Path::new("../scenarios"), output.path(), &["--list"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    for slug in scenario::slugs("../scenarios".as_ref()).unwrap() {
        let mut lines = run.stdout.lines().skip_while(|line| *line != slug).skip(1);
        assert!(lines.next().is_some_and(|why| why.starts_with("    ")), "{slug} is not listed with its reason");
    }
    assert!(!output.path().join("result.json").exists(), "something was played");
}

#[cfg(unix)]
#[test]
fn a_kept_stage_answers_until_it_is_interrupted() {
    let output = tempfile::tempdir().unwrap();
    let mut command = Command::new(binary("simulate"));
    command.args(["midnight-backfill", "--keep", "--scenarios", "../scenarios", "--output"]).arg(output.path());
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut said = String::new();
    while !said.contains("alias rootsweep=") {
        assert!(lines.read_line(&mut said).unwrap() > 0, "it ended: {said}");
    }
    let exports = said.lines().filter_map(|line| line.strip_prefix("export ")?.split_once('='));
    let shell = exports.fold(Rootsweep::alone(), |shell, (name, value)| shell.env(name, value));
    let looked = shell.run(&["triage", "--alarm", "root-usage", "--output", "json"]);
    assert!(looked.stdout.contains("\"historical\""), "{} {}", looked.stdout, looked.stderr);
    assert_eq!(result(output.path())["scenarios"][0]["passed"], true, "the result has to be there before the end");
    let interrupted = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    lines.read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{said}");
}
