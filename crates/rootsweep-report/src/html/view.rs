//! What the template shows of the report: numbers and words, bounded in length and made visible.

use std::collections::{BTreeMap, BTreeSet};

use rootsweep_model::report::v1::{Change, ChangeKind};
use rootsweep_model::{AccountId, Severity, Verdict};

use super::activity::EPISODES;
use crate::digest::{self, Digest, as_u64, change_label, count_of, grouped, stale_word, time};
use crate::text;

/// How many changes of one kind the page lists.
const CHANGES: usize = 100;
/// How many failed rows stand in the page for those without scripts, and for paper.
const FAILED: usize = 200;
/// How many different findings of one check the page names.
const VARIANTS: usize = 4;
/// How many names stand below one reason for not having checked.
const NAMES: usize = 50;

/// Who was swept, when, by whom.
pub(super) struct Head {
    pub(super) headline: String,
    pub(super) whom: String,
    pub(super) organization: bool,
    pub(super) started: String,
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) interrupted: bool,
}

pub(super) fn head(digest: &Digest<'_>) -> Head {
    let report = digest.report;
    let run = &report.run;
    let whom = report.organization.as_ref().map_or_else(|| "one account".to_owned(), |it| shown(&it.id));
    let mut facts = vec![
        ("Run", shown(&run.id)),
        ("Version", shown(&run.version)),
        ("Began", time(run.started_at)),
        ("Ended", time(run.finished_at)),
        ("Root activity from", time(run.window_start)),
        ("until", time(run.window_end)),
        ("Run as", run.caller_arn.as_deref().map_or_else(|| "not known".to_owned(), shown)),
    ];
    if let Some(organization) = &report.organization {
        facts.push(("Organization", shown(&organization.id)));
        facts.push(("Management account", organization.management_account_id.to_string()));
        facts.push(("Partition", organization.partition.to_string()));
        facts.push(("Central root access", features(organization.root_features.as_deref())));
        facts.extend(organization.gaps.iter().map(|gap| ("Not read", shown(&gap.to_string()))));
    }
    let started = time(run.started_at);
    let organization = report.organization.is_some();
    Head { headline: headline(digest), whom, organization, started, facts, interrupted: run.interrupted }
}

fn features(features: Option<&[String]>) -> String {
    match features {
        None => "could not be read".to_owned(),
        Some([]) => "off".to_owned(),
        Some(names) => shown(&names.join(", ")),
    }
}

fn headline(digest: &Digest<'_>) -> String {
    let (failed, unknown) = (digest.count(Verdict::Fail), digest.count(Verdict::Unknown));
    let listed = digest.report.coverage.listing.is_none();
    match (failed, unknown) {
        _ if digest.report.rows.is_empty() => "No account was checked.".to_owned(),
        (0, 0) if !listed => "Nothing failed in the accounts that could be listed.".to_owned(),
        (0, 0) => "Nothing failed, and everything was checked.".to_owned(),
        (0, _) => format!("Nothing failed, but {} could not be checked.", count_of(unknown, "row")),
        _ => findings_line(digest, failed),
    }
}

/// Counts the grave findings; all of them, where none is grave.
fn findings_line(digest: &Digest<'_>, failed: u64) -> String {
    let accounts_from = |least: Severity| {
        let rows = digest.with_verdict(Verdict::Fail).filter(|row| row.severity >= least);
        let accounts: BTreeSet<AccountId> = rows.map(|row| row.account_id).collect();
        count_of(as_u64(accounts.len()), "account")
    };
    let counts = [Severity::Critical, Severity::High].map(|severity| (digest.failed_at(severity), severity));
    let words: Vec<_> = counts.iter().filter(|(count, _)| *count > 0).collect();
    let words: Vec<_> = words.into_iter().map(|(count, severity)| format!("{} {severity}", grouped(*count))).collect();
    if words.is_empty() {
        let accounts = accounts_from(Severity::Informational);
        return format!("{} in {accounts}, none of them critical or high.", count_of(failed, "finding"));
    }
    let one = counts.iter().map(|(count, _)| count).sum::<u64>() == 1;
    let noun = if one { "finding" } else { "findings" };
    format!("{} {noun} in {}.", words.join(" and "), accounts_from(Severity::High))
}

