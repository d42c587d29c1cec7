//! The hop log: how a record became a message, step by step, with the times.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use super::AccountId;

/// A place in the fake AWS: an account and a Region.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The account.
    pub account: AccountId,
    /// The Region.
    pub region: String,
}

impl Place {
    /// The Region of an account.
    pub fn new(account: AccountId, region: impl Into<String>) -> Self {
        Self { account, region: region.into() }
    }
}

/// A step of the way from a record to a message.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hop {
    /// When it happened.
    pub at: Timestamp,
    /// Where it happened.
    #[serde(flatten)]
    pub place: Place,
    /// What happened.
    #[serde(flatten)]
    pub kind: HopKind,
}

/// What happened in a hop.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "hop", rename_all = "snake_case")]
pub enum HopKind {
    /// An action was taken, and CloudTrail wrote a record of it.
    RecordWritten {
        /// The record's `eventID`.
        event_id: String,
        /// The record's `eventName`.
        event_name: String,
    },
    /// A trail delivered a record.
    RecordDelivered {
        /// The record's `eventID`.
        event_id: String,
        /// The trail's ARN.
        trail: String,
        /// The log group's ARN, if the trail has one.
        log_group: Option<String>,
    },
    /// A trail did not deliver a record.
    RecordNotDelivered {
        /// The record's `eventID`.
        event_id: String,
        /// The trail's ARN.
        trail: String,
        /// Why not.
        why: String,
    },
    /// A metric filter judged a log event.
    FilterEvaluated {
        /// The log group.
        log_group: String,
        /// The metric filter.
        filter: String,
        /// The `eventID` of the record, if the log event is one.
        event_id: Option<String>,
        /// `match`, `no match`, or what AWS does not document.
        outcome: String,
    },
    /// A data point was added to a metric.
    MetricPut {
        /// The namespace.
        namespace: String,
        /// The name.
        name: String,
        /// The value.
        value: f64,
        /// The time of the data point.
        datapoint_at: Timestamp,
    },
    /// An alarm changed its state.
    AlarmChanged {
        /// The alarm.
        alarm: String,
        /// The state before.
        from: &'static str,
        /// The state now.
        to: &'static str,
        /// Why.
        reason: String,
    },
    /// An alarm's action was carried out.
    ActionExecuted {
        /// The alarm.
        alarm: String,
        /// The action's ARN.
        action: String,
    },
    /// An alarm's action was not carried out.
    ActionNotExecuted {
        /// The alarm.
        alarm: String,
        /// The action's ARN.
        action: String,
        /// Why not.
        why: String,
    },
    /// An EventBridge rule matched an event.
    RuleMatched {
        /// The event bus.
        bus: String,
        /// The rule.
        rule: String,
        /// The `eventID` of the record in the event, if it carries one.
        event_id: Option<String>,
    },
    /// An EventBridge target could not be reached.
    TargetFailed {
        /// The rule.
        rule: String,
        /// The target's ARN.
        target: String,
        /// Why.
        why: String,
    },
    /// The implementation behind the gateway did not take a call.
    UpstreamFailed {
        /// The IAM action of the call.
        action: String,
        /// Why.
        why: String,
    },
    /// A message was published to a topic.
    MessagePublished {
        /// The topic's ARN.
        topic: String,
        /// The message id.
        message_id: String,
        /// The subject.
        subject: Option<String>,
    },
    /// A message reached a subscriber.
    MessageDelivered {
        /// The message id.
        message_id: String,
        /// The protocol.
        protocol: String,
        /// The endpoint.
        endpoint: String,
    },
    /// A message did not reach a subscriber.
    MessageNotDelivered {
        /// The message id.
        message_id: String,
        /// The protocol.
        protocol: String,
        /// The endpoint.
        endpoint: String,
        /// Why not.
        why: String,
    },
}

/// Tells what the hop was about; what kind of hop it was, stands before it wherever hops are told.
impl fmt::Display for HopKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RecordWritten { event_name, event_id } => {
                write!(formatter, "{event_name} ({event_id})")
            }
            Self::RecordDelivered { trail, log_group, .. } => {
                write!(formatter, "by {trail} to {}", log_group.as_deref().unwrap_or("its bucket"))
            }
            Self::RecordNotDelivered { trail, why, .. } => write!(formatter, "not delivered by {trail}: {why}"),
            Self::FilterEvaluated { filter, outcome, .. } => write!(formatter, "{filter}: {outcome}"),
            Self::MetricPut { namespace, name, value, .. } => {
                write!(formatter, "{namespace}/{name} gets {value}")
            }
            Self::AlarmChanged { alarm, from, to, .. } => write!(formatter, "{alarm}: {from} → {to}"),
            Self::ActionExecuted { alarm, action } => write!(formatter, "{alarm} acts on {action}"),
            Self::ActionNotExecuted { alarm, action, why } => {
                write!(formatter, "{alarm} does not act on {action}: {why}")
            }
            Self::RuleMatched { bus, rule, .. } => write!(formatter, "{rule} on bus {bus}"),
            Self::TargetFailed { rule, target, why } => write!(formatter, "{rule} cannot reach {target}: {why}"),
            Self::UpstreamFailed { action, why } => write!(formatter, "{action} failed behind the gateway: {why}"),
            Self::MessagePublished { topic, .. } => write!(formatter, "to {topic}"),
            Self::MessageDelivered { protocol, endpoint, .. } => {
                write!(formatter, "by {protocol} {endpoint}")
            }
            Self::MessageNotDelivered { protocol, endpoint, why, .. } => {
                write!(formatter, "not by {protocol} {endpoint}: {why}")
            }
        }
    }
}
