//! What `rootsweep pattern` is told.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;

/// Try filter patterns of CloudWatch Logs and event patterns of EventBridge, offline.
#[derive(Debug, Args)]
pub(crate) struct PatternArguments {
    #[command(subcommand)]
    pub(crate) command: PatternCommand,
}

/// What is asked of a pattern.
#[derive(Debug, Subcommand)]
pub(crate) enum PatternCommand {
    Check(CheckArguments),
    Explain(ExplainArguments),
}

/// Say what a pattern for the root alarm catches, what it misses, and what it fires on for nothing.
///
/// It is evaluated on Rootsweep's own records: root events that have to wake someone, and noise that must not.
///
/// Exit codes: 0 every root record is caught, 1 failed, 2 the pattern is not valid, 10 a root record is missed, 11 none is
/// missed, but AWS does not document what becomes of one.
#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    pub(crate) pattern: PatternText,
    /// Evaluate it on the records of this file, too; repeat it for several. JSON, JSON lines, and the files of a trail.
    #[arg(long, value_name = "FILE")]
    pub(crate) event: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) output: PatternOutput,
}

/// Say which part of a pattern decided on an event, and on which value.
///
/// Exit codes: 0 the event matches, 1 failed, 2 the pattern or the event cannot be read, 10 it does not match, 11 AWS does
/// not document whether it does.
#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    #[command(flatten)]
    pub(crate) pattern: PatternText,
    /// The file with the event; `-` is standard input. A bare CloudTrail record is put into EventBridge's envelope for an
    /// event pattern.
    #[arg(long, value_name = "FILE")]
    pub(crate) event: PathBuf,
    #[command(flatten)]
    pub(crate) output: PatternOutput,
}

/// The pattern.
#[derive(Debug, Args)]
pub(crate) struct PatternText {
    /// The pattern; `-` reads it from standard input.
    #[arg(required_unless_present = "file", conflicts_with = "file", allow_hyphen_values = true)]
    pub(crate) pattern: Option<String>,
    /// Read the pattern from this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// The language; told by the pattern's form where it is not given.
    #[arg(long, value_name = "LANGUAGE")]
    pub(crate) language: Option<Language>,
}

/// The language of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Language {
    /// Filter patterns of CloudWatch Logs: metric filters, subscription filters.
    Logs,
    /// Event patterns of EventBridge rules.
    Eventbridge,
}

impl Language {
    /// Returns what a pattern of it is called.
    pub(crate) const fn what(self) -> &'static str {
        match self {
            Self::Logs => "filter pattern of CloudWatch Logs",
            Self::Eventbridge => "event pattern of EventBridge",
        }
    }
}

/// How the answer is written.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct PatternOutput {
    /// How the answer is written.
    #[arg(long = "output", value_name = "FORMAT", default_value = "table")]
    pub(crate) format: PatternFormat,
}

/// How the answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PatternFormat {
    /// Text for people.
    Table,
    /// JSON.
    Json,
}
