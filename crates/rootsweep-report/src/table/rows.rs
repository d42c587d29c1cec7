//! Failed, unknown and accepted rows.

use rootsweep_model::report::v1::{Exception, ExceptionStatus, Row};
use rootsweep_model::{Gap, Severity, Verdict};

use super::page::{Page, Tone};
use super::path;
use crate::digest::{Digest, Failed, Unanswered, as_u64, count_of, stale_word};
use crate::text;

const NAME_WIDTH: usize = 40;
/// An account with forty alarms is better read in the web page.
const PATHS_PER_ROW: usize = 3;

/// Writes the failed rows, the greatest severity first.
pub(super) fn failed(page: &mut Page, digest: &Digest<'_>) {
    let groups = digest.failed();
    let Some(first) = groups.first() else {
        page.heading("NOTHING FAILED", Tone::Good, "");
        return;
    };
    page.heading("FAILED", Tone::Bad, &count_of(digest.count(Verdict::Fail), "row"));
    let mut severity = first.severity;
    severity_heading(page, severity);
    for group in &groups {
        if group.severity != severity {
            severity = group.severity;
            severity_heading(page, severity);
        }
        failed_check(page, digest, group);
    }
}

fn severity_heading(page: &mut Page, severity: Severity) {
    page.blank();
    let word = page.tone(Tone::of_severity(severity), &severity.as_str().to_uppercase());
    page.raw(&format!(" {word}"));
}

fn failed_check(page: &mut Page, digest: &Digest<'_>, group: &Failed<'_>) {
    let id = page.tone(Tone::Strong, &text::line(group.check_id));
    let accounts = count_of(as_u64(group.rows.len()), "account");
    page.wrapped("  ", "    ", &format!("{id}: {} ({accounts})", text::line(&text::clipped(&group.says(), 600))));
    let mut room = page.limit;
    for rows in group.alike() {
        let shown = rows.get(..room.min(rows.len())).unwrap_or_default();
        room -= shown.len();
        alike(page, digest, group, shown);
    }
    page.more(4, group.rows.len().saturating_sub(page.limit), "account");
    if let Some(remediation) = group.remediation {
        page.labelled(4, "fix: ", remediation);
    }
}

/// Writes what the heading of the group has not said yet, once for all rows of which it holds.
fn alike(page: &mut Page, digest: &Digest<'_>, group: &Failed<'_>, rows: &[&Row]) {
    let Some(row) = rows.first() else { return };
    let several = rows.len() > 1 && group.summary.is_none();
    if several {
        page.labelled(4, &format!("{}: ", count_of(as_u64(rows.len()), "account")), &row.summary);
    }
    for row in rows {
        account(page, digest, row, if several { 6 } else { 4 });
    }
    if !several && group.summary.is_none() {
        page.labelled(6, "", &row.summary);
    }
    for path in row.alert_paths.iter().take(PATHS_PER_ROW) {
        path::draw(page, path);
    }
    page.more(6, row.alert_paths.len().saturating_sub(PATHS_PER_ROW), "alert path");
    if let Some(exception) = &row.exception {
        describe_exception(page, exception);
    }
    if let Some(remediation) = row.remediation.as_deref().filter(|_| group.remediation.is_none()) {
        page.labelled(6, "fix: ", remediation);
    }
}

fn account(page: &mut Page, digest: &Digest<'_>, row: &Row, indent: usize) {
    let name = text::fitted(digest.account_name(row.account_id), NAME_WIDTH);
    page.raw(&format!("{}{}  {name}", " ".repeat(indent), row.account_id));
}

/// Writes the unknown rows by what stands behind them, and who can fix it.
pub(super) fn unknown(page: &mut Page, digest: &Digest<'_>) {
    let count = digest.count(Verdict::Unknown);
    if count == 0 {
        return;
    }
    page.heading("UNKNOWN", Tone::Warning, &format!("{} could not be checked", count_of(count, "row")));
    for group in digest.unanswered() {
        unanswered(page, digest, &group);
    }
    let unexplained = digest.unexplained();
    for row in unexplained.iter().take(page.limit) {
        account(page, digest, row, 4);
        page.labelled(6, "", &row.summary);
    }
    page.more(4, unexplained.len().saturating_sub(page.limit), "row");
}

fn unanswered(page: &mut Page, digest: &Digest<'_>, group: &Unanswered<'_>) {
    let Gap { kind, call, region, code, message, request_id, remedy } = group.gap;
    page.blank();
    let kind = page.tone(Tone::Warning, kind.as_str());
    let rows = count_of(as_u64(group.rows), "row");
    let place = region.as_deref().map_or_else(String::new, |region| format!(" in {}", text::fitted(region, 20)));
    page.wrapped("  ", "    ", &format!("{kind}  {}{place} ({rows})", text::fitted(call, 50)));
    let code = code.as_deref().map_or_else(String::new, |code| format!("{code}: "));
    page.labelled(4, "", &format!("{code}{message}"));
    if let Some(id) = request_id {
        // Every row has its own request; the other formats name each.
        page.labelled(4, if group.rows == 1 { "request id: " } else { "first request id: " }, id);
    }
    page.labelled(4, "who can fix it: ", remedy);
    for (id, checks) in group.accounts.iter().take(page.limit) {
        page.raw(&format!("      {id}  {}", text::fitted(digest.account_name(*id), NAME_WIDTH)));
        let everything = checks.len() == digest.report.checks.len();
        page.labelled(8, "", &if everything { "every check".to_owned() } else { checks.join(", ") });
    }
    page.more(6, group.accounts.len().saturating_sub(page.limit), "account");
}

/// Writes the failed rows that an exception covers.
pub(super) fn accepted(page: &mut Page, digest: &Digest<'_>) {
    let rows: Vec<_> = digest.with_verdict(Verdict::Accepted).collect();
    if rows.is_empty() {
        return;
    }
    page.heading("ACCEPTED", Tone::Strong, &format!("{} covered by an exception", count_of(as_u64(rows.len()), "row")));
    for row in rows.iter().take(page.limit) {
        account(page, digest, row, 4);
        page.labelled(6, &format!("{} ({}): ", text::fitted(&row.check_id, 30), row.severity), &row.summary);
        if let Some(exception) = &row.exception {
            describe_exception(page, exception);
        }
    }
    page.more(4, rows.len().saturating_sub(page.limit), "row");
}

fn describe_exception(page: &mut Page, exception: &Exception) {
    let Exception { owner, reason, until, expired } = exception;
    let label = if *expired { "exception EXPIRED " } else { "exception until " };
    page.labelled(6, label, &format!("{until}, {owner}: {reason}"));
}

/// Writes the exceptions of the configuration that somebody has to look at: ended, or of no use.
pub(super) fn stale_exceptions(page: &mut Page, digest: &Digest<'_>) {
    let stale = digest.stale_exceptions();
    if stale.is_empty() {
        return;
    }
    page.heading("EXCEPTIONS TO LOOK AT", Tone::Warning, "ended, or without a failed row to cover");
    for it in stale.iter().take(page.limit) {
        let ExceptionStatus { owner, reason, until, .. } = it;
        let what = page.tone(Tone::Warning, stale_word(it));
        page.wrapped("  ", "    ", &format!("{what}  {}", text::fitted(&it.checks.join(", "), 60)));
        page.labelled(4, "until ", &format!("{until}, {owner}: {reason}"));
    }
    page.more(2, stale.len().saturating_sub(page.limit), "exception");
}
