//! Replays incidents: a scenario goes in, and the alarm, the message, the sweep and the verdict come out, each judged.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the narration is what the harness is for")]

mod cli;
mod drill;
mod judge;
mod localstack;
mod narrate;
mod outcome;
mod play;
mod product;
mod report;
mod stage;
mod wire;

use std::process::ExitCode;

use clap::Parser as _;

#[tokio::main]
async fn main() -> ExitCode {
    match cli::run(cli::Cli::parse()).await {
        Ok(code) => code,
        Err(error) => {
            anstream::eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}
