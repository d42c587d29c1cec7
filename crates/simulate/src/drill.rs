//! Drills: the analyst gets the page and a live endpoint, says what it was, and is told how that compares.

use std::io::{BufRead as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use jiff::SignedDuration;
use owo_colors::OwoColorize as _;
use rootsweep_model::Verdict;
use rootsweep_model::assessment::TriageVerdict;
use scenario::{Expect, ExpectedRow, Scenario};

use crate::cli::{BackendName, Cli, read};
use crate::folder;
use crate::judge::Message;
use crate::narrate::{Narrator, human, width, wrapped};
use crate::page;
use crate::play::Player;
use crate::stage::Backend;

/// What a drill asks for, and what is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Truth {
    /// What the root activity was.
    Verdict(TriageVerdict),
    /// Whether the next use of root would wake somebody.
    Wakes(bool),
}

impl Truth {
    const fn question(self) -> &'static str {
        match self {
            Self::Verdict(_) => "What was it?",
            Self::Wakes(_) => "Would the next use of root wake somebody, in every account?",
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Verdict(verdict) => verdict.as_str(),
            Self::Wakes(true) => "yes",
            Self::Wakes(false) => "no",
        }
    }

    fn words(self) -> Vec<&'static str> {
        match self {
            Self::Verdict(_) => TriageVerdict::ALL.iter().map(|verdict| verdict.as_str()).collect(),
            Self::Wakes(_) => vec!["yes", "no"],
        }
    }
}

/// What was answered to what a drill asks.
struct Answered {
    truth: Truth,
    answer: Option<&'static str>,
    why: String,
    took: Duration,
}

impl Answered {
    fn is_right(&self) -> bool {
        self.answer == Some(self.truth.word())
    }
}

/// Drills each scenario in turn and writes a debrief for each.
///
/// Scenarios that are not drilled are no right answers where they were named.
pub async fn run(slugs: Vec<String>, backend: &Backend, cli: &Cli) -> Result<ExitCode> {
    // Every file is read before the first is drilled: a misspelt one is told at once.
    let scenarios: Vec<Scenario> =
        slugs.iter().map(|slug| read(&cli.scenarios, slug, cli.backend)).collect::<Result<_>>()?;
    let (mut all_right, mut passed_over) = (true, false);
    for scenario in scenarios {
        let truth = match asks(&scenario, cli.backend) {
            Ok(truth) => truth,
            Err(why) => {
                anstream::println!("{} is not drilled: {why}", scenario.name);
                passed_over = true;
                continue;
            }
        };
        // In real time it begins when it is played, not when it was read.
        let scenario = read(&cli.scenarios, &scenario.name, cli.backend)?;
        all_right &= drill(scenario, truth, backend, &cli.output).await?;
    }
    let named_in_vain = cli.names_scenarios() && passed_over;
    Ok(ExitCode::from(if named_in_vain && all_right { 2 } else { u8::from(!all_right) }))
}

/// Drills one scenario, and returns whether the answer was right.
async fn drill(scenario: Scenario, truth: Truth, backend: &Backend, output: &Path) -> Result<bool> {
    let desk = lay_desk(&scenario, output)?;
    let mut player = Player::prepare(scenario, backend, output, Narrator::Summary).await?;
    let pages = play_silently(&mut player).await?;
    show(&player, &pages, &desk)?;
    let answered = ask(truth)?;
    debrief(player.scenario(), &pages, &answered, output)?;
    Ok(answered.is_right())
}

/// Returns what a scenario has to ask; says why not where it has nothing, or cannot be played.
fn asks(scenario: &Scenario, backend: BackendName) -> Result<Truth, String> {
    if let (BackendName::Localstack, Some(reason)) = (backend, &scenario.embedded_only) {
        return Err(reason.trim().to_owned());
    }
    let verdict = worst_verdict(scenario).map(Truth::Verdict);
    let nothing = || "it has no root activity to tell apart, and no alarm to judge: play it without --drill".to_owned();
    verdict.or_else(|| wakes(scenario).map(Truth::Wakes)).ok_or_else(nothing)
}

/// The worst verdict that the scenario expects: what the analyst should come to.
fn worst_verdict(scenario: &Scenario) -> Option<TriageVerdict> {
    let expectations = || scenario.timeline.iter().map(|step| &step.expect);
    let episodes = expectations().flat_map(|expect| &expect.episodes).map(|episode| episode.verdict);
    let records = expectations().flat_map(|expect| &expect.records).map(|record| record.verdict);
    episodes.chain(records).min()
}

/// Whether the alarm wakes somebody in the end, as the last step that speaks of it expects; nothing where none does.
fn wakes(scenario: &Scenario) -> Option<bool> {
    let alarms = |expect: &Expect| {
        let verdicts: Vec<Verdict> = alarm_rows(expect).map(|row| row.verdict).collect();
        let is_known = !verdicts.is_empty() && verdicts.iter().all(|it| matches!(it, Verdict::Pass | Verdict::Fail));
        is_known.then(|| !verdicts.contains(&Verdict::Fail))
    };
    scenario.timeline.iter().rev().find_map(|step| alarms(&step.expect))
}

fn alarm_rows(expect: &Expect) -> impl Iterator<Item = &ExpectedRow> {
    expect.rows.iter().filter(|row| row.check == "root-alarm")
}

/// Lays the folder in which the analyst works; its name tells nothing of the scenario. Only what a drill before has left
/// there is deleted.
fn lay_desk(scenario: &Scenario, output: &Path) -> Result<PathBuf> {
    let desk = output.join("drill");
    fs_err::create_dir_all(&desk)?;
    folder::clear(&desk, |name| folder::is_numbered(name, "page-", &[".json"]))?;
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
                expected uses of root. Then answer here: the clock runs.";
    anstream::println!("\n{}\n", wrapped(hint, ""));
    Ok(())
}

fn ask(truth: Truth) -> Result<Answered> {
    let started = Instant::now();
    let words = truth.words();
    let answer = loop {
        anstream::println!("{} {}", truth.question(), words.join(", "));
        let Some(line) = prompt()? else { break None };
        match words.iter().find(|word| word.eq_ignore_ascii_case(&line)) {
            Some(word) => break Some(*word),
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
    let right = answered.is_right();
    let took = human(SignedDuration::try_from(answered.took).unwrap_or_default());
    let compared =
        if right { "That is what it was.".to_owned() } else { format!("It was: {}.", answered.truth.word()) };
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
        "# Drill: {name}\n\n{proves}\n\n| | |\n|---|---|\n| question | {question} |\n| pages | {pages} |\n| answer | {answer} |\n| it was | {truth} |\n\
         | time to answer | {took} |\n| what told the analyst | {why} |\n\n## What happened\n\n{steps}\n\n## What it was\n\n{told}\n\n\
         ## What a tool gets wrong here\n\n{naive}\n\n## References\n\n{references}\n",
        name = scenario.name,
        proves = scenario.why.trim(),
        question = answered.truth.question(),
        pages = pages.len(),
        answer = answered.answer.unwrap_or("none"),
        truth = answered.truth.word(),
        steps = list(steps.collect()),
        told = list(told.collect()),
        naive = scenario.naive.trim(),
        references = list(references.collect()),
    )
}

/// Lists what the scenario expects of the records, episodes and alarms of a step.
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
    let alarms = alarm_rows(expect).map(|it| format!("- {} of {}: {}", it.check, it.account, it.verdict));
    records.chain(episodes).chain(alarms).collect()
}
