//! `rootsweep triage`.

mod alarm;
mod files;
mod intake;
mod live;

use std::path::PathBuf;

use anyhow::{anyhow, ensure};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rootsweep_model::Severity;
use rootsweep_model::exception::ExpectedUse;
use rootsweep_model::report::triage_v1;
use rootsweep_report::{count_of, text};
use rootsweep_triage::{Settings, Triage};

use self::live::Question;
use crate::arguments::triage::TriageArguments;
use crate::clock;
use crate::config::Config;
use crate::exit::{Exit, Policy};
use crate::failure::OrExit as _;
use crate::output::{Output, Outputs};
use crate::settings::Settings as AwsSettings;

/// Triages, and reports. Whatever can be wrong on this side is found before anything is read.
pub(crate) fn run(arguments: &TriageArguments) -> anyhow::Result<Exit> {
    let mut config = Config::load(arguments.config.as_deref()).or_exit(Exit::Usage)?;
    check_formats(&arguments.output).or_exit(Exit::Usage)?;
    check_paths(&arguments.path).or_exit(Exit::Usage)?;
    let outputs = Outputs::open(arguments.output.clone()).or_exit(Exit::Usage)?;
    let fail_on = arguments.fail_on.or(config.fail_on).unwrap_or(Severity::High);
    let now = clock::now().or_exit(Exit::Usage)?;
    let expected_uses = std::mem::take(&mut config.expected_use);
    let told = match question(arguments) {
        None => files::triage(begin(expected_uses, arguments.all, now)?, &arguments.path, arguments.all)?,
        Some(question) => {
            arguments.over(&mut config);
            let settings = AwsSettings::of(config).or_exit(Exit::Usage)?;
            // What the analyst asked for is listed, root's or not.
            live::triage(begin(expected_uses, true, now)?, &question, arguments.account(), &settings, now)?
        }
    };
    warn_of_skipped(&told);
    outputs.write_triage(&told)?;
    Ok(Policy { fail_on, allow_unknown: false }.judge_triage(&told))
}

fn begin(expected_uses: Vec<ExpectedUse>, list_all: bool, now: Timestamp) -> anyhow::Result<Triage> {
    let today = now.to_zoned(TimeZone::UTC).date();
    for expired in expected_uses.iter().filter(|it| it.has_expired(today)) {
        tracing::warn!(
            "the expected use {:?} of {} ended on {} and excuses nothing any more; renew it or delete it",
            expired.name,
            text::line(&expired.owner),
            expired.until
        );
    }
    Triage::new(Settings { expected_uses, list_all, ..Settings::new(now) }).or_exit(Exit::Usage)
}

/// Returns what AWS is to be asked; nothing where files are to be read.
fn question(arguments: &TriageArguments) -> Option<Question> {
    let event = arguments.event_id.clone().map(Question::Event);
    event.or_else(|| arguments.alarm.clone().map(Question::Alarm))
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

/// Refuses a path that is not there: one that was mistyped is no reason to report on the others alone.
fn check_paths(paths: &[PathBuf]) -> anyhow::Result<()> {
    for path in paths.iter().filter(|path| path.as_os_str() != "-") {
        path.metadata().map_err(|error| anyhow!("{} cannot be read: {error}", path.display()))?;
    }
    Ok(())
}

/// Says on stderr that something was skipped, for those who read the report elsewhere, or not at all.
fn warn_of_skipped(triage: &triage_v1::Triage) {
    if triage.counts.skipped > 0 {
        let what = count_of(triage.counts.skipped, "thing");
        tracing::warn!("{what} could not be read, asked or explained; the report names each");
    }
}
