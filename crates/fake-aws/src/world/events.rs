//! EventBridge rules.

use schemars::JsonSchema;
use serde::Deserialize;

/// An EventBridge rule.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Rule {
    /// The name.
    pub name: String,
    /// The event bus; `default` when absent.
    pub event_bus: Option<String>,
    /// The event pattern, as JSON text.
    pub event_pattern: Option<String>,
    /// The schedule.
    pub schedule_expression: Option<String>,
    /// The state.
    pub state: RuleState,
    /// The description.
    pub description: Option<String>,
    /// The targets.
    pub targets: Vec<EventTarget>,
}

impl Rule {
    /// The name of the rule's event bus.
    pub fn bus(&self) -> &str {
        self.event_bus.as_deref().unwrap_or("default")
    }
}

/// Whether a rule matches, and what.
///
/// Source: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html>
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RuleState {
    /// Matches events, but not CloudTrail's read-only management events.
    #[default]
    Enabled,
    /// Matches nothing.
    Disabled,
    /// Matches read-only management events too.
    EnabledWithAllCloudtrailManagementEvents,
}

impl RuleState {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Enabled => "ENABLED",
            Self::Disabled => "DISABLED",
            Self::EnabledWithAllCloudtrailManagementEvents => "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
        }
    }

    /// Reads a name on the wire.
    pub fn from_name(name: &str) -> Option<Self> {
        let all = [Self::Enabled, Self::Disabled, Self::EnabledWithAllCloudtrailManagementEvents];
        all.into_iter().find(|state| state.name() == name)
    }
}

/// A target of a rule.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EventTarget {
    /// The id.
    pub id: String,
    /// The ARN.
    pub arn: String,
    /// The role that EventBridge uses.
    pub role_arn: Option<String>,
    /// A fixed input instead of the event.
    pub input: Option<String>,
    /// The part of the event that is sent.
    pub input_path: Option<String>,
}
