//! Trails, and the records of CloudTrail's event history.

use std::sync::Arc;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value as Json;

/// A CloudTrail trail; the Region that holds it is its home Region.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trail {
    /// The name.
    pub name: String,
    /// Whether it records every account of the organization.
    #[serde(default)]
    pub organization: bool,
    /// Whether it records every Region.
    #[serde(default = "yes")]
    pub multi_region: bool,
    /// Whether it records events of global services.
    #[serde(default = "yes")]
    pub include_global_service_events: bool,
    /// The bucket it delivers to.
    #[serde(default = "default_bucket")]
    pub s3_bucket: String,
    /// The ARN of the log group it delivers to.
    pub log_group_arn: Option<String>,
    /// The ARN of the role it delivers to the log group with.
    pub log_role_arn: Option<String>,
    /// Basic event selectors; all management events when both kinds are empty.
    #[serde(default)]
    pub event_selectors: Vec<EventSelector>,
    /// Advanced event selectors, which replace the basic ones.
    #[serde(default)]
    pub advanced_event_selectors: Vec<AdvancedEventSelector>,
    /// Its status.
    #[serde(default)]
    pub status: TrailStatus,
}

const fn yes() -> bool {
    true
}

fn default_bucket() -> String {
    "organization-trail-logs".to_owned()
}

impl Trail {
    /// A multi-Region trail that logs all management events.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            organization: false,
            multi_region: true,
            include_global_service_events: true,
            s3_bucket: default_bucket(),
            log_group_arn: None,
            log_role_arn: None,
            event_selectors: Vec::new(),
            advanced_event_selectors: Vec::new(),
            status: TrailStatus::default(),
        }
    }
}

/// What `GetTrailStatus` says.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TrailStatus {
    /// Whether it is logging.
    pub logging: bool,
    /// When logging was last started.
    pub started_at: Option<Timestamp>,
    /// When logging was last stopped.
    pub stopped_at: Option<Timestamp>,
    /// The last delivery to the bucket; when absent, a little ago, unless the trail was started at a named time, is
    /// stopped, or cannot deliver.
    pub latest_delivery_at: Option<Timestamp>,
    /// The error of the last delivery to the bucket.
    pub latest_delivery_error: Option<String>,
    /// The last delivery to the log group; likewise when absent.
    pub latest_log_delivery_at: Option<Timestamp>,
    /// The error of the last delivery to the log group.
    pub latest_log_delivery_error: Option<String>,
}

impl Default for TrailStatus {
    fn default() -> Self {
        Self {
            logging: true,
            started_at: None,
            stopped_at: None,
            latest_delivery_at: None,
            latest_delivery_error: None,
            latest_log_delivery_at: None,
            latest_log_delivery_error: None,
        }
    }
}

/// A basic event selector.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventSelector {
    /// `ReadOnly`, `WriteOnly` or `All`.
    #[serde(default = "all")]
    pub read_write_type: String,
    /// Whether management events are recorded.
    #[serde(default = "yes")]
    pub include_management_events: bool,
    /// Data resources whose events are recorded.
    #[serde(default)]
    pub data_resources: Vec<DataResource>,
    /// Event sources left out: `kms.amazonaws.com`, `rdsdata.amazonaws.com`.
    #[serde(default)]
    pub exclude_management_event_sources: Vec<String>,
}

fn all() -> String {
    "All".to_owned()
}

/// Data resources of a basic selector.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DataResource {
    /// The resource type, such as `AWS::S3::Object`.
    pub resource_type: String,
    /// The ARNs.
    #[serde(default)]
    pub values: Vec<String>,
}

/// An advanced event selector.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdvancedEventSelector {
    /// The name.
    pub name: Option<String>,
    /// The conditions, all of which must hold.
    pub field_selectors: Vec<FieldSelector>,
}

/// A condition of an advanced event selector.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FieldSelector {
    /// The field, such as `eventCategory` or `readOnly`.
    pub field: String,
    /// One of these values.
    pub equals: Vec<String>,
    /// One of these beginnings.
    pub starts_with: Vec<String>,
    /// One of these endings.
    pub ends_with: Vec<String>,
    /// None of these values.
    pub not_equals: Vec<String>,
    /// None of these beginnings.
    pub not_starts_with: Vec<String>,
    /// None of these endings.
    pub not_ends_with: Vec<String>,
}

/// A CloudTrail record, kept as AWS wrote it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(try_from = "Json")]
#[schemars(with = "serde_json::Map<String, Json>")]
pub struct EventRecord {
    time: Timestamp,
    json: Arc<Json>,
}

/// A record that lacks what every CloudTrail record has.
#[derive(Debug, thiserror::Error)]
pub enum InvalidRecord {
    /// A field that every record has is absent or not a string.
    #[error("the CloudTrail record has no {0}")]
    Missing(&'static str),
    /// `eventTime` is not an ISO 8601 time.
    #[error("eventTime {0:?} is not a time")]
    Time(String),
}

impl TryFrom<Json> for EventRecord {
    type Error = InvalidRecord;

    fn try_from(json: Json) -> Result<Self, InvalidRecord> {
        for field in ["eventID", "eventName", "eventSource"] {
            json.get(field).and_then(Json::as_str).ok_or(InvalidRecord::Missing(field))?;
        }
        let time = json.get("eventTime").and_then(Json::as_str).ok_or(InvalidRecord::Missing("eventTime"))?;
        let time = time.parse().map_err(|_| InvalidRecord::Time(time.to_owned()))?;
        Ok(Self { time, json: Arc::new(json) })
    }
}

impl EventRecord {
    /// The record's own `eventTime`.
    pub const fn time(&self) -> Timestamp {
        self.time
    }

    /// The whole record.
    pub fn json(&self) -> &Json {
        &self.json
    }

    /// A string field at the top of the record.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.json.get(field)?.as_str()
    }

    /// A string field of `userIdentity`.
    pub fn identity(&self, field: &str) -> Option<&str> {
        self.json.get("userIdentity")?.get(field)?.as_str()
    }

    /// The user name under which Event history finds the record: `root` for a root user without alias.
    pub fn user_name(&self) -> Option<&str> {
        let session = || self.identity("arn")?.rsplit_once('/').map(|(_, name)| name);
        match self.identity("type") {
            Some("Root") => self.identity("userName").or(Some("root")),
            Some("AssumedRole") => session(),
            _ => self.identity("userName"),
        }
    }

    /// Whether the record says that it read only; records without the field wrote.
    pub fn read_only(&self) -> bool {
        match self.json.get("readOnly") {
            Some(Json::Bool(flag)) => *flag,
            Some(Json::String(text)) => text == "true",
            _ => false,
        }
    }
}
