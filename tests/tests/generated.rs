//! The files under `docs/` that are written from code say what the code says.
//!
//! `cargo xtask generate` runs this with `ROOTSWEEP_UPDATE` set: then they are written instead.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::fmt::Write as _;
use std::path::Path;

use test_support::Rootsweep;

/// Compares a file with what it has to be, or writes it.
fn check(name: &str, wanted: &str) {
    let path = Path::new("../docs").join(name);
    if std::env::var_os("ROOTSWEEP_UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, wanted).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == wanted, "docs/{name} is out of date: run `cargo xtask generate`, and read what changed");
}

fn says(arguments: &[&str]) -> String {
    let run = Rootsweep::alone().run(arguments);
    assert_eq!(run.code, 0, "{arguments:?}: {}", run.stderr);
    run.stdout
}

#[test]
fn policies() {
    check("iam-policy.json", &rootsweep_aws::calls::audit_role_policy());
    check("caller-policy.json", &rootsweep_aws::calls::caller_policy());
}

#[test]
fn calls() {
    let mut text = "# Calls\n\nEvery API call that a sweep may make, and what its answer is needed for.\n\n".to_owned();
    text += "| call | made by | what for |\n|---|---|---|\n";
    for call in rootsweep_aws::calls::READ_CALLS {
        writeln!(text, "| `{}` | {:?} | {} |", call.action, call.principal, call.why).unwrap();
    }
    check("calls.md", &text);
}

#[test]
fn checks() {
    let mut text = "# Checks\n\n```text\n".to_owned() + &says(&["checks"]) + "```\n";
    for check in rootsweep_checks::CHECKS {
        text += "\n---\n\n";
        text += says(&["checks", check.meta().id]).trim_end();
        text += "\n";
    }
    check("checks.md", &text);
}

#[test]
fn command_line() {
    let mut text = "# Command line\n".to_owned();
    for command in ["sweep", "triage", "report", "diff", "pattern check", "pattern explain", "checks", "kit", "schema"]
    {
        let arguments: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        write!(text, "\n## rootsweep {command}\n\n```text\n{}\n```\n", says(&arguments).trim_end()).unwrap();
    }
    check("command-line.md", &text);
}

#[test]
fn schemas() {
    check("schema/report.v1.json", &says(&["schema", "report"]));
    check("schema/triage.v1.json", &says(&["schema", "triage"]));
}

#[test]
fn patterns() {
    let intro = "# Known patterns\n\nPatterns that circulate, evaluated on the probe records: which of them each would hear.\n\n";
    check("patterns.md", &format!("{intro}{}", rootsweep_checks::pattern_advice::markdown()));
}

#[test]
fn scenarios() {
    let mut text =
        "# Scenarios\n\nIncidents that `cargo xtask simulate` replays, and what a naive tool does there.\n\n"
            .to_owned();
    text += "| scenario | what it proves | a naive tool |\n|---|---|---|\n";
    let mut only_embedded = String::new();
    for slug in scenario::slugs("../scenarios".as_ref()).unwrap() {
        let scenario = scenario::load("../scenarios".as_ref(), &slug).unwrap();
        let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|");
        writeln!(
            text,
            "| [{slug}](../scenarios/{slug}/scenario.yaml) | {} | {} |",
            line(&scenario.why),
            line(&scenario.naive)
        )
        .unwrap();
        if let Some(reason) = &scenario.embedded_only {
            writeln!(only_embedded, "- {slug}: {}", line(reason)).unwrap();
        }
    }
    text += "\n## Not on LocalStack\n\nEvery other scenario meets the same expectations on both backends.\n\n";
    check("scenarios.md", &(text + &only_embedded));
}
