//! Drills: the analyst gets the page and a live endpoint, says what it was, and is told how that compares.

use std::io::{BufRead as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use jiff::SignedDuration;
use owo_colors::OwoColorize as _;
use rootsweep_model::assessment::TriageVerdict;
use scenario::{Expect, Scenario};

use crate::cli::{Cli, read};
use crate::judge::Message;
use crate::narrate::{Narrator, human, width, wrapped};
use crate::page;
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
        let Some(truth) = truth(&scenario) else {
            anstream::println!("{slug} has no root activity to tell apart: play it without --drill.");
            continue;
        };
        let desk = lay_desk(&scenario, &cli.output)?;
        let mut player = Player::prepare(scenario, backend, &cli.output, Narrator::Summary).await?;
        let pages = play_silently(&mut player).await?;
        show(&player, &pages, &desk)?;
        let answered = ask(truth)?;
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

/// Lays the folder in which the analyst works; its name tells nothing of the scenario.
fn lay_desk(scenario: &Scenario, output: &Path) -> Result<PathBuf> {
    let desk = output.join("drill");
    if desk.exists() {
        fs_err::remove_dir_all(&desk)?;
    }
    fs_err::create_dir_all(&desk)?;
    let desk = fs_err::canonicalize(desk)?;
    fs_err::write(desk.join("rootsweep.toml"), &scenario.config)?;
    Ok(desk)
}

async fn play_silently(player: &mut Player) -> Result<Vec<Message>> {
    let mut pages = Vec::new();
    for index in 0..player.scenario().timeline.len() {
        let (_, seen) = player.perform(index).await?;
        pages.extend(seen.messages);
    }
    Ok(pages)
}

/// Shows the pages, and how the account can be looked into.
fn show(player: &Player, pages: &[Message], desk: &Path) -> Result<()> {
    anstream::println!("{}\n", "A drill. This is what the pager shows:".bold());
    for (index, message) in pages.iter().enumerate() {
        let name = format!("page-{}.json", index + 1);
        fs_err::write(desk.join(&name), &message.body)?;
        anstream::println!("{} ({name} has it as SNS delivered it)", format!("Page {}", index + 1).bold());
        anstream::println!("{}", page::readable(&message.body, width()));
    }
    if pages.is_empty() {
        anstream::println!("Nothing: no message came. You were asked to have a look all the same.\n");
    }
    anstream::println!("{}\n", "The accounts are live. In another shell:".bold());
    anstream::println!("cd {}", desk.display());
    player.print_environment();
    let hint = "Look with `rootsweep triage --alarm NAME`, `rootsweep sweep` or the AWS CLI; rootsweep.toml there names the \
                announced uses of root. Then answer here: the clock runs.";
    anstream::println!("\n{}\n", wrapped(hint, ""));
    Ok(())
}

fn ask(truth: TriageVerdict) -> Result<Answered> {
    let started = Instant::now();
    let words = TriageVerdict::ALL.iter().map(|verdict| verdict.as_str()).collect::<Vec<_>>().join(", ");
    let answer = loop {
        anstream::println!("What was it? {words}");
        let Some(line) = prompt()? else { break None };
        match TriageVerdict::ALL.iter().find(|verdict| verdict.as_str() == line) {
            Some(verdict) => break Some(*verdict),
            None => anstream::println!("{line:?} is none of these."),
        }
    };
    let took = started.elapsed();
    anstream::println!("What told you?");
    let why = prompt()?.unwrap_or_default();
    Ok(Answered { truth, answer, why, took })
}

/// Reads a line; nothing comes back where the input has ended.
fn prompt() -> Result<Option<String>> {
    anstream::print!("> ");
    std::io::stdout().flush()?;
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line).context("the answer cannot be read")?;
    Ok((read > 0).then(|| line.trim().to_owned()))
}

fn debrief(scenario: &Scenario, pages: &[Message], answered: &Answered, output: &Path) -> Result<()> {
    let right = answered.answer == Some(answered.truth);
    let took = human(SignedDuration::try_from(answered.took).unwrap_or_default());
    let compared = if right { "That is what it was.".to_owned() } else { format!("It was: {}.", answered.truth) };
    let compared = if right { compared.green().to_string() } else { compared.red().to_string() };
    anstream::println!("\n{compared} You took {took}.\n\n{}\n", wrapped(&scenario.why, ""));
    let file = output.join(&scenario.name).join("debrief.md");
    fs_err::write(&file, written(scenario, pages, answered, &took))?;
    anstream::println!("The debrief is {}", file.display());
    Ok(())
}

/// Writes the debrief: the answer beside what it was, what happened, and what could have told.
fn written(scenario: &Scenario, pages: &[Message], answered: &Answered, took: &str) -> String {
    let steps = scenario.timeline.iter().map(|step| format!("- {} {}", step.at, step.does));
    let told = scenario.timeline.iter().flat_map(|step| verdicts(&step.expect));
    let references = scenario.references.iter().map(|it| format!("- <{it}>"));
    let list = |lines: Vec<String>| lines.join("\n");
    let why = answered.why.replace('|', "\\|");
    format!(
        "# Drill: {name}\n\n{proves}\n\n| | |\n|---|---|\n| pages | {pages} |\n| answer | {answer} |\n| it was | {truth} |\n\
         | time to answer | {took} |\n| what told the analyst | {why} |\n\n## What happened\n\n{steps}\n\n## What it was\n\n{told}\n\n\
         ## What a tool gets wrong here\n\n{naive}\n\n## References\n\n{references}\n",
        name = scenario.name,
        proves = scenario.why.trim(),
        pages = pages.len(),
        answer = answered.answer.map_or("none", TriageVerdict::as_str),
        truth = answered.truth,
        steps = list(steps.collect()),
        told = list(told.collect()),
        naive = scenario.naive.trim(),
        references = list(references.collect()),
    )
}

/// Lists what the scenario expects of the records and episodes of a step.
fn verdicts(expect: &Expect) -> Vec<String> {
    let reasons = |rules: &[String]| match rules {
        [] => String::new(),
        rules => format!(" ({})", rules.join(", ")),
    };
    let records = expect.records.iter().map(|it| format!("- {}: {}{}", it.event, it.verdict, reasons(&it.reasons)));
    let episodes = expect
        .episodes
        .iter()
        .map(|it| format!("- the episode of {}: {}{}", it.account, it.verdict, reasons(&it.reasons)));
    records.chain(episodes).collect()
}
