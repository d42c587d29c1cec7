//! Promise 3: read-only. The calls that are made are within one list, and a session is narrowed to it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeSet;
use std::path::Path;

use fake_aws::PrincipalKind;
use fake_aws::world::World;
use rootsweep_aws::calls::READ_CALLS;
use serde_json::Value;
use test_support::{Aws, Rootsweep};

/// The actions of the two policies that users deploy.
fn allowed() -> BTreeSet<String> {
    let mut allowed = BTreeSet::new();
    for file in ["../docs/iam-policy.json", "../docs/caller-policy.json"] {
        let policy: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        for statement in policy["Statement"].as_array().unwrap() {
            let actions = statement["Action"].as_array().unwrap();
            allowed.extend(actions.iter().map(|action| action.as_str().unwrap().to_owned()));
        }
    }
    // Every principal may ask who it is.
    allowed.insert("sts:GetCallerIdentity".to_owned());
    allowed
}

#[test]
fn no_call_is_made_beyond_the_list() {
    let scenario = scenario::load("../scenarios".as_ref(), "a-dozen-accounts").unwrap();
    let aws = Aws::serve(scenario.world);
    let sources = ["--source", "lookup-events", "--source", "log-group"];
    let run = Rootsweep::against(&aws).run(&[&["sweep", "--output", "json=r.json"], &sources[..]].concat());
    assert!([10, 12].contains(&run.code), "{}", run.stderr);
    let made: BTreeSet<String> = aws.world().calls.counts().keys().cloned().collect();
    let beyond: Vec<&String> = made.iter().filter(|it| !allowed().contains(*it)).collect();
    assert!(beyond.is_empty(), "these calls are in no policy of docs/: {beyond:?}");
    let writes = |action: &&String| {
        let name = action.split(':').nth(1).unwrap_or_default();
        !["Get", "List", "Describe", "Lookup", "Filter", "Assume", "Generate"].iter().any(|verb| name.starts_with(verb))
    };
    let written: Vec<&String> = made.iter().filter(writes).collect();
    assert!(written.is_empty(), "these calls do not read: {written:?}");
}

#[test]
fn every_session_is_narrowed_by_an_inline_policy() {
    let aws = Aws::serve(World::generated(3, "rootsweep-audit"));
    let run = Rootsweep::against(&aws).run(&["sweep", "--output", "json=r.json"]);
    assert!([0, 10, 11, 12].contains(&run.code), "{}", run.stderr);
    let world = aws.world();
    let mut sessions = 0;
    for principal in world.calls.entries().iter().filter_map(|call| call.principal.as_ref()) {
        if let PrincipalKind::AssumedRole { policy, .. } = &principal.kind {
            sessions += 1;
            assert!(policy.is_some(), "the session {} is as wide as its role", principal.arn);
        }
    }
    assert!(sessions > 0, "no role was assumed");
}

/// Calls that a text names as a whole literal: `"iam:GetAccountSummary"`.
fn named_calls(source: &str) -> impl Iterator<Item = &str> {
    source.split('"').filter(|text| {
        text.split_once(':').is_some_and(|(service, operation)| {
            !service.is_empty()
                && service.bytes().all(|it| it.is_ascii_lowercase())
                && operation.starts_with(|it: char| it.is_ascii_uppercase())
                && operation.bytes().all(|it| it.is_ascii_alphanumeric())
        })
    })
}

fn sources_below(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources_below(&path, found);
        } else {
            found.push(std::fs::read_to_string(path).unwrap());
        }
    }
}

/// The engine makes gaps of its own and cannot ask the list, for it knows nothing of AWS.
#[test]
fn a_gap_of_the_engine_names_a_call_that_is_made() {
    let mut sources = Vec::new();
    for krate in ["rootsweep-engine", "rootsweep-model"] {
        sources_below(&Path::new("../crates").join(krate).join("src"), &mut sources);
    }
    let known: BTreeSet<&str> = READ_CALLS.iter().map(|call| call.action).collect();
    let named: BTreeSet<&str> = sources.iter().flat_map(|source| named_calls(source)).collect();
    assert!(named.contains("organizations:ListAccounts"), "the sources are not where they were: {named:?}");
    let never_made: Vec<_> = named.difference(&known).collect();
    assert!(never_made.is_empty(), "no sweep makes these calls: {never_made:?}");
}
