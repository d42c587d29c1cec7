//! The scenarios on `LocalStack`: an implementation of AWS that is not ours, in real time.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::path::Path;

use simulate::cli::{BackendName, read};
use simulate::narrate::Narrator;
use simulate::outcome::Played;
use simulate::play::play;
use simulate::stage::Backend;
use test_support::not_run;

const SCENARIOS: &str = "../scenarios";

/// Plays every scenario that can be played in real time on one `LocalStack`; `None` where there is none.
async fn play_all(output: &Path) -> Option<Vec<Played>> {
    let backend = match Backend::prepare(BackendName::Localstack, Path::new("../target")).await {
        Ok(backend) => backend,
        Err(error) => {
            not_run("scenarios on LocalStack", &format!("{error:#}"));
            return None;
        }
    };
    let mut all = Vec::new();
    for slug in scenario::slugs(SCENARIOS.as_ref()).unwrap() {
        let scenario = read(SCENARIOS.as_ref(), &slug, BackendName::Localstack).unwrap();
        if scenario.embedded_only.is_none() {
            all.push(play(scenario, &backend, output, Narrator::Summary, false).await.unwrap());
        }
    }
    backend.stop().await;
    Some(all)
}

fn unmet(played: &Played) -> Vec<String> {
    let judged = played.steps.iter().flat_map(|step| &step.expectations).filter(|judged| !judged.met);
    judged.map(|it| format!("{}: expected: {}; came: {}", played.scenario, it.expected, it.came)).collect()
}

#[test]
fn what_holds_on_the_embedded_aws_holds_on_localstack() {
    let output = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let Some(all) = runtime.block_on(play_all(output.path())) else { return };
    assert!(all.len() >= 24, "only {} scenarios were played", all.len());
    let unmet: Vec<String> = all.iter().flat_map(unmet).collect();
    assert!(unmet.is_empty(), "{}", unmet.join("\n"));
}
