//! The real binary, run as a user would run it, in an environment that knows nothing but the endpoint.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use tokio::process::Command;

/// How long one run of the product may take.
const LIMIT: Duration = Duration::from_mins(5);

/// The product's binary and the environment that it is run in.
#[derive(Clone, Debug)]
pub struct Product {
    binary: PathBuf,
    environment: Vec<(String, String)>,
}

/// What a run of the product left behind.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Its exit code; absent where a signal ended it.
    pub code: Option<u8>,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
    /// How long it took.
    pub took: Duration,
}

impl Product {
    /// Finds the binary beside the harness's own.
    pub fn find(environment: Vec<(String, String)>) -> Result<Self> {
        let own = std::env::current_exe().context("the harness does not know where it is")?;
        let beside = own.ancestors().skip(1).map(|folder| folder.join(binary_name())).find(|path| path.is_file());
        let binary =
            beside.with_context(|| format!("{} is not built: cargo build --package rootsweep", binary_name()))?;
        Ok(Self { binary, environment })
    }

    /// Returns the binary's path.
    pub fn binary(&self) -> &Path {
        &self.binary
    }

    /// Returns the environment that it is run in.
    pub fn environment(&self) -> &[(String, String)] {
        &self.environment
    }

    /// Runs it with these arguments, at this time of the scenario's clock.
    pub async fn run(&self, arguments: &[String], folder: &Path, now: Option<Timestamp>) -> Result<Finished> {
        let mut command = Command::new(&self.binary);
        command.args(arguments).current_dir(folder).env_clear().envs(self.environment.iter().cloned());
        command.env("NO_COLOR", "1").env("HOME", folder).kill_on_drop(true);
        if let Some(now) = now {
            command.env("ROOTSWEEP_NOW", now.to_string());
        }
        let started = Instant::now();
        let output = tokio::time::timeout(LIMIT, command.stdin(Stdio::null()).output()).await;
        let output = output.with_context(|| format!("`rootsweep {}` hangs", arguments.join(" ")))??;
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        ensure!(output.status.code() != Some(101), "`rootsweep` panicked: {}", text(output.stderr));
        let code = output.status.code().and_then(|code| u8::try_from(code).ok());
        Ok(Finished { code, stdout: text(output.stdout), stderr: text(output.stderr), took: started.elapsed() })
    }
}

fn binary_name() -> String {
    format!("rootsweep{}", std::env::consts::EXE_SUFFIX)
}