/// A headline number that leads into the matrix.
pub(super) struct Number {
    pub(super) count: String,
    /// Whether there is none at all.
    pub(super) none: bool,
    pub(super) label: &'static str,
    pub(super) note: &'static str,
    pub(super) class: &'static str,
    pub(super) link: String,
}

pub(super) fn numbers(digest: &Digest<'_>) -> Vec<Number> {
    let severities = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low];
    let failed = severities.map(|severity| {
        let (count, link) = (digest.failed_at(severity), format!("#verdict=fail&severity={severity}"));
        number(count, severity.as_str(), "failed", severity.as_str(), link)
    });
    let others = [
        (Verdict::Unknown, "unknown", "could not be checked"),
        (Verdict::Accepted, "accepted", "by an exception"),
        (Verdict::NotApplicable, "not applicable", "has no meaning there"),
        (Verdict::Pass, "passed", "checked, in order"),
    ];
    let others = others.map(|(verdict, label, note)| {
        number(digest.count(verdict), label, note, verdict.as_str(), format!("#verdict={verdict}"))
    });
    failed.into_iter().chain(others).collect()
}

fn number(count: u64, label: &'static str, note: &'static str, class: &'static str, link: String) -> Number {
    Number { count: grouped(count), none: count == 0, label, note, class, link }
}

/// What is different from the previous run.
pub(super) struct Changes {
    pub(super) since: String,
    pub(super) groups: Vec<ChangeGroup>,
}

/// Changes of one kind.
pub(super) struct ChangeGroup {
    pub(super) label: &'static str,
    pub(super) mark: &'static str,
    pub(super) count: usize,
    pub(super) items: Vec<ChangeLine>,
    pub(super) left_out: usize,
}

/// One change.
pub(super) struct ChangeLine {
    /// Where on the page it is told; empty where the page has no place for it.
    pub(super) link: String,
    pub(super) account: String,
    pub(super) check_id: String,
    pub(super) summary: String,
}

pub(super) fn changes(digest: &Digest<'_>) -> Option<Changes> {
    let changes = digest.report.changes.as_ref()?;
    let group = |(kind, items): (ChangeKind, Vec<&Change>)| ChangeGroup {
        label: change_label(kind),
        mark: mark(kind),
        count: items.len(),
        left_out: items.len().saturating_sub(CHANGES),
        items: items.into_iter().take(CHANGES).map(|it| change_line(digest, it)).collect(),
    };
    Some(Changes {
        since: shown(&changes.previous_run_id),
        groups: digest.changes_by_kind().into_iter().map(group).collect(),
    })
}

const fn mark(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::New | ChangeKind::AccountAdded => "+",
        ChangeKind::Worse => "▲",
        ChangeKind::NewlyUnreachable => "?",
        ChangeKind::ExceptionExpired => "!",
        ChangeKind::Accepted => "◇",
        ChangeKind::Better => "▼",
        ChangeKind::OutOfWindow => "…",
        ChangeKind::Resolved | ChangeKind::ReachableAgain => "✓",
        ChangeKind::AccountRemoved => "−",
    }
}

fn change_line(digest: &Digest<'_>, change: &Change) -> ChangeLine {
    let account = change.account_id.map_or_else(
        || "unknown account".to_owned(),
        |id| match digest.account_name(id) {
            "" => id.to_string(),
            name => name.to_owned(),
        },
    );
    let check = change.id.split_once('/').map_or("", |(_, check)| check);
    ChangeLine {
        link: link(digest, change, check),
        account: shown(&account),
        check_id: shown(check),
        summary: shown(&change.summary),
    }
}

/// Returns where a change is told: at its row, at its episode where the page has it, or at its account while it is there.
fn link(digest: &Digest<'_>, change: &Change, check: &str) -> String {
    let Some(account) = change.account_id.filter(|_| change.kind != ChangeKind::AccountRemoved) else {
        return String::new();
    };
    let number = digest.report.episodes.iter().take(EPISODES).position(|episode| episode.id == change.id);
    match number {
        Some(number) => format!("#episode-{number}"),
        None if check.is_empty() => format!("#account={account}"),
        None => format!("#account={account}&row={check}"),
    }
}

