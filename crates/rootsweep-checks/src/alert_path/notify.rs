//! The last links: what an alarm or a rule calls, and who hears it.

use rootsweep_model::facts::{Subscription, Topic};
use rootsweep_model::{Fact, GapKind};

use super::filter::owner_of;
use super::path::Step;
use super::state::Finding;
use crate::check::Subject;

/// The call that lists subscriptions.
pub(crate) const LIST_SUBSCRIPTIONS: &str = "sns:ListSubscriptionsByTopic";

/// Who calls a target: their rules differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    Alarm,
    Rule,
}

impl Caller {
    const fn call(self) -> &'static str {
        match self {
            Self::Alarm => "cloudwatch:DescribeAlarms",
            Self::Rule => "events:ListTargetsByRule",
        }
    }
}

/// Returns the links from a target on. Event buses are followed elsewhere.
pub(crate) fn steps(subject: &Subject<'_>, arn: &str, region: &str, caller: Caller) -> Vec<Step> {
    match service(arn) {
        "sns" => topic(subject, arn, region),
        "automate" | "autoscaling" | "swf" | "ec2" => {
            vec![Step::same("target", arn, Finding::broken("acts on machines, and tells no one"))]
        }
        "" => vec![Step::same("target", arn, Finding::broken("is no ARN"))],
        other => {
            let detail = format!("what {other} does with it cannot be read from here");
            vec![Step::same("target", arn, Finding::out_of_reach(caller.call(), detail))]
        }
    }
}

/// Returns the service of an ARN.
pub(crate) fn service(arn: &str) -> &str {
    if arn.starts_with("arn:") { arn.split(':').nth(2).unwrap_or_default() } else { "" }
}

fn topic(subject: &Subject<'_>, arn: &str, region: &str) -> Vec<Step> {
    if arn.split(':').nth(3) != Some(region) {
        return vec![Step::same("topic", arn, Finding::broken(format!("is in another Region than {region}")))];
    }
    match find(subject, arn) {
        None => {
            let detail = format!("it is in account {}, and was not read", owner_of(arn));
            vec![Step::same("topic", arn, Finding::out_of_reach(LIST_SUBSCRIPTIONS, detail))]
        }
        Some(Fact::Gap(gap)) if gap.kind == GapKind::NotFound => {
            vec![Step::same("topic", arn, Finding::broken("does not exist"))]
        }
        Some(Fact::Gap(gap)) => vec![Step::same("topic", arn, Finding::gap(gap))],
        Some(Fact::Known(topic)) => vec![
            Step::same("topic", arn, Finding::holds("exists")),
            Step::same("subscription", endpoints(topic), heard(topic)),
        ],
    }
}

/// Returns a topic, from the account itself or from any other that was read.
fn find<'a>(subject: &Subject<'a>, arn: &str) -> Option<&'a Fact<Topic>> {
    let own = subject.facts.monitoring.topics.get(arn);
    own.or_else(|| subject.monitoring.values().find_map(|it| it.topics.get(arn)))
}

fn heard(topic: &Topic) -> Finding {
    let all = &topic.subscriptions;
    let confirmed = all.iter().filter(|it| it.confirmed == Some(true)).count();
    if confirmed > 0 {
        return Finding::holds(format!("{confirmed} of {} confirmed", all.len()));
    }
    if all.iter().any(|it| it.confirmed.is_none()) {
        return Finding::missing(LIST_SUBSCRIPTIONS, "whether a subscription is confirmed");
    }
    match all.len() {
        0 => Finding::broken("the topic has no subscription"),
        _ => Finding::broken("no subscription is confirmed"),
    }
}

fn endpoints(topic: &Topic) -> String {
    let name = |it: &Subscription| format!("{}:{}", it.protocol, it.endpoint);
    let mut all: Vec<_> = topic.subscriptions.iter().map(name).collect();
    all.sort();
    all.join(", ")
}
