//! A report in a few lines, for people who are told of it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use rootsweep_aws::sink::Message;
use rootsweep_model::report::v1::{Change, Changes, Report, Row};
use rootsweep_model::{AccountId, Severity, Verdict};
use rootsweep_report::{count_of, text};

/// How many findings are listed before the rest is counted.
const LINES: usize = 20;
/// How many characters a line may have.
const LINE: usize = 300;
/// How many characters of an account's name it shows.
const NAME: usize = 40;
/// How many accounts an attribute of a message names: SNS takes 256 KB with the message, and a filter names a few.
const LISTED: usize = 5_000;

/// Returns the report in one line: `2 failed (1 critical, 1 high), 3 unknown in 4 accounts`.
pub(super) fn headline(report: &Report) -> String {
    let count = |verdict| report.counts.by_verdict.get(&verdict).copied().unwrap_or_default();
    let by_severity = report.counts.failed_by_severity.iter().rev().filter(|(_, count)| **count > 0);
    let severities: Vec<String> = by_severity.map(|(severity, count)| format!("{count} {severity}")).collect();
    let severities = if severities.is_empty() { String::new() } else { format!(" ({})", severities.join(", ")) };
    let (failed, unknown) = (count(Verdict::Fail), count(Verdict::Unknown));
    let partial = if report.run.interrupted { "interrupted: " } else { "" };
    let accounts = count_of(report.coverage.accounts, "account");
    format!("Rootsweep {partial}{failed} failed{severities}, {unknown} unknown in {accounts}")
}

/// Returns what changed, a line each; what failed or is unknown, where there is nothing to compare with.
pub(super) fn findings(report: &Report, changes: Option<&Changes>) -> Vec<String> {
    let told: Vec<Told<'_>> = match changes {
        Some(changes) => by_severity(report, &changes.items).into_iter().map(Told::of_change).collect(),
        None => open(report).into_iter().map(Told::of_row).collect(),
    };
    let mut lines: Vec<String> = told.iter().take(LINES).map(|it| line(report, it)).collect();
    if told.len() > LINES {
        lines.push(format!("and {} more, in the report of run {}", told.len() - LINES, report.run.id));
    }
    lines
}

/// Returns the digest as a message to a topic, with attributes that subscriptions can filter on: the worst severity and
/// verdict, and every check and account that has one to show.
pub(super) fn message(report: &Report, changes: Option<&Changes>) -> Message {
    let open = open(report);
    let worst = open.first();
    let severity = worst.map_or("none".to_owned(), |row| row.severity.to_string());
    let verdict = worst.map_or(Verdict::Pass, |row| row.verdict);
    let checks = list(open.iter().map(|row| row.check_id.to_string()));
    let accounts = list(open.iter().map(|row| row.account_id.to_string()));
    let text = std::iter::once(headline(report)).chain(findings(report, changes)).collect::<Vec<_>>().join("\n");
    let attributes =
        [("severity", severity), ("verdict", verdict.to_string()), ("check", checks), ("account", accounts)];
    let attributes: BTreeMap<String, String> = attributes.map(|(name, value)| (name.to_owned(), value)).into();
    Message { subject: headline(report), text, attributes }
}

/// Writes each text once, as the JSON array that SNS takes for a list; nothing where there is none, and a star where there
/// are more than fit.
fn list(texts: impl Iterator<Item = String>) -> String {
    let texts: BTreeSet<String> = texts.collect();
    match texts.len() {
        0 => String::new(),
        1..=LISTED => serde_json::json!(texts).to_string(),
        _ => r#"["*"]"#.to_owned(),
    }
}

/// Returns the changes of each kind with the worst first: a message shows the first few.
fn by_severity<'a>(report: &Report, changes: &'a [Change]) -> Vec<&'a Change> {
    let severities: BTreeMap<&str, Severity> = report.rows.iter().map(|row| (&*row.id, row.severity)).collect();
    let mut sorted: Vec<&Change> = changes.iter().collect();
    // An episode is no row: what is not known to be harmless goes first.
    sorted.sort_by_key(|it| (it.kind, Reverse(severities.get(&*it.id).copied().unwrap_or(Severity::Critical))));
    sorted
}

/// Returns the rows that want attention: fails before unknowns, the worst first.
fn open(report: &Report) -> Vec<&Row> {
    let is_open = |row: &&Row| matches!(row.verdict, Verdict::Fail | Verdict::Unknown);
    let mut rows: Vec<&Row> = report.rows.iter().filter(is_open).collect();
    rows.sort_by_key(|row| (row.verdict != Verdict::Fail, Reverse(row.severity)));
    rows
}

/// One line of what is told.
struct Told<'a> {
    kind: &'static str,
    id: &'a str,
    account: Option<AccountId>,
    summary: &'a str,
}

impl<'a> Told<'a> {
    fn of_change(change: &'a Change) -> Self {
        Self { kind: change.kind.as_str(), id: &change.id, account: change.account_id, summary: &change.summary }
    }

    fn of_row(row: &'a Row) -> Self {
        let kind = if row.verdict == Verdict::Fail { row.severity.as_str() } else { row.verdict.as_str() };
        Self { kind, id: &row.id, account: Some(row.account_id), summary: &row.summary }
    }
}

/// Writes one finding. Names that people chose are part of it: each stays on its line, without control characters.
fn line(report: &Report, Told { kind, id, account, summary }: &Told<'_>) -> String {
    let name = account.and_then(|id| report.accounts.iter().find(|it| it.id == id)).map_or("", |it| &*it.name);
    let name = text::clipped(name, NAME);
    text::line(&text::clipped(&format!("{kind}  {id}  {name}  {summary}"), LINE)).into_owned()
}
