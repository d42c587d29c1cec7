//! What end-to-end tests share: the built binary, a fake AWS, and a place to say what could not run.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    reason = "a test's helper fails by panicking"
)]

mod aws;
mod cli;
mod endpoint;
mod python;

use std::fs::OpenOptions;
use std::io::Write as _;

pub use aws::Aws;
pub use cli::{Rootsweep, Run, binary};
pub use endpoint::{Answer, Endpoint, Heard};
pub use python::Python;

/// Says that a test could not do its work on this machine, and what to install: the summary of `cargo xtask test`
/// names it. A test calls this and returns; it never just passes.
pub fn not_run(what: &str, why: &str) {
    let line = format!("{what}: {why}\n");
    if let Some(file) = std::env::var_os("ROOTSWEEP_NOT_RUN") {
        let mut file = OpenOptions::new().create(true).append(true).open(file).expect("the list cannot be written");
        file.write_all(line.as_bytes()).expect("the list cannot be written");
    }
    std::io::stderr().write_all(format!("NOT RUN: {line}").as_bytes()).expect("standard error cannot be written");
}