/// A check that failed at one severity.
pub(super) struct Finding {
    pub(super) severity: &'static str,
    pub(super) check_id: String,
    /// What was found, or else what was wanted.
    pub(super) says: String,
    pub(super) risk: String,
    /// What was found in how many accounts, where it is not the same everywhere.
    pub(super) variants: Vec<(String, String)>,
    pub(super) variants_left_out: usize,
    pub(super) accounts: String,
    pub(super) remediation: String,
    pub(super) link: String,
}

pub(super) fn findings(digest: &Digest<'_>) -> Vec<Finding> {
    digest.failed().iter().map(|group| finding(digest, group)).collect()
}

fn finding(digest: &Digest<'_>, group: &digest::Failed<'_>) -> Finding {
    let check = digest.check(group.check_id);
    let general = check.map_or("", |check| &check.remediation);
    let (variants, variants_left_out) = variants(group);
    Finding {
        variants,
        variants_left_out,
        severity: group.severity.as_str(),
        check_id: shown(group.check_id),
        says: shown(&group.says()),
        risk: shown(check.map_or("", |check| &check.risk)),
        accounts: count_of(as_u64(group.rows.len()), "account"),
        remediation: shown(group.remediation.unwrap_or(general)),
        link: format!("#verdict=fail&severity={}&check={}", group.severity, group.check_id),
    }
}

/// Returns what was found, the most frequent first, and how much else there is; nothing where it is the same everywhere.
fn variants(group: &digest::Failed<'_>) -> (Vec<(String, String)>, usize) {
    if group.summary.is_some() {
        return (Vec::new(), 0);
    }
    let mut found: BTreeMap<&str, u64> = BTreeMap::new();
    for row in &group.rows {
        *found.entry(&row.summary).or_default() += 1;
    }
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let left_out = found.len().saturating_sub(VARIANTS);
    let named = found.into_iter().take(VARIANTS).map(|(says, count)| (count_of(count, "account"), shown(says)));
    (named.collect(), left_out)
}

/// A failed row, for those without scripts.
pub(super) struct FailedLine {
    pub(super) severity: &'static str,
    pub(super) account_id: String,
    pub(super) account_name: String,
    pub(super) check_id: String,
    pub(super) summary: String,
}

pub(super) fn failed(digest: &Digest<'_>) -> (Vec<FailedLine>, u64) {
    let groups = digest.failed();
    let rows = groups.iter().flat_map(|group| group.rows.iter()).take(FAILED);
    let lines: Vec<_> = rows
        .map(|row| FailedLine {
            severity: row.severity.as_str(),
            account_id: row.account_id.to_string(),
            account_name: shown(digest.account_name(row.account_id)),
            check_id: shown(&row.check_id),
            summary: shown(&row.summary),
        })
        .collect();
    let left_out = digest.count(Verdict::Fail).saturating_sub(as_u64(lines.len()));
    (lines, left_out)
}

/// How much could be checked, and what stood in the way.
pub(super) struct Coverage {
    /// The numbers in a sentence.
    pub(super) says: String,
    pub(super) listing: Option<(String, String)>,
    pub(super) reasons: Vec<Unanswered>,
    pub(super) not_applicable: Vec<NotApplicable>,
}

/// A check that has no meaning for some accounts.
pub(super) struct NotApplicable {
    pub(super) check_id: String,
    pub(super) accounts: String,
    pub(super) names: Vec<(String, String)>,
    pub(super) left_out: usize,
}

/// One reason for not having checked, and where.
pub(super) struct Unanswered {
    pub(super) kind: &'static str,
    pub(super) call: String,
    pub(super) code: String,
    pub(super) message: String,
    pub(super) remedy: String,
    pub(super) rows: String,
    pub(super) accounts: String,
    pub(super) names: Vec<(String, String)>,
    pub(super) left_out: usize,
}

pub(super) fn coverage(digest: &Digest<'_>) -> Coverage {
    let coverage = &digest.report.coverage;
    let listing = coverage.listing.as_ref().map(|gap| (shown(&gap.to_string()), shown(&gap.remedy)));
    let reasons = digest.unanswered().iter().map(|group| unanswered(digest, group)).collect();
    Coverage {
        says: format!(
            "{} of {} checked in full, {} in part, {} not at all.",
            grouped(coverage.accounts_fully_checked),
            count_of(coverage.accounts, "account"),
            grouped(coverage.accounts_partly_checked),
            grouped(coverage.accounts_not_checked)
        ),
        listing,
        reasons,
        not_applicable: not_applicable(digest),
    }
}

