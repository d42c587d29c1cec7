//! How much could be checked: rows by verdict, gaps by kind.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rootsweep_model::report::v1::{Counts, Coverage, GapCount, Row};
use rootsweep_model::{Gap, GapKind, Severity, Verdict};

/// Counts the rows by verdict, and the failed ones by severity.
pub(super) fn counts(rows: &[Row]) -> Counts {
    let mut counts = Counts {
        rows: rows.len() as u64,
        by_verdict: Verdict::ALL.into_iter().map(|verdict| (verdict, 0)).collect(),
        failed_by_severity: Severity::ALL.into_iter().map(|severity| (severity, 0)).collect(),
    };
    for row in rows {
        *counts.by_verdict.entry(row.verdict).or_default() += 1;
        if row.verdict == Verdict::Fail {
            *counts.failed_by_severity.entry(row.severity).or_default() += 1;
        }
    }
    counts
}

/// Says how much could be checked; `rows` stand account by account, `checks` of them each.
pub(super) fn coverage(rows: &[Row], listing: Option<Gap>) -> Coverage {
    let mut coverage = Coverage { gaps: gap_counts(rows), listing, ..Coverage::default() };
    for account in rows.chunk_by(|one, next| one.account_id == next.account_id) {
        let unknown = account.iter().filter(|row| row.verdict == Verdict::Unknown).count();
        coverage.accounts += 1;
        let of_its_kind = match unknown {
            0 => &mut coverage.accounts_fully_checked,
            all if all == account.len() => &mut coverage.accounts_not_checked,
            _ => &mut coverage.accounts_partly_checked,
        };
        *of_its_kind += 1;
    }
    coverage
}

fn gap_counts(rows: &[Row]) -> Vec<GapCount> {
    let mut by_gap: BTreeMap<(GapKind, &str), BTreeMap<&str, u64>> = BTreeMap::new();
    for gap in rows.iter().filter_map(|row| row.gap.as_ref()) {
        *by_gap.entry((gap.kind, &gap.call)).or_default().entry(&gap.remedy).or_default() += 1;
    }
    let mut counts: Vec<GapCount> = by_gap.into_iter().map(|(gap, remedies)| gap_count(gap, &remedies)).collect();
    counts.sort_by_key(|count| Reverse(count.rows));
    counts
}

/// Counts one kind of gap, with the remedy that helps the most rows.
fn gap_count((kind, call): (GapKind, &str), remedies: &BTreeMap<&str, u64>) -> GapCount {
    let remedy = remedies.iter().max_by_key(|(remedy, rows)| (**rows, Reverse(**remedy))).map(|(remedy, _)| *remedy);
    GapCount {
        kind,
        call: call.to_owned(),
        rows: remedies.values().sum(),
        remedy: remedy.unwrap_or_default().to_owned(),
    }
}
