//! The report as readers want it: the worst first, like things together.

use std::collections::{BTreeMap, HashMap};

use rootsweep_model::report::v1::{Account, Change, ChangeKind, Check, ExceptionStatus, Report, Row};
use rootsweep_model::{AccountId, Evidence, Gap, GapKind, Partition, Severity, Verdict};

/// The report with its accounts and checks within reach of a row.
pub(crate) struct Digest<'a> {
    pub(crate) report: &'a Report,
    accounts: BTreeMap<AccountId, &'a Account>,
    checks: BTreeMap<&'a str, &'a Check>,
    changes: BTreeMap<&'a str, ChangeKind>,
}

/// Failed rows of one check at one severity.
pub(crate) struct Failed<'a> {
    pub(crate) severity: Severity,
    pub(crate) check_id: &'a str,
    /// What was found, where all rows say the same.
    pub(crate) summary: Option<&'a str>,
    /// What the check asks for; its id where the catalogue does not name it.
    pub(crate) title: &'a str,
    pub(crate) rows: Vec<&'a Row>,
    /// How to remediate it, where all rows say the same.
    pub(crate) remediation: Option<&'a str>,
}

/// Unknown rows that the same refusal of the same call stands behind.
pub(crate) struct Unanswered<'a> {
    pub(crate) gap: &'a Gap,
    pub(crate) rows: usize,
    /// The checks that went without an answer, by account.
    pub(crate) accounts: BTreeMap<AccountId, Vec<&'a str>>,
}

impl<'a> Failed<'a> {
    /// Returns what the rows have in common: what was found, or else what was wanted.
    pub(crate) fn says(&self) -> String {
        self.summary.map_or_else(|| format!("wanted: {}", self.title), str::to_owned)
    }

    /// Returns the rows that can be told at once, because they say the same and their alerts take the same paths; what is
    /// most frequent comes first.
    pub(crate) fn alike(&self) -> Vec<Vec<&'a Row>> {
        let mut groups: Vec<Vec<&Row>> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for row in &self.rows {
            let key = format!("{:?}", (&row.summary, &row.alert_paths, &row.exception, &row.remediation));
            let place = *places.entry(key).or_insert(groups.len());
            match groups.get_mut(place) {
                Some(group) => group.push(row),
                None => groups.push(vec![row]),
            }
        }
        groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
        groups
    }
}

/// Returns what all rows say, where they say the same.
fn shared<'a>(rows: &[&'a Row], says: impl Fn(&'a Row) -> Option<&'a str>) -> Option<&'a str> {
    let first = rows.first().and_then(|row| says(row))?;
    rows.iter().all(|row| says(row) == Some(first)).then_some(first)
}

impl<'a> Digest<'a> {
    pub(crate) fn new(report: &'a Report) -> Self {
        let accounts = report.accounts.iter().map(|account| (account.id, account)).collect();
        let checks = report.checks.iter().map(|check| (check.id.as_str(), check)).collect();
        let changes = report.changes.iter().flat_map(|changes| &changes.items);
        let changes = changes.map(|change| (change.id.as_str(), change.kind)).collect();
        Self { report, accounts, checks, changes }
    }

