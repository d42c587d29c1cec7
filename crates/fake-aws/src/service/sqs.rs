//! Amazon SQS.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};

use super::{Context, Operation, Reply};
use crate::error::ServiceError;
use crate::value::{Value, shape};
use crate::world::{AccountId, Place, Queue, QueueMessage};

/// A received message stays hidden so long, in seconds, unless the queue or the call says otherwise.
const VISIBILITY_TIMEOUT: i64 = 30;

/// The operations of the service.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new("CreateQueue", create_queue).differing("of the attributes the visibility timeout alone"),
    Operation::new("GetQueueUrl", get_queue_url),
    Operation::new("GetQueueAttributes", get_queue_attributes),
    Operation::new("SendMessage", send_message),
    Operation::new("ReceiveMessage", receive_message)
        .differing("answers at once: a scenario's clock stands still while a client waits"),
    Operation::new("DeleteMessage", delete_message),
    Operation::new("PurgeQueue", purge_queue),
];

fn absent() -> ServiceError {
    ServiceError::new(400, "AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.")
}

fn queue_url(context: &Context<'_>, name: &str) -> String {
    format!("{}/{}/{name}", context.world.endpoint, context.account_id())
}

/// The account and name at the end of a queue's URL; a queue of another account is refused.
fn queue_mut<'a>(context: &'a mut Context<'_>) -> Result<&'a mut Queue, ServiceError> {
    let url = context.required("QueueUrl")?;
    let (front, name) = url.rsplit_once('/').ok_or_else(absent)?;
    let account: Option<AccountId> = front.rsplit_once('/').and_then(|(_, account)| account.parse().ok());
    if account.is_some_and(|it| it != context.account_id()) {
        return Err(context.denied("Access to the resource is denied."));
    }
    context.region_mut()?.queues.iter_mut().find(|queue| queue.name == name).ok_or_else(absent)
}

fn create_queue(context: &mut Context<'_>) -> Reply {
    let (name, now) = (context.required("QueueName")?, context.now());
    let attributes = context.input().text_map("Attributes");
    let visibility_timeout = attributes.get("VisibilityTimeout").and_then(|it| it.parse().ok());
    let queues = &mut context.region_mut()?.queues;
    if queues.iter().all(|queue| queue.name != name) {
        queues.push(Queue { name: name.to_owned(), created_at: now, visibility_timeout, messages: Vec::new() });
    }
    Ok(shape! { "QueueUrl": queue_url(context, name) })
}

fn get_queue_url(context: &mut Context<'_>) -> Reply {
    let name = context.required("QueueName")?;
    context.region().queues.iter().find(|queue| queue.name == name).ok_or_else(absent)?;
    Ok(shape! { "QueueUrl": queue_url(context, name) })
}

fn get_queue_attributes(context: &mut Context<'_>) -> Reply {
    let (now, wanted) = (context.now(), context.input().texts("AttributeNames"));
    let queue = queue_mut(context)?.clone();
    let visible = queue.messages.iter().filter(|it| it.visible_at <= now).count();
    let all = [
        ("QueueArn", context.arn("sqs", &queue.name)),
        ("ApproximateNumberOfMessages", visible.to_string()),
        ("ApproximateNumberOfMessagesNotVisible", (queue.messages.len() - visible).to_string()),
        ("ApproximateNumberOfMessagesDelayed", "0".to_owned()),
        ("CreatedTimestamp", queue.created_at.as_second().to_string()),
        ("VisibilityTimeout", queue.visibility_timeout.unwrap_or(VISIBILITY_TIMEOUT).to_string()),
    ];
    let is_wanted = |name: &str| wanted.iter().any(|it| it == "All" || it == name);
    Ok(shape! { "Attributes": Value::map(all.into_iter().filter(|(name, _)| is_wanted(name))) })
}

fn send_message(context: &mut Context<'_>) -> Reply {
    let (body, now) = (context.required("MessageBody")?, context.now());
    let name = queue_mut(context)?.name.clone();
    let place: Place = context.place();
    let arn = context.world.arn("sqs", &place.region, place.account, &name);
    context.world.enqueue(&arn, body.to_owned(), now).map_err(|_| absent())?;
    let id = queue_mut(context)?.messages.last().map(|it| it.id.clone());
    Ok(shape! { "MessageId": id, "MD5OfMessageBody": md5(body) })
}

/// Receives messages, oldest first; waiting for more is the client's own affair, for a scenario's clock stands still.
///
/// Source: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html>
fn receive_message(context: &mut Context<'_>) -> Reply {
    let (now, input) = (context.now(), context.input());
    let most = input.integer("MaxNumberOfMessages").unwrap_or(1);
    let most = usize::try_from(most).ok().filter(|it| (1..=10).contains(it));
    let most = most.ok_or_else(|| context.invalid("MaxNumberOfMessages must be between 1 and 10."))?;
    let handle = context.world.runtime.ids.next();
    let queue = queue_mut(context)?;
    let timeout = input.integer("VisibilityTimeout").or(queue.visibility_timeout).unwrap_or(VISIBILITY_TIMEOUT);
    let hidden_until = now.saturating_add(SignedDuration::from_secs(timeout)).unwrap_or(Timestamp::MAX);
    let ready = queue.messages.iter_mut().filter(|it| it.visible_at <= now).take(most);
    let messages: Vec<Value> = ready
        .enumerate()
        .map(|(index, message)| {
            message.visible_at = hidden_until;
            message.receive_count += 1;
            message.receipt_handle = Some(format!("{handle}-{index}"));
            message_shape(message)
        })
        .collect();
    Ok(if messages.is_empty() {
        Value::empty()
    } else {
        shape! { "Messages": messages }
    })
}

fn message_shape(message: &QueueMessage) -> Value {
    let attributes = [
        ("SentTimestamp", message.sent_at.as_millisecond().to_string()),
        ("ApproximateReceiveCount", message.receive_count.to_string()),
    ];
    shape! {
        "MessageId": &message.id,
        "ReceiptHandle": message.receipt_handle.as_ref(),
        "MD5OfBody": md5(&message.body),
        "Body": &message.body,
        "Attributes": Value::map(attributes),
    }
}

fn delete_message(context: &mut Context<'_>) -> Reply {
    let handle = context.required("ReceiptHandle")?;
    queue_mut(context)?.messages.retain(|it| it.receipt_handle.as_deref() != Some(handle));
    Ok(Value::empty())
}

fn purge_queue(context: &mut Context<'_>) -> Reply {
    queue_mut(context)?.messages.clear();
    Ok(Value::empty())
}

/// The checksum that clients compare bodies with.
fn md5(text: &str) -> String {
    use md5::{Digest as _, Md5};
    Md5::digest(text).iter().fold(String::with_capacity(32), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
