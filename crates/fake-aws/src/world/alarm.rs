//! CloudWatch alarms, mute rules and alarm history.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::living::Held;

/// What an alarm does on a change of state.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Actions {
    /// `ActionsEnabled`.
    pub enabled: bool,
    /// ARNs for the change to `ALARM`.
    pub alarm: Vec<String>,
    /// ARNs for the change to `OK`.
    pub ok: Vec<String>,
    /// ARNs for the change to `INSUFFICIENT_DATA`.
    pub insufficient_data: Vec<String>,
}

impl Default for Actions {
    fn default() -> Self {
        Self { enabled: true, alarm: Vec::new(), ok: Vec::new(), insufficient_data: Vec::new() }
    }
}

/// The state of an alarm.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AlarmState {
    /// The state itself.
    pub value: StateValue,
    /// Why, in words.
    pub reason: String,
    /// Why, as JSON.
    pub reason_data: Option<String>,
    /// The last update, with or without a change of state.
    pub updated_at: Timestamp,
    /// The last change of state.
    pub transitioned_at: Timestamp,
}

/// An alarm's state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StateValue {
    /// Within bounds.
    Ok,
    /// Out of bounds.
    Alarm,
    /// Not enough data to say.
    #[default]
    InsufficientData,
}

impl StateValue {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }

    /// Reads a name on the wire.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Ok, Self::Alarm, Self::InsufficientData].into_iter().find(|state| state.name() == name)
    }
}

/// How a metric is compared with the threshold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum ComparisonOperator {
    /// `>=`
    #[default]
    GreaterThanOrEqualToThreshold,
    /// `>`
    GreaterThanThreshold,
    /// `<`
    LessThanThreshold,
    /// `<=`
    LessThanOrEqualToThreshold,
}

impl ComparisonOperator {
    const ALL: [Self; 4] = [
        Self::GreaterThanOrEqualToThreshold,
        Self::GreaterThanThreshold,
        Self::LessThanThreshold,
        Self::LessThanOrEqualToThreshold,
    ];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::GreaterThanOrEqualToThreshold => "GreaterThanOrEqualToThreshold",
            Self::GreaterThanThreshold => "GreaterThanThreshold",
            Self::LessThanThreshold => "LessThanThreshold",
            Self::LessThanOrEqualToThreshold => "LessThanOrEqualToThreshold",
        }
    }

    /// Reads a name on the wire.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operator| operator.name() == name)
    }

    /// Whether the value breaches the threshold.
    pub fn breaches(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::GreaterThanOrEqualToThreshold => value >= threshold,
            Self::GreaterThanThreshold => value > threshold,
            Self::LessThanThreshold => value < threshold,
            Self::LessThanOrEqualToThreshold => value <= threshold,
        }
    }
}

/// What a period without data means to an alarm.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum TreatMissingData {
    /// Missing data is missing.
    #[default]
    Missing,
    /// Missing data is within bounds.
    NotBreaching,
    /// Missing data is out of bounds.
    Breaching,
    /// The state stays.
    Ignore,
}

impl TreatMissingData {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::NotBreaching => "notBreaching",
            Self::Breaching => "breaching",
            Self::Ignore => "ignore",
        }
    }

    /// Reads a name on the wire.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Missing, Self::NotBreaching, Self::Breaching, Self::Ignore].into_iter().find(|it| it.name() == name)
    }
}

