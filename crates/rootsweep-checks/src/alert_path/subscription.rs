//! Who hears a topic: its subscriptions, and what each of them filters out.

use eventbridge_pattern::{Alternative, EventPattern};
use rootsweep_model::facts::{Alarm, Subscription, SubscriptionFilter, Topic};
use serde_json::{Value, json};

use super::filter::owner_of;
use super::notify::Caller;
use super::state::{Finding, State};
use crate::calls;

/// Returns whether anyone hears what the caller publishes to a topic.
pub(crate) fn heard(topic: &Topic, caller: Caller<'_>) -> Finding {
    let all = &topic.subscriptions;
    let findings: Vec<_> = all.iter().map(|it| hears(it, caller)).collect();
    let hearing = findings.iter().filter(|it| it.state == State::Holds).count();
    if hearing > 0 {
        return Finding::holds(format!("{hearing} of {} confirmed", all.len()));
    }
    let unknown = findings.iter().find(|it| it.state != State::Broken);
    let filtered = || findings.iter().zip(all).find(|(_, it)| it.confirmed == Some(true)).map(|(finding, _)| finding);
    match unknown.or_else(filtered) {
        Some(finding) => finding.clone(),
        None if all.is_empty() => Finding::broken("the topic has no subscription"),
        None => Finding::broken("no subscription is confirmed"),
    }
}

fn hears(subscription: &Subscription, caller: Caller<'_>) -> Finding {
    let confirmed = match subscription.confirmed {
        Some(true) => Finding::holds(""),
        Some(false) => Finding::broken("is not confirmed"),
        None => unread(subscription, calls::LIST_SUBSCRIPTIONS, "whether a subscription is confirmed"),
    };
    confirmed.and(reaches_someone(subscription)).and(passes(subscription, caller))
}

/// Says that something of a subscription is not known, and why where that is.
fn unread(subscription: &Subscription, call: &str, what: &str) -> Finding {
    subscription.gap.as_ref().map_or_else(|| Finding::missing(call, what), Finding::gap)
}

/// Returns whether messages go to a person or a program; an archive alone is neither, though somebody may read it.
fn reaches_someone(subscription: &Subscription) -> Finding {
    match subscription.protocol.as_str() {
        "firehose" => {
            Finding::out_of_reach(calls::LIST_SUBSCRIPTIONS, "what becomes of messages in firehose cannot be read")
        }
        _ => Finding::holds(""),
    }
}

/// Returns whether a subscription's filter policy lets the caller's message through.
fn passes(subscription: &Subscription, caller: Caller<'_>) -> Finding {
    let (policy, scope) = match &subscription.filter {
        SubscriptionFilter::Everything => return Finding::holds(""),
        SubscriptionFilter::Unread => {
            return unread(subscription, calls::SUBSCRIPTION_ATTRIBUTES, "which messages a subscription filters out");
        }
        SubscriptionFilter::Policy { policy, scope } => (policy, scope.as_deref()),
    };
    if policy.trim() == "{}" {
        return Finding::holds("");
    }
    let unsure = || {
        Finding::undocumented(
            calls::SUBSCRIPTION_ATTRIBUTES,
            format!("whether its filter policy lets this through: {policy}"),
        )
    };
    let Ok(pattern) = EventPattern::parse(policy) else { return unsure() };
    let passes = match (scope, caller) {
        // Neither alarms nor rules set attributes on their messages, and without any not even `exists: false` matches:
        // <https://docs.aws.amazon.com/sns/latest/dg/attribute-key-matching.html>.
        (None | Some("MessageAttributes"), _) => Some(false),
        (Some("MessageBody"), Caller::Alarm(alarm)) => body_passes(&pattern, alarm),
        _ => None,
    };
    match passes {
        Some(true) => Finding::holds("its filter policy lets this through"),
        Some(false) => Finding::broken(format!("the filter policy of the subscription drops this: {policy}")),
        None => unsure(),
    }
}

/// Returns whether a policy lets an alarm's message through, where that hangs on the fields alone that are known of it
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html>).
fn body_passes(pattern: &EventPattern, alarm: &Alarm) -> Option<bool> {
    let body = json!({
        "AlarmName": alarm.name,
        "AlarmArn": alarm.arn,
        "NewStateValue": "ALARM",
        "AWSAccountId": owner_of(&alarm.arn),
    });
    let results: Vec<_> = pattern.alternatives().iter().map(|it| alternative_passes(it, &body)).collect();
    if results.contains(&Some(true)) {
        return Some(true);
    }
    if results.contains(&None) { None } else { Some(false) }
}

fn alternative_passes(alternative: &Alternative, body: &Value) -> Option<bool> {
    let known: Vec<_> = alternative
        .fields()
        .iter()
        .map(|field| body.get(field.path()).map(|value| field.matches_value(value)))
        .collect();
    if known.contains(&Some(false)) {
        return Some(false);
    }
    if known.contains(&None) { None } else { Some(true) }
}
