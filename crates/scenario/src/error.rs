//! What can be wrong with a scenario.

use std::path::PathBuf;

/// What can be wrong with a scenario. Each message names the file, the place in it, and what is legal there.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file or folder cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The file is not a scenario: a misspelt key, an impossible time, a record that is no JSON.
    #[error("{path} is not a scenario:\n{message}")]
    Parse {
        /// The file.
        path: PathBuf,
        /// Where and why, with the line and a caret.
        message: String,
    },
    /// The file reads well, and contradicts itself.
    #[error("{path} contradicts itself:\n{message}")]
    Inconsistent {
        /// The file.
        path: PathBuf,
        /// What contradicts what, where, with the line and a caret, and the remedy.
        message: String,
    },
    /// No scenario has that name.
    #[error("there is no scenario {slug:?}; `cargo xtask simulate --list` names them")]
    Unknown {
        /// The name that was asked for.
        slug: String,
    },
}
