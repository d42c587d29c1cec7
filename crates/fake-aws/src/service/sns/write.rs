//! Topics, subscriptions and messages, as they are made.

use serde_json::{Value as Json, json};

use super::super::{Context, Reply};
use super::{not_found, subscription_arn, topic};
use crate::error::ServiceError;
use crate::living::{HttpMessage, Publication, is_loopback, parse_arn};
use crate::value::{Name, Value, shape};
use crate::world::{Subscription, Topic, World};

/// Source: <https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html>
pub(super) fn create_topic(context: &mut Context<'_>) -> Reply {
    let name = context.required("Name")?;
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_') || name.len() > 256 {
        return Err(ServiceError::new(400, "InvalidParameter", "Invalid parameter: Topic Name"));
    }
    let display_name = context.input().text_map("Attributes").remove("DisplayName").unwrap_or_default();
    let topics = &mut context.region_mut()?.topics;
    if topics.iter().all(|topic| topic.name != name) {
        topics.push(Topic { display_name, ..Topic::named(name) });
    }
    Ok(shape! { "TopicArn": context.arn("sns", name) })
}

/// Subscribes; a queue is confirmed at once, a person or a web server has to confirm.
///
/// Source: <https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html>
pub(super) fn subscribe(context: &mut Context<'_>) -> Reply {
    let (arn, protocol) = (context.required("TopicArn")?, context.required("Protocol")?);
    let endpoint = context.required("Endpoint")?;
    topic(context, arn)?;
    let mut attributes = context.input().text_map("Attributes");
    let subscription = Subscription {
        id: context.world.runtime.ids.next(),
        protocol: protocol.to_owned(),
        endpoint: endpoint.to_owned(),
        confirmed: matches!(protocol, "sqs" | "lambda" | "sms"),
        raw_message_delivery: attributes.remove("RawMessageDelivery").is_some_and(|it| it == "true"),
        filter_policy: attributes.remove("FilterPolicy"),
        filter_policy_scope: attributes.remove("FilterPolicyScope"),
    };
    ask_to_confirm(context, arn, &subscription);
    let (confirmed, id) = (subscription.confirmed, subscription.id.clone());
    let name = arn.rsplit_once(':').map_or(arn, |(_, name)| name);
    let topics = context.region_mut()?.topics.iter_mut();
    let topic = topics.into_iter().find(|topic| topic.name == name).ok_or_else(|| not_found("Topic"))?;
    topic.subscriptions.push(subscription);
    let wants_arn = context.input().boolean("ReturnSubscriptionArn").unwrap_or(false);
    Ok(
        shape! { "SubscriptionArn": if confirmed || wants_arn { format!("{arn}:{id}") } else { "pending confirmation".to_owned() } },
    )
}

/// Sends the confirmation with its token, which is the subscription's id.
fn ask_to_confirm(context: &mut Context<'_>, topic_arn: &str, subscription: &Subscription) {
    let (token, now) = (&subscription.id, context.now());
    let message = format!("You have chosen to subscribe to the topic {topic_arn}. To confirm, use the token {token}.");
    match subscription.protocol.as_str() {
        "email" | "email-json" => context.world.mailbox.push(crate::living::Mail {
            at: now,
            protocol: subscription.protocol.clone(),
            to: subscription.endpoint.clone(),
            topic_arn: topic_arn.to_owned(),
            subject: Some("AWS Notification - Subscription Confirmation".to_owned()),
            body: message,
        }),
        "http" | "https" if is_loopback(&subscription.endpoint) => {
            let message_id = context.world.runtime.ids.next();
            let body = json!({
                "Type": "SubscriptionConfirmation",
                "MessageId": message_id,
                "Token": token,
                "TopicArn": topic_arn,
                "Message": message,
                "Timestamp": now.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
                "SubscribeURL": format!("{}/?Action=ConfirmSubscription&TopicArn={topic_arn}&Token={token}", context.world.endpoint),
            });
            context.world.runtime.outbox.push(HttpMessage {
                url: subscription.endpoint.clone(),
                message_type: "SubscriptionConfirmation".to_owned(),
                topic_arn: topic_arn.to_owned(),
                message_id,
                body: body.to_string(),
            });
        }
        _ => (),
    }
}

