//! `cargo xtask tidy`: what no compiler checks.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use serde_json::Value;
use xshell::{Shell, cmd};

/// Most lines that a source file may have.
const LONGEST_FILE: usize = 700;

/// Which of our crates each crate may depend on: they run one way.
///
/// A crate that is not in the list is a fault. What tests alone depend on is not looked at.
const ARROWS: &[(&str, &[&str])] = &[
    ("logs-filter-pattern", &[]),
    ("eventbridge-pattern", &[]),
    ("rootsweep-model", &[]),
    ("rootsweep-cloudtrail", &["rootsweep-model"]),
    ("rootsweep-triage", &["rootsweep-model", "rootsweep-cloudtrail"]),
    ("rootsweep-checks", &["rootsweep-model", "logs-filter-pattern", "eventbridge-pattern"]),
    ("rootsweep-aws", &["rootsweep-model"]),
    ("rootsweep-engine", &["rootsweep-model", "rootsweep-triage", "rootsweep-checks"]),
    ("rootsweep-report", &["rootsweep-model"]),
    ("rootsweep-kit", &[]),
    ("fake-aws", &["logs-filter-pattern", "eventbridge-pattern"]),
    ("scenario", &["fake-aws", "rootsweep-model"]),
    ("simulate", &["fake-aws", "scenario", "rootsweep-model"]),
    (
        "rootsweep",
        &[
            "eventbridge-pattern",
            "logs-filter-pattern",
            "rootsweep-aws",
            "rootsweep-checks",
            "rootsweep-cloudtrail",
            "rootsweep-engine",
            "rootsweep-kit",
            "rootsweep-model",
            "rootsweep-report",
            "rootsweep-triage",
        ],
    ),
    ("test-support", &["fake-aws"]),
    ("bench", &[]),
    ("tests", &[]),
    ("xtask", &[]),
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
    let mut faults: Vec<String> = packages.iter().flat_map(|package| package_faults(package, &ours, &arrows)).collect();
    faults.extend(unnamed_dependencies(&sh.read_file("Cargo.toml")?, packages));
    Ok(faults)
}

/// Returns a fault for each dependency of the workspace that none of its members names.
fn unnamed_dependencies(manifest: &str, packages: &[Value]) -> Vec<String> {
    let lines = manifest.lines().skip_while(|line| *line != "[workspace.dependencies]").skip(1);
    let declared = lines.take_while(|line| !line.starts_with('[')).filter_map(|line| line.split_once(" = "));
    let dependencies = |package: &Value| package.get("dependencies").and_then(Value::as_array).cloned();
    let named: BTreeSet<String> =
        packages.iter().filter_map(dependencies).flatten().map(|it| text(&it, "name").to_owned()).collect();
    let unnamed = declared.filter(|(name, _)| !named.contains(*name));
    unnamed.map(|(name, _)| format!("Cargo.toml declares {name}, and no crate of the workspace uses it")).collect()
}

fn package_faults(package: &Value, ours: &BTreeSet<&str>, arrows: &BTreeMap<&str, &[&str]>) -> Vec<String> {
    let name = text(package, "name");
    let mut faults = Vec::new();
    if !arrows.contains_key(name) {
        faults.push(format!("{name} has no entry in ARROWS of xtask/src/tidy.rs: say which of our crates it may use"));
    }
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
    wrong.then(|| format!("{name} must not depend on {target}: see ARROWS in xtask/src/tidy.rs"))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, dependencies: &[&str]) -> Value {
        let dependencies: Vec<Value> = dependencies.iter().map(|it| serde_json::json!({ "name": it })).collect();
        serde_json::json!({ "name": name, "manifest_path": format!("/x/{name}/Cargo.toml"), "dependencies": dependencies })
    }

    #[test]
    fn a_crate_without_an_entry_and_an_arrow_turned_round_are_faults() {
        let (ours, arrows) = (BTreeSet::from(["one", "two"]), BTreeMap::from([("one", &[][..])]));
        let turned = package_faults(&package("one", &["two"]), &ours, &arrows);
        assert_eq!(turned, ["one must not depend on two: see ARROWS in xtask/src/tidy.rs"]);
        let unknown = package_faults(&package("two", &["one"]), &ours, &arrows);
        assert!(unknown.iter().any(|fault| fault.starts_with("two has no entry in ARROWS")), "{unknown:?}");
    }

    #[test]
    fn a_dependency_that_no_crate_names_is_a_fault() {
        let manifest =
            "[workspace]\n\n[workspace.dependencies]\n# Ours.\none = \"1\"\ntwo = \"2\"\n\n[profile.dev]\nx = 1\n";
        let faults = unnamed_dependencies(manifest, &[package("three", &["one"])]);
        assert_eq!(faults, ["Cargo.toml declares two, and no crate of the workspace uses it"]);
    }
}
