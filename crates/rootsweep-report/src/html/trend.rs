//! The failed rows of the kept runs, as stacked bars.

use std::collections::BTreeMap;

use rootsweep_model::report::v1::Report;
use rootsweep_model::{Severity, Verdict};

use crate::digest::time;
use crate::{Options, TrendPoint, text};

/// The newest runs that the chart shows.
const RUNS: usize = 60;
const HEIGHT: u64 = 140;
const WIDTH: u64 = 720;
/// A few runs stand side by side, not spread over the page.
const WIDEST: u64 = 56;

/// The chart with its numbers.
pub(super) struct Trend {
    pub(super) bars: Vec<Bar>,
    pub(super) runs: Vec<Run>,
    /// The number at the top of the chart.
    pub(super) most: u64,
    pub(super) first: String,
    pub(super) last: String,
}

/// One piece of a bar.
pub(super) struct Bar {
    pub(super) x: u64,
    pub(super) y: u64,
    pub(super) width: u64,
    pub(super) height: u64,
    pub(super) severity: &'static str,
    pub(super) says: String,
}

/// One run in numbers, for the table below the chart.
pub(super) struct Run {
    pub(super) at: String,
    pub(super) id: String,
    pub(super) failed: Vec<u64>,
    pub(super) unknown: u64,
    pub(super) fully_checked: String,
}

/// Returns the trend up to this run; one run alone is none.
pub(super) fn trend(report: &Report, options: &Options) -> Option<Trend> {
    let mut points: Vec<_> = options.trend.iter().filter(|it| it.run_id != report.run.id).cloned().collect();
    points.push(TrendPoint::of(report));
    let shown = points.get(points.len().saturating_sub(RUNS)..)?;
    let (first, last) = (shown.first()?, shown.last()?);
    if shown.len() < 2 {
        return None;
    }
    let most = shown.iter().map(failed).max().unwrap_or(0).max(1);
    let step = (WIDTH / u64::try_from(shown.len()).unwrap_or(WIDTH).max(1)).min(WIDEST);
    let width = (step.saturating_sub(3)).clamp(2, 48);
    let places = (0..).map(|number| number * step);
    Some(Trend {
        bars: shown.iter().zip(places).flat_map(|(point, x)| bars(point, x, width, most)).collect(),
        runs: shown.iter().rev().map(run).collect(),
        most,
        first: time(first.started_at),
        last: time(last.started_at),
    })
}

fn failed(point: &TrendPoint) -> u64 {
    point.failed_by_severity.values().sum()
}

fn bars(point: &TrendPoint, x: u64, width: u64, most: u64) -> Vec<Bar> {
    let mut top = HEIGHT;
    let severities = Severity::ALL.into_iter().rev();
    let counted = severities.map(|severity| (severity, count(&point.failed_by_severity, severity)));
    let bars = counted.filter(|(_, n)| *n > 0).map(|(severity, n)| {
        let height = (n * HEIGHT / most).max(1);
        top = top.saturating_sub(height);
        let says = format!("{}: {n} {severity}", time(point.started_at));
        Bar { x, y: top, width, height, severity: severity.as_str(), says }
    });
    bars.collect()
}

fn count(counts: &BTreeMap<Severity, u64>, severity: Severity) -> u64 {
    counts.get(&severity).copied().unwrap_or(0)
}

fn run(point: &TrendPoint) -> Run {
    Run {
        at: time(point.started_at),
        id: text::clipped(&point.run_id, 80).into_owned(),
        failed: Severity::ALL.into_iter().rev().map(|it| count(&point.failed_by_severity, it)).collect(),
        unknown: point.by_verdict.get(&Verdict::Unknown).copied().unwrap_or(0),
        fully_checked: format!("{} of {}", point.accounts_fully_checked, point.accounts),
    }
}
