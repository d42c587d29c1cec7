//! What was typed: before the configuration file and the defaults have their say.

pub(crate) mod pattern;
pub(crate) mod sweep;
pub(crate) mod triage;

#[cfg(test)]
#[path = "recipes_tests.rs"]
mod recipes;

use clap::{Args, Parser, Subcommand};

use crate::command::{checks, completions, diff, kit, report, schema};
use crate::logging::LogArguments;

/// Sweeps every account of an AWS Organization for root-user risk.
///
/// The report goes to stdout, everything else to stderr. Credentials, profiles, Regions and endpoints follow the AWS
/// SDK's own conventions.
///
/// Exit codes: 0 complete and clean, 1 failed without a report, 2 wrong arguments, configuration, credentials or
/// endpoint, 3 no account selected, 10 findings at or above --fail-on, 11 no such finding but not everything could be
/// checked, 12 both, 130 interrupted with a partial report.
#[derive(Debug, Parser)]
#[command(name = "rootsweep", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) logging: LogArguments,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Sweep(Box<sweep::SweepArguments>),
    Triage(Box<triage::TriageArguments>),
    Report(report::Arguments),
    Diff(diff::Arguments),
    Pattern(pattern::PatternArguments),
    Kit(kit::Arguments),
    Checks(checks::Arguments),
    Schema(schema::Arguments),
    Completions(completions::Arguments),
}

/// Where reports go, and in which formats.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArguments {
    /// A format, and the file that it goes to; stdout where no file is named.
    ///
    /// Formats: table, json, html, csv, markdown, ocsf, asff, junit. Without any, a terminal gets the table, and
    /// everything else JSON. Repeat it for several.
    #[arg(long, value_name = "FORMAT[=PATH]")]
    pub(crate) output: Vec<crate::output::Output>,
}

/// Puts an option over what the configuration file says, where it was given.
fn replace<T>(configured: &mut Option<T>, given: Option<T>) {
    if given.is_some() {
        *configured = given;
    }
}

/// Puts the values of an option over those of the configuration file, where there are any.
fn replace_all<T>(configured: &mut Vec<T>, given: Vec<T>) {
    if !given.is_empty() {
        *configured = given;
    }
}
