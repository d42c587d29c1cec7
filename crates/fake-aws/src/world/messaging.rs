//! SNS topics and SQS queues.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::AccountId;

/// An SNS topic.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Topic {
    /// The name.
    pub name: String,
    /// The display name.
    pub display_name: String,
    /// Its subscriptions.
    pub subscriptions: Vec<Subscription>,
    /// The access policy that it is described with, as JSON; one that lets alarms and rules publish when absent.
    pub policy: Option<String>,
    /// The KMS key that it is described with.
    pub kms_key: Option<String>,
}

impl Topic {
    /// The access policy: its own, or one that lets its own account publish, and alarms and rules.
    pub fn access_policy(&self, arn: &str, owner: AccountId) -> String {
        self.policy.clone().unwrap_or_else(|| open_policy(arn, owner))
    }

    /// A topic without subscriptions.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}

/// The policy of a topic that was made with alarms and event rules in mind: its own account's, and those two services'.
fn open_policy(arn: &str, owner: AccountId) -> String {
    let policy = json!({
        "Version": "2008-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": { "AWS": "*" },
                "Action": "SNS:Publish",
                "Resource": arn,
                "Condition": { "StringEquals": { "AWS:SourceOwner": owner.to_string() } },
            },
            {
                "Effect": "Allow",
                "Principal": { "Service": ["cloudwatch.amazonaws.com", "events.amazonaws.com"] },
                "Action": "SNS:Publish",
                "Resource": arn,
            },
        ],
    });
    policy.to_string()
}

/// A subscription of an SNS topic.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subscription {
    /// The id that ends the subscription's ARN; made from the position when empty.
    #[serde(default)]
    pub id: String,
    /// `email`, `email-json`, `https`, `http`, `sqs`, `sms`, `lambda`.
    pub protocol: String,
    /// Where messages go.
    pub endpoint: String,
    /// Whether the endpoint confirmed.
    #[serde(default = "yes")]
    pub confirmed: bool,
    /// Whether messages go out without the SNS envelope.
    #[serde(default)]
    pub raw_message_delivery: bool,
    /// Which messages go out, as JSON.
    pub filter_policy: Option<String>,
    /// What the filter policy judges: `MessageAttributes` when absent, or `MessageBody`.
    pub filter_policy_scope: Option<String>,
}

const fn yes() -> bool {
    true
}

/// An SQS queue.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Queue {
    /// The name.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Seconds that a received message stays hidden; 30 when absent.
    pub visibility_timeout: Option<i64>,
    /// The messages, oldest first.
    #[serde(skip)]
    pub messages: Vec<QueueMessage>,
}

/// A message in a queue.
#[derive(Debug, Clone)]
pub struct QueueMessage {
    /// The message id.
    pub id: String,
    /// The text.
    pub body: String,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// When it can be received again.
    pub visible_at: Timestamp,
    /// How often it was received.
    pub receive_count: u32,
    /// The handle of its last receipt.
    pub receipt_handle: Option<String>,
}
