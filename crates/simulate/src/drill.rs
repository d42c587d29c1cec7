//! Drills: the analyst gets the page and a live endpoint, says what it was, and is told how that compares.

use std::io::{BufRead as _, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use jiff::SignedDuration;
use owo_colors::OwoColorize as _;
use rootsweep_model::assessment::TriageVerdict;
use scenario::Scenario;

use crate::cli::{Cli, read};
use crate::judge::Message;
use crate::narrate::{Narrator, human};
use crate::play::Player;
use crate::stage::Backend;

/// What a drill asks, and what came of it.
struct Answered {
    truth: TriageVerdict,
    answer: Option<TriageVerdict>,
    why: String,
    took: Duration,
}

/// Drills each scenario in turn and writes a debrief for each.
pub async fn run(slugs: Vec<String>, backend: &Backend, cli: &Cli) -> Result<ExitCode> {
    let mut all_right = true;
    for slug in slugs {
        let scenario = read(&cli.scenarios, &slug, cli.backend)?;
        let Some(truth) = truth(&scenario) else { continue };
        let mut player = Player::prepare(scenario, backend, &cli.output, Narrator::Summary).await?;
        let pages = play_silently(&mut player).await?;
        let answered = ask(&player, &pages, truth)?;
        all_right &= answered.answer == Some(truth);
        debrief(player.scenario(), &pages, &answered, &cli.output)?;
    }
    Ok(ExitCode::from(u8::from(!all_right)))
}

/// The worst verdict that the scenario expects: what the analyst should come to.
fn truth(scenario: &Scenario) -> Option<TriageVerdict> {
    let expectations = || scenario.timeline.iter().map(|step| &step.expect);
    let episodes = expectations().flat_map(|expect| &expect.episodes).map(|episode| episode.verdict);
    let records = expectations().flat_map(|expect| &expect.records).map(|record| record.verdict);
    episodes.chain(records).min()
}

async fn play_silently(player: &mut Player) -> Result<Vec<Message>> {
    let mut pages = Vec::new();
    for index in 0..player.scenario().timeline.len() {
        let (_, seen) = player.perform(index).await?;
        pages.extend(seen.messages);
    }
    Ok(pages)
}

fn ask(player: &Player, pages: &[Message], truth: TriageVerdict) -> Result<Answered> {
    anstream::println!("{}\n", "A drill. This is what the pager shows:".bold());
    for page in pages {
        anstream::println!("{}\n", page.body);
    }
    if pages.is_empty() {
        anstream::println!("Nothing: no message came. You were asked to have a look all the same.\n");
    }
    anstream::println!("The account is live. In another shell:\n");
    player.print_environment();
    anstream::println!("\nLook with `rootsweep triage`, `rootsweep sweep` or the AWS CLI. Then answer.\n");
    let started = Instant::now();
    let words = TriageVerdict::ALL.iter().map(|verdict| verdict.as_str()).collect::<Vec<_>>().join(", ");
    let answer = loop {
        let line = prompt(&format!("What was it ({words})?"))?;
        let Some(line) = line else { break None };
        match TriageVerdict::ALL.iter().find(|verdict| verdict.as_str() == line) {
            Some(verdict) => break Some(*verdict),
            None => anstream::println!("{line:?} is none of these."),
        }
    };
    let why = prompt("What told you?")?.unwrap_or_default();
    Ok(Answered { truth, answer, why, took: started.elapsed() })
}

/// Asks a question; nothing comes back where the input has ended.
fn prompt(question: &str) -> Result<Option<String>> {
    anstream::print!("{question} ");
    std::io::stdout().flush()?;
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line).context("the answer cannot be read")?;
    Ok((read > 0).then(|| line.trim().to_owned()))
}

fn debrief(scenario: &Scenario, pages: &[Message], answered: &Answered, output: &Path) -> Result<()> {
    let right = answered.answer == Some(answered.truth);
    let took = human(SignedDuration::try_from(answered.took).unwrap_or_default());
    let answer = answered.answer.map_or("none", TriageVerdict::as_str);
    let outcome = if right { "That is what it was.".to_owned() } else { format!("It was: {}.", answered.truth) };
    anstream::println!("\n{outcome} You took {took}. {}", scenario.why.trim());
    let references = scenario.references.iter().map(|it| format!("- <{it}>")).collect::<Vec<_>>().join("\n");
    let text = format!(
        "# Drill: {}\n\n{}\n\n| | |\n|---|---|\n| pages | {} |\n| answer | {answer} |\n| it was | {} |\n| time to answer | {took} |\n\
         | what told the analyst | {} |\n\n## What a tool gets wrong here\n\n{}\n\n## References\n\n{references}\n",
        scenario.name,
        scenario.why.trim(),
        pages.len(),
        answered.truth,
        answered.why.replace('|', "\\|"),
        scenario.naive.trim(),
    );
    let file = output.join(&scenario.name).join("debrief.md");
    fs_err::write(&file, text)?;
    anstream::println!("The debrief is {}", file.display());
    Ok(())
}
