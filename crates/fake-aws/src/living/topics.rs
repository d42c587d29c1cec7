//! SNS: from a message to its subscribers.

use std::net::IpAddr;

use eventbridge_pattern::EventPattern;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value as Json, json};
use url::{Host, Url};

use crate::error::ServiceError;
use crate::world::{AccountId, HopKind, Place, QueueMessage, Subscription, World};

/// A message on its way to a topic.
#[derive(Debug, Clone)]
pub(crate) struct Publication {
    pub(crate) topic_arn: String,
    pub(crate) subject: Option<String>,
    pub(crate) message: String,
    /// The message attributes, each with its type and value; null without any.
    pub(crate) attributes: Json,
}

/// How far a message has come.
enum Sent {
    /// It is there.
    Arrived,
    /// It waits to be posted.
    Waiting,
}

/// A message that reached a person: e-mail or text message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mail {
    /// When it came.
    pub at: Timestamp,
    /// `email`, `email-json` or `sms`.
    pub protocol: String,
    /// The address or number.
    pub to: String,
    /// The topic it came from.
    pub topic_arn: String,
    /// The subject.
    pub subject: Option<String>,
    /// The text.
    pub body: String,
}

/// A message that waits to be posted to an HTTP endpoint on loopback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpMessage {
    /// The endpoint.
    pub url: String,
    /// `Notification` or `SubscriptionConfirmation`.
    pub message_type: String,
    /// The topic's ARN.
    pub topic_arn: String,
    /// The message id.
    pub message_id: String,
    /// The body.
    pub body: String,
}

/// Reads `arn:aws:SERVICE:REGION:ACCOUNT:NAME`.
pub(crate) fn parse_arn<'a>(arn: &'a str, service: &str) -> Option<(Place, &'a str)> {
    let mut parts = arn.splitn(6, ':').skip(2);
    let (found, region, account, name) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let account: AccountId = account.parse().ok()?;
    (found == service).then(|| (Place::new(account, region), name))
}

impl World {
    /// Publishes to a topic; the answer is the message id.
    pub(crate) fn publish(&mut self, publication: &Publication, at: Timestamp) -> Result<String, ServiceError> {
        let absent = || ServiceError::new(404, "NotFound", "Topic does not exist");
        let (place, name) = parse_arn(&publication.topic_arn, "sns").ok_or_else(absent)?;
        let topics = &self.region(place.account, &place.region).topics;
        let topic = topics.iter().find(|topic| topic.name == name).ok_or_else(absent)?;
        let subscriptions = topic.subscriptions.clone();
        let message_id = self.runtime.ids.next();
        let kind = HopKind::MessagePublished {
            topic: publication.topic_arn.clone(),
            message_id: message_id.clone(),
            subject: publication.subject.clone(),
        };
        self.hop(at, &place, kind);
        for subscription in &subscriptions {
            let (protocol, endpoint) = (subscription.protocol.clone(), subscription.endpoint.clone());
            let message_id = message_id.clone();
            let kind = match self.send(subscription, publication, &message_id, at) {
                Ok(Sent::Arrived) => HopKind::MessageDelivered { message_id, protocol, endpoint },
                Ok(Sent::Waiting) => continue,
                Err(why) => HopKind::MessageNotDelivered { message_id, protocol, endpoint, why: why.to_owned() },
            };
            self.hop(at, &place, kind);
        }
        Ok(message_id)
    }

    fn send(
        &mut self,
        subscription: &Subscription,
        publication: &Publication,
        id: &str,
        at: Timestamp,
    ) -> Result<Sent, &'static str> {
        if !subscription.confirmed {
            return Err("the subscription is not confirmed");
        }
        if !passes_filter(subscription, publication) {
            return Err("the filter policy does not match");
        }
        let wrapped = || envelope(publication, id, at).to_string();
        let body = || if subscription.raw_message_delivery { publication.message.clone() } else { wrapped() };
        match subscription.protocol.as_str() {
            "email" | "sms" => self.mail(subscription, publication, publication.message.clone(), at),
            "email-json" => self.mail(subscription, publication, wrapped(), at),
            "sqs" => self.enqueue(&subscription.endpoint, body(), at)?,
            "http" | "https" if is_loopback(&subscription.endpoint) => {
                self.runtime.outbox.push(HttpMessage {
                    url: subscription.endpoint.clone(),
                    message_type: "Notification".to_owned(),
                    topic_arn: publication.topic_arn.clone(),
                    message_id: id.to_owned(),
                    body: body(),
                });
                return Ok(Sent::Waiting);
            }
            "http" | "https" => return Err("the endpoint is not on loopback"),
            _ => return Err("this protocol is not modelled"),
        }
        Ok(Sent::Arrived)
    }

    fn mail(&mut self, subscription: &Subscription, publication: &Publication, body: String, at: Timestamp) {
        self.mailbox.push(Mail {
            at,
            protocol: subscription.protocol.clone(),
            to: subscription.endpoint.clone(),
            topic_arn: publication.topic_arn.clone(),
            subject: publication.subject.clone(),
            body,
        });
    }

    /// Puts a message into the queue of that ARN.
    pub(crate) fn enqueue(&mut self, queue_arn: &str, body: String, at: Timestamp) -> Result<(), &'static str> {
        let (place, name) = parse_arn(queue_arn, "sqs").ok_or("the endpoint is not a queue")?;
        let id = self.runtime.ids.next();
        let queues = self.region_mut(place.account, &place.region).map(|region| &mut region.queues);
        let queue = queues.into_iter().flatten().find(|queue| queue.name == name).ok_or("the queue does not exist")?;
        queue.messages.push(QueueMessage {
            id,
            body,
            sent_at: at,
            visible_at: at,
            receive_count: 0,
            receipt_handle: None,
        });
        Ok(())
    }

    /// Notes how the posting of a message ended.
    pub(crate) fn posted(&mut self, message: &HttpMessage, outcome: Result<(), String>) {
        let Some((place, _)) = parse_arn(&message.topic_arn, "sns") else { return };
        let (message_id, endpoint) = (message.message_id.clone(), message.url.clone());
        let protocol = endpoint.split(':').next().unwrap_or_default().to_owned();
        let kind = match outcome {
            Ok(()) => HopKind::MessageDelivered { message_id, protocol, endpoint },
            Err(why) => HopKind::MessageNotDelivered { message_id, protocol, endpoint, why },
        };
        self.hop(self.now(), &place, kind);
    }

    /// Takes the messages that wait to be posted to HTTP endpoints.
    pub fn take_outbox(&mut self) -> Vec<HttpMessage> {
        std::mem::take(&mut self.runtime.outbox)
    }
}

