//! Log groups, their events and their metric filters.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

/// A log group.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LogGroup {
    /// The name.
    pub name: String,
    /// `STANDARD` when empty, or `INFREQUENT_ACCESS`, `DELIVERY`.
    pub class: String,
    /// Days that events are kept; for ever when absent.
    pub retention_in_days: Option<i64>,
    /// When it was made.
    pub created_at: Timestamp,
    /// The names of its log streams; a stream that has events need not be named.
    pub streams: Vec<String>,
    /// Its metric filters, at most 100.
    pub metric_filters: Vec<MetricFilter>,
    /// Its events, in the order they came.
    pub events: Vec<LogEvent>,
}

impl LogGroup {
    /// An empty log group.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}

/// An event in a log group.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogEvent {
    /// The stream.
    pub stream: String,
    /// The timestamp that came with it.
    pub timestamp: Timestamp,
    /// When it came; the timestamp when absent.
    pub ingested_at: Option<Timestamp>,
    /// The text.
    pub message: String,
}

/// A metric filter.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MetricFilter {
    /// The name.
    pub name: String,
    /// The filter pattern.
    pub pattern: String,
    /// The metric that a match makes; AWS allows one.
    pub transformations: Vec<MetricTransformation>,
    /// When it was made; earlier events are never counted.
    #[serde(default)]
    pub created_at: Timestamp,
    /// Whether it reads the log group's transformed events.
    #[serde(default)]
    pub apply_on_transformed_logs: bool,
    /// A condition on system fields, such as `@aws.account IN ["111122223333"]`.
    pub field_selection_criteria: Option<String>,
}

/// The metric of a metric filter.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MetricTransformation {
    /// The metric's namespace.
    pub namespace: String,
    /// The metric's name.
    pub name: String,
    /// The value of a match: a number, or a selector.
    #[serde(default = "one")]
    pub value: String,
    /// The value of minutes with events but without a match.
    pub default_value: Option<f64>,
    /// The unit.
    pub unit: Option<String>,
    /// Dimensions and the selectors that give their values.
    #[serde(default)]
    pub dimensions: BTreeMap<String, String>,
}

fn one() -> String {
    "1".to_owned()
}
