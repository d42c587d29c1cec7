//! What ends a run without a report.

use std::path::PathBuf;

use rootsweep_model::{AccountId, Gap};

/// Why there is no report. Whatever concerns one account only is a gap in its facts, and never comes here.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Organizations listed nothing at all.
    #[error("the accounts could not be listed: {0}")]
    Listing(Box<Gap>),
    /// The selection keeps no account.
    #[error("no account is left to sweep: {0}")]
    NothingSelected(String),
    /// An account was asked for by id, and the organization does not list it.
    #[error("account {} {} not in this organization", list(.0), if .0.len() == 1 { "is" } else { "are" })]
    NotInOrganization(Vec<AccountId>),
    /// An organizational unit was asked for by id, and no account is in it.
    #[error("no account is in organizational unit {}: it does not exist here, or it is empty", .0.join(", "))]
    EmptyOrganizationalUnit(Vec<String>),
    /// The checkpoint could not be opened, written or read.
    #[error("{step} checkpoint {path}")]
    Checkpoint {
        /// What was being done.
        step: &'static str,
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// An expected use is malformed.
    #[error(transparent)]
    ExpectedUse(#[from] rootsweep_triage::Error),
    /// Another run is writing the checkpoint.
    #[error("another run is writing checkpoint {0}")]
    InUse(PathBuf),
    /// The checkpoint's first line is not one of this program's.
    #[error(
        "{path} is not a checkpoint that this version can read: {reason}; resume it with the version that wrote it, or run \
         without --resume to start a new one"
    )]
    ForeignCheckpoint {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The checkpoint belongs to a sweep with other options.
    #[error("{path} belongs to a sweep with other options ({}); run without --resume to start a new one", .differing.join(", "))]
    OtherPlan {
        /// The file.
        path: PathBuf,
        /// The names of the options that differ.
        differing: Vec<String>,
    },
}

fn list(ids: &[AccountId]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
