//! Alarms, their mute rules, and their history.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Fact;

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
    /// A scheduled query of log groups.
    Log(Box<LogAlarm>),
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
    /// The unit of the data points that it looks at; all of them where absent.
    pub unit: Option<String>,
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
    /// What keeps it from being evaluated, as it came: `PARTIAL_DATA`, `IN_WARM_UP`, `EVALUATION_ERROR`,
    /// `EVALUATION_FAILURE`; absent where nothing does.
    pub evaluation_state: Option<String>,
    /// How its periods lie in time; absent where the answer does not say, which is a sliding window.
    pub evaluation_window: Option<EvaluationWindow>,
}

/// How the periods of an alarm lie in time.
///
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EvaluationWindow {
    /// They end at each evaluation.
    Sliding,
    /// They end at the full minute, hour, day or week, and are looked at when they are over.
    WallClock,
    /// Otherwise, in a way that is not known here.
    Other,
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
    /// The unit of the data points that it looks at; all of them where absent.
    pub unit: Option<String>,
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
}

/// A log alarm: it compares what a scheduled query of log groups gives.
///
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutLogAlarm.html>
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogAlarm {
    /// The log groups that it queries, by name or ARN, as they came.
    pub log_groups: Vec<String>,
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
    /// What it mutes, and when; absent of one that is over, which is not asked for it.
    pub mutes: Option<Fact<Mutes>>,
}

/// What a mute rule mutes, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mutes {
    /// The alarms, by name.
    pub alarm_names: Vec<String>,
    /// When it begins to: `cron(…)` again and again, `at(…)` once; absent where the answer does not say.
    pub expression: Option<String>,
    /// For how long, as an ISO 8601 duration.
    pub duration: Option<String>,
    /// The time zone of the expression; UTC where absent.
    pub timezone: Option<String>,
}

/// A transition of an alarm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmHistoryItem {
    /// The alarm's name.
    pub alarm_name: String,
    /// When.
    pub timestamp: Timestamp,
    /// The state that it went into, where the item is a state update and says so.
    pub new_state: Option<String>,
}
