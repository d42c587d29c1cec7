//! Accounts that others are watched from.

use std::collections::BTreeSet;
use std::sync::Arc;

use rootsweep_engine::{Gathered, Selection};
use rootsweep_model::AccountId;

use crate::invented::{Fault, Invented, Sweep, id, judged, runtime};

/// Sweeps accounts 1 and 2 of six, of which account 1 is watched from `owner` and `log_group_account`.
fn sweep(
    owner: AccountId,
    log_group_account: AccountId,
    change: impl FnOnce(&mut Invented),
) -> (Gathered, BTreeSet<AccountId>) {
    let mut invented = Invented::of(6, 20);
    invented.trails.insert(id(1), (owner, log_group_account));
    change(&mut invented);
    let invented = Arc::new(invented);
    let selection = Selection { accounts: [id(1), id(2)].into(), ..Selection::default() };
    let run = Sweep { selection, known: vec![id(77)], ..Sweep::default() }.run(&invented);
    let (gathered, _) = runtime().block_on(run).expect("facts");
    let asked = invented.asked.lock().unwrap().clone();
    (gathered, asked)
}

#[test]
fn owners_outside_of_the_sweep_are_asked_once() {
    let (gathered, asked) = sweep(id(0), id(5), |invented| {
        invented.trails.insert(id(2), (id(0), id(5)));
    });
    assert_eq!(asked, [id(0), id(5)].into());
    assert_eq!(gathered.owners, [id(0), id(5)].into());
}

#[test]
fn an_owner_that_is_swept_is_not_asked_again() {
    let (gathered, asked) = sweep(id(2), id(2), |_| ());
    assert_eq!(asked, BTreeSet::new());
    assert_eq!(gathered.owners, [id(2)].into());
}

#[test]
fn whom_an_owner_names_is_asked_in_turn() {
    let (gathered, asked) = sweep(id(0), id(0), |invented| {
        invented.trails.insert(id(0), (id(0), id(5)));
    });
    assert_eq!(asked, [id(0), id(5)].into());
    assert_eq!(gathered.owners, [id(0), id(5)].into());
}

#[test]
fn the_management_account_is_asked_though_it_is_not_listed() {
    let (_, asked) = sweep(id(77), id(77), |_| ());
    assert_eq!(asked, [id(77)].into());
}

#[test]
fn a_stranger_is_never_entered() {
    let (_, asked) = sweep(id(999), id(999), |_| ());
    assert_eq!(asked, BTreeSet::new());
}

#[test]
fn an_owner_that_cannot_be_read_ends_nothing() {
    for fault in [Fault::Denied, Fault::Panics] {
        let (gathered, _) = sweep(id(0), id(0), |invented| {
            invented.faults.insert(id(0), fault);
        });
        assert_eq!(judged(&gathered).accounts.len(), 2);
    }
}

/// Sweeps accounts 1 and 2 of six, both of which act on topics of others; returns the topics that were asked for.
fn topics_asked(change: impl FnOnce(&mut Invented)) -> Vec<(AccountId, BTreeSet<String>)> {
    let mut invented = Invented::of(6, 20);
    change(&mut invented);
    let invented = Arc::new(invented);
    let selection = Selection { accounts: [id(1), id(2)].into(), ..Selection::default() };
    let (gathered, _) = runtime().block_on(Sweep { selection, ..Sweep::default() }.run(&invented)).expect("facts");
    assert_eq!(judged(&gathered).accounts.len(), 2);
    invented.topics_asked.lock().unwrap().clone()
}

fn topic(account: usize, name: &str) -> String {
    format!("arn:aws:sns:us-east-1:{}:{name}", id(account))
}

#[test]
fn a_topic_that_many_act_on_is_read_once_in_its_own_account() {
    let asked = topics_asked(|invented| {
        invented.topics.insert(id(1), vec![topic(1, "own"), topic(5, "a"), topic(5, "b")]);
        invented.topics.insert(id(2), vec![topic(5, "a")]);
    });
    assert_eq!(asked, [(id(5), [topic(5, "a"), topic(5, "b")].into())]);
}

#[test]
fn a_topic_that_its_swept_account_read_is_not_asked_again() {
    let asked = topics_asked(|invented| {
        invented.topics.insert(id(1), vec![topic(2, "known"), topic(2, "unnamed")]);
        invented.topics.insert(id(2), vec![topic(2, "known")]);
    });
    assert_eq!(asked, [(id(2), [topic(2, "unnamed")].into())]);
}

#[test]
fn topics_of_strangers_are_not_asked_for() {
    let asked = topics_asked(|invented| {
        invented.topics.insert(id(1), vec![topic(999, "a")]);
    });
    assert_eq!(asked, []);
}

#[test]
fn an_account_whose_topics_cannot_be_read_ends_nothing() {
    let asked = topics_asked(|invented| {
        invented.topics.insert(id(1), vec![topic(5, "a")]);
        invented.faults.insert(id(5), Fault::Panics);
    });
    assert_eq!(asked.len(), 1);
}
