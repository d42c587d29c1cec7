//! `cargo xtask tidy`: what no compiler checks.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use serde_json::Value;
use xshell::{Shell, cmd};

/// Most lines that a source file may have.
const LONGEST_FILE: usize = 700;

/// Which of our crates each crate may depend on: the arrows of ARCHITECTURE.md, and they run one way.
const ARROWS: &[(&str, &[&str])] = &[
    ("logs-filter-pattern", &[]),
    ("eventbridge-pattern", &[]),
    ("rootsweep-model", &[]),
    ("rootsweep-cloudtrail", &["rootsweep-model"]),
    ("rootsweep-triage", &["rootsweep-model", "rootsweep-cloudtrail"]),
    ("rootsweep-checks", &["rootsweep-model", "logs-filter-pattern", "eventbridge-pattern"]),
    ("rootsweep-aws", &["rootsweep-model"]),
    ("rootsweep-engine", &["rootsweep-model", "rootsweep-cloudtrail", "rootsweep-triage", "rootsweep-checks"]),
    ("rootsweep-report", &["rootsweep-model"]),
    ("rootsweep-kit", &[]),
    ("fake-aws", &["logs-filter-pattern", "eventbridge-pattern"]),
    ("scenario", &["fake-aws", "rootsweep-model"]),
    ("simulate", &["fake-aws", "scenario", "rootsweep-model", "rootsweep-report"]),
];

/// External crates that only the named crates may depend on, by prefix.
const PRIVILEGES: &[(&str, &[&str])] = &[
    ("aws-sdk", &["rootsweep-aws"]),
    ("aws-", &["rootsweep-aws", "simulate"]),
    ("tokio", &["rootsweep", "rootsweep-aws", "rootsweep-engine", "fake-aws", "simulate", "test-support"]),
    ("reqwest", &["rootsweep", "fake-aws", "simulate"]),
];

/// Runs the checks and prints what is wrong.
pub(crate) fn run(sh: &Shell) -> Result<ExitCode> {
    let faults = check(sh)?;
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Returns what is wrong, having printed it.
pub(crate) fn check(sh: &Shell) -> Result<Vec<String>> {
    let mut faults = dependencies(sh)?;
    for file in cmd!(sh, "git ls-files *.rs").quiet().read()?.lines() {
        faults.extend(source_file(sh, file)?);
    }
    faults.extend(scenarios(sh)?);
    for fault in &faults {
        println!("tidy: {fault}");
    }
    Ok(faults)
}

fn dependencies(sh: &Shell) -> Result<Vec<String>> {
    let metadata = cmd!(sh, "cargo metadata --format-version 1 --no-deps").quiet().read()?;
    let metadata: Value = serde_json::from_str(&metadata).context("reading `cargo metadata`")?;
    let packages = metadata.get("packages").and_then(Value::as_array).context("`cargo metadata` names no packages")?;
    let ours: BTreeSet<&str> = packages.iter().map(|package| text(package, "name")).collect();
    let arrows: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    Ok(packages.iter().flat_map(|package| package_faults(package, &ours, &arrows)).collect())
}

fn package_faults(package: &Value, ours: &BTreeSet<&str>, arrows: &BTreeMap<&str, &[&str]>) -> Vec<String> {
    let name = text(package, "name");
    let mut faults = Vec::new();
    let folder = text(package, "manifest_path").rsplit('/').nth(1).unwrap_or_default();
    if folder != name {
        faults.push(format!("the folder {folder} holds the crate {name}: they have one name"));
    }
    for dependency in package.get("dependencies").and_then(Value::as_array).into_iter().flatten() {
        let is_normal = dependency.get("kind").is_none_or(Value::is_null);
        let target = text(dependency, "name");
        if is_normal {
            faults.extend(arrow_fault(name, target, ours, arrows));
            faults.extend(privilege_fault(name, target));
        }
    }
    faults
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn arrow_fault(name: &str, target: &str, ours: &BTreeSet<&str>, arrows: &BTreeMap<&str, &[&str]>) -> Option<String> {
    let allowed = arrows.get(name)?;
    let wrong = ours.contains(target) && !allowed.contains(&target);
    wrong.then(|| format!("{name} must not depend on {target}: ARCHITECTURE.md has the arrows"))
}

fn privilege_fault(name: &str, target: &str) -> Option<String> {
    let (_, holders) = PRIVILEGES.iter().find(|(prefix, _)| target.starts_with(prefix))?;
    let wrong = !holders.contains(&name);
    wrong.then(|| format!("{name} must not depend on {target}: only {} may", holders.join(", ")))
}

fn source_file(sh: &Shell, file: &str) -> Result<Vec<String>> {
    let text = sh.read_file(file)?;
    let mut faults = Vec::new();
    let lines = text.lines().count();
    if lines > LONGEST_FILE {
        faults.push(format!("{file} has {lines} lines, {LONGEST_FILE} at most"));
    }
    if text.contains(concat!("#[", "ignore")) {
        faults.push(format!("{file} has an ignored test"));
    }
    Ok(faults)
}

fn scenarios(sh: &Shell) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for folder in sh.read_dir("scenarios")? {
        if folder.is_dir() && !folder.join("scenario.yaml").is_file() {
            faults.push(format!("{} has no scenario.yaml", folder.display()));
        }
    }
    Ok(faults)
}
