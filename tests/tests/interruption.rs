//! Promise 9: nothing is lost on interruption.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use fake_aws::fault::{Effect, FaultRule};
use fake_aws::world::{AccountId, World};
use serde_json::Value;
use test_support::{Aws, Rootsweep};

/// An organization of which half the accounts never answer.
fn half_hanging() -> World {
    let mut world = World::generated(20, "rootsweep-audit");
    let last: Vec<AccountId> = world.accounts.keys().copied().skip(10).collect();
    let hang = |id| FaultRule::new("iam:GetAccountSummary", Effect::Hang).in_account(id);
    world.faults = last.into_iter().map(hang).collect();
    world
}

fn checkpointed(rootsweep: &Rootsweep) -> usize {
    let mut lines = 0;
    for run in std::fs::read_dir(rootsweep.path("state")).into_iter().flatten().flatten() {
        for file in std::fs::read_dir(run.path()).into_iter().flatten().flatten() {
            lines += std::fs::read_to_string(file.path()).unwrap_or_default().lines().count();
        }
    }
    lines
}

fn verdict_counts(report: &Value) -> (usize, usize) {
    let rows = report["rows"].as_array().unwrap();
    let interrupted = rows.iter().filter(|row| row["gap"]["kind"] == "interrupted").count();
    (rows.len(), interrupted)
}

#[test]
fn an_interrupted_sweep_reports_what_it_has_and_can_go_on() {
    let aws = Aws::serve(half_hanging());
    let rootsweep = Rootsweep::against(&aws);
    let arguments = ["sweep", "--state-dir", "state", "--output", "json=report.json", "--call-time-limit", "5m"];
    let mut child = rootsweep.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_mins(1);
    while checkpointed(&rootsweep) < 11 {
        assert!(Instant::now() < deadline, "ten accounts never reached the checkpoint");
        std::thread::sleep(Duration::from_millis(50));
    }
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(130));

    let partial = rootsweep.json("report.json");
    assert_eq!(partial["run"]["interrupted"], true);
    let checks = partial["checks"].as_array().unwrap().len();
    // Whether root credentials are managed centrally is known of the organization, also for accounts not reached.
    assert_eq!(verdict_counts(&partial), (20 * checks, 10 * (checks - 1)));

    aws.world().faults.clear();
    aws.world().calls.clear();
    let resumed = rootsweep.run(&[&arguments[..], &["--resume"]].concat());
    assert!([10, 12].contains(&resumed.code), "{}", resumed.stderr);
    assert_eq!(verdict_counts(&rootsweep.json("report.json")), (20 * checks, 0));
    let summaries = aws.world().calls.counts().get("iam:GetAccountSummary").copied();
    assert_eq!(summaries, Some(10), "accounts that were done were asked again");
}
