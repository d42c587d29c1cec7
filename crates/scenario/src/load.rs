//! Reading scenarios from their folders.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::fault::{Fault, Place};
use crate::{Error, Offset, Rewrite, Scenario};

/// Reads the scenario of that name and lays its alert paths into its organization.
pub fn load(scenarios: &Path, slug: &str) -> Result<Scenario, Error> {
    let path = file_of(scenarios, slug)?;
    parse(&path, slug, &read(&path)?)
}

/// Reads a scenario, moved to another time and to other accounts.
pub fn load_rewritten(scenarios: &Path, slug: &str, rewrite: &Rewrite) -> Result<Scenario, Error> {
    let path = file_of(scenarios, slug)?;
    let text = read(&path)?;
    // A text that cannot be moved has no time at which it starts, and does not read either: the reader says where.
    parse(&path, slug, &rewrite.apply(&text).unwrap_or(text))
}

fn file_of(scenarios: &Path, slug: &str) -> Result<PathBuf, Error> {
    let path = scenarios.join(slug).join("scenario.yaml");
    if path.is_file() { Ok(path) } else { Err(Error::Unknown { slug: slug.to_owned() }) }
}

fn read(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })
}

fn parse(path: &Path, slug: &str, text: &str) -> Result<Scenario, Error> {
    let parsed = serde_saphyr::from_str(text);
    let mut scenario: Scenario =
        parsed.map_err(|error| Error::Parse { path: path.to_owned(), message: error.to_string() })?;
    let pointed = |fault: Fault| Error::Inconsistent { path: path.to_owned(), message: fault.shown(path, text) };
    complete(&mut scenario, slug).map_err(pointed)?;
    Ok(scenario)
}

/// Returns the names of all scenarios, sorted.
pub fn slugs(scenarios: &Path) -> Result<Vec<String>, Error> {
    let read = |source| Error::Read { path: scenarios.to_owned(), source };
    let mut slugs = Vec::new();
    for entry in std::fs::read_dir(scenarios).map_err(read)? {
        let entry = entry.map_err(read)?;
        if entry.path().is_dir() {
            slugs.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    slugs.sort();
    Ok(slugs)
}

fn complete(scenario: &mut Scenario, slug: &str) -> Result<(), Fault> {
    if scenario.name != slug {
        let message =
            format!("`name` is {:?}, and the folder is called {slug:?}: they have to be the same", scenario.name);
        return Err(Place::Name.fault(message));
    }
    let in_world = |error: fake_aws::Error| Place::World.fault(format!("{error}: add it, or name one that is there"));
    scenario.world.complete().map_err(in_world)?;
    for (index, path) in scenario.alert_paths.iter().enumerate() {
        path.lay(&mut scenario.world).map_err(|message| Place::AlertPath(index).fault(message))?;
    }
    check_timeline(scenario)
}

fn check_timeline(scenario: &Scenario) -> Result<(), Fault> {
    let mut before = Offset::default();
    for (index, step) in scenario.timeline.iter().enumerate() {
        if step.at < before {
            let message = format!("the step at {} stands after the one at {before}: put them in order", step.at);
            return Err(Place::Step(index).fault(message));
        }
        before = step.at;
        if step.expect.needs_sweep() && step.sweep.is_none() {
            let message = "this step expects something of a sweep, and has none: add `sweep: {}`".to_owned();
            return Err(Place::Step(index).fault(message));
        }
        for (number, record) in step.cloudtrail.iter().enumerate() {
            check_record(scenario, record).map_err(|message| Place::Record(index, number).fault(message))?;
        }
    }
    Ok(())
}

/// A record has to be an object, name its event, and speak of an account of the organization.
fn check_record(scenario: &Scenario, record: &Value) -> Result<(), String> {
    let text = |pointer: &str| record.pointer(pointer).and_then(Value::as_str);
    if text("/eventName").is_none() {
        return Err("this record is not a JSON object with an `eventName`: give it one".to_owned());
    }
    let account = text("/recipientAccountId").or_else(|| text("/userIdentity/accountId"));
    let Some(account) = account else {
        return Err("this record names no account: give `userIdentity.accountId`".to_owned());
    };
    let known = account.parse().is_ok_and(|id| scenario.world.accounts.contains_key(&id));
    let unknown = || {
        format!("this record speaks of account {account}, which is not in `world`: add it, or name one that is there")
    };
    known.then_some(()).ok_or_else(unknown)
}
