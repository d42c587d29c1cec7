//! Topics that alarms and rules act on, and who hears them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_sns::types as sdk;
use futures::{StreamExt as _, stream};
use rootsweep_model::facts::{
    Alarm, AlarmKind, EventRule, LogGroup, Subscription, SubscriptionFilter, Topic, TopicAttributes,
};
use rootsweep_model::{Arn, Fact, Gap, GapKind};

use super::monitoring::{CONCURRENCY, located};
use crate::calls::{GET_SUBSCRIPTION_ATTRIBUTES, GET_TOPIC_ATTRIBUTES, LIST_SUBSCRIPTIONS_BY_TOPIC};
use crate::gap::missing;
use crate::page::all_pages;
use crate::session::Session;

/// The most subscriptions of one topic that are asked for their attributes.
const MAX_ASKED: usize = 20;

/// Protocols whose receiver has to confirm; the others' subscriptions count from the start.
const CONFIRMED_BY_RECEIVER: [&str; 4] = ["email", "email-json", "http", "https"];

/// Returns the topics that an alarm on a metric of these log groups, or a rule, acts on.
pub(super) fn named(
    log_groups: &BTreeMap<String, LogGroup>,
    alarms: &BTreeMap<String, Fact<Vec<Alarm>>>,
    rules: &BTreeMap<String, Fact<Vec<EventRule>>>,
) -> BTreeSet<String> {
    let metrics = metrics(log_groups);
    let alarms = alarms.values().filter_map(|alarms| alarms.known().ok()).flatten();
    let actions = alarms.filter(|alarm| may_watch(alarm, &metrics)).flat_map(|alarm| &alarm.alarm_actions);
    let rules = rules.values().filter_map(|rules| rules.known().ok()).flatten();
    let targets = rules.filter_map(|rule| rule.targets.known().ok()).flatten().map(|target| &target.arn);
    actions.chain(targets).filter(|arn| Arn::parse(arn).is_some_and(|arn| arn.service == "sns")).cloned().collect()
}

/// Namespace and name of every metric that the log groups' filters write.
fn metrics(log_groups: &BTreeMap<String, LogGroup>) -> BTreeSet<(&str, &str)> {
    let filters = log_groups.values().filter_map(|group| group.metric_filters.known().ok()).flatten();
    let metrics = filters.flat_map(|filter| &filter.transformations);
    metrics.map(|metric| (metric.metric_namespace.as_str(), metric.metric_name.as_str())).collect()
}

/// Whether an alarm may watch one of the metrics; a composite alarm, a log alarm and a searching expression always
/// may.
fn may_watch(alarm: &Alarm, metrics: &BTreeSet<(&str, &str)>) -> bool {
    let among = |namespace: &Option<String>, name: &Option<String>| match (namespace, name) {
        (Some(namespace), Some(name)) => metrics.contains(&(namespace.as_str(), name.as_str())),
        _ => false,
    };
    match &alarm.kind {
        AlarmKind::Composite(_) | AlarmKind::Log(_) => true,
        AlarmKind::Metric(alarm) => {
            let searches = |text: &String| text.contains("SEARCH") || text.contains("SELECT");
            alarm.has_evaluation_criteria
                || among(&alarm.namespace, &alarm.metric_name)
                || alarm.metrics.iter().any(|query| {
                    among(&query.namespace, &query.metric_name) || query.expression.as_ref().is_some_and(searches)
                })
        }
    }
}

/// Reads topics by their ARNs.
pub(super) async fn read(session: &Session, arns: BTreeSet<String>) -> BTreeMap<String, Fact<Topic>> {
    let topics = stream::iter(arns).map(|arn| async {
        let topic = topic(session, &arn).await;
        (arn, Fact::from(topic))
    });
    topics.buffered(CONCURRENCY).collect().await
}

async fn topic(session: &Session, arn: &str) -> Result<Topic, Gap> {
    if Arn::parse(arn).and_then(Arn::account) != Some(session.account) {
        return Err(elsewhere(arn));
    }
    let region = Arn::parse(arn).and_then(Arn::region).unwrap_or_else(|| session.region());
    let listed = subscriptions(session, region, arn).await.map_err(|gap| located(gap, region))?;
    let asked: BTreeSet<String> = listed.iter().filter_map(own_arn).take(MAX_ASKED).map(str::to_owned).collect();
    let answers = stream::iter(asked).map(|arn| async {
        let attributes = subscription_attributes(session, region, &arn).await.map_err(|gap| located(gap, region));
        (arn, attributes)
    });
    let answers: BTreeMap<String, Result<Attributes, Gap>> = answers.buffered(CONCURRENCY).collect().await;
    let mut subscriptions: Vec<_> = listed.into_iter().map(|it| subscription(it, &answers)).collect();
    subscriptions.sort_unstable();
    let attributes = topic_attributes(session, region, arn).await.map_err(|gap| located(gap, region)).into();
    Ok(Topic { arn: arn.to_owned(), subscriptions, attributes })
}

