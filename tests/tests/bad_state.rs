//! A state directory or an output that cannot be used: the error names the file and the way out, and nothing is lost.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use fake_aws::world::World;
use serde_json::Value;
use test_support::{Aws, Rootsweep, Run};

fn aws() -> Aws {
    Aws::serve(World::generated(3, "rootsweep-audit"))
}

fn sweep(rootsweep: &Rootsweep, arguments: &[&str]) -> Run {
    rootsweep.run(&[&["sweep", "--output", "json=report.json", "--state-dir", "runs"], arguments].concat())
}

/// Sweeps once, and returns the folder in which the run is kept, as the program names it and as the test does.
fn swept(aws: &Aws) -> (Rootsweep, String, PathBuf) {
    let rootsweep = Rootsweep::against(aws);
    assert_eq!(sweep(&rootsweep, &[]).code, 10);
    let run = fs::read_dir(rootsweep.path("runs")).unwrap().next().unwrap().unwrap();
    (rootsweep, format!("runs/{}", run.file_name().to_str().unwrap()), run.path())
}

#[track_caller]
fn refuses(run: &Run, pieces: &[&str]) {
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{}", run.stderr);
    for piece in pieces {
        assert!(run.stderr.contains(piece), "{piece:?} is not said in: {}", run.stderr);
    }
}

/// The next sweep says which run it cannot compare with, sweeps all the same, and leaves that run as it is.
#[track_caller]
fn goes_on_without(rootsweep: &Rootsweep, report: &Path, pieces: &[&str]) {
    let before = fs::read(report).unwrap();
    let run = sweep(rootsweep, &[]);
    assert_eq!(run.code, 10, "{}", run.stderr);
    for piece in [&["passed over an earlier run"], pieces].concat() {
        assert!(run.stderr.contains(piece), "{piece:?} is not said in: {}", run.stderr);
    }
    assert_eq!(rootsweep.json("report.json")["changes"], Value::Null);
    assert_eq!(fs::read(report).unwrap(), before, "the run was touched");
    assert_eq!(fs::read_dir(rootsweep.path("runs")).unwrap().count(), 2, "the new run is kept beside it");
}

#[test]
fn a_run_of_a_newer_version_is_named() {
    let aws = aws();
    let (rootsweep, run, folder) = swept(&aws);
    let report = folder.join("report.json");
    fs::write(&report, r#"{"schema":"rootsweep/report/v2","run":{"id":7}}"#).unwrap();
    let name = format!("{run}/report.json");
    let said =
        [&name, "rootsweep/report/v2", "this version reads \"rootsweep/report/v1\"", "the version that wrote it"];
    refuses(&rootsweep.run(&["report", "runs", "--output", "json"]), &said);
    refuses(&rootsweep.run(&["diff", &name, &name]), &said);
    goes_on_without(&rootsweep, &report, &said);
}

#[test]
fn a_run_that_was_cut_short_is_named() {
    let aws = aws();
    let (rootsweep, run, folder) = swept(&aws);
    let report = folder.join("report.json");
    let whole = fs::read(&report).unwrap();
    fs::write(&report, &whole[..whole.len() / 2]).unwrap();
    let name = format!("{run}/report.json");
    let said = [&name, "is not a Rootsweep report, or is truncated", "name another run, or sweep again"];
    refuses(&rootsweep.run(&["report", &run, "--output", "csv"]), &said);
    refuses(&rootsweep.run(&["diff", &run, "runs"]), &said);
    goes_on_without(&rootsweep, &report, &said);
}

#[test]
fn facts_of_a_newer_version_are_not_resumed() {
    let aws = aws();
    let (rootsweep, _, folder) = swept(&aws);
    fs::remove_file(folder.join("report.json")).unwrap();
    let facts = folder.join("facts.jsonl");
    let newer = fs::read_to_string(&facts).unwrap().replacen("rootsweep/checkpoint/v2", "rootsweep/checkpoint/v3", 1);
    fs::write(&facts, &newer).unwrap();
    let said = ["facts.jsonl", "rootsweep/checkpoint/v2", "run without --resume"];
    refuses(&sweep(&rootsweep, &["--resume"]), &said);
    assert_eq!(fs::read_to_string(&facts).unwrap(), newer, "the facts were touched");
}

/// What a killed run leaves: no report, and facts whose last line is torn. Its account is read again, the others are not.
#[test]
fn facts_that_were_cut_short_are_resumed() {
    let aws = aws();
    let (rootsweep, _, folder) = swept(&aws);
    fs::remove_file(folder.join("report.json")).unwrap();
    let facts = fs::read_to_string(folder.join("facts.jsonl")).unwrap();
    fs::write(folder.join("facts.jsonl"), &facts[..facts.len() - 40]).unwrap();
    aws.world().calls.clear();
    assert_eq!(sweep(&rootsweep, &["--resume"]).code, 10);
    assert_eq!(rootsweep.json("report.json")["accounts"].as_array().unwrap().len(), 3);
    assert_eq!(aws.world().calls.counts().get("iam:GetAccountSummary"), Some(&1));
    assert_eq!(fs::read_dir(rootsweep.path("runs")).unwrap().count(), 1, "the run went on in its own folder");
}

#[test]
fn no_report_is_where_none_is() {
    let rootsweep = Rootsweep::alone().file("notes.txt", "no report");
    fs::create_dir(rootsweep.path("empty")).unwrap();
    refuses(&rootsweep.run(&["report", "empty", "--output", "json"]), &["empty holds no report"]);
    refuses(&rootsweep.run(&["report", "nowhere", "--output", "json"]), &["nowhere"]);
    refuses(&rootsweep.run(&["report", "notes.txt", "--output", "json"]), &["notes.txt is not a Rootsweep report"]);
}

/// A file where a folder should be stops every user, root included.
#[test]
fn a_folder_below_a_file_is_found_before_the_sweep() {
    let aws = aws();
    let rootsweep = Rootsweep::against(&aws).file("taken", "a file");
    refuses(&rootsweep.run(&["sweep", "--state-dir", "taken/runs"]), &["taken/runs"]);
    refuses(&rootsweep.run(&["sweep", "--output", "html=taken/report.html"]), &["taken/report.html cannot be written"]);
    assert!(aws.world().calls.entries().is_empty(), "AWS was asked before the folders were looked at");
}

/// Root may write anywhere, so the program runs as nobody where the test runs as root.
#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_written_is_found_before_the_sweep() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
    use std::os::unix::process::CommandExt as _;

    const NOBODY: u32 = 65_534;
    let aws = aws();
    let rootsweep = Rootsweep::against(&aws);
    let folder = rootsweep.path("mine");
    fs::create_dir(&folder).unwrap();
    let is_root = fs::metadata(&folder).unwrap().uid() == 0;
    if is_root {
        chown(rootsweep.path(""), Some(NOBODY), None).unwrap();
    }
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
    for arguments in [["--state-dir", "mine"], ["--state-dir", "mine/runs"], ["--output", "json=mine/report.json"]] {
        let mut command = rootsweep.command(&[&["sweep"], &arguments[..]].concat());
        if is_root {
            command.uid(NOBODY);
        }
        let Ok(output) = command.output() else {
            test_support::not_run("a folder that may not be written", "let every user read the folder of the build");
            return;
        };
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{said}");
        for words in [arguments[1].trim_start_matches("json="), "Permission denied"] {
            assert!(said.contains(words), "{words:?} is not said in: {said}");
        }
    }
    assert!(aws.world().calls.entries().is_empty(), "AWS was asked before the folders were looked at");
}
