//! `rootsweep pattern check`.

use std::fmt::Write as _;
use std::path::PathBuf;

use rootsweep_checks::pattern_advice::{Review, Trial};
use rootsweep_model::AccountId;
use rootsweep_report::text::line;
use serde::Serialize;
use serde_json::Value;

use super::event::{Event, read_all};
use super::explain::write_why;
use super::invalid::Invalid;
use super::language::{Pattern, Why, detect};
use super::tree::Node;
use super::{text_of, write_json};
use crate::arguments::pattern::{CheckArguments, Language, PatternFormat};
use crate::exit::Exit;
use crate::failure::OrExit as _;
use crate::output::write_stdout;

/// The account and Region that the probes are filled in with.
const ACCOUNT: &str = "111122223333";
const REGION: &str = "us-east-1";

/// How many parts of the tree people are shown; JSON has them all.
const MAX_TREE_LINES: usize = 60;

/// What is said of a pattern.
#[derive(Debug, Serialize)]
struct Answer {
    language: Language,
    /// Whether AWS would take it, as far as it could be read.
    valid: bool,
    errors: Vec<Invalid>,
    /// How it is understood; absent where it is not valid.
    tree: Option<Node>,
    probes: Vec<Tried>,
    /// The records of the files that were named.
    events: Vec<TriedEvent>,
    advice: Vec<Advice>,
    /// The pattern without the mistakes that are known, where they can be corrected.
    corrected: Option<String>,
    notes: Vec<String>,
}

/// A probe, and what becomes of it.
#[derive(Debug, Serialize)]
struct Tried {
    id: &'static str,
    title: &'static str,
    /// Whether the pattern should match it.
    wanted: bool,
    /// Whether it does; null where AWS does not document it.
    matched: Option<bool>,
    /// The open question, where AWS does not document it.
    undocumented: Option<String>,
    /// What decided, where it is not what is wanted.
    why: Vec<Why>,
}

/// A record of a file.
#[derive(Debug, Serialize)]
struct TriedEvent {
    file: String,
    /// Its number in the file, from 0.
    index: usize,
    event_id: Option<String>,
    matched: Option<bool>,
}

#[derive(Debug, Serialize)]
struct Advice {
    mistake: &'static str,
    message: String,
}

pub(super) fn run(arguments: &CheckArguments) -> anyhow::Result<Exit> {
    let text = text_of(&arguments.pattern).or_exit(Exit::Usage)?;
    let language = arguments.pattern.language.unwrap_or_else(|| detect(&text));
    let json = arguments.output.format == PatternFormat::Json;
    let pattern = match Pattern::parse(language, &text) {
        Ok(pattern) => pattern,
        Err(invalid) if json => {
            write_json(&refused(language, invalid))?;
            return Ok(Exit::Usage);
        }
        Err(invalid) => return Err(invalid).or_exit(Exit::Usage),
    };
    let answer = answer(language, &pattern, tried_events(&pattern, &arguments.event).or_exit(Exit::Usage)?)?;
    if json {
        write_json(&answer)?;
    } else {
        write_stdout(table(&answer)?.as_bytes())?;
    }
    Ok(exit(&answer.probes))
}

/// A missed root record is the finding; noise is told, and wakes nobody who is not there to be woken.
fn exit(probes: &[Tried]) -> Exit {
    let mut root = probes.iter().filter(|it| it.wanted);
    if root.clone().any(|it| it.matched == Some(false)) {
        Exit::Findings
    } else if root.any(|it| it.matched.is_none()) {
        Exit::Incomplete
    } else {
        Exit::Clean
    }
}

fn refused(language: Language, invalid: Invalid) -> Answer {
    Answer {
        language,
        valid: false,
        errors: vec![invalid],
        tree: None,
        probes: Vec::new(),
        events: Vec::new(),
        advice: Vec::new(),
        corrected: None,
        notes: Vec::new(),
    }
}

fn answer(language: Language, pattern: &Pattern, events: Vec<TriedEvent>) -> anyhow::Result<Answer> {
    let account = ACCOUNT.parse()?;
    let Review { trials, advice, corrected } = pattern.review()?;
    let notes = pattern.notes(&trials);
    Ok(Answer {
        language,
        valid: true,
        errors: Vec::new(),
        tree: Some(pattern.tree()),
        probes: trials.into_iter().map(|trial| tried(pattern, trial, account)).collect(),
        events,
        advice: advice.into_iter().map(|it| Advice { mistake: it.mistake.id(), message: it.message }).collect(),
        corrected,
        notes,
    })
}

