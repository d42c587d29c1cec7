//! A scenario whose expectation is turned around fails, and says where the two parted.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use rootsweep_model::Verdict;
use rootsweep_model::assessment::TriageVerdict;
use rootsweep_model::report::triage_v1::{Counts, Episode, Triage};
use rootsweep_model::report::v1::{Report, Row};
use scenario::{Expect, Scenario};
use simulate::judge::{Observed, Swept, judge};
use simulate::narrate::Narrator;
use simulate::play::play;
use simulate::stage::Backend;

/// Turns the first thing around that a scenario expects; returns whether there was one.
fn turn_around(expect: &mut Expect) -> bool {
    if let Some(alarm) = expect.alarms.pop() {
        expect.silent.push(alarm);
    } else if let Some(alarm) = expect.silent.pop() {
        expect.alarms.push(alarm);
    } else if let Some(episode) = expect.episodes.first_mut() {
        episode.verdict = match episode.verdict {
            TriageVerdict::Incident => TriageVerdict::Explained,
            _ => TriageVerdict::Incident,
        };
    } else if let Some(row) = expect.rows.first_mut() {
        row.verdict = if row.verdict == Verdict::Pass { Verdict::Fail } else { Verdict::Pass };
    } else if let Some(record) = expect.records.first_mut() {
        record.verdict = TriageVerdict::NotRoot;
    } else {
        return false;
    }
    true
}

fn turned(slug: &str) -> Scenario {
    let mut scenario = scenario::load("../scenarios".as_ref(), slug).unwrap();
    let turned = scenario.timeline.iter_mut().rev().any(|step| turn_around(&mut step.expect));
    assert!(turned, "{slug} expects nothing that can be turned around");
    scenario
}

#[test]
fn turning_an_expectation_around_fails_exactly_that_one() {
    let output = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for slug in scenario::slugs("../scenarios".as_ref()).unwrap() {
        let play = play(turned(&slug), &Backend::Embedded, output.path(), Narrator::Summary);
        let played = runtime.block_on(play).unwrap();
        let failed: Vec<_> = played.steps.iter().flat_map(|step| &step.expectations).filter(|it| !it.met).collect();
        assert!(!played.passed, "{slug} passes with an expectation turned around");
        assert!(failed.iter().all(|judged| judged.parted_at.is_some()), "{slug} does not say where it failed");
        // Where an episode is turned around it becomes another episode than the ones expected, too.
        assert!(failed.len() <= 2, "{slug} fails in more than what was turned around: {failed:?}");
    }
}

/// The report of a scenario whose sweep tells one episode.
fn report_of_one_episode() -> Report {
    let output = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let scenario = scenario::load("../scenarios".as_ref(), "midnight-backfill").unwrap();
    runtime.block_on(play(scenario, &Backend::Embedded, output.path(), Narrator::Summary)).unwrap();
    let report = std::fs::read_to_string(output.path().join("midnight-backfill/report-1.json")).unwrap();
    let report: Report = serde_json::from_str(&report).unwrap();
    assert_eq!(report.episodes.len(), 1);
    report
}

/// Whether a sweep with that report, which could see these records, agrees with a file of these episodes.
fn agree(report: &Report, episodes: Vec<Episode>, in_sight: &[String]) -> bool {
    let (schema, counts) = (String::new(), Counts::default());
    let triage = Triage { schema, records: vec![], episodes, alarms: vec![], skipped: vec![], counts };
    let sweep = Swept { exit: Some(0), took: std::time::Duration::ZERO, report: Ok(report.clone()) };
    let in_sight = in_sight.iter().cloned().collect();
    let observed = Observed { sweep: Some(sweep), triage: Some(triage), in_sight, ..Observed::default() };
    judge(&Expect::default(), &observed).iter().all(|judged| judged.met)
}

#[test]
fn a_sweep_that_lost_an_episode_is_no_agreement() {
    let mut report = report_of_one_episode();
    let episodes = std::mem::take(&mut report.episodes);
    let seen = episodes[0].event_ids.clone();
    assert!(!agree(&report, episodes.clone(), &seen));
    assert!(agree(&report, episodes.clone(), &[]), "what it could not see it did not lose");
    let of_account = |row: &&mut Row| Some(row.account_id) == episodes[0].account_id && row.check_id == "root-activity";
    report.rows.iter_mut().find(of_account).unwrap().verdict = Verdict::Unknown;
    assert!(agree(&report, episodes, &seen), "what it says that it could not read it did not lose");
}

#[test]
fn an_episode_that_the_file_does_not_have_or_judges_otherwise_is_no_agreement() {
    let report = report_of_one_episode();
    let agrees = |episodes: Vec<Episode>| agree(&report, episodes, &[]);
    let mut otherwise = report.episodes.clone();
    otherwise[0].verdict = TriageVerdict::Incident;
    let mut without_a_record = report.episodes.clone();
    without_a_record[0].event_ids.clear();
    assert!(agrees(report.episodes.clone()));
    for episodes in [otherwise, without_a_record, vec![]] {
        assert!(!agrees(episodes));
    }
}
