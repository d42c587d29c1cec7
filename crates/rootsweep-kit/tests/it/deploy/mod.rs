//! The files in `deploy/`, as far as they can be checked without what they are for.
//!
//! That the `rootsweep` command lines in them parse is tested beside the binary, which knows its arguments.

mod docker;
mod lambda;
mod systemd;
mod workflow;

use std::path::PathBuf;

/// Returns the path of a file in `deploy/`.
fn path(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "..", "deploy", name].iter().collect()
}

/// Reads a file in `deploy/`.
fn read(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}
