//! The headline numbers, what changed, and the counts by check.

use rootsweep_model::report::v1::{Change, ChangeKind, Organization, Run};
use rootsweep_model::{Severity, Verdict};

use super::page::{Page, Tone};
use crate::digest::{Digest, as_u64, change_label, count_of, time};
use crate::text;

/// Writes who was swept, the numbers, and how much of it could be checked.
pub(super) fn head(page: &mut Page, digest: &Digest<'_>) {
    let report = digest.report;
    run(page, &report.run);
    match &report.organization {
        Some(organization) => describe_organization(page, organization),
        None => page.wrapped("", "  ", "A single account, outside of any organization."),
    }
    page.blank();
    verdicts(page, digest);
    coverage(page, digest);
}

fn run(page: &mut Page, run: &Run) {
    let title = page.tone(Tone::Strong, "Root sweep");
    page.wrapped("", "  ", &format!("{title}  {} to {}", time(run.started_at), time(run.finished_at)));
    page.labelled(0, "Run ", &format!("{}, rootsweep {}", run.id, run.version));
    if let Some(caller) = &run.caller_arn {
        page.labelled(0, "As ", caller);
    }
    page.wrapped("", "  ", &format!("Root activity from {} to {}", time(run.window_start), time(run.window_end)));
    if run.interrupted {
        let words = page.tone(Tone::Bad, "INTERRUPTED: this report is partial.");
        page.wrapped("", "  ", &words);
    }
}

fn describe_organization(page: &mut Page, organization: &Organization) {
    let Organization { id, management_account_id, partition, root_features, gaps } = organization;
    page.labelled(0, "Organization ", &format!("{id} ({partition}), management account {management_account_id}"));
    let features = match root_features {
        None => "could not be read".to_owned(),
        Some(features) if features.is_empty() => "off".to_owned(),
        Some(features) => features.join(", "),
    };
    page.labelled(0, "Central root access: ", &features);
    for gap in gaps {
        page.labelled(0, "Not read: ", &gap.to_string());
        page.labelled(2, "who can fix it: ", &gap.remedy);
    }
}

fn verdicts(page: &mut Page, digest: &Digest<'_>) {
    let counts = &digest.report.counts;
    let (accounts, checks) = (as_u64(digest.report.accounts.len()), as_u64(digest.report.checks.len()));
    let sum = format!("{} x {}", count_of(accounts, "account"), count_of(checks, "check"));
    page.raw(&format!("{:>7} rows            {sum}", counts.rows));
    for verdict in Verdict::ALL {
        let count = digest.count(verdict);
        let padding = " ".repeat(15_usize.saturating_sub(label(verdict).len()));
        let word = page.tone(Tone::of_verdict(verdict), label(verdict));
        page.raw(&format!("{count:>7} {word}{padding} {}", meaning(digest, verdict, count)));
    }
}

const fn label(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fail => "FAILED",
        Verdict::Unknown => "UNKNOWN",
        Verdict::Accepted => "ACCEPTED",
        Verdict::NotApplicable => "not applicable",
        Verdict::Pass => "passed",
    }
}

fn meaning(digest: &Digest<'_>, verdict: Verdict, count: u64) -> String {
    match verdict {
        _ if count == 0 => String::new(),
        Verdict::Fail => by_severity(digest),
        Verdict::Unknown => "could not be checked, and do not count as passed".to_owned(),
        Verdict::Accepted => "failed, and an exception covers them".to_owned(),
        Verdict::NotApplicable | Verdict::Pass => String::new(),
    }
}

fn by_severity(digest: &Digest<'_>) -> String {
    let counted = Severity::ALL.into_iter().rev().map(|severity| (severity, digest.failed_at(severity)));
    let words: Vec<_> = counted.filter(|(_, n)| *n > 0).map(|(severity, n)| format!("{n} {severity}")).collect();
    words.join(", ")
}

fn coverage(page: &mut Page, digest: &Digest<'_>) {
    let coverage = &digest.report.coverage;
    page.blank();
    let words = format!(
        "Coverage: {} of {} fully checked, {} partly, {} not at all",
        coverage.accounts_fully_checked,
        count_of(coverage.accounts, "account"),
        coverage.accounts_partly_checked,
        coverage.accounts_not_checked
    );
    page.wrapped("", "  ", &words);
    if let Some(gap) = &coverage.listing {
        let words = page.tone(Tone::Bad, "THE LIST OF ACCOUNTS MAY BE INCOMPLETE");
        page.wrapped("", "  ", &format!("{words}: {}", text::line(&text::clipped(&gap.to_string(), 600))));
        page.labelled(2, "who can fix it: ", &gap.remedy);
    }
}

/// Writes what is different from the previous run, or that nothing is.
pub(super) fn changes(page: &mut Page, digest: &Digest<'_>) {
    let Some(changes) = &digest.report.changes else { return };
    let since = format!("since run {}", text::fitted(&changes.previous_run_id, 40));
    if changes.items.is_empty() {
        page.heading("NOTHING CHANGED", Tone::Good, &since);
        return;
    }
    page.heading("CHANGED", Tone::Strong, &since);
    for (kind, items) in digest.changes_by_kind() {
        kind_of_change(page, digest, kind, &items);
    }
}

fn kind_of_change(page: &mut Page, digest: &Digest<'_>, kind: ChangeKind, items: &[&Change]) {
    let tone = if kind.is_worse() { Tone::Bad } else { Tone::Good };
    let title = page.tone(tone, change_label(kind));
    page.raw(&format!("  {title} ({})", items.len()));
    for item in items.iter().take(page.limit) {
        let id = item.id.split('/').next().unwrap_or_default();
        let name = id.parse().map_or("", |id| digest.account_name(id));
        page.labelled(4, "", &format!("{}  {}", item.id, text::fitted(name, 24)));
        page.labelled(6, "", &item.summary);
    }
    page.more(4, items.len().saturating_sub(page.limit), "change");
}

/// Writes the verdicts of every check, counted.
pub(super) fn checks(page: &mut Page, digest: &Digest<'_>) {
    page.heading("CHECKS", Tone::Strong, "rows by verdict");
    let counts = digest.by_check();
    let line = |id: &str| {
        let cells = Verdict::ALL.map(|verdict| counts.get(&(id, verdict)).copied().unwrap_or(0).to_string());
        std::iter::once(id.to_owned()).chain(cells).collect()
    };
    let rows = digest.report.checks.iter().map(|check| line(&check.id)).collect();
    page.numbers(&["check", "fail", "unknown", "accepted", "n/a", "pass"], rows);
}
