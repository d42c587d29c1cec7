//! `rootsweep kit` writes templates that allow what the sweep calls, and nothing else.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use rootsweep_aws::calls::{Principal, READ_CALLS, actions};
use test_support::{Rootsweep, Run};

fn kit(arguments: &[&str]) -> Run {
    Rootsweep::alone().run(&[&["kit"], arguments].concat())
}

/// Returns the texts of a template that read like an IAM action of a service that the sweep calls. Those of STS are the
/// trust policy's.
fn actions_in(template: &str) -> BTreeSet<&str> {
    let mut services: BTreeSet<&str> = READ_CALLS.iter().filter_map(|call| call.action.split(':').next()).collect();
    services.remove("sts");
    let words = template.split(|it: char| !it.is_ascii_alphanumeric() && !matches!(it, ':' | '-'));
    let is_action = |word: &&str| {
        let action = word.split_once(':').filter(|(service, _)| services.contains(service));
        action.is_some_and(|(_, operation)| operation.starts_with(|it: char| it.is_ascii_uppercase()))
    };
    words.filter(is_action).collect()
}

#[test]
fn every_kit_comes_in_both_languages() {
    for name in ["audit-role", "alarm", "event-rule", "monitor"] {
        for (language, mark) in [("cloudformation", "Resources:"), ("terraform", "resource \"aws_")] {
            let run = kit(&[name, "--as", language]);
            assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{name} as {language}");
            assert!(run.stdout.contains(mark), "{name} as {language}: {}", run.stdout);
        }
    }
}

#[test]
fn the_audit_role_allows_what_the_sweep_calls_in_an_account() {
    let wanted = actions(&[Principal::AuditRole]);
    for language in ["cloudformation", "terraform"] {
        let run = kit(&["audit-role", "--as", language]);
        assert_eq!(actions_in(&run.stdout), wanted, "{language}");
    }
}

#[test]
fn names_reach_the_template() {
    let principal = "arn:aws:iam::111122223333:role/nightly";
    let options = ["--role-name", "look-only", "--external-id", "x:42", "--trusted-principal", principal];
    for language in ["cloudformation", "terraform"] {
        let run = kit(&[&["audit-role", "--as", language], options.as_slice()].concat());
        for text in ["look-only", "x:42", principal] {
            assert!(run.stdout.contains(text), "{text} is not in {}", run.stdout);
        }
    }
}

#[test]
fn words_that_cannot_be_meant_are_refused() {
    let refused: [(&[&str], &str); 5] = [
        (&["audit-roll", "--as", "terraform"], "audit-role"),
        (&["audit-role", "--as", "pulumi"], "cloudformation"),
        (&["audit-role"], "--as"),
        (&["audit-role", "--as", "terraform", "--role-name", "audit role"], "role name"),
        (&["audit-role", "--as", "terraform", "--trusted-principal", "*"], "role ARN"),
    ];
    for (arguments, said) in refused {
        let run = kit(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(run.stderr.contains(said), "{said} is not said in: {}", run.stderr);
    }
}
