//! The log, on stderr.

use clap::{Args, ValueEnum};
use rootsweep_report::text;
use tracing_subscriber::EnvFilter;

/// How the log looks.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Log")]
pub(crate) struct LogArguments {
    /// How lines of the log on stderr look.
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    pub(crate) log_format: LogFormat,
    /// What is logged: error, warn, info, debug or trace, or a filter such as `rootsweep_aws=debug`.
    #[arg(long, global = true, value_name = "FILTER", default_value = "warn", env = "ROOTSWEEP_LOG",
        value_parser = filter)]
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

/// Takes a filter that the log can be made with.
fn filter(text: &str) -> Result<String, String> {
    EnvFilter::try_new(text).map(|_| text.to_owned()).map_err(|error| error.to_string())
}

/// Starts the log.
pub(crate) fn start(arguments: &LogArguments) {
    let builder = tracing_subscriber::fmt().with_env_filter(EnvFilter::new(&arguments.log));
    match arguments.log_format {
        LogFormat::Json => builder.json().flatten_event(true).with_writer(std::io::stderr).init(),
        LogFormat::Text => builder.with_ansi(false).with_target(false).with_writer(|| Harmless).init(),
    }
}

/// Stderr, one log line at a time. What AWS users wrote may be in it: it can neither steer the terminal nor begin
/// another line. JSON lines need no such care.
struct Harmless;

impl std::io::Write for Harmless {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        writeln!(std::io::stderr().lock(), "{}", harmless(line))?;
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::stderr().flush()
    }
}

fn harmless(line: &[u8]) -> String {
    let line = String::from_utf8_lossy(line);
    text::visible(line.strip_suffix('\n').unwrap_or(&line)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_one_line_and_steers_nothing() {
        let line = b"WARN x: \x1b[2Jgone\n2026-01-01T00:00:00Z  INFO all accounts are clean\n";
        assert_eq!(harmless(line), r"WARN x: \u{1b}[2Jgone\n2026-01-01T00:00:00Z  INFO all accounts are clean");
    }
}
