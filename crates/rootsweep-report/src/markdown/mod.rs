//! GitHub-flavoured Markdown: fits a step summary and a Slack message.
//!
//! The limit of a step summary is 1 MiB, and GitHub shows nothing of a longer one:
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits>.
//! Slack cuts a message after 40,000 characters: <https://docs.slack.dev/changelog/2018-truncating-really-long-messages>.

mod activity;
mod page;

use rootsweep_model::report::v1::{AlertPath, Exception, LinkState, Row};
use rootsweep_model::report::{triage_v1::Triage, v1::Report};
use rootsweep_model::{Severity, Verdict};

use crate::digest::{Digest, Failed, as_u64, change_label, count_of, stale_word, time};
use crate::{Options, text};
use page::{Page, code, escape};

/// Writes the report of a sweep.
pub(crate) fn sweep(report: &Report, options: &Options) -> Vec<u8> {
    let digest = Digest::new(report);
    let mut page = Page::new(options);
    head(&mut page, &digest);
    changes(&mut page, &digest);
    failed(&mut page, &digest);
    unknown(&mut page, &digest);
    accepted(&mut page, &digest);
    stale_exceptions(&mut page, &digest);
    activity::episodes(&mut page, "Root activity", &report.episodes);
    activity::alarms(&mut page, &report.alarms);
    checks(&mut page, &digest);
    page.finish()
}

/// Writes what triage found.
pub(crate) fn triage(triage: &Triage, options: &Options) -> Vec<u8> {
    let mut page = Page::new(options);
    activity::triage_head(&mut page, triage);
    activity::alarms(&mut page, &triage.alarms);
    activity::episodes(&mut page, "Episodes", &triage.episodes);
    activity::records(&mut page, &triage.records);
    activity::skipped(&mut page, &triage.skipped);
    page.finish()
}

fn head(page: &mut Page, digest: &Digest<'_>) {
    let report = digest.report;
    let rows = count_of(report.counts.rows, "row");
    let (failed, unknown) = (digest.count(Verdict::Fail), digest.count(Verdict::Unknown));
    page.line(&format!("# Root sweep: {failed} of {rows} failed, {unknown} could not be checked"));
    page.blank();
    if report.run.interrupted {
        page.line("**Interrupted: this report is partial.**");
        page.blank();
    }
    let organization = report.organization.as_ref();
    let whom =
        organization.map_or_else(|| "single account".to_owned(), |it| format!("organization {}", escape(&it.id, 40)));
    page.line(&format!("{} · {whom} · run {}", time(report.run.started_at), escape(&report.run.id, 80)));
    page.blank();
    verdicts(page, digest);
    let coverage = &report.coverage;
    page.line(&format!(
        "Coverage: {} of {} fully checked, {} partly, {} not at all.",
        coverage.accounts_fully_checked,
        count_of(coverage.accounts, "account"),
        coverage.accounts_partly_checked,
        coverage.accounts_not_checked
    ));
    if let Some(gap) = &coverage.listing {
        page.blank();
        let (gap, remedy) = (escape(&gap.to_string(), 400), escape(&gap.remedy, 300));
        page.line(&format!("**The list of accounts may be incomplete**: {gap} Who can fix it: {remedy}"));
    }
}

