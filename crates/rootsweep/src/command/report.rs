//! `rootsweep report`.

use std::path::PathBuf;

use rootsweep_model::report::v1::Report;

use crate::arguments::OutputArguments;
use crate::exit::Exit;
use crate::failure::OrExit as _;
use crate::output::Outputs;
use crate::runs;

/// Render a kept run again, offline.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The report: a JSON file, a run's folder in a state directory, or the state directory for its latest run.
    run: PathBuf,
    #[command(flatten)]
    output: OutputArguments,
}

pub(crate) fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    let report: Report = runs::load(&arguments.run).or_exit(Exit::Usage)?;
    let trend = runs::trend_before(&arguments.run);
    Outputs::open(arguments.output.output).or_exit(Exit::Usage)?.write(&report, &trend)?;
    Ok(Exit::Clean)
}
