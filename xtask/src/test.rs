//! `cargo xtask test`: everything that CI runs, and a summary that names what could not run.

use std::process::ExitCode;

use anyhow::Result;
use xshell::{Shell, cmd};

/// How one step of the test command ended.
enum Outcome {
    Passed,
    Failed,
    NotRun(&'static str),
}

struct Step {
    name: &'static str,
    run: fn(&Shell) -> Result<Outcome>,
}

const STEPS: &[Step] = &[
    Step { name: "format", run: format },
    Step { name: "tidy", run: |sh| Ok(outcome(crate::tidy::check(sh)?.is_empty())) },
    Step { name: "clippy", run: clippy },
    Step { name: "documentation", run: documentation },
    Step { name: "dependencies (cargo-deny)", run: dependencies },
    Step { name: "tests", run: tests },
];

/// Runs every step, also after one has failed, and returns success only if none did.
pub(crate) fn run(sh: &Shell) -> Result<ExitCode> {
    let mut summary = Vec::new();
    for step in STEPS {
        println!("── {} ──", step.name);
        let outcome = (step.run)(sh)?;
        summary.push((step.name, outcome));
    }
    println!("── summary ──");
    let mut code = ExitCode::SUCCESS;
    for (name, outcome) in summary {
        match outcome {
            Outcome::Passed => println!("passed   {name}"),
            Outcome::NotRun(why) => println!("NOT RUN  {name}: {why}"),
            Outcome::Failed => {
                println!("FAILED   {name}");
                code = ExitCode::FAILURE;
            }
        }
    }
    Ok(code)
}

fn outcome(success: bool) -> Outcome {
    if success { Outcome::Passed } else { Outcome::Failed }
}

fn format(sh: &Shell) -> Result<Outcome> {
    Ok(outcome(cmd!(sh, "cargo fmt --all --check").run().is_ok()))
}

fn clippy(sh: &Shell) -> Result<Outcome> {
    let command = cmd!(sh, "cargo clippy --workspace --all-targets --locked -- --deny warnings");
    Ok(outcome(command.run().is_ok()))
}

fn documentation(sh: &Shell) -> Result<Outcome> {
    let command = cmd!(sh, "cargo doc --workspace --no-deps --locked").env("RUSTDOCFLAGS", "--deny warnings");
    Ok(outcome(command.run().is_ok()))
}

fn dependencies(sh: &Shell) -> Result<Outcome> {
    if cmd!(sh, "cargo deny --version").quiet().ignore_stdout().ignore_stderr().run().is_err() {
        return Ok(Outcome::NotRun("install it with `cargo install --locked cargo-deny`"));
    }
    Ok(outcome(cmd!(sh, "cargo deny --offline check bans licenses sources").run().is_ok()))
}

/// The binaries are built first: end-to-end tests run them as a user would.
fn tests(sh: &Shell) -> Result<Outcome> {
    if cmd!(sh, "cargo build --workspace --bins --locked").run().is_err() {
        return Ok(Outcome::Failed);
    }
    Ok(outcome(cmd!(sh, "cargo test --workspace --locked --no-fail-fast").run().is_ok()))
}
