//! A report in a few lines, for people who are told of it.

use std::collections::{BTreeMap, BTreeSet};

use rootsweep_aws::sink::Message;
use rootsweep_model::Verdict;
use rootsweep_model::report::v1::{Report, Row};
use rootsweep_report::text;

/// How many findings are listed before the rest is counted.
const LINES: usize = 20;
/// How many characters a line may have.
const LINE: usize = 300;

/// Returns the report in one line: `2 failed (1 critical, 1 high), 3 unknown in 4 accounts`.
pub(super) fn headline(report: &Report) -> String {
    let count = |verdict| report.counts.by_verdict.get(&verdict).copied().unwrap_or_default();
    let by_severity = report.counts.failed_by_severity.iter().rev().filter(|(_, count)| **count > 0);
    let severities: Vec<String> = by_severity.map(|(severity, count)| format!("{count} {severity}")).collect();
    let severities = if severities.is_empty() { String::new() } else { format!(" ({})", severities.join(", ")) };
    let (failed, unknown) = (count(Verdict::Fail), count(Verdict::Unknown));
    let partial = if report.run.interrupted { "interrupted: " } else { "" };
    format!(
        "Rootsweep {partial}{failed} failed{severities}, {unknown} unknown in {} accounts",
        report.coverage.accounts
    )
}

/// Returns the headline, and below it what changed; what failed or is unknown, where there is nothing to compare with.
pub(super) fn digest(report: &Report) -> String {
    let findings: Vec<String> = match &report.changes {
        Some(changes) => changes.items.iter().map(|it| line(it.kind.as_str(), &it.id, &it.summary)).collect(),
        None => open(report).iter().map(|row| line(&told(row), &row.id, &row.summary)).collect(),
    };
    let mut lines = vec![headline(report)];
    lines.extend(findings.iter().take(LINES).cloned());
    if findings.len() > LINES {
        lines.push(format!("and {} more, in the report of run {}", findings.len() - LINES, report.run.id));
    }
    lines.join("\n")
}

/// Returns the digest as a message to a topic, with attributes that subscriptions can filter on: the worst severity and
/// verdict, and every check and account that has one to show.
pub(super) fn message(report: &Report) -> Message {
    let open = open(report);
    let worst = open.first();
    let severity = worst.map_or("none".to_owned(), |row| row.severity.to_string());
    let verdict = worst.map_or(Verdict::Pass, |row| row.verdict);
    let checks = list(open.iter().map(|row| row.check_id.clone()));
    let accounts = list(open.iter().map(|row| row.account_id.to_string()));
    let attributes =
        [("severity", severity), ("verdict", verdict.to_string()), ("check", checks), ("account", accounts)];
    let attributes: BTreeMap<String, String> = attributes.map(|(name, value)| (name.to_owned(), value)).into();
    Message { subject: headline(report), text: digest(report), attributes }
}

/// Writes each text once, as the JSON array that SNS takes for a list; nothing where there is none.
fn list(texts: impl Iterator<Item = String>) -> String {
    let texts: BTreeSet<String> = texts.collect();
    if texts.is_empty() { String::new() } else { serde_json::json!(texts).to_string() }
}

/// Returns the rows that want attention: fails before unknowns, the worst first.
fn open(report: &Report) -> Vec<&Row> {
    let is_open = |row: &&Row| matches!(row.verdict, Verdict::Fail | Verdict::Unknown);
    let mut rows: Vec<&Row> = report.rows.iter().filter(is_open).collect();
    rows.sort_by_key(|row| (row.verdict != Verdict::Fail, std::cmp::Reverse(row.severity)));
    rows
}

fn told(row: &Row) -> String {
    if row.verdict == Verdict::Fail { row.severity.to_string() } else { row.verdict.to_string() }
}

/// Writes one finding. Names that people chose are part of it: each stays on its line, without control characters.
fn line(kind: &str, id: &str, summary: &str) -> String {
    text::clipped(&text::line(&format!("{kind}  {id}  {summary}")), LINE).into_owned()
}