pub(super) fn confirm_subscription(context: &mut Context<'_>) -> Reply {
    let (arn, token) = (context.required("TopicArn")?, context.required("Token")?);
    confirm_by_token(context.world, arn, token)
}

/// Confirms the subscription of a token; this is what the link in a confirmation does, unsigned.
pub(crate) fn confirm_by_token(world: &mut World, topic_arn: &str, token: &str) -> Reply {
    let invalid = || ServiceError::new(400, "InvalidParameter", "Invalid token");
    let (place, name) = parse_arn(topic_arn, "sns").ok_or_else(invalid)?;
    let topics = world.region_mut(place.account, &place.region).map(|region| &mut region.topics);
    let topic = topics.into_iter().flatten().find(|topic| topic.name == name).ok_or_else(|| not_found("Topic"))?;
    let subscription = topic.subscriptions.iter_mut().find(|it| it.id == token).ok_or_else(invalid)?;
    subscription.confirmed = true;
    Ok(shape! { "SubscriptionArn": format!("{topic_arn}:{token}") })
}

/// Source: <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>
pub(super) fn publish(context: &mut Context<'_>) -> Reply {
    let arn = context.required("TopicArn")?;
    topic(context, arn)?;
    if context.input().text("Subject").is_some_and(|subject| !is_subject(subject)) {
        return Err(ServiceError::new(400, "InvalidParameter", "Invalid parameter: Subject"));
    }
    let publication = Publication {
        topic_arn: arn.to_owned(),
        subject: context.input().text("Subject").map(str::to_owned),
        message: context.required("Message")?.to_owned(),
        attributes: attributes(context.input()),
    };
    let now = context.now();
    Ok(shape! { "MessageId": context.world.publish(&publication, now)? })
}

/// The message attributes, as an envelope shows them.
fn attributes(input: &Value) -> Json {
    let pairs = input.get("MessageAttributes").map(Value::members).unwrap_or_default();
    let pair = |(name, it): &(Name, Value)| {
        let (kind, value) = (it.text("DataType").unwrap_or("String"), it.text("StringValue")?);
        Some((name.to_string(), json!({ "Type": kind, "Value": value })))
    };
    if pairs.is_empty() { Json::Null } else { Json::Object(pairs.iter().filter_map(pair).collect()) }
}

/// A subject is a line of fewer than 100 printable ASCII characters that does not begin with a space.
fn is_subject(text: &str) -> bool {
    let printable = text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    printable && (1..100).contains(&text.len()) && !text.starts_with(' ')
}

/// Source: <https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html>
pub(super) fn set_subscription_attributes(context: &mut Context<'_>) -> Reply {
    let (arn, name) = (context.required("SubscriptionArn")?, context.required("AttributeName")?);
    let value = context.input().text("AttributeValue").unwrap_or_default();
    let invalid = || ServiceError::new(400, "InvalidParameter", "Invalid parameter: SubscriptionArn");
    let (topic_arn, _) = arn.rsplit_once(':').ok_or_else(invalid)?;
    let topic_name = topic(context, topic_arn)?.name.clone();
    let topics = context.region_mut()?.topics.iter_mut();
    let topic = topics.into_iter().find(|topic| topic.name == topic_name).ok_or_else(|| not_found("Topic"))?;
    let mut subscriptions = topic.subscriptions.iter_mut().enumerate();
    let found = subscriptions.find(|(index, it)| subscription_arn(topic_arn, *index, it) == arn);
    let (_, subscription) = found.ok_or_else(|| not_found("Subscription"))?;
    match name {
        "RawMessageDelivery" => subscription.raw_message_delivery = value == "true",
        "FilterPolicy" => subscription.filter_policy = Some(value.to_owned()).filter(|it| !it.is_empty()),
        "FilterPolicyScope" => subscription.filter_policy_scope = Some(value.to_owned()),
        _ => return Err(ServiceError::not_modelled(format!("the subscription attribute {name}"))),
    }
    Ok(Value::empty())
}