fn not_applicable(digest: &Digest<'_>) -> Vec<NotApplicable> {
    let mut checks: BTreeMap<&str, Vec<AccountId>> = BTreeMap::new();
    for row in digest.with_verdict(Verdict::NotApplicable) {
        checks.entry(&row.check_id).or_default().push(row.account_id);
    }
    let line = |(id, accounts): (&str, Vec<AccountId>)| NotApplicable {
        check_id: shown(id),
        accounts: count_of(as_u64(accounts.len()), "account"),
        names: accounts.iter().take(NAMES).map(|id| (id.to_string(), shown(digest.account_name(*id)))).collect(),
        left_out: accounts.len().saturating_sub(NAMES),
    };
    checks.into_iter().map(line).collect()
}

fn unanswered(digest: &Digest<'_>, group: &digest::Unanswered<'_>) -> Unanswered {
    let names = group.accounts.keys().take(NAMES);
    Unanswered {
        kind: group.gap.kind.as_str(),
        call: shown(&group.gap.call),
        code: shown(group.gap.code.as_deref().unwrap_or("")),
        message: shown(&group.gap.message),
        remedy: shown(&group.gap.remedy),
        rows: count_of(as_u64(group.rows), "row"),
        accounts: count_of(as_u64(group.accounts.len()), "account"),
        names: names.map(|id| (id.to_string(), shown(digest.account_name(*id)))).collect(),
        left_out: group.accounts.len().saturating_sub(NAMES),
    }
}

/// An exception of the configuration.
pub(super) struct ExceptionLine {
    pub(super) state: &'static str,
    pub(super) stale: bool,
    pub(super) checks: String,
    pub(super) scope: String,
    pub(super) owner: String,
    pub(super) reason: String,
    pub(super) until: String,
    pub(super) rows: usize,
}

/// Returns the exceptions, those first that somebody has to look at, and then by the day on which they end.
pub(super) fn exceptions(digest: &Digest<'_>) -> Vec<ExceptionLine> {
    let mut lines: Vec<_> = digest.report.exceptions.iter().map(exception).collect();
    lines.sort_by(|a, b| (!a.stale, &a.until).cmp(&(!b.stale, &b.until)));
    lines
}

fn exception(it: &rootsweep_model::report::v1::ExceptionStatus) -> ExceptionLine {
    let stale = it.expired || it.rows.is_empty();
    let accounts = it.accounts.iter().map(ToString::to_string).chain(it.organizational_units.iter().cloned());
    let scope = accounts.collect::<Vec<_>>().join(", ");
    ExceptionLine {
        state: if stale { stale_word(it) } else { "in force" },
        stale,
        checks: shown(&it.checks.join(", ")),
        scope: if scope.is_empty() { "all accounts".to_owned() } else { shown(&scope) },
        owner: shown(&it.owner),
        reason: shown(&it.reason),
        until: shown(&it.until),
        rows: it.rows.len(),
    }
}

/// A check of the catalogue, with its rows counted.
pub(super) struct CheckLine {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) severity: &'static str,
    pub(super) controls: String,
    pub(super) counts: [String; 5],
}

pub(super) fn checks(digest: &Digest<'_>) -> Vec<CheckLine> {
    let counts = digest.by_check();
    let line = |check: &rootsweep_model::report::v1::Check| {
        let controls = check.controls.iter().map(|(name, ids)| format!("{name}: {}", ids.join(", ")));
        CheckLine {
            id: shown(&check.id),
            title: shown(&check.title),
            severity: check.severity.as_str(),
            controls: shown(&controls.collect::<Vec<_>>().join(" · ")),
            counts: Verdict::ALL.map(|verdict| counts.get(&(&*check.id, verdict)).copied().unwrap_or(0)).map(grouped),
        }
    };
    digest.report.checks.iter().map(line).collect()
}

fn shown(hostile: &str) -> String {
    text::clipped(hostile, 1_000).into_owned()
}
