//! One bad account or check costs only itself.

use std::sync::Arc;

use rootsweep_checks::{Check, CheckMeta, Subject};
use rootsweep_engine::Context;
use rootsweep_model::{GapKind, Judgement, Severity, Verdict};

use crate::invented::{Fault, Invented, Sweep, id, organization, runtime, started_at};

/// Returns the gap of an account as a whole.
fn gap_of(fault: Fault) -> (GapKind, String) {
    let report = Sweep::default().report(Invented::of(3, 20).with(1, fault));
    let (bad, good): (Vec<_>, Vec<_>) = report.rows.iter().partition(|row| row.account_id == id(1));
    assert!(good.iter().any(|row| row.verdict == Verdict::Fail), "the other accounts are judged");
    let row = bad.iter().find(|row| row.check_id == "root-mfa").expect("a row for the bad account");
    assert_eq!(row.verdict, Verdict::Unknown);
    let gap = row.gap.as_ref().expect("unknown has a gap");
    assert_eq!(gap.call, "rootsweep", "no single call is to blame");
    (gap.kind, gap.message.clone())
}

#[test]
fn a_panic_in_one_account_is_its_gap() {
    let (kind, message) = gap_of(Fault::Panics);
    assert_eq!(kind, GapKind::Panicked);
    assert_eq!(message, "gathering panicked: invented panic in 111111111112");
}

#[test]
fn an_account_that_never_answers_is_given_up() {
    let (kind, message) = gap_of(Fault::Hangs);
    assert_eq!(kind, GapKind::TimedOut);
    assert_eq!(message, "the account was given up after 1m, before all its calls were answered");
}

static BROKEN: CheckMeta = CheckMeta {
    id: "broken",
    title: "Breaks",
    severity: Severity::Low,
    risk: "",
    remediation: "",
    unknown_means: "",
    controls: &[],
    needs: &[],
    readme: "",
};

static SOUND: CheckMeta = CheckMeta { id: "sound", ..BROKEN };

/// A check that panics on one account.
struct Broken;

impl Check for Broken {
    fn meta(&self) -> &'static CheckMeta {
        &BROKEN
    }

    fn judge(&self, subject: &Subject<'_>) -> Judgement {
        assert_ne!(subject.facts.account.id, id(1), "invented");
        Judgement::pass("fine")
    }
}

struct Sound;

impl Check for Sound {
    fn meta(&self) -> &'static CheckMeta {
        &SOUND
    }

    fn judge(&self, _: &Subject<'_>) -> Judgement {
        Judgement::pass("fine")
    }
}

#[test]
fn a_panic_in_a_check_is_one_unknown_row() {
    let invented = Arc::new(Invented::of(3, 20));
    let run = Sweep::default().run(&invented);
    let (gathered, _) = runtime().block_on(run).expect("facts");
    let organization = organization();
    let context = Context {
        checks: &[&Broken, &Sound],
        organization: &organization,
        exceptions: &[],
        expected_uses: &[],
        version: "0.0.0",
        finished_at: started_at(),
    };
    let report = rootsweep_engine::judge(&gathered, &context).expect("a report");
    let unknown: Vec<_> = report.rows.iter().filter(|row| row.verdict != Verdict::Pass).collect();
    assert_eq!(report.rows.len(), 6);
    let [row] = unknown.as_slice() else { panic!("one unknown row, not {unknown:?}") };
    assert_eq!(row.id, format!("{}/broken", id(1)));
    assert_eq!(row.gap.as_ref().map(|gap| gap.kind), Some(GapKind::Panicked));
}
