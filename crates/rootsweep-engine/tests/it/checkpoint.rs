//! The checkpoint: whose it is, and what a broken one costs.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use rootsweep_engine::{Checkpoint, Error};
use tempfile::TempDir;

use crate::invented::{Invented, Sweep, header, id, options, runtime};

/// Sweeps three accounts into a checkpoint, and returns its lines.
fn swept() -> (TempDir, PathBuf, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("facts.jsonl");
    runtime().block_on(Sweep::into(&path).run(&Arc::new(Invented::of(3, 20)))).expect("facts");
    let lines = fs::read_to_string(&path).unwrap().lines().map(ToOwned::to_owned).collect();
    (folder, path, lines)
}

#[test]
fn it_is_one_line_for_the_plan_and_one_for_each_account() {
    let (_folder, _, lines) = swept();
    assert_eq!(lines.len(), 4);
    insta::assert_snapshot!(lines[0], @r#"{"schema":"rootsweep/checkpoint/v2","run_id":"run-1","started_at":"2026-11-20T03:00:00Z","window_start":"2026-11-19T03:00:00Z","window_end":"2026-11-20T03:00:00Z","options":{"role-name":"rootsweep-audit"}}"#);
    assert!(lines[1].starts_with(r#"{"account":{"account":{"id":"#), "{}", lines[1]);
}

#[test]
fn a_sweep_with_other_options_is_refused() {
    let (_folder, path, _) = swept();
    let mut other = options();
    other.insert("role-name".to_owned(), "OrganizationAccountAccessRole".to_owned());
    other.insert("central-root".to_owned(), "true".to_owned());
    match Checkpoint::resume(&path, &other) {
        Err(Error::OtherPlan { differing, .. }) => assert_eq!(differing, ["central-root", "role-name"]),
        other => panic!("refused for its options, not {other:?}"),
    }
}

#[test]
fn a_newer_version_is_named() {
    let (_folder, path, lines) = swept();
    fs::write(&path, lines.join("\n").replace("checkpoint/v2", "checkpoint/v9")).unwrap();
    let error = Checkpoint::resume(&path, &options()).expect_err("version 9");
    assert!(error.to_string().contains(r#"it is a "rootsweep/checkpoint/v9""#), "{error}");
}

#[test]
fn a_file_of_something_else_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    fs::write(&path, "not a checkpoint\n").unwrap();
    assert!(matches!(Checkpoint::resume(&path, &options()), Err(Error::ForeignCheckpoint { .. })));
}

#[test]
fn a_line_that_cannot_be_read_costs_only_its_account() {
    let (_folder, path, mut lines) = swept();
    let lost = lines[2].contains(&id(1).to_string()).then_some(id(1)).expect("accounts come in order here");
    lines[2].truncate(40);
    fs::write(&path, lines.join("\n") + "\n").unwrap();
    let checkpoint = Checkpoint::resume(&path, &options()).expect("the rest can be read");
    assert!(!checkpoint.contains(lost));
    assert_eq!(checkpoint.accounts().collect::<Vec<_>>(), [id(0), id(2)]);
    assert_eq!(checkpoint.read(id(2)).unwrap().expect("it is there").account.id, id(2));
}

#[test]
fn two_runs_do_not_write_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("facts.jsonl");
    let _first = Checkpoint::create(&path, header()).unwrap();
    assert!(matches!(Checkpoint::create(&path, header()), Err(Error::InUse(_))));
    assert!(matches!(Checkpoint::resume(&path, &options()), Err(Error::InUse(_))));
}

#[test]
fn a_temporary_one_goes_away() {
    let checkpoint = Checkpoint::temporary(header()).unwrap();
    let path = checkpoint.path().to_owned();
    assert!(path.exists());
    drop(checkpoint);
    assert!(!path.exists());
}
