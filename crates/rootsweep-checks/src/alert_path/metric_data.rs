//! The metrics that the filters of one account and Region write, and what a statistic over them reads.

use rootsweep_model::facts::{Dimension, LogGroup, MetricFilter, MetricTransformation, MonitoringFacts};
use rootsweep_model::{AccountId, Fact};

use super::cell::Cell;
use super::filter::{self, TriedFilter};
use super::state::{Finding, State};
use crate::calls;

/// When a metric is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// In the period of one event, the probe in that cell.
    Event(usize),
    /// In a period in which the log group received nothing.
    NoData,
    /// In a period in which the log group received events that match nothing.
    Defaults,
}

/// What a statistic or an expression gives.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Datapoint {
    Value(f64),
    Missing,
    Unknown(Finding),
}

/// A metric with a statistic.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MetricStat<'a> {
    pub(crate) namespace: &'a str,
    pub(crate) name: &'a str,
    pub(crate) dimensions: &'a [Dimension],
    pub(crate) statistic: &'a str,
    /// The unit of the data points that it reads; all of them where absent.
    pub(crate) unit: Option<&'a str>,
}

impl MetricStat<'_> {
    /// Returns whether what a filter writes has as many dimensions, and the unit, that the statistic reads.
    ///
    /// An alarm that names a unit sees data points of that unit alone, and a filter without one writes `None`
    /// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>).
    fn could_read(&self, filter: &MetricFilter, it: &MetricTransformation) -> bool {
        self.dimensions.len() == it.dimensions.len() + filter.emit_system_field_dimensions.len()
            && self.unit.is_none_or(|unit| unit == it.unit.as_deref().unwrap_or("None"))
    }
}

/// A filter with its log group.
pub(crate) struct Entry<'a> {
    pub(crate) group: &'a LogGroup,
    pub(crate) tried: TriedFilter<'a>,
}

/// The metric filters of one account and Region, each tried on every cell.
pub(crate) struct MetricData<'a> {
    pub(crate) entries: Vec<Entry<'a>>,
    pub(crate) account: AccountId,
    cells: &'a [Cell],
    unread: Option<Finding>,
}

impl<'a> MetricData<'a> {
    /// Reads all filters on log groups of the account in the Region.
    pub(crate) fn new(account: AccountId, monitoring: &'a MonitoringFacts, region: &'a str, cells: &'a [Cell]) -> Self {
        let mut metric_data = Self { entries: Vec::new(), account, cells, unread: None };
        for group in monitoring.log_groups.values().filter(|group| group.region == region) {
            match &group.metric_filters {
                Fact::Known(filters) => {
                    let entry = |it| Entry { group, tried: TriedFilter::new(it, group, cells) };
                    metric_data.entries.extend(filters.iter().map(entry));
                }
                Fact::Gap(gap) => metric_data.unread = Some(Finding::gap(gap)),
            }
        }
        metric_data
    }

    fn writers(&self, metric: MetricStat<'_>) -> Vec<(&Entry<'a>, &'a MetricTransformation)> {
        let writes =
            |it: &&MetricTransformation| it.metric_namespace == metric.namespace && it.metric_name == metric.name;
        let of_entry = |entry| transformations(entry).iter().filter(writes).map(move |it| (entry, it));
        self.entries.iter().flat_map(of_entry).collect()
    }

    /// Returns what a statistic over a metric gives at a moment.
    pub(crate) fn read(&self, metric: MetricStat<'_>, moment: Moment) -> Datapoint {
        let writers = self.writers(metric);
        if let Some(unread) = &self.unread {
            return Datapoint::Unknown(unread.clone());
        }
        if writers.is_empty() {
            let detail = format!("no metric filter that was read writes {} {}", metric.namespace, metric.name);
            return Datapoint::Unknown(Finding::out_of_reach(calls::DESCRIBE_ALARMS, detail));
        }
        let default = match default_value(&writers) {
            Ok(default) => default,
            Err(finding) => return Datapoint::Unknown(finding),
        };
        let samples = match moment {
            Moment::Event(cell) => self.samples(&writers, metric, cell),
            Moment::NoData => return Datapoint::Missing,
            Moment::Defaults => Ok(Vec::new()),
        };
        match samples {
            Ok(samples) => reduce(metric.statistic, &samples, default),
            Err(finding) => Datapoint::Unknown(finding),
        }
    }

