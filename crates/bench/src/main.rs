//! Measures what the budgets name, as ratios in one run: machines are noisy, and a figure alone says little.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints its figures")]

mod process;
mod sweep;
mod triage;

use clap::{Parser, Subcommand};

/// Measures what the budgets name. Nothing here passes or fails: the figures are for a person to read.
#[derive(Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
struct Cli {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Sweep a generated organization, and compare the time with what latency, pages and concurrency allow.
    Sweep(sweep::Arguments),
    /// Read generated CloudTrail folders, beside bare decompression and the tools that people use.
    Triage(triage::Arguments),
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().what {
        What::Sweep(arguments) => sweep::run(&arguments),
        What::Triage(arguments) => triage::run(&arguments),
    }
}
