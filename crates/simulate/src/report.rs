//! What the harness leaves behind: `result.json`, `junit.xml`, and the table on the terminal.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use comfy_table::{Table, presets};
use owo_colors::OwoColorize as _;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::outcome::{NotPlayed, Outcome, Played};

/// Writes `result.json` and `junit.xml`.
pub fn write(outcome: &Outcome, output: &Path) -> Result<()> {
    fs_err::create_dir_all(output)?;
    let mut json = serde_json::to_vec_pretty(outcome)?;
    json.push(b'\n');
    fs_err::write(output.join("result.json"), json)?;
    fs_err::write(output.join("junit.xml"), junit(outcome).to_string()?)?;
    Ok(())
}

fn junit(outcome: &Outcome) -> Report {
    let mut suite = TestSuite::new(format!("simulate ({})", outcome.backend));
    suite.add_test_cases(outcome.scenarios.iter().map(test_case));
    suite.add_test_cases(outcome.not_played.iter().map(skipped_case));
    let mut report = Report::new("rootsweep");
    report.add_test_suite(suite);
    report
}

fn test_case(played: &Played) -> TestCase {
    let mut status = TestCaseStatus::success();
    if !played.passed {
        status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(failures(played).join("\n"));
    }
    let mut case = TestCase::new(played.scenario.as_str(), status);
    case.set_time(Duration::from_millis(u64::try_from(played.took_ms).unwrap_or(u64::MAX)));
    case
}

fn skipped_case(skipped: &NotPlayed) -> TestCase {
    let mut status = TestCaseStatus::skipped();
    status.set_message(skipped.reason.as_str());
    TestCase::new(skipped.scenario.as_str(), status)
}

/// Says for each failed expectation what was expected, what came, and the hop at which the two parted.
fn failures(played: &Played) -> Vec<String> {
    let mut lines = Vec::new();
    for step in &played.steps {
        for judged in step.expectations.iter().filter(|judged| !judged.met) {
            let hop = judged.parted_at.unwrap_or("verdict");
            lines.push(format!(
                "{} at {}, {}: expected: {}; came: {}; parted at: {hop}",
                played.scenario, step.at, step.does, judged.expected, judged.came
            ));
        }
    }
    lines
}

/// Prints the table of scenarios, and every expectation that was not met.
pub fn print(outcome: &Outcome, output: &Path) {
    print_consolidated_report(outcome, output);
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(["scenario", "expectations", "time", ""]);
    for played in &outcome.scenarios {
        let (all, met) = played.score();
        let mark = if played.passed { "passed".green().to_string() } else { "FAILED".red().bold().to_string() };
        table.add_row([played.scenario.clone(), format!("{met}/{all}"), format!("{} ms", played.took_ms), mark]);
    }
    for skipped in &outcome.not_played {
        table.add_row([
            skipped.scenario.clone(),
            "–".to_owned(),
            "–".to_owned(),
            format!("not here: {}", skipped.reason),
        ]);
    }
    anstream::println!("{table}");
    for line in outcome.scenarios.iter().flat_map(failures) {
        anstream::println!("{} {line}", "✗".red());
    }
    let failed = outcome.scenarios.iter().filter(|played| !played.passed).count();
    let passed = outcome.scenarios.len() - failed;
    anstream::println!("\n{} backend: {passed} passed, {failed} failed", outcome.backend);
    anstream::println!("result.json, junit.xml and the reports are in {}", output.display());
}

/// Shows the report of the organization in every state of health, where it was played.
fn print_consolidated_report(outcome: &Outcome, output: &Path) {
    let slug = "a-dozen-accounts";
    let played = outcome.scenarios.iter().any(|played| played.scenario == slug);
    if let (true, Ok(report)) = (played, fs_err::read_to_string(output.join(slug).join("report-1.txt"))) {
        anstream::println!("{report}");
    }
}