/// Who may publish to a topic, and its key; the answer leaves attributes out that are not set.
async fn topic_attributes(session: &Session, region: &str, topic: &str) -> Result<TopicAttributes, Gap> {
    let client = session.sns(region);
    let send = || client.get_topic_attributes().topic_arn(topic).send();
    let answer = session.call(GET_TOPIC_ATTRIBUTES, Some(region), send).await?;
    let mut attributes = answer.attributes.ok_or_else(|| missing(&GET_TOPIC_ATTRIBUTES, "Attributes"))?;
    let mut told = |name: &str| attributes.remove(name).filter(|it| !it.trim().is_empty());
    Ok(TopicAttributes { policy: told("Policy"), kms_key: told("KmsMasterKeyId") })
}

async fn subscriptions(session: &Session, region: &str, topic: &str) -> Result<Vec<sdk::Subscription>, Gap> {
    let client = &session.sns(region);
    all_pages(LIST_SUBSCRIPTIONS_BY_TOPIC, |token| async move {
        let request = || client.list_subscriptions_by_topic().topic_arn(topic).set_next_token(token.clone());
        let answer = session.call(LIST_SUBSCRIPTIONS_BY_TOPIC, Some(region), || request().send()).await?;
        let page = answer.subscriptions;
        Ok((page.ok_or_else(|| missing(&LIST_SUBSCRIPTIONS_BY_TOPIC, "Subscriptions"))?, answer.next_token))
    })
    .await
}

/// Returns the ARN of a subscription that has one: AWS lists an unconfirmed one under the word `PendingConfirmation`,
/// and emulators give it an ARN.
fn own_arn(subscription: &sdk::Subscription) -> Option<&str> {
    subscription.subscription_arn.as_deref().filter(|arn| arn.starts_with("arn:"))
}

/// The attributes of a subscription, by name.
type Attributes = HashMap<String, String>;

async fn subscription_attributes(session: &Session, region: &str, subscription: &str) -> Result<Attributes, Gap> {
    let client = session.sns(region);
    let send = || client.get_subscription_attributes().subscription_arn(subscription).send();
    let answer = session.call(GET_SUBSCRIPTION_ATTRIBUTES, Some(region), send).await?;
    answer.attributes.ok_or_else(|| missing(&GET_SUBSCRIPTION_ATTRIBUTES, "Attributes"))
}

fn subscription(listed: sdk::Subscription, answers: &BTreeMap<String, Result<Attributes, Gap>>) -> Subscription {
    let answer = own_arn(&listed).map(|arn| answers.get(arn).map_or_else(|| Err(not_asked()), Clone::clone));
    let (attributes, gap) = match answer {
        Some(Ok(attributes)) => (Some(attributes), None),
        Some(Err(gap)) => (None, Some(gap)),
        None => (None, None),
    };
    Subscription {
        confirmed: confirmed(&listed, attributes.as_ref()),
        filter: attributes.as_ref().map_or(SubscriptionFilter::Unread, filter),
        gap,
        protocol: listed.protocol.unwrap_or_default(),
        endpoint: listed.endpoint.unwrap_or_default(),
    }
}

/// Whether a subscription is confirmed. Where the receiver does not have to confirm it, its ARN is enough.
fn confirmed(listed: &sdk::Subscription, answer: Option<&Attributes>) -> Option<bool> {
    let by_receiver = listed.protocol.as_deref().is_some_and(|it| CONFIRMED_BY_RECEIVER.contains(&it));
    match listed.subscription_arn.as_deref() {
        Some("PendingConfirmation" | "Deleted") => Some(false),
        Some(arn) if !arn.starts_with("arn:") => None,
        Some(_) if !by_receiver => Some(true),
        Some(_) => match answer?.get("PendingConfirmation")?.as_str() {
            "true" => Some(false),
            "false" => Some(true),
            _ => None,
        },
        None => None,
    }
}

fn filter(attributes: &Attributes) -> SubscriptionFilter {
    match attributes.get("FilterPolicy").filter(|it| !it.trim().is_empty()) {
        Some(policy) => {
            SubscriptionFilter::Policy { policy: policy.clone(), scope: attributes.get("FilterPolicyScope").cloned() }
        }
        None => SubscriptionFilter::Everything,
    }
}

fn not_asked() -> Gap {
    Gap::new(
        GapKind::OutOfReach,
        GET_SUBSCRIPTION_ATTRIBUTES.action,
        format!("the topic has many subscriptions, and only {MAX_ASKED} were asked for their attributes"),
        "let one topic tell those who have to be woken, and nobody else",
    )
}

fn elsewhere(arn: &str) -> Gap {
    Gap::new(
        GapKind::OutOfReach,
        LIST_SUBSCRIPTIONS_BY_TOPIC.action,
        format!("the topic {} lies in another account", crate::gap::bounded(arn, 200)),
        "look at the topic's subscriptions in its own account, or let the alarm act on a topic of this one",
    )
}
