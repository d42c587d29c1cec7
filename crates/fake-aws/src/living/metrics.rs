//! Metrics: data points and their statistics.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::gateway::UpstreamCall;
use crate::world::{HopKind, Place, World};

/// The identity of a metric.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct MetricKey {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) dimensions: BTreeMap<String, String>,
}

/// A data point: one value, or the statistics of several.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Datapoint {
    pub(crate) at: Timestamp,
    pub(crate) sum: f64,
    pub(crate) count: f64,
    pub(crate) minimum: f64,
    pub(crate) maximum: f64,
    pub(crate) unit: Option<String>,
}

impl Datapoint {
    /// A single value.
    pub(crate) const fn of(at: Timestamp, value: f64, unit: Option<String>) -> Self {
        Self { at, sum: value, count: 1.0, minimum: value, maximum: value, unit }
    }
}

/// The metrics of a Region.
#[derive(Debug, Clone, Default)]
pub struct MetricStore(BTreeMap<MetricKey, Vec<Datapoint>>);

impl MetricStore {
    fn put(&mut self, key: MetricKey, datapoint: Datapoint) {
        self.0.entry(key).or_default().push(datapoint);
    }

    pub(super) fn has_in_minute(&self, key: &MetricKey, minute: Timestamp) -> bool {
        let minute = minute.as_second().div_euclid(60);
        self.0.get(key).is_some_and(|points| points.iter().any(|it| it.at.as_second().div_euclid(60) == minute))
    }

    /// The statistic of the data points from `start` up to, not including, `end`; `None` without data.
    pub(super) fn statistic(&self, query: &Query<'_>, start: Timestamp, end: Timestamp) -> Option<f64> {
        let points = self.0.get(query.key)?;
        let unit_fits = |it: &&Datapoint| query.unit.is_none() || it.unit.as_deref() == query.unit;
        let mut inside = points.iter().filter(|it| start <= it.at && it.at < end).filter(unit_fits).peekable();
        inside.peek()?;
        let sum = |read: fn(&Datapoint) -> f64| inside.clone().map(read).sum::<f64>();
        Some(match query.statistic {
            "Sum" => sum(|it| it.sum),
            "SampleCount" => sum(|it| it.count),
            "Average" => sum(|it| it.sum) / sum(|it| it.count),
            "Minimum" => inside.map(|it| it.minimum).fold(f64::INFINITY, f64::min),
            "Maximum" => inside.map(|it| it.maximum).fold(f64::NEG_INFINITY, f64::max),
            _ => return None,
        })
    }
}

/// Which statistic of which metric.
pub(super) struct Query<'a> {
    pub(super) key: &'a MetricKey,
    pub(super) statistic: &'a str,
    pub(super) unit: Option<&'a str>,
}

impl World {
    /// Adds a data point, and wakes the alarms.
    pub(crate) fn put_datapoint(&mut self, place: &Place, key: MetricKey, datapoint: Datapoint, at: Timestamp) {
        let kind = HopKind::MetricPut {
            namespace: key.namespace.clone(),
            name: key.name.clone(),
            value: datapoint.sum,
            datapoint_at: datapoint.at,
        };
        self.hop(at, place, kind);
        self.tell_upstream(|| UpstreamCall::put_metric_data(place, &key, &datapoint));
        if let Some(region) = self.region_mut(place.account, &place.region) {
            region.metrics.put(key, datapoint);
        }
        self.wake(at);
    }
}
