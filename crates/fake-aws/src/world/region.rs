//! What lives in one Region of one account.

use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::living::metrics::MetricStore;

use super::{
    AlarmHistoryItem, CompositeAlarm, EventRecord, LogGroup, MetricAlarm, MuteRule, Queue, Rule, Topic, Trail,
};

/// The resources and the event history of one Region.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Region {
    /// Trails whose home Region this is.
    pub trails: Vec<Trail>,
    /// CloudTrail's event history: full CloudTrail records, in any order.
    pub event_history: Vec<EventRecord>,
    /// Log groups with their metric filters.
    pub log_groups: Vec<LogGroup>,
    /// Metric alarms.
    pub alarms: Vec<MetricAlarm>,
    /// Composite alarms.
    pub composite_alarms: Vec<CompositeAlarm>,
    /// Alarm mute rules.
    pub mute_rules: Vec<MuteRule>,
    /// Alarm history.
    pub alarm_history: Vec<AlarmHistoryItem>,
    /// SNS topics.
    pub topics: Vec<Topic>,
    /// SQS queues.
    pub queues: Vec<Queue>,
    /// Names of event buses besides `default`.
    pub event_buses: Vec<String>,
    /// EventBridge rules of all buses.
    pub rules: Vec<Rule>,
    /// The data points of its metrics.
    #[serde(skip)]
    pub metrics: MetricStore,
}

impl Region {
    /// A Region where nothing was placed.
    pub(super) fn nothing() -> &'static Self {
        static NOTHING: LazyLock<Region> = LazyLock::new(Region::default);
        &NOTHING
    }
}

/// Regions that every account has.
pub(crate) const DEFAULT_REGIONS: [&str; 17] = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

/// Regions that an account must opt in to.
pub(crate) const OPT_IN_REGIONS: [&str; 17] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
];
