//! Developer tasks, each of which is found by running `cargo xtask`.
//!
//! The crate stays thin: a task that needs heavy dependencies is a program of its own, and is run from here.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a developer's tool talks to its developer")]

mod generate;
mod new;
mod test;
mod tidy;

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};
use xshell::{Shell, cmd};

/// Developer tasks of Rootsweep.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Replay incidents against an embedded AWS or `LocalStack`, and judge what comes out.
    #[command(disable_help_flag = true)]
    Simulate {
        /// Arguments for the harness; `--help` lists them.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Run everything that CI runs, and close with a summary.
    Test,
    /// Measure what the budgets name, as ratios in one run.
    #[command(disable_help_flag = true)]
    Bench {
        /// Arguments for the bench; `--help` lists them.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Check what no compiler checks: dependency arrows, file sizes, folders.
    Tidy,
    /// Write the generated files under `docs/` anew.
    Generate {
        /// Only say which of them are out of date, and fail if any is.
        #[arg(long)]
        check: bool,
    },
    /// Lay the folder of a new check and name what is left to do.
    NewCheck {
        /// The check's id: `root-something`.
        id: String,
    },
    /// Lay the folder of a new scenario.
    NewScenario {
        /// The scenario's slug: `root-does-something`.
        slug: String,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse().task) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<ExitCode> {
    let sh = workspace_shell()?;
    match task {
        Task::Simulate { args } => simulate(&sh, &args),
        Task::Test => test::run(&sh),
        Task::Bench { args } => bench(&sh, &args),
        Task::Tidy => tidy::run(&sh),
        Task::Generate { check } => generate::run(&sh, check),
        Task::NewCheck { id } => new::check(&sh, &id),
        Task::NewScenario { slug } => new::scenario(&sh, &slug),
    }
}

/// Returns a shell that stands in the workspace's root, from wherever the task was called.
fn workspace_shell() -> Result<Shell> {
    let sh = Shell::new()?;
    let manifest = sh.var("CARGO_MANIFEST_DIR").context("run this as `cargo xtask`")?;
    sh.change_dir(manifest);
    sh.change_dir("..");
    Ok(sh)
}

fn simulate(sh: &Shell, args: &[String]) -> Result<ExitCode> {
    cmd!(sh, "cargo build --quiet --package rootsweep --package simulate").quiet().run()?;
    exit_code_of(cmd!(sh, "cargo run --quiet --package simulate -- {args...}"))
}

fn bench(sh: &Shell, args: &[String]) -> Result<ExitCode> {
    cmd!(sh, "cargo build --release --package rootsweep --package fake-aws --package bench").quiet().run()?;
    cmd!(sh, "cargo build --release --package rootsweep-cloudtrail --examples").quiet().run()?;
    exit_code_of(cmd!(sh, "cargo run --quiet --release --package bench -- {args...}"))
}

/// Runs a program in the foreground and hands its exit code on.
fn exit_code_of(command: xshell::Cmd<'_>) -> Result<ExitCode> {
    let status = std::process::Command::from(command).status()?;
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Ok(ExitCode::from(code))
}
