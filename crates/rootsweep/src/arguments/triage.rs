//! What `rootsweep triage` is told.

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use rootsweep_model::Severity;

use crate::output::Output;

/// Say what root events mean: what happened, and what is only a false alarm.
///
/// Reads CloudTrail logs in every form that they come in: files and folders of a trail's bucket, plain and gzip, JSON
/// lines, single records, and the answers of LookupEvents, FilterLogEvents, EventBridge and subscriptions. Or it asks
/// AWS: for one event, or for what set off an alarm.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).args(["path"]))]
pub(crate) struct TriageArguments {
    /// A file, or a folder with all that is below it; `-` is standard input.
    #[arg(value_name = "PATH")]
    pub(crate) path: Vec<PathBuf>,
    /// List the records that are not the root user's, too. They are then kept in memory, all of them.
    #[arg(long)]
    pub(crate) all: bool,
    /// The configuration file, for its expected uses. Without it, `rootsweep.toml` of the current folder is read if it
    /// is there. The outputs that it names are the sweep's, and are not written.
    #[arg(long, value_name = "FILE", env = "ROOTSWEEP_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// The least severity that counts as a finding: informational, low, medium, high or critical [default: high].
    #[arg(long, value_name = "SEVERITY", help_heading = "Exit code")]
    pub(crate) fail_on: Option<Severity>,
    /// A format, and the file that it goes to; stdout where no file is named.
    ///
    /// Formats: table, json, csv, markdown. Without any, a terminal gets the table, and everything else JSON. Repeat it
    /// for several.
    #[arg(long, value_name = "FORMAT[=PATH]", help_heading = "Output")]
    pub(crate) output: Vec<Output>,
}
