//! EventBridge rules and their targets.

use serde::{Deserialize, Serialize};

use crate::Fact;

/// A rule of an event bus.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRule {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// The bus that it listens on: `default`, or another one's name.
    pub event_bus: String,
    /// Its pattern; absent for a schedule.
    pub pattern: Option<String>,
    /// Whether it is enabled.
    pub state: Option<RuleState>,
    /// Its targets; asked only of rules whose pattern could match a root record.
    pub targets: Fact<Vec<RuleTarget>>,
}

/// Whether a rule is enabled, and for what.
///
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleState {
    /// It matches nothing.
    Disabled,
    /// It matches events, read-only management events from CloudTrail left out.
    Enabled,
    /// It matches read-only management events from CloudTrail too.
    EnabledWithAllCloudtrailManagementEvents,
}

/// A target of a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RuleTarget {
    /// What it calls, by ARN.
    pub arn: String,
    /// The role that it is called with; absent where the target's own policy decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
}
