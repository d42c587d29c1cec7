//! `JUnit` XML for the test views of CI systems: a suite for every check, a case for every account.
//!
//! A fail is a failure, an unknown an error, and what is not applicable or accepted counts as skipped.

use std::io::Write;

use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};
use rootsweep_model::report::v1::{Report, Row};
use rootsweep_model::{Gap, Verdict};

use crate::digest::{Digest, evidence_line};
use crate::{Error, text};

/// Writes every row of the report as a test case.
pub(crate) fn sweep(report: &Report, out: &mut dyn Write) -> Result<(), Error> {
    let digest = Digest::new(report);
    let mut junit = Junit::new("rootsweep");
    let mut by_check = digest.rows_by_check();
    for check in &report.checks {
        junit.add_test_suite(suite(&digest, &check.id, &by_check.remove(&*check.id).unwrap_or_default()));
    }
    for (id, rows) in by_check {
        junit.add_test_suite(suite(&digest, id, &rows));
    }
    junit.add_test_suite(run(report));
    Ok(junit.serialize(out)?)
}

fn suite(digest: &Digest<'_>, check_id: &str, rows: &[&Row]) -> TestSuite {
    let mut suite = TestSuite::new(shown(check_id));
    suite.add_test_cases(rows.iter().map(|row| case(digest, row)));
    suite
}

fn case(digest: &Digest<'_>, row: &Row) -> TestCase {
    let mut status = match row.verdict {
        Verdict::Pass => TestCaseStatus::success(),
        Verdict::Fail => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Verdict::Unknown => TestCaseStatus::non_success(NonSuccessKind::Error),
        Verdict::NotApplicable | Verdict::Accepted => TestCaseStatus::skipped(),
    };
    if row.verdict != Verdict::Pass {
        status.set_message(shown(&row.summary)).set_type(kind(row)).set_description(description(row));
    }
    let name = format!("{} {}", row.account_id, text::visible(digest.account_name(row.account_id)));
    let mut case = TestCase::new(name.trim_end().to_owned(), status);
    case.set_classname(format!("rootsweep.{}", text::visible(&row.check_id)));
    case
}

fn kind(row: &Row) -> String {
    match (&row.gap, row.verdict) {
        (Some(gap), Verdict::Unknown) => gap.kind.to_string(),
        (_, Verdict::Fail) => row.severity.to_string(),
        (_, verdict) => verdict.to_string(),
    }
}

fn description(row: &Row) -> String {
    let mut lines = vec![shown(&row.summary)];
    lines.extend(row.gap.iter().map(|gap| shown(&gap.to_string())));
    lines.extend(row.gap.iter().map(|gap| shown(&format!("who can fix it: {}", gap.remedy))));
    lines.extend(row.evidence.iter().map(|it| shown(&evidence_line(it))));
    for path in &row.alert_paths {
        lines.push(shown(&format!("alert path {}:", path.name)));
        lines.extend(path.links.iter().map(|it| {
            let state = text::link_word(it.state);
            shown(&format!("  [{state}] {} {}: {}", it.link, it.subject, it.detail))
        }));
    }
    lines.extend(row.exception.iter().map(|it| {
        let ended = if it.expired { "expired exception" } else { "exception" };
        shown(&format!("{ended} of {} until {}: {}", it.owner, it.until, it.reason))
    }));
    lines.extend(row.remediation.iter().map(|it| shown(&format!("fix: {it}"))));
    lines.join("\n")
}

/// Makes a suite of the run itself, so that a partial report or an incomplete list of accounts is red as well.
fn run(report: &Report) -> TestSuite {
    let mut suite = TestSuite::new("run");
    let interrupted = report.run.interrupted.then(|| "the run was interrupted: the report is partial".to_owned());
    suite.add_test_case(question("run.complete", interrupted));
    let listing = report.coverage.listing.as_ref().map(Gap::to_string);
    suite.add_test_case(question("accounts.listed-to-the-end", listing));
    suite
}

fn question(name: &str, problem: Option<String>) -> TestCase {
    let status = problem.map_or_else(TestCaseStatus::success, |problem| {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(shown(&problem)).set_type("incomplete");
        status
    });
    let mut case = TestCase::new(name, status);
    case.set_classname("rootsweep.run");
    case
}

fn shown(hostile: &str) -> String {
    text::visible(hostile).into_owned()
}
