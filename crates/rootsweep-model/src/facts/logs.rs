//! Log groups and their metric filters.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Fact;

/// A log group that a trail delivers to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogGroup {
    /// Its ARN without the trailing `:*`.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// Its Region.
    pub region: String,
    /// Its metric filters, all pages.
    pub metric_filters: Fact<Vec<MetricFilter>>,
}

/// A metric filter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricFilter {
    /// Its name.
    pub name: String,
    /// Its pattern; absent where the answer has none.
    pub pattern: Option<String>,
    /// The metrics that it writes.
    pub transformations: Vec<MetricTransformation>,
    /// Whether it looks at transformed log events and not at the events themselves.
    #[serde(default)]
    pub apply_on_transformed_logs: bool,
    /// A condition on system fields that narrows what it sees: `@aws.account IN ["…"]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field_selection_criteria: Option<String>,
    /// System fields that it writes as dimensions of its metrics.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emit_system_field_dimensions: Vec<String>,
}

/// A metric that a filter writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricTransformation {
    /// The metric's name.
    pub metric_name: String,
    /// The metric's namespace.
    pub metric_namespace: String,
    /// What is written for each match: a number, or a selector such as `$.bytes`.
    pub metric_value: String,
    /// What is written for a period without a match, as AWS gives it, in text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_value: Option<String>,
    /// The unit of what is written; `None` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Dimensions, by name, each with the selector that gives its value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dimensions: BTreeMap<String, String>,
}
