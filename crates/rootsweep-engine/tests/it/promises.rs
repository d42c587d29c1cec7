//! The promises of the sweep, over random faults: one row for every account and check, unknown never a pass, the same
//! bytes from the same facts.

use proptest::prelude::*;
use rootsweep_checks::CHECKS;
use rootsweep_model::Verdict;
use rootsweep_model::report::v1::Report;

use crate::invented::{Fault, Invented, Sweep};

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        4 => (0_u64..50).prop_map(Fault::After),
        1 => Just(Fault::Denied),
        1 => Just(Fault::SummaryMalformed),
        1 => Just(Fault::Panics),
        1 => Just(Fault::Hangs),
    ]
}

fn organization(faults: &[Fault], page: usize) -> Invented {
    let healthy = Invented::of(faults.len(), page);
    faults.iter().enumerate().fold(healthy, |invented, (number, fault)| invented.with(number, *fault))
}

fn json(report: &Report) -> String {
    serde_json::to_string(report).expect("a report is JSON")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn every_account_has_one_row_for_every_check(faults in prop::collection::vec(fault(), 1..40), page in 1_usize..21) {
        let report = Sweep::default().report(organization(&faults, page));
        prop_assert_eq!(report.accounts.len(), faults.len());
        let wanted = report.accounts.iter().flat_map(|account| CHECKS.iter().map(move |check| (account.id, check.meta().id)));
        let rows = report.rows.iter().map(|row| (row.account_id, row.check_id.as_ref()));
        prop_assert!(rows.eq(wanted));
        prop_assert_eq!(report.counts.rows, (faults.len() * CHECKS.len()) as u64);
        prop_assert_eq!(report.counts.by_verdict.values().sum::<u64>(), report.counts.rows);
    }

    #[test]
    fn a_fault_never_makes_a_pass(faults in prop::collection::vec(fault(), 1..20)) {
        let healthy = Sweep::default().report(Invented::of(faults.len(), 20));
        let faulty = Sweep::default().report(organization(&faults, 20));
        for (before, after) in healthy.rows.iter().zip(&faulty.rows) {
            prop_assert_eq!(&before.id, &after.id);
            prop_assert!(after.verdict != Verdict::Pass || before.verdict == Verdict::Pass, "{}", after.id);
            prop_assert_eq!(after.verdict == Verdict::Unknown, after.gap.is_some(), "{}", &after.id);
        }
    }

    #[test]
    fn order_and_concurrency_do_not_show(faults in prop::collection::vec(fault(), 1..40), delays in prop::collection::vec(0_u64..50, 40)) {
        let one_at_a_time = Sweep::at(1).report(organization(&faults, 20));
        let shuffled: Vec<Fault> = faults.iter().zip(delays).map(|(fault, delay)| match fault {
            Fault::After(_) => Fault::After(delay),
            other => *other,
        }).collect();
        let mut invented = organization(&shuffled, 7);
        invented.pages.reverse();
        prop_assert_eq!(json(&one_at_a_time), json(&Sweep::at(32).report(invented)));
    }
}
