//! Reading scenarios from their folders.

use std::path::{Path, PathBuf};

use crate::fault::{Fault, Place};
use crate::{Error, Rewrite, Scenario, check};

/// Reads the scenario of that name and lays its alert paths into its organization.
pub fn load(scenarios: &Path, slug: &str) -> Result<Scenario, Error> {
    let path = file_of(scenarios, slug)?;
    parse(&path, slug, &read(&path)?)
}

/// Reads a scenario, moved to another time and to other accounts.
pub fn load_rewritten(scenarios: &Path, slug: &str, rewrite: &Rewrite) -> Result<Scenario, Error> {
    let path = file_of(scenarios, slug)?;
    let text = read(&path)?;
    let starts_at = parse(&path, slug, &text)?.starts_at;
    let moved = parse(&path, slug, &rewrite.apply(&text, starts_at))?;
    if moved.starts_at == rewrite.starts_at {
        return Ok(moved);
    }
    let message = format!("this time cannot be moved: write it as {starts_at:.0}");
    Err(Error::Inconsistent { message: Place::StartsAt.fault(message).shown(&path, &text), path })
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
    check::timeline(scenario)
}
