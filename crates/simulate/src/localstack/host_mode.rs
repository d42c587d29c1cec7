//! `LocalStack` as a Python program on this machine, in a virtualenv under the target folder.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use sha2::{Digest as _, Sha256};
use tokio::process::{Child, Command};

use super::{free_port, wait_until_healthy};
use crate::narrate;

/// What is installed for one range of Python versions, down to the last package: left open, these rot in months.
struct Lock {
    version: &'static str,
    python: &'static [&'static str],
    requirements: &'static str,
}

/// 4.14.0 uses syntax that Python has had since 3.12; 4.13.1 is the last that runs on 3.11.
const LOCKS: &[Lock] = &[
    Lock {
        version: "LocalStack 4.13.1",
        python: &["3.11"],
        requirements: include_str!("../../localstack/requirements-4.13.1-python3.11.txt"),
    },
    Lock {
        version: "LocalStack 4.14.0",
        python: &["3.12", "3.13"],
        requirements: include_str!("../../localstack/requirements-4.14.0-python3.13.txt"),
    },
];

/// Names under which a Python may be found.
const PYTHONS: &[&str] = &["python3", "python3.11", "python3.12", "python3.13"];

/// The services that scenarios use: loaded before `LocalStack` says that it is ready, so that no first call is slow.
const SERVICES: &str = "sts,iam,logs,cloudwatch,sns,sqs,events,s3";

/// A running `LocalStack`.
pub(super) struct Process {
    pub(super) url: String,
    pub(super) version: &'static str,
    child: Child,
    /// Its files, which go with it.
    _data: tempfile::TempDir,
}

/// Makes the virtualenv where it is not there yet, starts `LocalStack` in it, and waits until it answers.
pub(super) async fn start(target: &Path) -> Result<Process> {
    let (python, lock) = find_python().await?;
    fs_err::create_dir_all(target)?;
    // It is started from its own folder, from where a relative path would lead elsewhere.
    let virtualenv = install(&fs_err::canonicalize(target)?, python, lock).await?;
    let data = tempfile::tempdir().context("no temporary folder can be made")?;
    let port = free_port()?;
    let child = spawn(&virtualenv, data.path(), port)?;
    let process = Process { url: format!("http://127.0.0.1:{port}"), version: lock.version, child, _data: data };
    wait_until_healthy(&process.url, Duration::from_mins(2)).await?;
    Ok(process)
}

async fn find_python() -> Result<(&'static str, &'static Lock)> {
    let mut seen = Vec::new();
    for python in PYTHONS {
        let script = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])";
        let Ok(output) = Command::new(python).args(["-c", script]).output().await else { continue };
        let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if let Some(lock) = LOCKS.iter().find(|lock| lock.python.contains(&version.as_str())) {
            return Ok((python, lock));
        }
        seen.push(format!("{python} {version}"));
    }
    bail!("no Python 3.11, 3.12 or 3.13 with `venv` was found (seen: {})", seen.join(", "))
}

/// Installs into a folder that is named for what it holds, and only then gives it that name: a torn one is never used.
async fn install(target: &Path, python: &str, lock: &Lock) -> Result<PathBuf> {
    let digest = format!("{:x}", Sha256::digest(format!("{python}\n{}", lock.requirements)));
    let virtualenv = target.join("localstack").join(digest.get(..12).unwrap_or(&digest));
    let finished = virtualenv.join("installed");
    if finished.is_file() {
        return Ok(virtualenv);
    }
    narrate::note(&format!("installing {} from PyPI into {} (half a minute)", lock.version, virtualenv.display()));
    fs_err::create_dir_all(&virtualenv)?;
    run(Command::new(python).args(["-m", "venv"]).arg(&virtualenv)).await?;
    let requirements = virtualenv.join("requirements.txt");
    fs_err::write(&requirements, lock.requirements)?;
    let pip = virtualenv.join("bin").join("pip");
    run(Command::new(pip).args(["install", "--quiet", "--no-input", "--requirement"]).arg(&requirements)).await?;
    fs_err::write(finished, lock.version)?;
    Ok(virtualenv)
}

async fn run(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output().await.with_context(|| format!("cannot run {command:?}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?} failed: {}", said.trim());
    Ok(())
}

fn spawn(virtualenv: &Path, data: &Path, port: u16) -> Result<Child> {
    let log = fs_err::File::create(data.join("localstack.log"))?.into_parts().0;
    let mut command = Command::new(virtualenv.join("bin").join("python"));
    command.args(["-m", "localstack.runtime.main"]).current_dir(data).kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
    command.envs(settings(data, port));
    command.spawn().context("cannot start LocalStack")
}

/// What keeps it on loopback, within its folder, and away from the internet.
fn settings(data: &Path, port: u16) -> Vec<(&'static str, String)> {
    let folder = |name: &str| data.join(name).display().to_string();
    vec![
        ("GATEWAY_LISTEN", format!("127.0.0.1:{port}")),
        // The default server ignores the host part and listens on every address.
        ("GATEWAY_SERVER", "hypercorn".to_owned()),
        ("LOCALSTACK_HOST", format!("localhost:{port}")),
        ("FILESYSTEM_ROOT", folder("fs")),
        ("LOCALSTACK_VOLUME_DIR", folder("volume")),
        ("CONFIG_DIR", folder("config")),
        ("DNS_ADDRESS", "0".to_owned()),
        ("SKIP_SSL_CERT_DOWNLOAD", "1".to_owned()),
        ("DISABLE_EVENTS", "1".to_owned()),
        // The first unknown call would ask a catalogue on the internet.
        ("API_ENDPOINT", "http://127.0.0.1:9/v1".to_owned()),
        ("EAGER_SERVICE_LOADING", "1".to_owned()),
        ("SERVICES", SERVICES.to_owned()),
    ]
}

impl Process {
    /// Asks it to end, and ends it after ten seconds: it can hang where a client broke off in the middle of a request.
    pub(super) async fn stop(mut self) {
        let pid = self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        if let Some(pid) = pid {
            _ = kill_process(pid, Signal::TERM);
        }
        if tokio::time::timeout(Duration::from_secs(10), self.child.wait()).await.is_err() {
            _ = self.child.kill().await;
        }
    }
}