    /// Returns whether any filter writes a default value to the metric.
    pub(crate) fn has_default(&self, metric: MetricStat<'_>) -> bool {
        self.writers(metric).iter().any(|(_, it)| it.default_value.is_some())
    }

    fn samples(
        &self,
        writers: &[(&Entry<'a>, &'a MetricTransformation)],
        metric: MetricStat<'_>,
        index: usize,
    ) -> Result<Vec<f64>, Finding> {
        let mut samples = Vec::new();
        for (entry, transformation) in writers {
            let (Some(cell), Some(finding)) = (self.cells.get(index), entry.tried.findings.get(index)) else {
                continue;
            };
            match finding.state {
                State::Broken => continue,
                State::Unknown(_) => return Err(finding.clone()),
                State::Holds if !metric.could_read(entry.tried.filter, transformation) => continue,
                State::Holds => {}
            }
            let datum = filter::write(entry.tried.filter, transformation, cell, entry.group)?;
            if metric.dimensions.iter().all(|it| datum.dimensions.get(&it.name) == Some(&it.value)) {
                samples.push(datum.value);
            }
        }
        Ok(samples)
    }
}

fn transformations<'a>(entry: &Entry<'a>) -> &'a [MetricTransformation] {
    &entry.tried.filter.transformations
}

/// Returns the value that the writers give to periods without a match, if any.
#[expect(clippy::float_cmp, reason = "both numbers are as somebody wrote them; nothing was computed")]
fn default_value(writers: &[(&Entry<'_>, &MetricTransformation)]) -> Result<Option<f64>, Finding> {
    let mut default = None;
    for text in writers.iter().filter_map(|(_, it)| it.default_value.as_deref()) {
        let value: f64 = text.trim().parse().map_err(|_| {
            Finding::undocumented(calls::DESCRIBE_FILTERS, format!("the default value {text:?} is no number"))
        })?;
        match default {
            Some(other) if other != value => {
                return Err(Finding::undocumented(
                    calls::DESCRIBE_ALARMS,
                    "filters with different default values write the metric",
                ));
            }
            _ => default = Some(value),
        }
    }
    Ok(default)
}

/// Reduces the samples of one period to what the statistic gives.
///
/// A default value is written for every minute that receives log events of which none matches, so a period holds any
/// number of them beside the samples. Where that number matters, the data point is unknown.
#[expect(clippy::float_cmp, reason = "both numbers are as somebody wrote them; nothing was computed")]
fn reduce(statistic: &str, samples: &[f64], default: Option<f64>) -> Datapoint {
    let Some(quiet) = default else { return statistic_of(statistic, samples) };
    let of_defaults = |value| if samples.is_empty() { statistic_of(statistic, &[quiet]) } else { value };
    let value = statistic_of(statistic, samples);
    let known = match (statistic, &value) {
        ("Sum", _) => quiet == 0.0,
        ("Maximum", Datapoint::Value(value)) => quiet <= *value,
        ("Minimum", Datapoint::Value(value)) => quiet >= *value,
        ("Maximum" | "Minimum" | "Average", Datapoint::Missing) => true,
        ("Average", _) => samples.iter().all(|it| *it == quiet),
        _ => false,
    };
    if known {
        of_defaults(value)
    } else {
        let detail = format!("the {statistic} of a period depends on how many default values of {quiet} it holds");
        Datapoint::Unknown(Finding::undocumented(calls::DESCRIBE_ALARMS, detail))
    }
}

#[expect(clippy::cast_precision_loss, reason = "a period holds a handful of samples")]
fn statistic_of(statistic: &str, samples: &[f64]) -> Datapoint {
    if samples.is_empty() {
        return Datapoint::Missing;
    }
    let sum: f64 = samples.iter().sum();
    let count = samples.len() as f64;
    match statistic {
        "Sum" => Datapoint::Value(sum),
        "SampleCount" => Datapoint::Value(count),
        "Average" => Datapoint::Value(sum / count),
        "Maximum" => Datapoint::Value(samples.iter().copied().fold(f64::NEG_INFINITY, f64::max)),
        "Minimum" => Datapoint::Value(samples.iter().copied().fold(f64::INFINITY, f64::min)),
        other => Datapoint::Unknown(Finding::undocumented(
            calls::DESCRIBE_ALARMS,
            format!("the statistic {other:?} is not evaluated"),
        )),
    }
}
