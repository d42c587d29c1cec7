//! `rootsweep diff`.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::ensure;
use clap::ValueEnum;
use rootsweep_engine::Earlier;
use rootsweep_model::report::v1::{Changes, Organization, Report};
use rootsweep_report::text;

use crate::exit::Exit;
use crate::failure::OrExit as _;
use crate::output::write_stdout;
use crate::runs;

/// Say what changed between two kept runs.
///
/// Exit codes: 0 nothing got worse, 1 failed, 2 wrong arguments, or a report that cannot be read, 10 a new or worse finding,
/// an expired exception, or something that can no longer be checked.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The earlier report: a JSON file, or a run's folder in a state directory.
    old: PathBuf,
    /// The later report.
    new: PathBuf,
    /// How the changes are written.
    #[arg(long, value_name = "FORMAT", default_value = "text", help_heading = "Output")]
    output: DiffFormat,
}

/// How changes are written.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum DiffFormat {
    /// One line for each change.
    Text,
    /// The `changes` of `rootsweep/report/v1`.
    Json,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let old: Earlier = runs::load(&arguments.old).or_exit(Exit::Usage)?;
    let new: Report = runs::load(&arguments.new).or_exit(Exit::Usage)?;
    let id = |organization: &Option<Organization>| organization.as_ref().map(|it| it.id.clone());
    let (of_old, of_new) = (id(&old.organization), id(&new.organization));
    ensure_same(of_old.as_deref(), of_new.as_deref()).or_exit(Exit::Usage)?;
    let changes = rootsweep_engine::changes(&old, &new);
    let mut bytes = match arguments.output {
        DiffFormat::Text => lines(&changes)?.into_bytes(),
        DiffFormat::Json => serde_json::to_vec_pretty(&changes)?,
    };
    bytes.push(b'\n');
    write_stdout(&bytes)?;
    let worse = changes.items.iter().any(|change| change.kind.is_worse());
    Ok(if worse { Exit::Findings } else { Exit::Clean })
}

/// Refuses to compare two organizations: every account would have come or gone.
fn ensure_same(old: Option<&str>, new: Option<&str>) -> anyhow::Result<()> {
    let name = |id: Option<&str>| id.map_or("a single account".to_owned(), |id| text::line(id).into_owned());
    ensure!(
        old == new,
        "the earlier report is of {}, the later of {}; name two runs over the same",
        name(old),
        name(new)
    );
    Ok(())
}

fn lines(changes: &Changes) -> Result<String, std::fmt::Error> {
    let mut lines = String::new();
    for change in &changes.items {
        writeln!(lines, "{:18}  {}  {}", change.kind, text::line(&change.id), text::line(&change.summary))?;
    }
    write!(lines, "{} changes since run {}", changes.items.len(), text::line(&changes.previous_run_id))?;
    Ok(lines)
}
