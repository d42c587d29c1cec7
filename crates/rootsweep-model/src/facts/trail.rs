//! Trails, as CloudTrail tells them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AccountId, Fact};

/// A trail that `DescribeTrails` shows in the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trail {
    /// Its ARN; an organization trail has the owner's account id in it, in members too.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// The account that owns it, by the ARN.
    pub owner: Option<AccountId>,
    /// The Region in which it was made.
    pub home_region: Option<String>,
    /// Whether it covers every Region.
    pub is_multi_region: Option<bool>,
    /// Whether it covers the whole organization.
    pub is_organization_trail: Option<bool>,
    /// Whether it records events of global services.
    pub includes_global_service_events: Option<bool>,
    /// The log group that it delivers to, by ARN without the trailing `:*`.
    pub log_group_arn: Option<String>,
    /// Whether it is logging; absent where the owner of an organization trail has answered it already.
    pub status: Option<Fact<TrailStatus>>,
    /// What it records; absent likewise.
    pub selectors: Option<Fact<EventSelectors>>,
}

/// Whether a trail is logging, and what came of its deliveries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailStatus {
    /// Whether it is logging.
    pub is_logging: Option<bool>,
    /// When it last delivered to its bucket.
    pub latest_delivery_time: Option<Timestamp>,
    /// What went wrong with the last delivery to the bucket.
    pub latest_delivery_error: Option<String>,
    /// When it last delivered to its log group.
    pub latest_cloud_watch_logs_delivery_time: Option<Timestamp>,
    /// What went wrong with the last delivery to the log group.
    pub latest_cloud_watch_logs_delivery_error: Option<String>,
    /// When logging was last started.
    #[serde(default)]
    pub start_logging_time: Option<Timestamp>,
    /// When logging was last stopped.
    pub stop_logging_time: Option<Timestamp>,
}

/// What a trail records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventSelectors {
    /// Basic event selectors.
    Basic(Vec<BasicEventSelector>),
    /// Advanced event selectors.
    Advanced(Vec<AdvancedEventSelector>),
}

/// A basic event selector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BasicEventSelector {
    /// `ReadOnly`, `WriteOnly` or `All`, as it came.
    pub read_write_type: String,
    /// Whether management events are recorded; AWS's default is yes.
    pub include_management_events: bool,
    /// Services whose management events are left out: `kms.amazonaws.com`, `rdsdata.amazonaws.com`.
    pub exclude_management_event_sources: Vec<String>,
}

/// An advanced event selector: all of its fields have to hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdvancedEventSelector {
    /// Its conditions.
    pub fields: Vec<AdvancedFieldSelector>,
}

/// A condition of an advanced event selector.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AdvancedFieldSelector {
    /// The field: `eventCategory`, `readOnly`, `eventSource`, …
    pub field: String,
    /// Values of which one has to be equal.
    pub equals: Vec<String>,
    /// Values of which none may be equal.
    pub not_equals: Vec<String>,
    /// Values of which one has to be the beginning.
    pub starts_with: Vec<String>,
    /// Values of which none may be the beginning.
    pub not_starts_with: Vec<String>,
    /// Values of which one has to be the end.
    pub ends_with: Vec<String>,
    /// Values of which none may be the end.
    pub not_ends_with: Vec<String>,
}