fn verdicts(page: &mut Page, digest: &Digest<'_>) {
    page.line("| critical | high | medium | low | unknown | accepted | not applicable | passed |");
    page.line("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    let severities = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low];
    let failed = severities.map(|severity| digest.failed_at(severity));
    let others = [Verdict::Unknown, Verdict::Accepted, Verdict::NotApplicable, Verdict::Pass];
    let cells: Vec<_> = failed.into_iter().chain(others.map(|it| digest.count(it))).map(|n| n.to_string()).collect();
    page.line(&format!("| {} |", cells.join(" | ")));
    page.blank();
}

fn changes(page: &mut Page, digest: &Digest<'_>) {
    let Some(changes) = &digest.report.changes else { return };
    page.heading(&format!("Changed since run {}", escape(&changes.previous_run_id, 80)));
    if changes.items.is_empty() {
        page.line("Nothing changed.");
        return;
    }
    for (kind, items) in digest.changes_by_kind() {
        for item in items.iter().take(page.limit) {
            page.line(&format!(
                "- **{}**: {} {}",
                change_label(kind),
                escape(&item.id, 100),
                escape(&item.summary, 300)
            ));
        }
        page.more("- ", items.len().saturating_sub(page.limit), "change");
    }
}

fn failed(page: &mut Page, digest: &Digest<'_>) {
    let groups = digest.failed();
    page.heading(if groups.is_empty() { "Nothing failed" } else { "Failed" });
    let mut severity = None;
    for group in &groups {
        if severity.replace(group.severity) != Some(group.severity) {
            page.line(&format!("### {}", group.severity));
            page.blank();
        }
        failed_check(page, digest, group);
    }
}

fn failed_check(page: &mut Page, digest: &Digest<'_>, group: &Failed<'_>) {
    let accounts = count_of(as_u64(group.rows.len()), "account");
    page.line(&format!("**{}** {} ({accounts})", escape(group.check_id, 60), escape(&group.says(), 300)));
    page.blank();
    let mut room = page.limit;
    for rows in group.alike() {
        let shown = rows.get(..room.min(rows.len())).unwrap_or_default();
        room -= shown.len();
        alike(page, digest, group, shown);
    }
    page.more("- ", group.rows.len().saturating_sub(page.limit), "account");
    if let Some(remediation) = group.remediation {
        page.blank();
        page.line(&format!("Fix: {}", escape(remediation, 600)));
    }
    page.blank();
}

/// Writes what the heading of the group has not said yet, once for all rows of which it holds.
fn alike(page: &mut Page, digest: &Digest<'_>, group: &Failed<'_>, rows: &[&Row]) {
    let Some(row) = rows.first() else { return };
    let owned = row.remediation.as_deref().filter(|_| group.remediation.is_none());
    let fix = owned.map_or_else(String::new, |text| format!(" · fix: {}", escape(text, 300)));
    let broken = broken_links(row);
    let late = row.exception.as_ref().filter(|it| it.expired).map(|it| format!(" · {}", exception(it)));
    let late = late.unwrap_or_default();
    let summary = if group.summary.is_none() { format!(": {}", escape(&row.summary, 300)) } else { String::new() };
    let rest = format!("{summary}{broken}{late}{fix}");
    if rows.len() == 1 || rest.is_empty() {
        for row in rows {
            page.line(&format!("- {}{rest}", account(digest, row)));
        }
        return;
    }
    page.line(&format!("- {}{rest}", count_of(as_u64(rows.len()), "account")));
    for row in rows {
        page.line(&format!("  - {}", account(digest, row)));
    }
}

/// Names the links at which the alert paths break, each path in the direction of the alert.
fn broken_links(row: &Row) -> String {
    let describe = |path: &AlertPath| {
        let links = path.links.iter().map(|link| match link.state {
            LinkState::Holds => escape(&link.link, 20),
            state => format!("**{} {}**", escape(&link.link, 20), text::link_word(state)),
        });
        let links: Vec<_> = links.collect();
        format!(" · path {}: {}", escape(&path.name, 80), links.join(" → "))
    };
    row.alert_paths.iter().take(3).map(describe).collect()
}

fn account(digest: &Digest<'_>, row: &Row) -> String {
    format!("{} {}", code(&row.account_id.to_string()), escape(digest.account_name(row.account_id), 80))
}

fn exception(exception: &Exception) -> String {
    let Exception { owner, reason, until, expired } = exception;
    let word = if *expired { "exception EXPIRED" } else { "exception until" };
    format!("{word} {}, {}: {}", escape(until, 20), escape(owner, 80), escape(reason, 300))
}

fn unknown(page: &mut Page, digest: &Digest<'_>) {
    let count = digest.count(Verdict::Unknown);
    if count == 0 {
        return;
    }
    page.heading(&format!("Could not be checked: {}", count_of(count, "row")));
    for group in digest.unanswered() {
        let gap = group.gap;
        let rows = count_of(as_u64(group.rows), "row");
        page.line(&format!("**{}** {} ({rows}): {}", gap.kind, escape(&gap.call, 80), escape(&gap.message, 300)));
        page.line(&format!("Who can fix it: {}", escape(&gap.remedy, 300)));
        page.blank();
        for (id, checks) in group.accounts.iter().take(page.limit) {
            let name = escape(digest.account_name(*id), 80);
            let everything = checks.len() == digest.report.checks.len();
            let checks = if everything { "every check".to_owned() } else { checks.join(", ") };
            page.line(&format!("- {} {name}: {}", code(&id.to_string()), escape(&checks, 300)));
        }
        page.more("- ", group.accounts.len().saturating_sub(page.limit), "account");
        page.blank();
    }
    for row in digest.unexplained().iter().take(page.limit) {
        page.line(&format!("- {}: {}", account(digest, row), escape(&row.summary, 300)));
    }
}

fn accepted(page: &mut Page, digest: &Digest<'_>) {
    let rows: Vec<_> = digest.with_verdict(Verdict::Accepted).collect();
    if rows.is_empty() {
        return;
    }
    page.heading("Accepted");
    for row in rows.iter().take(page.limit) {
        let why = row.exception.as_deref().map_or_else(String::new, exception);
        let what = format!("{} ({}): {}", escape(&row.check_id, 60), row.severity, escape(&row.summary, 300));
        page.line(&format!("- {} {what} · {why}", account(digest, row)));
    }
    page.more("- ", rows.len().saturating_sub(page.limit), "row");
}

fn stale_exceptions(page: &mut Page, digest: &Digest<'_>) {
    let stale = digest.stale_exceptions();
    if stale.is_empty() {
        return;
    }
    page.heading("Exceptions to look at");
    for it in stale.iter().take(page.limit) {
        let (checks, owner) = (escape(&it.checks.join(", "), 100), escape(&it.owner, 80));
        let (until, reason) = (escape(&it.until, 20), escape(&it.reason, 300));
        page.line(&format!("- **{}**: {checks}, until {until}, {owner}: {reason}", stale_word(it)));
    }
    page.more("- ", stale.len().saturating_sub(page.limit), "exception");
}

fn checks(page: &mut Page, digest: &Digest<'_>) {
    let counts = digest.by_check();
    page.heading("Checks");
    page.line("| check | fail | unknown | accepted | n/a | pass |");
    page.line("| --- | ---: | ---: | ---: | ---: | ---: |");
    for check in &digest.report.checks {
        let cells = Verdict::ALL.map(|verdict| counts.get(&(&*check.id, verdict)).copied().unwrap_or(0).to_string());
        page.line(&format!("| {} | {} |", escape(&check.id, 60), cells.join(" | ")));
    }
}
