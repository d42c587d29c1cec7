//! Amazon SNS.

mod write;

pub(crate) use write::confirm_by_token;

use super::paging::{Page, Paging};
use super::{Context, Operation, Reply};
use crate::error::ServiceError;
use crate::value::{Value, shape};
use crate::world::{AccountId, Subscription, Topic};

/// The operations of the service.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new("ListSubscriptionsByTopic", list_subscriptions_by_topic),
    Operation::new("CreateTopic", write::create_topic)
        .differing("a new topic lets alarms and rules publish, where AWS lets its own account alone"),
    Operation::new("Subscribe", write::subscribe).differing(
        "other protocols than sqs, http, https, email, email-json and sms are kept, and their delivery fails",
    ),
    Operation::new("ConfirmSubscription", write::confirm_subscription),
    Operation::new("Publish", write::publish)
        .refusing(&["MessageStructure"])
        .differing("e-mail and text messages go into a mailbox; posts to HTTP endpoints go to loopback alone"),
    Operation::new("SetSubscriptionAttributes", write::set_subscription_attributes)
        .differing("501 to attributes other than `RawMessageDelivery`, `FilterPolicy` and `FilterPolicyScope`"),
    Operation::new("GetTopicAttributes", get_topic_attributes).differing("the policy is shown and not enforced; where the World gives none it lets alarms and rules publish; no delivery settings"),
    Operation::new("GetSubscriptionAttributes", get_subscription_attributes),
];

fn not_found(what: &str) -> ServiceError {
    ServiceError::new(404, "NotFound", format!("{what} does not exist"))
}

/// Finds a topic by its ARN; only its own account may read it, for no topic policy here opens it to others.
fn topic<'a>(context: &'a Context<'_>, arn: &str) -> Result<&'a Topic, ServiceError> {
    let invalid = || ServiceError::new(400, "InvalidParameter", "Invalid parameter: TopicArn");
    let parts: Vec<&str> = arn.split(':').collect();
    let [_, _, "sns", region, account, name] = parts.as_slice() else { return Err(invalid()) };
    let account: AccountId = account.parse().map_err(|_| invalid())?;
    if account != context.account_id() {
        let (caller, operation) = (&context.call.principal.arn, &context.call.operation);
        let why = "because no resource-based policy allows the action";
        return Err(context
            .denied(format!("User: {caller} is not authorized to perform: SNS:{operation} on resource: {arn} {why}")));
    }
    if *region != context.region_name() {
        return Err(invalid());
    }
    context.region().topics.iter().find(|topic| topic.name == *name).ok_or_else(|| not_found("Topic"))
}

/// The ARN of a subscription, which AWS keeps to itself until the subscription is confirmed.
fn subscription_arn(topic_arn: &str, index: usize, subscription: &Subscription) -> String {
    match (subscription.confirmed, subscription.id.as_str()) {
        (false, _) => "PendingConfirmation".to_owned(),
        (true, "") => format!("{topic_arn}:00000000-0000-4000-8000-{index:012}"),
        (true, id) => format!("{topic_arn}:{id}"),
    }
}

/// Source: <https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html>
fn list_subscriptions_by_topic(context: &mut Context<'_>) -> Reply {
    let arn = context.required("TopicArn")?;
    let paging = Paging { token: "NextToken", limit: "", default: 100, max: 100 };
    let (page, token) = Page::of(context, paging)?.cut(topic(context, arn)?.subscriptions.iter().enumerate());
    let subscription = |(index, it): (usize, &Subscription)| {
        shape! {
            "SubscriptionArn": subscription_arn(arn, index, it),
            "Owner": context.account_id(),
            "Protocol": &it.protocol,
            "Endpoint": &it.endpoint,
            "TopicArn": arn,
        }
    };
    Ok(shape! { "Subscriptions": page.into_iter().map(subscription).collect::<Vec<_>>(), "NextToken": token })
}

/// Source: <https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html>
fn get_topic_attributes(context: &mut Context<'_>) -> Reply {
    let arn = context.required("TopicArn")?;
    let topic = topic(context, arn)?;
    let confirmed = topic.subscriptions.iter().filter(|it| it.confirmed).count();
    let owner = context.account_id();
    let mut attributes = vec![
        ("TopicArn", arn.to_owned()),
        ("Owner", context.account_id().to_string()),
        ("DisplayName", topic.display_name.clone()),
        ("SubscriptionsConfirmed", confirmed.to_string()),
        ("SubscriptionsPending", (topic.subscriptions.len() - confirmed).to_string()),
        ("SubscriptionsDeleted", "0".to_owned()),
        ("Policy", topic.access_policy(arn, owner)),
    ];
    attributes.extend(topic.kms_key.clone().map(|key| ("KmsMasterKeyId", key)));
    Ok(shape! { "Attributes": Value::map(attributes) })
}

/// Source: <https://docs.aws.amazon.com/sns/latest/api/API_GetSubscriptionAttributes.html>
fn get_subscription_attributes(context: &mut Context<'_>) -> Reply {
    let arn = context.required("SubscriptionArn")?;
    let invalid = || ServiceError::new(400, "InvalidParameter", "Invalid parameter: SubscriptionArn");
    let (topic_arn, _) = arn.rsplit_once(':').ok_or_else(invalid)?;
    let mut subscriptions = topic(context, topic_arn)?.subscriptions.iter().enumerate();
    let found = subscriptions.find(|(index, it)| subscription_arn(topic_arn, *index, it) == arn);
    let (_, subscription) = found.ok_or_else(|| not_found("Subscription"))?;
    let mut attributes = vec![
        ("SubscriptionArn", arn.to_owned()),
        ("TopicArn", topic_arn.to_owned()),
        ("Owner", context.account_id().to_string()),
        ("Protocol", subscription.protocol.clone()),
        ("Endpoint", subscription.endpoint.clone()),
        ("PendingConfirmation", (!subscription.confirmed).to_string()),
        ("RawMessageDelivery", subscription.raw_message_delivery.to_string()),
    ];
    attributes.extend(subscription.filter_policy.clone().map(|policy| ("FilterPolicy", policy)));
    attributes.extend(subscription.filter_policy_scope.clone().map(|scope| ("FilterPolicyScope", scope)));
    Ok(shape! { "Attributes": Value::map(attributes) })
}
