//! The built binary, run as a user would run it, in an environment that knows nothing of the machine.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::Aws;

/// The binary, in an empty folder of its own.
pub struct Rootsweep {
    folder: TempDir,
    environment: Vec<(String, String)>,
}

/// What a run left behind.
#[derive(Debug)]
pub struct Run {
    /// Its exit code; -1 where a signal ended it.
    pub code: i32,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
}

impl Rootsweep {
    /// Runs against nothing: no credentials, no endpoint.
    pub fn alone() -> Self {
        let folder = tempfile::tempdir().expect("no temporary folder can be made");
        let environment = vec![("AWS_EC2_METADATA_DISABLED".to_owned(), "true".to_owned())];
        Self { folder, environment }
    }

    /// Runs against a fake AWS.
    pub fn against(aws: &Aws) -> Self {
        Self { environment: aws.environment(), ..Self::alone() }
    }

    /// Sets a variable of the environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.retain(|(it, _)| it != name);
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Writes a file into the folder in which it runs.
    #[must_use]
    pub fn file(self, name: &str, text: &str) -> Self {
        std::fs::write(self.path(name), text).expect("the test's file cannot be written");
        self
    }

    /// Returns the path of a file in the folder in which it runs.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs it and waits for its end.
    pub fn run(&self, arguments: &[&str]) -> Run {
        let output = self.command(arguments).output().expect("the binary cannot be run");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the output is not UTF-8");
        Run { code: output.status.code().unwrap_or(-1), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Returns the command, for tests that interrupt it.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary("rootsweep"));
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        command.env_clear().env("HOME", self.folder.path()).envs(self.environment.iter().cloned());
        command
    }

    /// Reads a JSON file that it wrote.
    pub fn json(&self, name: &str) -> Value {
        let text = std::fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name} is not JSON: {error}"))
    }
}

/// Returns the path of one of the workspace's binaries: they are built into the same folder as the tests.
pub fn binary(name: &str) -> PathBuf {
    let own = std::env::current_exe().expect("the test does not know where it is");
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let found = own.ancestors().skip(1).map(|folder| folder.join(&file)).find(|path: &PathBuf| path.is_file());
    found.unwrap_or_else(|| panic!("{file} is not built: cargo build --workspace --bins"))
}
