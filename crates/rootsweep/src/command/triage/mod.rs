//! `rootsweep triage`.

mod files;

use anyhow::ensure;
use rootsweep_model::Severity;
use rootsweep_model::report::triage_v1;
use rootsweep_triage::{Settings, Triage};

use crate::arguments::triage::TriageArguments;
use crate::clock;
use crate::config::Config;
use crate::exit::{Exit, Policy};
use crate::failure::OrExit as _;
use crate::output::{Output, Outputs};

/// Triages, and reports. Whatever can be wrong on this side is found before anything is read.
pub(crate) fn run(arguments: TriageArguments) -> anyhow::Result<Exit> {
    let mut config = Config::load(arguments.config.as_deref()).or_exit(Exit::Usage)?;
    check_formats(&arguments.output).or_exit(Exit::Usage)?;
    let outputs = Outputs::open(arguments.output.clone()).or_exit(Exit::Usage)?;
    let fail_on = arguments.fail_on.or(config.fail_on).unwrap_or(Severity::High);
    let triage = Triage::new(settings(&mut config, &arguments)?).or_exit(Exit::Usage)?;
    let told = files::triage(triage, &arguments.path, arguments.all)?;
    warn_of_skipped(&told);
    outputs.write_triage(&told)?;
    Ok(Policy { fail_on, allow_unknown: false }.judge_triage(&told))
}

fn settings(config: &mut Config, arguments: &TriageArguments) -> anyhow::Result<Settings> {
    let now = clock::now().or_exit(Exit::Usage)?;
    let expected_uses = std::mem::take(&mut config.expected_use);
    Ok(Settings { expected_uses, list_all: arguments.all, ..Settings::new(now) })
}

fn check_formats(outputs: &[Output]) -> anyhow::Result<()> {
    for format in outputs.iter().map(Output::format) {
        ensure!(
            format.tells_triage(),
            "{format} keeps findings by account and check, and has no place for a triage; use table, json, csv or markdown"
        );
    }
    Ok(())
}

/// Says on stderr that something was skipped, for those who read the report elsewhere, or not at all.
fn warn_of_skipped(triage: &triage_v1::Triage) {
    if triage.counts.skipped > 0 {
        tracing::warn!("{} files or records could not be read; the report names them", triage.counts.skipped);
    }
}
