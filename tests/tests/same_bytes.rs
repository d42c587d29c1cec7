//! Promise 7: the same facts give the same bytes.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use test_support::{Aws, Rootsweep};

/// Sweeps the dozen accounts at the scenario's own time, and returns the report without the run.
fn report(concurrency: &str) -> String {
    let scenario = scenario::load("../scenarios".as_ref(), "a-dozen-accounts").unwrap();
    let now = scenario.starts_at.to_string();
    let mut world = scenario.world;
    world.clock = fake_aws::Clock::Scenario(scenario.starts_at);
    let aws = Aws::serve(world);
    let rootsweep = Rootsweep::against(&aws).env("ROOTSWEEP_NOW", &now);
    let run = rootsweep.run(&["sweep", "--output", "json=report.json", "--concurrency", concurrency]);
    assert!([10, 12].contains(&run.code), "{}", run.stderr);
    let text = std::fs::read_to_string(rootsweep.path("report.json")).unwrap();
    let (before, rest) = text.split_once("\"run\"").unwrap();
    let (_, after) = rest.split_once("\"organization\"").unwrap();
    let request_ids = |line: &&str| !line.contains("\"request_id\"");
    format!("{before}{after}").lines().filter(request_ids).collect::<Vec<_>>().join("\n")
}

#[test]
fn two_runs_over_one_world_write_the_same_bytes() {
    let first = report("1");
    assert_eq!(first, report("32"));
    assert_eq!(first, report("7"));
}
