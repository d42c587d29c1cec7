//! `rootsweep checks`.

use std::fmt::Write as _;

use anyhow::anyhow;
use rootsweep_checks::{CHECKS, CheckMeta};

use crate::exit::Exit;
use crate::failure::OrExit as _;
use crate::output::write_stdout;

/// List the checks, or explain one.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The id of the check to explain.
    id: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let text = match &arguments.id {
        Some(id) => explanation(find(id).or_exit(Exit::Usage)?)?,
        None => list()?,
    };
    write_stdout(text.as_bytes())?;
    Ok(Exit::Clean)
}

fn find(id: &str) -> anyhow::Result<&'static CheckMeta> {
    let mut all = CHECKS.iter().map(|check| check.meta());
    all.find(|meta| meta.id == id).ok_or_else(|| anyhow!("no check is called {id:?}; `rootsweep checks` lists them"))
}

fn list() -> Result<String, std::fmt::Error> {
    let metas = CHECKS.iter().map(|check| check.meta());
    let width = metas.clone().map(|meta| meta.id.len()).max().unwrap_or_default();
    let mut text = String::new();
    for meta in metas {
        writeln!(text, "{:width$}  {:13}  {}", meta.id, meta.severity, meta.title)?;
    }
    Ok(text)
}

fn explanation(meta: &CheckMeta) -> Result<String, std::fmt::Error> {
    let mut text = format!("{} ({})\n\n{}\n", meta.id, meta.severity, meta.readme.trim());
    writeln!(text, "\n## Controls\n")?;
    for (framework, ids) in meta.controls {
        writeln!(text, "- {framework}: {}", ids.join(", "))?;
    }
    writeln!(text, "\n## Calls\n")?;
    for call in meta.needs {
        writeln!(text, "- {call}")?;
    }
    Ok(text)
}