fn tried(pattern: &Pattern, trial: Trial, account: AccountId) -> Tried {
    let Trial { probe, wanted, matched, undocumented } = trial;
    let why = || pattern.explain(&Event::from(probe.record(account, REGION))).why;
    Tried {
        id: &probe.id,
        title: &probe.title,
        wanted,
        matched,
        undocumented,
        why: if matched == Some(wanted) { Vec::new() } else { why() },
    }
}

fn tried_events(pattern: &Pattern, files: &[PathBuf]) -> anyhow::Result<Vec<TriedEvent>> {
    let mut tried = Vec::new();
    for file in files {
        tried.extend(read_all(file)?.iter().enumerate().map(|(index, event)| TriedEvent {
            file: file.display().to_string(),
            index,
            event_id: event.id().map(str::to_owned),
            matched: pattern.explain(event).matched,
        }));
    }
    Ok(tried)
}

fn table(answer: &Answer) -> Result<String, std::fmt::Error> {
    let mut out = String::new();
    writeln!(out, "A valid {}.\n", answer.language.what())?;
    if let Some(tree) = &answer.tree {
        writeln!(out, "Understood as")?;
        write_tree(&mut out, tree)?;
    }
    for note in &answer.notes {
        writeln!(out, "  note: {}", line(note))?;
    }
    let (root, noise): (Vec<_>, Vec<_>) = answer.probes.iter().partition(|it| it.wanted);
    writeln!(out, "\nRoot records, which have to wake someone")?;
    write_probes(&mut out, &root, ["MISSED", "caught"])?;
    writeln!(out, "\nNoise, which must not")?;
    write_probes(&mut out, &noise, ["silent", "FIRES"])?;
    write_events(&mut out, &answer.events)?;
    write_advice(&mut out, answer)?;
    Ok(out)
}

fn write_tree(out: &mut String, tree: &Node) -> std::fmt::Result {
    let mut lines = Vec::new();
    flatten(tree, 1, &mut lines);
    for (depth, text) in lines.iter().take(MAX_TREE_LINES) {
        writeln!(out, "{:width$}{}", "", line(text), width = depth * 2)?;
    }
    match lines.len().saturating_sub(MAX_TREE_LINES) {
        0 => Ok(()),
        more => writeln!(out, "  and {more} more parts; --output json has them all"),
    }
}

fn flatten<'a>(node: &'a Node, depth: usize, lines: &mut Vec<(usize, &'a str)>) {
    lines.push((depth, &node.text));
    for part in &node.parts {
        flatten(part, depth + 1, lines);
    }
}

fn write_probes(out: &mut String, probes: &[&Tried], [no, yes]: [&str; 2]) -> std::fmt::Result {
    for probe in probes {
        let word = match probe.matched {
            Some(true) => yes,
            Some(false) => no,
            None => "UNSURE",
        };
        writeln!(out, "  {word:6}  {:24}  {}", probe.id, probe.title)?;
        if let Some(question) = &probe.undocumented {
            writeln!(out, "          AWS does not document {question}")?;
        }
        write_why(out, 10, &probe.why)?;
    }
    Ok(())
}

fn write_events(out: &mut String, events: &[TriedEvent]) -> std::fmt::Result {
    if events.is_empty() {
        return Ok(());
    }
    let count = |verdict| events.iter().filter(|it| it.matched == verdict).count();
    let (matched, unsure) = (count(Some(true)), count(None));
    writeln!(out, "\nOf {} given records, {matched} match; of {unsure} AWS does not document it", events.len())?;
    for event in events.iter().filter(|it| it.matched != Some(false)).take(MAX_TREE_LINES) {
        let word = if event.matched.is_some() { "match" } else { "UNSURE" };
        let id = event.event_id.as_deref().unwrap_or("no event id");
        writeln!(out, "  {word:6}  {} record {}  {}", line(&event.file), event.index, line(id))?;
    }
    Ok(())
}

fn write_advice(out: &mut String, answer: &Answer) -> std::fmt::Result {
    if answer.advice.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nAdvice")?;
    for advice in &answer.advice {
        writeln!(out, "  {}: {}", advice.mistake, line(&advice.message))?;
    }
    if let Some(corrected) = &answer.corrected {
        writeln!(out, "\nCorrected\n  {}", line(corrected))?;
    }
    Ok(())
}

/// Writes a value as a person wants to see it.
pub(super) fn shown(value: &Value) -> String {
    const MOST: usize = 120;
    rootsweep_report::text::fitted(&value.to_string(), MOST).into_owned()
}
