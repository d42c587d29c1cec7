//! A kept run beside those before it: what changed, and who has not been told yet.

use std::collections::{BTreeMap, BTreeSet};

use rootsweep_engine::Earlier;
use rootsweep_model::report::v1::{Changes, Report};
use rootsweep_report::TrendPoint;

use crate::runs::{Kept, Runs};

/// A run in its state directory.
pub(crate) struct Past<'a> {
    pub(crate) runs: &'a Runs,
    pub(crate) current: Kept,
    /// What an earlier run has to have in common with it to be compared.
    pub(crate) options: BTreeMap<String, String>,
}

impl Past<'_> {
    /// Says in the report what changed since the previous run, and returns what the runs before came to.
    pub(crate) fn compare(&self, report: &mut Report) -> Vec<TrendPoint> {
        let previous = warned(self.runs.previous(&self.current, &self.options));
        report.changes = previous.map(|previous| rootsweep_engine::changes(&previous, report));
        self.runs.trend(&self.current).unwrap_or_default()
    }

    /// Returns what changed since the run that somebody was last told of; nothing where there was none.
    pub(crate) fn changes_since_told(&self, who: &str, report: &Report) -> Option<Changes> {
        let told = warned(self.runs.previous_told(&self.current, &self.options, who))?;
        let is_previous = report.changes.as_ref().is_some_and(|it| it.previous_run_id == told.run.id);
        if is_previous { report.changes.clone() } else { Some(rootsweep_engine::changes(&told, report)) }
    }

    /// Remembers who could not be told, for the next run to make up for.
    pub(crate) fn remember_untold(&self, who: &BTreeSet<String>) {
        if who.is_empty() {
            return;
        }
        if let Err(error) = self.current.keep_untold(who) {
            tracing::warn!("could not remember who was not told: {error:#}");
        }
    }
}

fn warned(earlier: anyhow::Result<Option<Earlier>>) -> Option<Earlier> {
    earlier.unwrap_or_else(|error| {
        tracing::warn!("could not look for the previous run: {error:#}");
        None
    })
}
