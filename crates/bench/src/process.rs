//! Running a program and reading what the kernel says it used.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use wait4::Wait4 as _;

/// What a finished program used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    /// From start to end.
    pub(crate) wall: Duration,
    /// User and system time of all its threads.
    pub(crate) cpu: Duration,
    /// The most memory that was resident at once, in bytes.
    pub(crate) peak_bytes: u64,
    /// Its exit code.
    pub(crate) code: Option<i32>,
}

/// Runs a program to its end.
pub(crate) fn run(command: &mut Command) -> Result<Usage> {
    let started = Instant::now();
    let mut child = command.spawn().with_context(|| format!("cannot run {command:?}"))?;
    let ended = child.wait4().context("cannot wait for the program")?;
    let usage = ended.rusage;
    Ok(Usage {
        wall: started.elapsed(),
        cpu: usage.utime + usage.stime,
        peak_bytes: usage.maxrss,
        code: ended.status.code(),
    })
}

/// Finds a program that was built beside this one.
pub(crate) fn sibling(name: &str) -> Result<PathBuf> {
    let own = std::env::current_exe().context("the bench does not know where it is")?;
    let path = own.with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    anyhow::ensure!(path.is_file(), "{} is not built", path.display());
    Ok(path)
}
