//! The command line of the harness.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use clap::{Parser, ValueEnum};
use owo_colors::OwoColorize as _;
use scenario::Scenario;

use crate::narrate::{Narrator, wrapped};
use crate::outcome::{NotPlayed, Outcome, Played};
use crate::play::Player;
use crate::stage::Backend;
use crate::{drill, play, report, stage};

/// Replays incidents against an embedded AWS or LocalStack, and judges what comes out.
///
/// Exit codes: 0 every expectation was met; 1 some was not; 2 usage, a scenario that does not read, or is named and cannot be
/// played on this backend, or a backend that cannot be had.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask simulate", bin_name = "cargo xtask simulate")]
pub struct Cli {
    /// Scenarios to play, by name; all of them where none is named.
    slugs: Vec<String>,
    /// What plays AWS.
    #[arg(long, value_enum, default_value_t = BackendName::Embedded)]
    pub(crate) backend: BackendName,
    /// Hide the expectations, hand the page and a live endpoint to the analyst, and compare the answer.
    #[arg(long, conflicts_with_all = ["list", "keep"])]
    drill: bool,
    /// Name the scenarios and say what each is for.
    #[arg(long)]
    list: bool,
    /// Keep the endpoint up after the last scenario, and print the environment that uses it.
    #[arg(long)]
    keep: bool,
    /// Where result.json, junit.xml and the reports go.
    #[arg(long, value_name = "DIR", default_value = "target/simulate")]
    pub(crate) output: PathBuf,
    /// Where the scenarios are.
    #[arg(long, value_name = "DIR", default_value = "scenarios", hide = true)]
    pub(crate) scenarios: PathBuf,
}

impl Cli {
    /// Whether scenarios are named, rather than all of them meant.
    pub(crate) const fn names_scenarios(&self) -> bool {
        !self.slugs.is_empty()
    }
}

/// What plays AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BackendName {
    /// The fake AWS, in memory, on the scenario's own clock.
    Embedded,
    /// LocalStack behind the gateway, in real time.
    Localstack,
}

impl BackendName {
    /// Returns the word for `result.json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::Localstack => "localstack",
        }
    }
}

/// Does what the command line asks for.
pub async fn run(cli: Cli) -> Result<ExitCode> {
    let slugs = chosen(&cli)?;
    if cli.list {
        list(&cli, &slugs)?;
        return Ok(ExitCode::SUCCESS);
    }
    let narrator = if cli.slugs.is_empty() || cli.drill { Narrator::Summary } else { Narrator::Hops };
    let backend = Backend::prepare(cli.backend, Path::new("target")).await?;
    if cli.drill {
        let drilled = drill::run(slugs, &backend, &cli).await;
        backend.stop().await;
        return drilled;
    }
    let outcome = play_and_tell(slugs, &backend, &cli, narrator).await;
    backend.stop().await;
    let outcome = outcome?;
    Ok(ExitCode::from(exit_code(&outcome, cli.names_scenarios())))
}

/// A scenario that was asked for by name and not played is no success; one that was not asked for is skipped.
fn exit_code(outcome: &Outcome, named: bool) -> u8 {
    if !outcome.scenarios.iter().all(|played| played.passed) {
        return 1;
    }
    if named && !outcome.not_played.is_empty() { 2 } else { 0 }
}

fn chosen(cli: &Cli) -> Result<Vec<String>> {
    if cli.slugs.is_empty() { Ok(scenario::slugs(&cli.scenarios)?) } else { Ok(cli.slugs.clone()) }
}

/// Reads a scenario for a backend; in real time it is moved to now, and into accounts that no other scenario uses.
pub fn read(scenarios: &Path, slug: &str, backend: BackendName) -> Result<Scenario> {
    let scenario = match backend {
        BackendName::Embedded => scenario::load(scenarios, slug),
        BackendName::Localstack => scenario::load_rewritten(scenarios, slug, &stage::rewrite()),
    };
    Ok(scenario?)
}

fn list(cli: &Cli, slugs: &[String]) -> Result<()> {
    for slug in slugs {
        let scenario = scenario::load(&cli.scenarios, slug)?;
        anstream::println!("{}\n{}", scenario.name.bold(), wrapped(&scenario.why, "    "));
    }
    Ok(())
}

/// Plays the scenarios, writes and prints what came of them, and keeps the last stage up where that was asked for.
async fn play_and_tell(slugs: Vec<String>, backend: &Backend, cli: &Cli, narrator: Narrator) -> Result<Outcome> {
    let (outcome, last) = play_all(slugs, backend, cli, narrator).await?;
    report::write(&outcome, &cli.output)?;
    report::print(&outcome, &cli.output);
    if let (true, Some(player)) = (cli.keep, last) {
        player.keep().await;
    }
    Ok(outcome)
}

async fn play_all(
    slugs: Vec<String>,
    backend: &Backend,
    cli: &Cli,
    narrator: Narrator,
) -> Result<(Outcome, Option<Player>)> {
    let mut outcome = Outcome {
        schema: "rootsweep/simulation/v1",
        backend: cli.backend.as_str().to_owned(),
        scenarios: Vec::new(),
        not_played: Vec::new(),
    };
    let mut last = None;
    // Every file is read before the first is played: a misspelt one is told at once.
    for slug in &slugs {
        read(&cli.scenarios, slug, cli.backend)?;
    }
    for slug in &slugs {
        let scenario = read(&cli.scenarios, slug, cli.backend)?;
        let name = scenario.name.clone();
        if let (BackendName::Localstack, Some(reason)) = (cli.backend, &scenario.embedded_only) {
            outcome.not_played.push(NotPlayed { scenario: name, reason: reason.trim().to_owned() });
            continue;
        }
        drop(last.take());
        let started = Instant::now();
        match play::play_and_hold(scenario, backend, &cli.output, narrator).await {
            Ok((played, held)) => {
                outcome.scenarios.push(played);
                last = Some(held);
            }
            // One stage that cannot be set must not cost the results of the others.
            Err(error) => outcome.scenarios.push(Played::unstaged(name, started.elapsed(), &error)),
        }
    }
    Ok((outcome, last))
}
