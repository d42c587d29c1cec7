//! What changed between two runs.

use proptest::prelude::*;
use rootsweep_checks::ROOT_ACTIVITY;
use rootsweep_engine::Earlier;
use rootsweep_model::assessment::TriageVerdict;
use rootsweep_model::report::triage_v1::Episode;
use rootsweep_model::report::v1::{ChangeKind, Changes, Report, Row};
use rootsweep_model::{GapKind, Severity, Verdict};

use crate::invented::{Invented, Listing, Sweep, gap, id};

/// Sweeps so many accounts, and gives every row the same verdict, so that each test says what differs.
fn report(accounts: usize) -> Report {
    let mut report = Sweep::default().report(Invented::of(accounts, 20));
    for row in &mut report.rows {
        set(row, Verdict::Pass, Severity::High);
    }
    report.run.id = format!("run-of-{accounts}");
    report
}

fn set(row: &mut Row, verdict: Verdict, severity: Severity) {
    (row.verdict, row.severity) = (verdict, severity);
    row.gap = (verdict == Verdict::Unknown).then(|| Box::new(gap(GapKind::AccessDenied, "iam:GetAccountSummary")));
}

fn with_first(mut report: Report, verdict: Verdict, severity: Severity) -> Report {
    set(report.rows.first_mut().expect("a row"), verdict, severity);
    report
}

/// Says what changed since a report that was kept and read back.
fn changes(before: &Report, after: &Report) -> Changes {
    let kept = serde_json::to_value(before).expect("a report is JSON");
    let before: Earlier = serde_json::from_value(kept).expect("a kept report reads back");
    rootsweep_engine::changes(&before, after)
}

fn kinds(before: &Report, after: &Report) -> Vec<ChangeKind> {
    changes(before, after).items.iter().map(|change| change.kind).collect()
}

#[test]
fn every_pair_of_verdicts_has_its_kind() {
    use ChangeKind::{
        Accepted as NewlyAccepted, Better, ExceptionExpired, New, NewlyUnreachable, ReachableAgain, Resolved,
    };
    use Verdict::{Accepted, Fail, NotApplicable, Pass, Unknown};
    let table = [
        (Fail, [None, Some(NewlyUnreachable), Some(Better), Some(Resolved), Some(Resolved)]),
        (Unknown, [Some(New), None, Some(ReachableAgain), Some(ReachableAgain), Some(ReachableAgain)]),
        (Accepted, [Some(ExceptionExpired), Some(NewlyUnreachable), None, Some(Resolved), Some(Resolved)]),
        (NotApplicable, [Some(New), Some(NewlyUnreachable), Some(NewlyAccepted), None, None]),
        (Pass, [Some(New), Some(NewlyUnreachable), Some(NewlyAccepted), None, None]),
    ];
    let plain = report(1);
    for (before, row) in table {
        for (after, wanted) in [Fail, Unknown, Accepted, NotApplicable, Pass].into_iter().zip(row) {
            let before_report = with_first(plain.clone(), before, Severity::High);
            let after_report = with_first(plain.clone(), after, Severity::High);
            let found = kinds(&before_report, &after_report);
            assert_eq!(found, Vec::from_iter(wanted), "{before} -> {after}");
        }
    }
}

#[test]
fn a_fail_gets_worse_or_better_by_its_severity() {
    let low = with_first(report(1), Verdict::Fail, Severity::Low);
    let high = with_first(report(1), Verdict::Fail, Severity::High);
    assert_eq!(kinds(&low, &high), [ChangeKind::Worse]);
    assert_eq!(kinds(&high, &low), [ChangeKind::Better]);
}

#[test]
fn accounts_come_and_go() {
    let (two, three) = (report(2), report(3));
    let added = changes(&two, &three);
    assert_eq!(added.previous_run_id, "run-of-2");
    assert_eq!(
        added.items.iter().map(|it| (it.kind, it.id.clone())).collect::<Vec<_>>(),
        [(ChangeKind::AccountAdded, id(2).to_string())]
    );
    assert_eq!(kinds(&three, &two), [ChangeKind::AccountRemoved]);
}

#[test]
fn what_could_not_be_listed_has_not_gone() {
    let whole = report(10);
    let partial = Sweep::default().report(Invented { listing: Listing::BreaksOffAfter(2), ..Invented::of(10, 4) });
    assert_eq!(partial.accounts.len(), 4);
    let is_about_accounts = |kind: &ChangeKind| matches!(kind, ChangeKind::AccountAdded | ChangeKind::AccountRemoved);
    assert!(!kinds(&whole, &partial).iter().any(is_about_accounts));
    assert!(!kinds(&partial, &whole).iter().any(is_about_accounts));
}