/// Whether the endpoint is on this machine; a simulation never sends anything elsewhere.
pub(crate) fn is_loopback(endpoint: &str) -> bool {
    let Ok(url) = Url::parse(endpoint) else { return false };
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => false,
    }
}

/// Judges the filter policy on the message's attributes, or on its body where that is the policy's scope.
///
/// A policy on attributes drops every message that has none, even one that asks for an attribute's absence; an empty one
/// lets everything through.
///
/// Sources: <https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html>,
/// <https://docs.aws.amazon.com/sns/latest/dg/attribute-key-matching.html>
fn passes_filter(subscription: &Subscription, publication: &Publication) -> bool {
    let Some(policy) = subscription.filter_policy.as_deref().filter(|it| it.trim() != "{}") else { return true };
    let Ok(pattern) = EventPattern::parse(policy) else { return false };
    let has_attributes = publication.attributes.as_object().is_some_and(|it| !it.is_empty());
    match subscription.filter_policy_scope.as_deref() {
        Some("MessageBody") => pattern.matches(&serde_json::from_str(&publication.message).unwrap_or(Json::Null)),
        _ => has_attributes && pattern.matches(&plain(&publication.attributes)),
    }
}

/// The values of message attributes: a `String.Array` is a list, written as JSON.
fn plain(attributes: &Json) -> Json {
    let text = |attribute: &Json, name: &str| attribute.get(name).and_then(Json::as_str).map(str::to_owned);
    let value = |attribute: &Json| match (text(attribute, "Type").as_deref(), text(attribute, "Value")) {
        (Some("String.Array"), Some(list)) => serde_json::from_str(&list).unwrap_or(Json::Null),
        (_, value) => value.map_or(Json::Null, Json::from),
    };
    let pairs = attributes.as_object().into_iter().flatten();
    pairs.map(|(name, attribute)| (name.clone(), value(attribute))).collect::<serde_json::Map<_, _>>().into()
}

/// The envelope of a notification.
///
/// Source: <https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html>
fn envelope(publication: &Publication, id: &str, at: Timestamp) -> Json {
    let mut envelope = json!({
        "Type": "Notification",
        "MessageId": id,
        "TopicArn": publication.topic_arn,
        "Message": publication.message,
        "Timestamp": at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        "SignatureVersion": "1",
        "Signature": "fake-aws does not sign",
        "SigningCertURL": "http://127.0.0.1/none.pem",
        "UnsubscribeURL": "http://127.0.0.1/none",
    });
    if let (Some(members), Some(subject)) = (envelope.as_object_mut(), &publication.subject) {
        members.insert("Subject".to_owned(), json!(subject));
    }
    if let (Some(members), Json::Object(_)) = (envelope.as_object_mut(), &publication.attributes) {
        members.insert("MessageAttributes".to_owned(), publication.attributes.clone());
    }
    envelope
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn passes(policy: &str, scope: &str, attributes: Json) -> bool {
        let subscription: Subscription = serde_json::from_value(json!({
            "protocol": "email", "endpoint": "a@example.com", "filter_policy": policy, "filter_policy_scope": scope,
        }))
        .unwrap();
        let publication = Publication {
            topic_arn: "arn:aws:sns:us-east-1:111111111111:t".to_owned(),
            subject: None,
            message: "{}".to_owned(),
            attributes,
        };
        passes_filter(&subscription, &publication)
    }

    /// Source: <https://docs.aws.amazon.com/sns/latest/dg/attribute-key-matching.html>
    #[test]
    fn an_absent_attribute_matches_only_beside_another_one() {
        let absent = r#"{"store": [{"exists": false}]}"#;
        let other = json!({ "customer": { "Type": "String", "Value": "a" } });
        assert!(passes(absent, "MessageAttributes", other));
        assert!(!passes(absent, "MessageAttributes", json!({})));
        assert!(!passes(absent, "MessageAttributes", Json::Null));
        assert!(passes(absent, "MessageBody", Json::Null));
        assert!(passes("{}", "MessageAttributes", Json::Null));
    }
}
