//! `rootsweep completions`.

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::exit::Exit;
use crate::output::write_stdout;

/// Write completions for a shell to stdout.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The shell.
    shell: Shell,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut crate::arguments::Arguments::command(), "rootsweep", &mut script);
    write_stdout(&script)?;
    Ok(Exit::Clean)
}
