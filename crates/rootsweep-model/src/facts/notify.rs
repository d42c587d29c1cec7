//! Topics and their subscriptions.

use serde::{Deserialize, Serialize};

use crate::{Fact, Gap};

/// A topic that an alarm or a rule acts on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// Its ARN.
    pub arn: String,
    /// Its subscriptions, all pages.
    pub subscriptions: Vec<Subscription>,
    /// Who may publish to it, and the key that it is encrypted with.
    pub attributes: Fact<TopicAttributes>,
}

/// What decides whether a message gets into a topic.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TopicAttributes {
    /// Its access policy, as JSON; absent where the answer has none.
    pub policy: Option<String>,
    /// The KMS key that it is encrypted with, by id, ARN or alias; absent where it is not.
    pub kms_key: Option<String>,
}

/// A subscription of a topic.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Subscription {
    /// `email`, `https`, `sqs`, `lambda`, `sms`, …
    pub protocol: String,
    /// Where it goes: hostile text.
    pub endpoint: String,
    /// Whether it is confirmed; absent where that could not be read.
    pub confirmed: Option<bool>,
    /// Which messages it receives.
    pub filter: SubscriptionFilter,
    /// Why its attributes were not read; absent where they were, and where it has none yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<Gap>,
}

/// Which messages of a topic a subscription receives.
///
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html>
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubscriptionFilter {
    /// All of them.
    Everything,
    /// Those that a filter policy lets through.
    Policy {
        /// The policy, as JSON: hostile text.
        policy: String,
        /// What it looks at, as it came: `MessageAttributes`, which is the default, or `MessageBody`.
        scope: Option<String>,
    },
    /// That could not be read.
    Unread,
}
