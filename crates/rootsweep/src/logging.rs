//! The log, on stderr.

use std::io::IsTerminal as _;

use clap::{Args, ValueEnum};
use tracing_subscriber::EnvFilter;

/// How the log looks.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Log")]
pub(crate) struct LogArguments {
    /// How lines of the log on stderr look.
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    pub(crate) log_format: LogFormat,
    /// What is logged: error, warn, info, debug or trace, or a filter such as `rootsweep_aws=debug`.
    #[arg(long, global = true, value_name = "FILTER", default_value = "warn", env = "ROOTSWEEP_LOG")]
    pub(crate) log: String,
}

/// How lines of the log look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// A JSON object on each line.
    Json,
}

/// Starts the log. A filter that cannot be read is told, and `warn` stands in for it.
pub(crate) fn start(arguments: &LogArguments) {
    let filter = EnvFilter::try_new(&arguments.log);
    let told = filter.as_ref().err().map(ToString::to_string);
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter.unwrap_or_else(|_| EnvFilter::new("warn")))
        .with_writer(std::io::stderr);
    match arguments.log_format {
        LogFormat::Json => builder.json().flatten_event(true).init(),
        LogFormat::Text => builder.with_ansi(colors()).with_target(false).init(),
    }
    if let Some(error) = told {
        tracing::warn!(error, "could not read the log filter");
    }
}

/// Whether stderr takes colours: <https://no-color.org>.
fn colors() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
