//! Reports made by rule, for every test of the formats: small enough to be read, or as large as an organization gets.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops where what it needs is missing"
)]
#![allow(dead_code, unused_imports, reason = "each test binary uses a part of what stands here")]

pub(crate) mod hostile;
pub(crate) mod large;
pub(crate) mod small;

use rootsweep_model::report::triage_v1::Triage;
use rootsweep_model::report::v1::{Counts, Coverage, Report};
use rootsweep_model::{Severity, Verdict};
use rootsweep_report::{Error, Format, Options};

pub(crate) use large::large;
pub(crate) use small::{small, triage};

/// Renders a report into memory.
pub(crate) fn render(format: Format, report: &Report, options: &Options) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    rootsweep_report::render(format, report, options, &mut out).map(|()| out)
}

/// Renders a triage into memory.
pub(crate) fn render_triage(format: Format, triage: &Triage, options: &Options) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    rootsweep_report::render_triage(format, triage, options, &mut out).map(|()| out)
}

/// Parses a time of a test.
pub(crate) fn at(text: &str) -> jiff::Timestamp {
    text.parse().expect("a time of the test is well formed")
}

/// Counts the rows, so that no test report contradicts itself.
pub(crate) fn count(report: &mut Report) {
    let mut counts = Counts {
        rows: report.rows.len() as u64,
        by_verdict: Verdict::ALL.into_iter().map(|it| (it, 0)).collect(),
        failed_by_severity: Severity::ALL.into_iter().map(|it| (it, 0)).collect(),
    };
    for row in &report.rows {
        *counts.by_verdict.entry(row.verdict).or_default() += 1;
        if row.verdict == Verdict::Fail {
            *counts.failed_by_severity.entry(row.severity).or_default() += 1;
        }
    }
    report.counts = counts;
    let mut coverage = Coverage { accounts: report.accounts.len() as u64, ..std::mem::take(&mut report.coverage) };
    for rows in report.rows.chunk_by(|a, b| a.account_id == b.account_id) {
        match rows.iter().filter(|row| row.verdict == Verdict::Unknown).count() {
            0 => coverage.accounts_fully_checked += 1,
            unknown if unknown == rows.len() => coverage.accounts_not_checked += 1,
            _ => coverage.accounts_partly_checked += 1,
        }
    }
    report.coverage = coverage;
}