    pub(crate) fn account(&self, id: AccountId) -> Option<&'a Account> {
        self.accounts.get(&id).copied()
    }

    /// Returns the account's name: hostile text. Empty where the report does not list the account.
    pub(crate) fn account_name(&self, id: AccountId) -> &'a str {
        self.account(id).map_or("", |account| &account.name)
    }

    pub(crate) fn check(&self, id: &str) -> Option<&'a Check> {
        self.checks.get(id).copied()
    }

    /// Returns what happened to a row since the previous run; nothing where it is as it was.
    pub(crate) fn change_of(&self, row_id: &str) -> Option<ChangeKind> {
        self.changes.get(row_id).copied()
    }

    /// Returns what changed since the previous run, by kind.
    pub(crate) fn changes_by_kind(&self) -> BTreeMap<ChangeKind, Vec<&'a Change>> {
        let mut kinds: BTreeMap<ChangeKind, Vec<&Change>> = BTreeMap::new();
        for change in self.report.changes.iter().flat_map(|changes| &changes.items) {
            kinds.entry(change.kind).or_default().push(change);
        }
        kinds
    }

    /// Returns the partition that was swept.
    pub(crate) fn partition(&self) -> Partition {
        let of_caller = || self.report.run.caller_arn.as_deref().and_then(Partition::of_arn);
        self.report.organization.as_ref().map(|it| it.partition).or_else(of_caller).unwrap_or_default()
    }

    pub(crate) fn with_verdict(&self, verdict: Verdict) -> impl Iterator<Item = &'a Row> {
        self.report.rows.iter().filter(move |row| row.verdict == verdict)
    }

    pub(crate) fn count(&self, verdict: Verdict) -> u64 {
        self.report.counts.by_verdict.get(&verdict).copied().unwrap_or(0)
    }

    pub(crate) fn failed_at(&self, severity: Severity) -> u64 {
        self.report.counts.failed_by_severity.get(&severity).copied().unwrap_or(0)
    }

    /// Returns the failed rows by severity, the greatest first, and then by check in the catalogue's order.
    pub(crate) fn failed(&self) -> Vec<Failed<'a>> {
        let order: BTreeMap<&str, usize> = self.report.checks.iter().enumerate().map(|(i, it)| (&*it.id, i)).collect();
        let mut groups: BTreeMap<_, Vec<&Row>> = BTreeMap::new();
        for row in self.with_verdict(Verdict::Fail) {
            let place = order.get(&*row.check_id).copied().unwrap_or(usize::MAX);
            groups.entry((std::cmp::Reverse(row.severity), place, &*row.check_id)).or_default().push(row);
        }
        groups
            .into_iter()
            .map(|((severity, _, check_id), rows)| self.failed_group(severity.0, check_id, rows))
            .collect()
    }

    fn failed_group(&self, severity: Severity, check_id: &'a str, rows: Vec<&'a Row>) -> Failed<'a> {
        let title = self.check(check_id).map_or(check_id, |check| &check.title);
        let remediation = shared(&rows, |row| row.remediation.as_deref());
        let summary = shared(&rows, |row| Some(&row.summary));
        Failed { severity, check_id, summary, title, rows, remediation }
    }

    /// Returns the unknown rows by the call that went unanswered, the most frequent first.
    pub(crate) fn unanswered(&self) -> Vec<Unanswered<'a>> {
        let mut groups: BTreeMap<(GapKind, &str, &str, &str), Unanswered<'a>> = BTreeMap::new();
        for row in self.with_verdict(Verdict::Unknown) {
            let Some(gap) = &row.gap else { continue };
            let key = (gap.kind, &*gap.call, gap.code.as_deref().unwrap_or(""), &*gap.remedy);
            let group = groups.entry(key).or_insert_with(|| Unanswered { gap, rows: 0, accounts: BTreeMap::new() });
            group.rows += 1;
            group.accounts.entry(row.account_id).or_default().push(&row.check_id);
        }
        let mut groups: Vec<_> = groups.into_values().collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.rows));
        groups
    }

    /// Returns the rows of each check.
    pub(crate) fn rows_by_check(&self) -> BTreeMap<&'a str, Vec<&'a Row>> {
        let mut rows: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
        for row in &self.report.rows {
            rows.entry(&row.check_id).or_default().push(row);
        }
        rows
    }

    /// Returns how many rows of a check have a verdict.
    pub(crate) fn by_check(&self) -> BTreeMap<(&'a str, Verdict), u64> {
        let mut counts = BTreeMap::new();
        for row in &self.report.rows {
            *counts.entry((&*row.check_id, row.verdict)).or_default() += 1;
        }
        counts
    }

    /// Returns the exceptions that have ended or cover nothing.
    pub(crate) fn stale_exceptions(&self) -> Vec<&'a ExceptionStatus> {
        self.report.exceptions.iter().filter(|it| it.expired || it.rows.is_empty()).collect()
    }

    /// Returns the unknown rows that carry no reason: a report that breaks the promise still shows them.
    pub(crate) fn unexplained(&self) -> Vec<&'a Row> {
        self.with_verdict(Verdict::Unknown).filter(|row| row.gap.is_none()).collect()
    }
}

/// Returns the words for a kind of change.
pub(crate) const fn change_label(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::New => "new",
        ChangeKind::Worse => "worse",
        ChangeKind::NewlyUnreachable => "newly unreachable",
        ChangeKind::ExceptionExpired => "exception expired",
        ChangeKind::Accepted => "new, and accepted",
        ChangeKind::Better => "better",
        ChangeKind::OutOfWindow => "out of the window, not resolved",
        ChangeKind::Resolved => "resolved",
        ChangeKind::ReachableAgain => "reachable again",
        ChangeKind::AccountAdded => "account added",
        ChangeKind::AccountRemoved => "account removed",
    }
}

/// Returns what is wrong with an exception that somebody has to look at.
pub(crate) const fn stale_word(exception: &ExceptionStatus) -> &'static str {
    match (exception.expired, exception.rows.is_empty()) {
        (true, true) => "expired and unused",
        (true, false) => "expired",
        (false, _) => "unused",
    }
}

/// Returns `1 account` or `2 accounts`.
pub fn count_of(count: u64, singular: &str) -> String {
    format!("{} {}", grouped(count), plural(count, singular))
}

/// Returns `account` of one, and `accounts` of any other number.
pub(crate) fn plural(count: u64, singular: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{singular}{ending}")
}

/// Returns what a row rests on, in a line.
pub(crate) fn evidence_line(evidence: &Evidence) -> String {
    format!("{}: {} ({})", evidence.label, evidence.value, evidence.call)
}

/// Returns the number with its thousands set apart: `10,000`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Returns a number of things as `u64`; no machine holds more.
pub(crate) fn as_u64(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// Returns the time as people of every country read it, in UTC to the second.
pub(crate) fn time(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// The first and the last of some times.
pub(crate) type Span = (jiff::Timestamp, jiff::Timestamp);

/// Returns the span between two times, whichever is known and whichever comes first.
pub(crate) fn span(first: Option<jiff::Timestamp>, last: Option<jiff::Timestamp>) -> Option<Span> {
    let (first, last) = (first.or(last)?, last.or(first)?);
    Some((first.min(last), first.max(last)))
}
