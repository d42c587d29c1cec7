//! Programs from the Python Package Index that read what we write: each set in a virtualenv of its own under `target/`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// A virtualenv with the packages that were asked for.
pub struct Python(PathBuf);

impl Python {
    /// Makes the virtualenv `target/python/NAME` with the packages, or finds it as an earlier run left it.
    ///
    /// # Errors
    ///
    /// Says what has to be installed, or what pip said, where there is no Python or no package index.
    pub fn with(name: &str, packages: &[&str]) -> Result<Self, String> {
        // Tests of one binary run at the same time.
        static MAKING: Mutex<()> = Mutex::new(());
        let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/python").join(name);
        let made = folder.join("made-of.txt");
        if std::fs::read_to_string(&made).is_ok_and(|it| it == packages.join("\n")) {
            return Ok(Self(folder));
        }
        succeed(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))
            .map_err(|why| format!("install python3 with venv ({why})"))?;
        succeed(
            Command::new(folder.join("bin/pip"))
                .args(["install", "--quiet", "--disable-pip-version-check"])
                .args(packages),
        )
        .map_err(|why| format!("PyPI could not be reached ({why})"))?;
        std::fs::write(&made, packages.join("\n")).map_err(|error| error.to_string())?;
        Ok(Self(folder))
    }

    /// Returns a command of one of its programs.
    pub fn command(&self, program: &str) -> Command {
        Command::new(self.0.join("bin").join(program))
    }
}

/// Runs a command, and returns the last line that it said where it failed.
fn succeed(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    output.status.success().then_some(()).ok_or_else(|| said.lines().last().unwrap_or("it failed").to_owned())
}
