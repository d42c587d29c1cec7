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
use xshell::{Cmd, Shell, cmd};

/// Developer tasks of Rootsweep.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Replay incidents against an embedded AWS or LocalStack, and judge what comes out.
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
    afresh(cmd!(sh, "cargo build --quiet --package rootsweep --package simulate")).quiet().run()?;
    exit_code_of(afresh(cmd!(sh, "cargo run --quiet --package simulate -- {args...}")))
}

fn bench(sh: &Shell, args: &[String]) -> Result<ExitCode> {
    // Triage is measured at the library that reads, which needs nothing of the AWS SDK; the program is measured beside it
    // where it has been built.
    if args.first().is_some_and(|what| what == "triage") {
        afresh(cmd!(sh, "cargo build --release --package bench --package rootsweep-cloudtrail --bins --examples"))
            .quiet()
            .run()?;
    } else {
        afresh(cmd!(sh, "cargo build --release --package rootsweep --package fake-aws --package bench"))
            .quiet()
            .run()?;
    }
    exit_code_of(afresh(cmd!(sh, "cargo run --quiet --release --package bench -- {args...}")))
}

/// Returns a command of cargo's without what cargo has told this program about itself: build scripts that read such a
/// variable would run again, and everything above them be compiled again, whenever cargo is called from here and then not.
fn afresh(command: Cmd<'_>) -> Cmd<'_> {
    let told = |name: &str| ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"].iter().any(|it| name.starts_with(it));
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()).filter(|name| told(name));
    names.fold(command, Cmd::env_remove)
}

/// Runs a program in the foreground and hands its exit code on.
fn exit_code_of(command: Cmd<'_>) -> Result<ExitCode> {
    let status = std::process::Command::from(command).status()?;
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Ok(ExitCode::from(code))
}
