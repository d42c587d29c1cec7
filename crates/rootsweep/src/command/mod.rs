//! What to do: one file for each subcommand.

pub(crate) mod checks;
pub(crate) mod completions;
pub(crate) mod diff;
pub(crate) mod kit;
pub(crate) mod pattern;
pub(crate) mod report;
pub(crate) mod schema;
pub(crate) mod sweep;
pub(crate) mod triage;

use crate::arguments::Command;
use crate::exit::Exit;

/// Does what was asked for.
pub(crate) fn run(command: Command) -> anyhow::Result<Exit> {
    match command {
        Command::Sweep(arguments) => sweep::run(*arguments),
        Command::Triage(arguments) => triage::run(&arguments),
        Command::Report(arguments) => report::run(arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Pattern(arguments) => pattern::run(&arguments),
        Command::Kit(arguments) => kit::run(&arguments),
        Command::Checks(arguments) => checks::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
    }
}
