use rootsweep_engine::Checkpoint;
use rootsweep_model::{Severity, Verdict};
use tempfile::TempDir;

use super::*;
use crate::fixture::{report, row};

fn selection(accounts: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("account".to_owned(), accounts.to_owned())])
}

fn state() -> (TempDir, Runs) {
    let folder = tempfile::tempdir().expect("a folder");
    let runs = Runs::open(folder.path().join("state")).expect("a state directory");
    (folder, runs)
}

/// Keeps the report of a run at the given hour over the given selection.
fn keep(runs: &Runs, report: &Report, accounts: &str) -> Kept {
    let run = runs.begin(&report.run.id, report.run.started_at).expect("a folder");
    let at = report.run.started_at;
    drop(Checkpoint::create(&run.facts(), Header::new(&report.run.id, at, at, selection(accounts))).expect("facts"));
    run.keep(report, &runs.trend(&run).expect("a trend")).expect("a report");
    run
}

fn failing(hour: i8) -> Report {
    report(hour, vec![row("root-mfa", Verdict::Fail, Severity::Critical)])
}

fn previous(runs: &Runs, current: &Kept) -> Option<Timestamp> {
    runs.previous(current, &selection("")).expect("a readable folder").map(|report| report.run.started_at)
}

#[test]
fn the_previous_run_is_the_latest_finished_one_over_the_same_accounts() {
    let (_folder, runs) = state();
    let wanted = keep(&runs, &failing(1), "");
    keep(&runs, &failing(2), "444455556666");
    let mut interrupted = failing(3);
    interrupted.run.interrupted = true;
    keep(&runs, &interrupted, "");
    let current = keep(&runs, &failing(4), "");
    assert_eq!(previous(&runs, &current), Some(wanted.started_at));
    assert_eq!(previous(&runs, &wanted), None);
}

#[test]
fn a_broken_run_is_passed_over() {
    let (_folder, runs) = state();
    let wanted = keep(&runs, &failing(1), "");
    let cut = keep(&runs, &failing(2), "");
    fs_err::write(cut.report(), "{\"schema\":\"rootsweep/rep").expect("a torn report");
    let newer = keep(&runs, &failing(3), "");
    fs_err::write(newer.report(), "{\"schema\":\"rootsweep/report/v2\"}").expect("a newer report");
    let current = keep(&runs, &failing(4), "");
    assert_eq!(previous(&runs, &current), Some(wanted.started_at));
}

#[test]
fn broken_reports_are_told_apart() {
    let (_folder, runs) = state();
    let run = keep(&runs, &failing(1), "");
    fs_err::write(run.report(), "{\"schema\":\"rootsweep/report/v2\"}").expect("a newer report");
    let newer = load::<Report>(&run.folder).expect_err("a newer version").to_string();
    assert!(
        newer.contains("is a \"rootsweep/report/v2\", and this version reads \"rootsweep/report/v1\"; read it"),
        "{newer}"
    );
    fs_err::write(run.report(), "{\"schema\":\"rootsweep/report/v1\",\"run\":{").expect("a torn report");
    let torn = load::<Report>(&run.folder).expect_err("a torn report").to_string();
    assert!(torn.contains("is not a Rootsweep report, or is truncated; name another run"), "{torn}");
}

#[test]
fn a_report_is_found_by_its_file_its_folder_and_its_state_directory() {
    let (_folder, runs) = state();
    keep(&runs, &failing(1), "");
    let latest = keep(&runs, &failing(2), "");
    for path in [latest.report(), latest.folder.clone(), runs.0.clone()] {
        assert_eq!(load::<Report>(&path).expect("a report"), failing(2), "{}", path.display());
    }
    assert_eq!(trend_before(&latest.folder).len(), 1);
}

#[test]
fn only_the_latest_run_is_resumed_and_only_if_it_was_interrupted() {
    let (_folder, runs) = state();
    assert!(runs.interrupted().is_err(), "nothing is kept");
    let mut first = failing(1);
    first.run.interrupted = true;
    let run = keep(&runs, &first, "");
    assert_eq!(runs.interrupted().expect("it was interrupted"), run);
    // A run that was killed left no report at all.
    fs_err::remove_file(run.report()).expect("no report");
    assert_eq!(runs.interrupted().expect("it was killed"), run);
    keep(&runs, &failing(2), "");
    assert!(runs.interrupted().is_err(), "the latest run finished");
}

#[test]
fn pruning_deletes_old_runs_and_nothing_else() {
    let (_folder, runs) = state();
    let old = keep(&runs, &failing(1), "");
    let notes = runs.0.join("20260101T000000Z-notes");
    fs_err::create_dir(&notes).expect("a folder of somebody else's");
    let mut later = failing(2);
    later.run.started_at += SignedDuration::from_hours(24 * 8);
    let current = keep(&runs, &later, "");
    runs.prune(&current, 30).expect("nothing to delete");
    assert!(old.folder.exists());
    runs.prune(&current, 7).expect("one to delete");
    assert!(!old.folder.exists() && current.folder.exists() && notes.exists());
}
