//! Reading scenarios from their folders.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{Error, Rewrite, Scenario};

/// Reads the scenario of that name and lays its alert paths into its organization.
pub fn load(scenarios: &Path, slug: &str) -> Result<Scenario, Error> {
    let path = file_of(scenarios, slug)?;
    parse(&path, slug, &read(&path)?)
}

/// Reads a scenario, moved to another time and to other accounts.
pub fn load_rewritten(scenarios: &Path, slug: &str, rewrite: &Rewrite) -> Result<Scenario, Error> {
    let path = file_of(scenarios, slug)?;
    let text = read(&path)?;
    let missing = || Error::Inconsistent { path: path.clone(), message: "`starts_at` is missing".to_owned() };
    parse(&path, slug, &rewrite.apply(&text).ok_or_else(missing)?)
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
    complete(&mut scenario, slug).map_err(|message| Error::Inconsistent { path: path.to_owned(), message })?;
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

fn complete(scenario: &mut Scenario, slug: &str) -> Result<(), String> {
    if scenario.name != slug {
        return Err(format!(
            "`name` is {:?}, and the folder is called {slug:?}: they have to be the same",
            scenario.name
        ));
    }
    scenario.world.complete().map_err(|error| error.to_string())?;
    for path in &scenario.alert_paths {
        path.lay(&mut scenario.world)?;
    }
    check_timeline(scenario)
}

fn check_timeline(scenario: &Scenario) -> Result<(), String> {
    for (earlier, later) in scenario.timeline.iter().zip(scenario.timeline.iter().skip(1)) {
        if later.at < earlier.at {
            return Err(format!("the step at {} stands after the one at {}: put them in order", later.at, earlier.at));
        }
    }
    scenario
        .timeline
        .iter()
        .try_for_each(|step| step.cloudtrail.iter().try_for_each(|record| check_record(scenario, step.at, record)))
}

/// A record has to be an object, name its event, and speak of an account of the organization.
fn check_record(scenario: &Scenario, at: crate::Offset, record: &Value) -> Result<(), String> {
    let text = |pointer: &str| record.pointer(pointer).and_then(Value::as_str);
    if text("/eventName").is_none() {
        return Err(format!("a record of the step at {at} is no JSON object with an `eventName`"));
    }
    let account = text("/recipientAccountId").or_else(|| text("/userIdentity/accountId"));
    let Some(account) = account else {
        return Err(format!("a record of the step at {at} names no account: give `userIdentity.accountId`"));
    };
    let known = account.parse().is_ok_and(|id| scenario.world.accounts.contains_key(&id));
    if known {
        Ok(())
    } else {
        Err(format!("a record of the step at {at} speaks of account {account}, which is not in `world`"))
    }
}
