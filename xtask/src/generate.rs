//! `cargo xtask generate`: the files under `docs/` that are written from code.
//!
//! A test of the end-to-end package compares each of them with what the code says; with `ROOTSWEEP_UPDATE` set it
//! writes them instead. So a plain test run notices a stale file, and there is one place that knows how each is made.

use std::process::ExitCode;

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::afresh;

/// Writes the generated files, or only compares them.
pub(crate) fn run(sh: &Shell, check: bool) -> Result<ExitCode> {
    // As the tests build them, so that neither command has the other's dependencies compiled anew.
    afresh(cmd!(sh, "cargo build --quiet --workspace --bins --tests")).quiet().run()?;
    let mut command = afresh(cmd!(sh, "cargo test --quiet --workspace --test generated")).quiet();
    if !check {
        command = command.env("ROOTSWEEP_UPDATE", "1");
    }
    crate::exit_code_of(command)
}
