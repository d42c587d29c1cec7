//! `cargo xtask test`: everything that CI runs, and a summary that names what could not run.

use std::process::ExitCode;

use anyhow::Result;
use xshell::{Cmd, Shell, cmd};

use crate::afresh;

/// Where tests write down, a line each, what they could not do on this machine.
const NOT_RUN: &str = "target/not-run.txt";

/// How one step of the test command ended.
enum Outcome {
    Passed,
    Failed,
    NotRun(&'static str),
}

struct Step {
    name: &'static str,
    run: fn(&Shell) -> Outcome,
}

const STEPS: &[Step] = &[
    Step { name: "format", run: format },
    Step { name: "tidy", run: tidy },
    Step { name: "clippy", run: clippy },
    Step { name: "documentation", run: documentation },
    Step { name: "dependencies (cargo-deny)", run: dependencies },
    Step { name: "tests", run: tests },
];

/// Runs every step, also after one has failed, and returns success only if none did.
pub(crate) fn run(sh: &Shell) -> Result<ExitCode> {
    sh.remove_path(NOT_RUN)?;
    let mut outcomes = Vec::new();
    for step in STEPS {
        println!("── {} ──", step.name);
        outcomes.push((step.name, (step.run)(sh)));
    }
    println!("── summary ──");
    for (name, outcome) in &outcomes {
        match outcome {
            Outcome::Passed => println!("passed   {name}"),
            Outcome::NotRun(why) => println!("NOT RUN  {name}: {why}"),
            Outcome::Failed => println!("FAILED   {name}"),
        }
    }
    for line in sh.read_file(NOT_RUN).unwrap_or_default().lines() {
        println!("NOT RUN  {line}");
    }
    let failed = outcomes.iter().any(|(_, outcome)| matches!(outcome, Outcome::Failed));
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn passes(command: &Cmd<'_>) -> Outcome {
    if command.run().is_ok() { Outcome::Passed } else { Outcome::Failed }
}

fn format(sh: &Shell) -> Outcome {
    passes(&cmd!(sh, "cargo fmt --all --check"))
}

fn tidy(sh: &Shell) -> Outcome {
    match crate::tidy::check(sh) {
        Ok(faults) if faults.is_empty() => Outcome::Passed,
        Ok(_) => Outcome::Failed,
        Err(error) => {
            println!("tidy: {error:#}");
            Outcome::Failed
        }
    }
}

fn clippy(sh: &Shell) -> Outcome {
    passes(&afresh(cmd!(sh, "cargo clippy --workspace --all-targets --locked -- --deny warnings")))
}

fn documentation(sh: &Shell) -> Outcome {
    passes(&afresh(cmd!(sh, "cargo doc --workspace --no-deps --locked")).env("RUSTDOCFLAGS", "--deny warnings"))
}

fn dependencies(sh: &Shell) -> Outcome {
    if cmd!(sh, "cargo deny --version").quiet().ignore_stdout().ignore_stderr().run().is_err() {
        return Outcome::NotRun("install it with `cargo install --locked cargo-deny`");
    }
    passes(&cmd!(sh, "cargo deny --offline check bans licenses sources"))
}

/// The binaries are built first: end-to-end tests run them as a user would. They are built together with the tests, for
/// alone they would need their dependencies compiled with other features, a second time.
fn tests(sh: &Shell) -> Outcome {
    if let Outcome::Failed = passes(&afresh(cmd!(sh, "cargo build --workspace --bins --tests --locked"))) {
        return Outcome::Failed;
    }
    let not_run = sh.current_dir().join(NOT_RUN);
    passes(&afresh(cmd!(sh, "cargo test --workspace --locked --no-fail-fast")).env("ROOTSWEEP_NOT_RUN", not_run))
}
