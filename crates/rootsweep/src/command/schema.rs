//! `rootsweep schema`.

use clap::ValueEnum;
use rootsweep_model::report::{triage_v1, v1};
use schemars::schema_for;

use crate::exit::Exit;
use crate::output::write_stdout;

/// Write the JSON Schema of an output to stdout.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Whose schema.
    #[arg(default_value = "report")]
    of: Document,
}

/// A document whose JSON is versioned.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Document {
    /// `rootsweep/report/v1`, from `rootsweep sweep --output json`.
    Report,
    /// `rootsweep/triage/v1`, from `rootsweep triage --output json`.
    Triage,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let schema = match arguments.of {
        Document::Report => schema_for!(v1::Report),
        Document::Triage => schema_for!(triage_v1::Triage),
    };
    let mut json = serde_json::to_vec_pretty(&schema)?;
    json.push(b'\n');
    write_stdout(&json)?;
    Ok(Exit::Clean)
}
