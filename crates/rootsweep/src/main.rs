//! `rootsweep`: sweeps every account of an AWS Organization for root-user risk.

mod arguments;
mod clock;
mod command;
mod config;
mod exit;
mod failure;
#[cfg(test)]
mod fixture;
mod interrupt;
mod live;
mod logging;
mod names;
mod notify;
mod output;
mod past;
mod progress;
mod runs;
mod settings;

use clap::Parser as _;

use arguments::Arguments;

fn main() -> std::process::ExitCode {
    let arguments = Arguments::parse();
    logging::start(&arguments.logging);
    command::run(arguments.command).unwrap_or_else(|error| failure::tell(&error)).into()
}
