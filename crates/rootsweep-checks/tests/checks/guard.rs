//! The folders of the checks: nothing forgotten, nothing that disagrees.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use rootsweep_checks::CHECKS;
use rootsweep_model::Verdict;

use crate::cases;

const HEADINGS: [&str; 5] =
    ["## What it looks at", "## Why it matters", "## What Unknown means here", "## How to fix", "## References"];

/// The sweep's read list, as it is written; depending on its crate would bring the AWS SDK in.
const READ_CALLS: &str = include_str!("../../../rootsweep-aws/src/calls.rs");

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/checks")
}

/// Returns the folder of a check.
pub(crate) fn folder_of(id: &str) -> String {
    id.replace('-', "_")
}

/// Reads a file of a check's folder.
pub(crate) fn read(folder: &str, name: &str) -> String {
    fs::read_to_string(root().join(folder).join(name)).unwrap_or_else(|error| panic!("{folder}/{name}: {error}"))
}

#[test]
fn every_folder_is_registered_and_every_check_has_its_folder() {
    let entries = fs::read_dir(root()).expect("the folder of the checks");
    let folders: BTreeSet<_> = entries
        .map(|entry| entry.expect("an entry"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().expect("a name in UTF-8"))
        .collect();
    let registered: BTreeSet<_> = CHECKS.iter().map(|check| folder_of(check.meta().id)).collect();
    assert_eq!(folders, registered);
}

#[test]
fn the_ids_are_these_and_their_order_is_fixed() {
    let ids: Vec<_> = CHECKS.iter().map(|check| check.meta().id).collect();
    insta::assert_snapshot!(ids.join("\n"), @r"
    root-mfa
    root-mfa-hardware
    root-access-keys
    root-signing-certificates
    root-credentials-managed
    root-trail
    root-alarm
    root-alarm-noise
    root-activity
    root-last-used
    ");
}

#[test]
fn every_cases_file_names_its_check() {
    for check in CHECKS {
        let id = check.meta().id;
        assert_eq!(cases::of(&folder_of(id)).check, id);
    }
}

#[test]
fn every_check_has_a_case_of_each_verdict_that_it_knows() {
    for check in CHECKS {
        let id = check.meta().id;
        let mut wanted = BTreeSet::from([Verdict::Pass, Verdict::Fail, Verdict::Unknown]);
        if fs::read_to_string(root().join(folder_of(id)).join("check.rs")).expect("a check").contains("not_applicable(")
        {
            wanted.insert(Verdict::NotApplicable);
        }
        let shown: BTreeSet<_> = cases::of(&folder_of(id)).cases.iter().map(|case| case.expect).collect();
        assert_eq!(shown, wanted, "{id}");
    }
}

#[test]
fn no_two_cases_of_a_check_have_the_same_name() {
    for check in CHECKS {
        let cases = cases::of(&folder_of(check.meta().id)).cases;
        let names: BTreeSet<_> = cases.iter().map(|case| case.name.as_str()).collect();
        assert_eq!(names.len(), cases.len(), "{}", check.meta().id);
    }
}

#[test]
fn every_readme_has_the_five_headings_in_order() {
    for check in CHECKS {
        let meta = check.meta();
        assert_eq!(meta.readme, read(&folder_of(meta.id), "README.md"), "{}", meta.id);
        let headings: Vec<_> = meta.readme.lines().filter(|line| line.starts_with("## ")).collect();
        assert_eq!(headings, HEADINGS, "{}", meta.id);
        assert!(meta.readme.starts_with(&format!("# {}\n", meta.id)), "{}: the title is the id", meta.id);
    }
}

#[test]
fn every_need_is_an_iam_action_once() {
    for check in CHECKS {
        let needs = check.meta().needs;
        assert_eq!(needs.iter().collect::<BTreeSet<_>>().len(), needs.len(), "{}", check.meta().id);
        for need in needs {
            let (service, action) = need.split_once(':').expect("service:Action");
            assert!(service.chars().all(|it| it.is_ascii_lowercase()), "{need}");
            assert!(READ_CALLS.contains(&format!("\"{service}\" \"{action}\"")), "{need} is not on the read list");
            let reads = ["Get", "List", "Describe", "Lookup", "Generate"].iter().any(|it| action.starts_with(it));
            assert!(reads, "{need} reads nothing");
        }
    }
}