/// A metric alarm, on one metric or on metric math.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MetricAlarm {
    /// The name.
    pub name: String,
    /// The description.
    pub description: Option<String>,
    /// Its actions.
    pub actions: Actions,
    /// The metric's namespace; absent with metric math.
    pub namespace: Option<String>,
    /// The metric's name; absent with metric math.
    pub metric_name: Option<String>,
    /// The metric's dimensions.
    pub dimensions: BTreeMap<String, String>,
    /// The statistic, such as `Sum`.
    pub statistic: Option<String>,
    /// A percentile instead of the statistic, such as `p99`.
    pub extended_statistic: Option<String>,
    /// The period, in seconds.
    pub period: Option<i64>,
    /// The unit that data points must have.
    pub unit: Option<String>,
    /// The N of "M out of N".
    pub evaluation_periods: Option<i64>,
    /// The M of "M out of N"; N when absent.
    pub datapoints_to_alarm: Option<i64>,
    /// The threshold; absent with anomaly detection.
    pub threshold: Option<f64>,
    /// The comparison.
    pub comparison_operator: ComparisonOperator,
    /// What missing data means.
    pub treat_missing_data: Option<TreatMissingData>,
    /// Metric math.
    pub metrics: Vec<MetricQuery>,
    /// The id of the anomaly detection band.
    pub threshold_metric_id: Option<String>,
    /// `PARTIAL_DATA`, `IN_WARM_UP`, `EVALUATION_FAILURE` or `EVALUATION_ERROR`.
    pub evaluation_state: Option<String>,
    /// Whether it is described with periods that end at the full minute, hour, day or week.
    pub wall_clock_window: bool,
    /// The last change of the configuration.
    pub configured_at: Timestamp,
    /// The state.
    pub state: AlarmState,
    /// What holds its actions back, if anything.
    #[serde(skip)]
    pub held: Option<Held>,
}

/// A metric or an expression of a metric-math alarm.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MetricQuery {
    /// The name that expressions use.
    pub id: String,
    /// The metric.
    pub metric_stat: Option<MetricStat>,
    /// The expression.
    pub expression: Option<String>,
    /// The label.
    pub label: Option<String>,
    /// Whether this is the one that the alarm watches.
    pub return_data: Option<bool>,
    /// The period of an expression, in seconds.
    pub period: Option<i64>,
    /// Another account's id.
    pub account_id: Option<String>,
}

/// A metric with its statistic.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MetricStat {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub metric_name: String,
    /// The dimensions.
    pub dimensions: BTreeMap<String, String>,
    /// The period, in seconds.
    pub period: i64,
    /// The statistic.
    pub stat: String,
    /// The unit.
    pub unit: Option<String>,
}

/// A composite alarm.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CompositeAlarm {
    /// The name.
    pub name: String,
    /// The description.
    pub description: Option<String>,
    /// The rule, such as `ALARM("a") OR ALARM("b")`.
    pub rule: String,
    /// Its actions.
    pub actions: Actions,
    /// The alarm that holds the actions back.
    pub suppressor: Option<Suppressor>,
    /// The last change of the configuration.
    pub configured_at: Timestamp,
    /// The state.
    pub state: AlarmState,
    /// What holds its actions back, if anything.
    #[serde(skip)]
    pub held: Option<Held>,
}

/// The alarm that holds back a composite alarm's actions while it is in `ALARM`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Suppressor {
    /// The alarm's name or ARN.
    pub alarm: String,
    /// Seconds to wait for the suppressor to go into `ALARM`.
    pub wait_period: i64,
    /// Seconds to wait after the suppressor left `ALARM`.
    pub extension_period: i64,
}

/// A rule that mutes alarms on a schedule.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-mute-rules.html>
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MuteRule {
    /// The name.
    pub name: String,
    /// The description.
    pub description: Option<String>,
    /// `cron(minute hour day month weekday)` or `at(yyyy-MM-ddThh:mm)`.
    pub expression: String,
    /// How long each window lasts, as an ISO 8601 duration.
    pub duration: String,
    /// The time zone of the expression; UTC when absent.
    pub timezone: Option<String>,
    /// The alarms, at most 100.
    pub alarm_names: Vec<String>,
    /// Before this time the rule does nothing.
    pub starts_at: Option<Timestamp>,
    /// After this time the rule does nothing.
    pub expires_at: Option<Timestamp>,
    /// The last change.
    #[serde(default)]
    pub updated_at: Timestamp,
}

/// An entry of alarm history.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlarmHistoryItem {
    /// The alarm.
    pub alarm_name: String,
    /// `MetricAlarm` or `CompositeAlarm`.
    #[serde(default = "metric_alarm")]
    pub alarm_type: String,
    /// When.
    pub at: Timestamp,
    /// `ConfigurationUpdate`, `StateUpdate` or `Action`.
    pub item_type: String,
    /// In words.
    pub summary: String,
    /// As JSON.
    #[serde(default)]
    pub data: String,
}

fn metric_alarm() -> String {
    "MetricAlarm".to_owned()
}
