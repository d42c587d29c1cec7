//! `rootsweep pattern`.

mod check;
mod event;
mod explain;
mod invalid;
mod language;
mod tree;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context as _, ensure};
use serde::Serialize;

use crate::arguments::pattern::{PatternArguments, PatternCommand, PatternText};
use crate::exit::Exit;
use crate::output::write_stdout;

/// The longest text that is read as a pattern; both languages refuse far shorter ones.
const MAX_PATTERN_BYTES: u64 = 1 << 20;

pub(crate) fn run(arguments: &PatternArguments) -> anyhow::Result<Exit> {
    match &arguments.command {
        PatternCommand::Check(check) => check::run(check),
        PatternCommand::Explain(explain) => explain::run(explain),
    }
}

/// Returns the pattern's text, from wherever it comes. The line feed at the end of a file is none of it.
fn text_of(arguments: &PatternText) -> anyhow::Result<String> {
    match (arguments.pattern.as_deref(), &arguments.file) {
        (Some("-"), _) => read(Path::new("-"), MAX_PATTERN_BYTES).map(without_line_feed),
        (_, Some(file)) => read(file, MAX_PATTERN_BYTES).map(without_line_feed),
        (text, None) => Ok(text.unwrap_or_default().to_owned()),
    }
}

fn without_line_feed(mut text: String) -> String {
    let kept = text.trim_end_matches(['\r', '\n']).len();
    text.truncate(kept);
    text
}

/// Reads a file, or standard input, of a bounded size.
fn read(path: &Path, limit: u64) -> anyhow::Result<String> {
    let cannot_read = || format!("{} cannot be read", path.display());
    let mut bytes = Vec::new();
    let input: Box<dyn Read> = if path.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(File::open(path).with_context(cannot_read)?)
    };
    input.take(limit + 1).read_to_end(&mut bytes).with_context(cannot_read)?;
    ensure!(bytes.len() as u64 <= limit, "{} has more than {limit} bytes", path.display());
    String::from_utf8(bytes).with_context(cannot_read)
}

fn write_json(answer: &impl Serialize) -> anyhow::Result<()> {
    let mut bytes = serde_json::to_vec_pretty(answer)?;
    bytes.push(b'\n');
    write_stdout(&bytes)
}
