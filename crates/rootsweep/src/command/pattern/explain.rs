//! `rootsweep pattern explain`.

use std::fmt::Write as _;

use rootsweep_report::text::line;
use serde::Serialize;

use super::check::shown;
use super::event::read_one;
use super::language::{Explained, Pattern, Why, detect};
use super::{text_of, write_json};
use crate::arguments::pattern::{ExplainArguments, Language, PatternFormat};
use crate::exit::Exit;
use crate::failure::OrExit as _;
use crate::output::write_stdout;

/// What is said of a pattern and an event.
#[derive(Debug, Serialize)]
struct Answer {
    language: Language,
    /// Whether the event matches; null where AWS does not document it.
    matched: Option<bool>,
    /// The parts that decided.
    why: Vec<Why>,
}

pub(super) fn run(arguments: &ExplainArguments) -> anyhow::Result<Exit> {
    let text = text_of(&arguments.pattern).or_exit(Exit::Usage)?;
    let language = arguments.pattern.language.unwrap_or_else(|| detect(&text));
    let pattern = Pattern::parse(language, &text).or_exit(Exit::Usage)?;
    let event = read_one(&arguments.event).or_exit(Exit::Usage)?;
    let Explained { matched, why } = pattern.explain(&event);
    let answer = Answer { language, matched, why };
    match arguments.output.format {
        PatternFormat::Json => write_json(&answer)?,
        PatternFormat::Table => write_stdout(table(&answer)?.as_bytes())?,
    }
    Ok(match matched {
        Some(true) => Exit::Clean,
        Some(false) => Exit::Findings,
        None => Exit::Incomplete,
    })
}

fn table(answer: &Answer) -> Result<String, std::fmt::Error> {
    let mut out = String::new();
    let verdict = match answer.matched {
        Some(true) => "The event matches",
        Some(false) => "The event does not match",
        None => "AWS does not document whether the event matches",
    };
    writeln!(out, "{verdict} this {}. What decided:\n", answer.language.what())?;
    write_why(&mut out, 2, &answer.why)?;
    Ok(out)
}

/// Writes the parts that decided, each with what the event has there.
pub(super) fn write_why(out: &mut String, indent: usize, why: &[Why]) -> std::fmt::Result {
    for Why { part, matched, found, note } in why {
        let verdict = match matched {
            Some(true) => "holds",
            Some(false) => "does not hold",
            None => "is not documented",
        };
        let found: Vec<String> = found.iter().map(shown).collect();
        let found = if found.is_empty() { "nothing there".to_owned() } else { found.join(", ") };
        write!(out, "{:indent$}{} {verdict}: {found}", "", line(part))?;
        match note {
            Some(note) => writeln!(out, " ({})", line(note))?,
            None => writeln!(out)?,
        }
    }
    Ok(())
}
