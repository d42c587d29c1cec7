//! Nothing is lost on interruption, and a resumed run ends as if it had never been interrupted.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use rootsweep_engine::Checkpoint;
use rootsweep_model::report::v1::Report;
use rootsweep_model::{GapKind, Verdict};

use crate::invented::{Fault, Invented, Sweep, id, judged, options, runtime};

fn organization(accounts: usize) -> Invented {
    let delays = (0..accounts).map(|number| Fault::After(7 * (number as u64 % 5)));
    delays.enumerate().fold(Invented::of(accounts, 5), |invented, (number, fault)| invented.with(number, fault))
}

/// Runs until the time comes, and returns the report with the accounts that the watcher saw come home.
fn interrupted(accounts: usize, after: u64, path: &Path) -> Option<(Report, BTreeSet<String>)> {
    runtime().block_on(async {
        let sweep = Sweep::into(path);
        let cancel = sweep.cancel.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(after)).await;
            cancel.cancel();
        });
        let (gathered, events) = sweep.run(&Arc::new(organization(accounts))).await.ok()?;
        let home = events.iter().filter_map(|event| match event {
            rootsweep_engine::Event::Finished { account_id, .. } => Some(account_id.to_string()),
            _ => None,
        });
        Some((judged(&gathered), home.collect()))
    })
}

fn resumed(accounts: usize, path: &Path) -> (Report, usize) {
    let checkpoint = Checkpoint::resume(path, &options()).expect("a checkpoint");
    let invented = Arc::new(organization(accounts));
    let run = Sweep { checkpoint, ..Sweep::default() }.run(&invented);
    let report = judged(&runtime().block_on(run).expect("facts").0);
    let read = invented.read.lock().unwrap().len();
    (report, read)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn what_was_gathered_stays_and_resuming_completes_it(accounts in 1_usize..30, after in 0_u64..60, torn in "[a-z{\"]{0,40}") {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("facts.jsonl");
        let whole = Sweep::default().report(organization(accounts));
        let home = match interrupted(accounts, after, &path) {
            // Interrupted before the first page there is nothing to report.
            None => BTreeSet::new(),
            Some((report, home)) => {
                for row in report.rows.iter().filter(|row| row.check_id == "root-access-keys") {
                    let reached = home.contains(&row.account_id.to_string());
                    let kind = row.gap.as_ref().map(|gap| gap.kind);
                    prop_assert_eq!(kind == Some(GapKind::Interrupted), !reached, "{}", &row.id);
                }
                prop_assert_eq!(report.run.interrupted || report == whole, true);
                home
            }
        };
        // A process that is killed leaves half a line behind.
        OpenOptions::new().append(true).open(&path).unwrap().write_all(torn.as_bytes()).unwrap();
        let (report, read) = resumed(accounts, &path);
        prop_assert_eq!(read, accounts - home.len());
        prop_assert_eq!(serde_json::to_string(&report).unwrap(), serde_json::to_string(&whole).unwrap());
    }
}

#[test]
fn what_was_not_reached_is_unknown_and_says_how_to_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let (report, home) = interrupted(20, 5, &folder.path().join("facts.jsonl")).expect("a report");
    assert!(report.run.interrupted);
    assert!(!home.is_empty() && home.len() < 20, "{home:?}");
    let row = report.rows.iter().find(|row| row.account_id == id(4)).expect("account 4 was listed");
    assert_eq!(row.verdict, Verdict::Unknown);
    assert!(row.remediation.as_deref().unwrap().contains("--resume"));
    assert_eq!(report.coverage.listing.map(|gap| gap.kind), Some(GapKind::Interrupted));
}