#[test]
fn a_fail_in_a_new_account_is_new() {
    let before = report(1);
    let mut after = report(2);
    let row = after.rows.iter_mut().find(|row| row.account_id == id(1)).expect("a row of the new account");
    set(row, Verdict::Fail, Severity::High);
    assert_eq!(kinds(&before, &after), [ChangeKind::New, ChangeKind::AccountAdded]);
}

fn episode(id: &str, verdict: TriageVerdict) -> Episode {
    let episode = serde_json::json!({
        "id": id, "account_id": crate::invented::id(0), "verdict": verdict, "severity": "medium",
        "title": "the root user signed in", "story": [], "actor": "root-user", "delivery": "backfilled",
        "expectation": "unexpected", "source_ip_addresses": [], "user_agents": [], "actions": [], "event_ids": [],
        "reasons": [], "next_commands": [],
    });
    serde_json::from_value(episode).expect("an episode")
}

/// Gives account 0 a failing `root-activity` row and the given episodes.
fn with_activity(mut report: Report, episodes: &[Episode]) -> Report {
    let row = report.rows.iter_mut().find(|row| row.id == format!("{}/{ROOT_ACTIVITY}", id(0))).expect("a row");
    set(row, Verdict::Fail, Severity::High);
    report.episodes = episodes.to_vec();
    report
}

#[test]
fn new_root_activity_in_an_account_that_failed_before_is_a_change_where_it_wants_attention() {
    let old = episode("old", TriageVerdict::Investigate);
    let before = with_activity(report(1), std::slice::from_ref(&old));
    for verdict in TriageVerdict::ALL {
        let after = with_activity(report(1), &[old.clone(), episode("new", *verdict)]);
        let found: Vec<_> = changes(&before, &after).items.into_iter().map(|it| (it.kind, it.id)).collect();
        let wanted = verdict.wants_attention().then(|| (ChangeKind::New, "new".to_owned()));
        assert_eq!(found, Vec::from_iter(wanted), "{verdict}");
    }
    let late = with_activity(report(1), &[old, episode("new", TriageVerdict::Historical)]);
    assert_eq!(kinds(&before, &late), [ChangeKind::New], "what AWS delivered late was still done");
}

fn verdict() -> impl Strategy<Value = Verdict> {
    prop::sample::select(Verdict::ALL.to_vec())
}

fn severity() -> impl Strategy<Value = Severity> {
    prop::sample::select(Severity::ALL.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn nothing_changes_without_a_difference_and_every_item_is_a_difference(
        rows in prop::collection::vec((verdict(), severity(), verdict(), severity()), 1..8),
    ) {
        let (mut before, mut after) = (report(1), report(1));
        for (at, (verdict_before, severity_before, verdict_after, severity_after)) in rows.into_iter().enumerate() {
            if let (Some(one), Some(other)) = (before.rows.get_mut(at), after.rows.get_mut(at)) {
                set(one, verdict_before, severity_before);
                set(other, verdict_after, severity_after);
            }
        }
        prop_assert!(changes(&before, &before).items.is_empty());
        for item in changes(&before, &after).items {
            let row = |report: &Report| report.rows.iter().find(|row| row.id == item.id).map(|row| (row.verdict, row.severity));
            prop_assert_ne!(row(&before), row(&after));
            prop_assert_eq!(row(&before).map(|it| it.0), item.before);
            prop_assert_eq!(row(&after).map(|it| it.0), item.after);
        }
    }
}

#[test]
fn root_activity_that_the_window_leaves_behind_is_not_resolved() {
    let old = episode("old", TriageVerdict::Incident);
    let before = with_activity(report(1), std::slice::from_ref(&old));
    let quiet = report(1);
    let told = changes(&before, &quiet).items;
    assert_eq!(
        told.iter().map(|it| (it.kind, it.account_id)).collect::<Vec<_>>(),
        [(ChangeKind::OutOfWindow, Some(id(0)))]
    );
    assert!(told[0].summary.contains("neither explained nor expected"), "{}", told[0].summary);
    // What is still in the window and has been explained since is resolved.
    let explained = Report { episodes: vec![episode("old", TriageVerdict::Expected)], ..quiet };
    assert_eq!(kinds(&before, &explained), [ChangeKind::Resolved]);
}
