//! The last links: what an alarm or a rule calls, and who hears it.

use rootsweep_model::facts::{Alarm, EventRule, Subscription, Topic};
use rootsweep_model::{Arn, Fact, GapKind};

use super::filter::owner_of;
use super::path::Step;
use super::policy::{self, Answer, Call};
use super::state::Finding;
use super::subscription;
use crate::calls;
use crate::check::Subject;

/// The alias of the key that AWS keeps for SNS; its policy cannot be changed.
const AWS_MANAGED_KEY: &str = "alias/aws/sns";

/// Who calls a target: their rules differ.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Caller<'a> {
    Alarm(&'a Alarm),
    Rule {
        rule: &'a EventRule,
        /// The role that the target is called with, where it names one.
        role: Option<&'a str>,
    },
}

impl<'a> Caller<'a> {
    const fn call(self) -> &'static str {
        match self {
            Self::Alarm(_) => calls::DESCRIBE_ALARMS,
            Self::Rule { .. } => calls::LIST_TARGETS,
        }
    }

    /// Returns the service that publishes.
    pub(crate) const fn service(self) -> &'static str {
        match self {
            Self::Alarm(_) => "cloudwatch.amazonaws.com",
            Self::Rule { .. } => "events.amazonaws.com",
        }
    }

    /// Returns what it publishes for.
    pub(crate) fn arn(self) -> &'a str {
        match self {
            Self::Alarm(alarm) => &alarm.arn,
            Self::Rule { rule, .. } => &rule.arn,
        }
    }
}

/// Returns the links from a target on. Event buses are followed elsewhere.
pub(crate) fn steps(subject: &Subject<'_>, arn: &str, region: &str, caller: Caller<'_>) -> Vec<Step> {
    match service(arn) {
        "sns" => topic(subject, arn, region, caller),
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
    Arn::parse(arn).map_or("", |arn| arn.service)
}

fn topic(subject: &Subject<'_>, arn: &str, region: &str, caller: Caller<'_>) -> Vec<Step> {
    if Arn::parse(arn).and_then(Arn::region) != Some(region) {
        return vec![Step::same("topic", arn, Finding::broken(format!("is in another Region than {region}")))];
    }
    match find(subject, arn) {
        None => {
            let detail = format!("it is in account {}, and was not read", owner_of(arn));
            vec![Step::same("topic", arn, Finding::out_of_reach(calls::LIST_SUBSCRIPTIONS, detail))]
        }
        Some(Fact::Gap(gap)) if gap.kind == GapKind::NotFound => {
            vec![Step::same("topic", arn, Finding::broken("does not exist"))]
        }
        Some(Fact::Gap(gap)) => vec![Step::same("topic", arn, Finding::gap(gap))],
        Some(Fact::Known(topic)) => vec![
            Step::same("topic", arn, Finding::holds("exists").and(accepts(subject, topic, caller))),
            Step::same("subscription", endpoints(topic), subscription::heard(topic, caller)),
        ],
    }
}

/// Returns a topic, from the account itself or from any other that was read. Of an answer, an error, and a topic that
/// was out of reach because it is another account's, the first tells the most.
fn find<'a>(subject: &Subject<'a>, arn: &str) -> Option<&'a Fact<Topic>> {
    let others = subject.monitoring.values().filter_map(|it| it.topics.get(arn));
    let told = |topic: &&Fact<Topic>| match topic {
        Fact::Known(_) => 0,
        Fact::Gap(gap) if gap.kind != GapKind::OutOfReach => 1,
        Fact::Gap(_) => 2,
    };
    subject.facts.monitoring.topics.get(arn).into_iter().chain(others).min_by_key(told)
}

/// Returns whether what the caller publishes gets into a topic.
fn accepts(subject: &Subject<'_>, topic: &Topic, caller: Caller<'_>) -> Finding {
    if let Caller::Rule { role: Some(role), .. } = caller {
        let detail = format!("the rule publishes to it as {role}, whose permissions are not read");
        return Finding::out_of_reach(caller.call(), detail);
    }
    match &topic.attributes {
        Fact::Gap(gap) => Finding::gap(gap),
        Fact::Known(attributes) => {
            let policy = attributes.policy.as_deref();
            let call = Call { topic: &topic.arn, caller, organization: subject.organization.id.as_deref() };
            admits(policy, call).and(encrypts(attributes.kms_key.as_deref(), caller))
        }
    }
}

fn admits(policy: Option<&str>, call: Call<'_>) -> Finding {
    let caller = call.caller;
    let Some(policy) = policy else { return Finding::missing(calls::TOPIC_ATTRIBUTES, "the topic's access policy") };
    let service = caller.service();
    match policy::lets_publish(policy, call) {
        Answer::Yes => Finding::holds(""),
        Answer::No => Finding::broken(format!("its access policy does not let {service} publish for {}", caller.arn())),
        Answer::Unsure => {
            let detail = format!("whether its access policy lets {service} publish hangs on more than is known here");
            Finding::undocumented(calls::TOPIC_ATTRIBUTES, detail)
        }
    }
}

/// Returns whether the caller's service can use the key that a topic is encrypted with. That no service can use the key
/// that AWS keeps for SNS, whose policy lets principals of the account alone use it:
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html>.
fn encrypts(key: Option<&str>, caller: Caller<'_>) -> Finding {
    match key {
        None => Finding::holds(""),
        Some(key) if key.ends_with(AWS_MANAGED_KEY) => {
            let callers = match caller {
                Caller::Alarm(_) => "alarms",
                Caller::Rule { .. } => "event rules",
            };
            Finding::broken(format!("it is encrypted with {AWS_MANAGED_KEY}, which {callers} cannot use"))
        }
        Some(key) => {
            let detail = format!("whether {} can use the key {key} of the topic is not read", caller.service());
            Finding::out_of_reach(calls::TOPIC_ATTRIBUTES, detail)
        }
    }
}

fn endpoints(topic: &Topic) -> String {
    let name = |it: &Subscription| format!("{}:{}", it.protocol, it.endpoint);
    let mut all: Vec<_> = topic.subscriptions.iter().map(name).collect();
    all.sort();
    all.join(", ")
}
