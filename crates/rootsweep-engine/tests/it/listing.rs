//! The listing: it may break off, and the selection may name what is not there.

use std::collections::BTreeSet;
use std::sync::Arc;

use rootsweep_engine::{Error, Selection};
use rootsweep_model::GapKind;
use rootsweep_model::report::v1::Report;

use crate::invented::{Invented, Listing, Sweep, id, judged, runtime};

fn sweep(selection: Selection, invented: Invented) -> (Result<Report, Error>, Arc<Invented>) {
    let invented = Arc::new(invented);
    let run = Sweep { selection, ..Sweep::default() }.run(&invented);
    let report = runtime().block_on(run).map(|(gathered, _)| judged(&gathered));
    (report, invented)
}

fn units(ids: &[&str]) -> Selection {
    Selection { organizational_units: ids.iter().map(ToString::to_string).collect(), ..Selection::default() }
}

fn accounts(numbers: &[usize]) -> Selection {
    Selection { accounts: numbers.iter().copied().map(id).collect(), ..Selection::default() }
}

#[test]
fn a_listing_that_breaks_off_is_told_and_what_it_gave_is_swept() {
    let invented = Invented { listing: Listing::BreaksOffAfter(2), ..Invented::of(10, 4) };
    let report = sweep(Selection::default(), invented).0.expect("a report");
    assert_eq!(report.accounts.len(), 4);
    assert_eq!(report.coverage.listing.map(|gap| gap.kind), Some(GapKind::Throttled));
}

#[test]
fn a_listing_that_gives_nothing_is_an_error() {
    let invented = Invented { listing: Listing::BreaksOffAfter(0), ..Invented::of(10, 4) };
    assert!(matches!(sweep(Selection::default(), invented).0, Err(Error::Listing(_))));
}

#[test]
fn an_account_outside_of_the_organization_is_told_before_any_is_entered() {
    let (result, invented) = sweep(accounts(&[1, 99]), Invented::of(50, 20));
    let error = result.expect_err("account 99 is not listed");
    assert_eq!(error.to_string(), "account 111111111210 is not in this organization");
    assert_eq!(*invented.read.lock().unwrap(), []);
}

#[test]
fn an_organizational_unit_without_accounts_is_told_before_any_is_entered() {
    let (result, invented) = sweep(units(&["ou-ab12-00000001", "ou-zz99-00000009"]), Invented::of(50, 20));
    assert!(matches!(result, Err(Error::EmptyOrganizationalUnit(units)) if units == ["ou-zz99-00000009"]));
    assert_eq!(*invented.read.lock().unwrap(), []);
}

#[test]
fn accounts_and_units_are_a_union_less_the_excluded() {
    let mut selection = units(&["ou-ab12-00000001"]);
    selection.accounts = BTreeSet::from([id(0)]);
    selection.excluded = BTreeSet::from([id(4)]);
    let report = sweep(selection, Invented::of(8, 3)).0.expect("a report");
    let swept: Vec<_> = report.accounts.iter().map(|account| account.id).collect();
    assert_eq!(swept, [id(0), id(1), id(7)]);
}

#[test]
fn nothing_left_is_an_error() {
    let selection = Selection { excluded: (0..3).map(id).collect(), ..Selection::default() };
    let error = sweep(selection, Invented::of(3, 20)).0.expect_err("all are excluded");
    assert_eq!(error.to_string(), "no account is left to sweep: every one of the 3 listed accounts is excluded");
}

#[test]
fn naming_an_account_and_excluding_it_leaves_nothing() {
    let selection = Selection { excluded: [id(1)].into(), ..accounts(&[1]) };
    let error = sweep(selection, Invented::of(3, 20)).0.expect_err("account 1 is excluded");
    assert_eq!(error.to_string(), "no account is left to sweep: whatever is named is excluded as well");
}

#[test]
fn accounts_whose_unit_is_not_known_are_left_out_and_counted() {
    let mut invented = Invented::of(6, 20);
    for page in &mut invented.pages {
        page.iter_mut().filter(|account| account.id == id(1)).for_each(|account| account.ou_ids.clear());
    }
    let report = sweep(units(&["ou-ab12-00000001"]), invented).0.expect("a report");
    assert_eq!(report.accounts.iter().map(|account| account.id).collect::<Vec<_>>(), [id(4)]);
    let gap = report.coverage.listing.expect("the list is not whole");
    assert!(gap.message.contains("of 1 accounts"), "{}", gap.message);
}

#[test]
fn an_account_on_two_pages_is_swept_once() {
    let mut invented = Invented::of(4, 2);
    let again = invented.pages[0].clone();
    invented.pages.push(again);
    let (report, invented) = sweep(Selection::default(), invented);
    assert_eq!(report.expect("a report").accounts.len(), 4);
    assert_eq!(invented.read.lock().unwrap().len(), 4);
}

#[test]
fn reading_begins_with_the_first_page() {
    let invented = Arc::new(Invented { listing: Listing::Whole, ..Invented::of(4, 2) });
    let (_, events) = runtime().block_on(Sweep::default().run(&invented)).expect("facts");
    let told: Vec<String> = events.iter().map(|event| format!("{event:?}")).collect();
    let first_finished = told.iter().position(|event| event.starts_with("Finished")).expect("something finished");
    let listing_ended = told.iter().position(|event| event.starts_with("ListingEnded")).expect("the listing ended");
    assert!(first_finished < listing_ended, "{told:#?}");
}
