//! Topics and their subscriptions.

use serde::{Deserialize, Serialize};

/// A topic that an alarm or a rule acts on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// Its ARN.
    pub arn: String,
    /// Its subscriptions, all pages.
    pub subscriptions: Vec<Subscription>,
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
}
