//! Alarms, their mute rules, and their history.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An alarm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Whether its actions are enabled; absent where the answer does not say.
    pub actions_enabled: Option<bool>,
    /// What it does on going into `ALARM`, by ARN.
    pub alarm_actions: Vec<String>,
    /// Its state, as it came: `OK`, `ALARM`, `INSUFFICIENT_DATA`.
    pub state: Option<String>,
    /// What it watches.
    pub kind: AlarmKind,
}

/// What an alarm watches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AlarmKind {
    /// A metric, or an expression over metrics.
    Metric(Box<MetricAlarm>),
    /// Other alarms.
    Composite(Box<CompositeAlarm>),
}

/// A metric alarm; numbers and words as `DescribeAlarms` gives them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MetricAlarm {
    /// The namespace of the one metric it watches; absent with `metrics`.
    pub namespace: Option<String>,
    /// The name of the one metric it watches; absent with `metrics`.
    pub metric_name: Option<String>,
    /// The dimensions of that metric.
    pub dimensions: Vec<Dimension>,
    /// `Sum`, `SampleCount`, `Average`, `Minimum`, `Maximum`.
    pub statistic: Option<String>,
    /// A percentile or another extended statistic: `p99`.
    pub extended_statistic: Option<String>,
    /// The period in seconds.
    pub period: Option<i32>,
    /// N of "M of N".
    pub evaluation_periods: Option<i32>,
    /// M of "M of N"; N where absent.
    pub datapoints_to_alarm: Option<i32>,
    /// The threshold; absent for anomaly detection.
    pub threshold: Option<f64>,
    /// `GreaterThanOrEqualToThreshold` and its like.
    pub comparison_operator: Option<String>,
    /// `missing`, `notBreaching`, `breaching` or `ignore`; `missing` where absent.
    pub treat_missing_data: Option<String>,
    /// The queries of a metric-math alarm.
    pub metrics: Vec<MetricQuery>,
    /// The query that gives the threshold of an anomaly-detection alarm.
    pub threshold_metric_id: Option<String>,
    /// Whether it is evaluated by other criteria than these (PromQL), which are not understood here.
    pub has_evaluation_criteria: bool,
}

/// A dimension of a metric.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Dimension {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A query of a metric-math alarm: a metric with a statistic, or an expression over other queries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MetricQuery {
    /// Its id, by which expressions name it.
    pub id: String,
    /// The expression.
    pub expression: Option<String>,
    /// The metric's namespace.
    pub namespace: Option<String>,
    /// The metric's name.
    pub metric_name: Option<String>,
    /// The metric's dimensions.
    pub dimensions: Vec<Dimension>,
    /// The statistic.
    pub statistic: Option<String>,
    /// The period in seconds.
    pub period: Option<i32>,
    /// Whether this is the query that the alarm compares; the default is yes.
    pub return_data: Option<bool>,
    /// The account whose metric it is, where it is another one.
    pub account_id: Option<String>,
}

/// A composite alarm.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CompositeAlarm {
    /// The rule: `ALARM("a") OR ALARM("b")`.
    pub alarm_rule: Option<String>,
    /// The alarm that suppresses its actions, by name or ARN.
    pub actions_suppressor: Option<String>,
    /// How long its actions wait for the suppressor, in seconds.
    pub suppressor_wait_period: Option<i32>,
    /// How long its actions stay suppressed afterwards, in seconds.
    pub suppressor_extension_period: Option<i32>,
}

/// An alarm mute rule: it silences actions while `ActionsEnabled` stays true.
///
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-mute-rules.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MuteRule {
    /// Its name.
    pub name: String,
    /// `SCHEDULED`, `ACTIVE` or `EXPIRED`, as it came.
    pub status: Option<String>,
    /// The alarms that it mutes, by name; absent where they could not be read.
    pub alarm_names: Option<Vec<String>>,
}

/// A transition of an alarm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmHistoryItem {
    /// The alarm's name.
    pub alarm_name: String,
    /// When.
    pub timestamp: Timestamp,
    /// `StateUpdate`, `Action`, …, as it came.
    pub item_type: String,
    /// One sentence of AWS's.
    pub summary: String,
    /// The state that it went into, where the item is a state update and says so.
    pub new_state: Option<String>,
}
