//! Alert paths, written short and laid into the organization as the resources that they are.

use std::collections::BTreeMap;

use fake_aws::world::{
    AccountId, Actions, EventTarget, LogGroup, MetricFilter, MetricTransformation, Queue, Region, Rule, RuleState,
    Subscription, Topic, Trail, World,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::change::us_east_1;

/// The pattern of CIS AWS Foundations 1.4 §4.3: the clauses that an alarm on root use is expected to have.
const CIS_PATTERN: &str =
    r#"{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }"#;

/// An alert path in an account: what listens, and who hears it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertPath {
    /// The account that it lives in.
    pub account: AccountId,
    /// The Region that it lives in.
    #[serde(default = "us_east_1")]
    pub region: String,
    /// The topic's name; the path ends there where `subscriber` is `none`.
    #[serde(default = "root_alerts")]
    pub topic: String,
    /// Who hears the topic.
    #[serde(default)]
    pub subscriber: Subscriber,
    /// A trail, log group, metric filter and alarm.
    #[serde(default)]
    pub metric_alarm: Option<MetricAlarm>,
    /// An `EventBridge` rule.
    #[serde(default)]
    pub event_rule: Option<EventRule>,
}

/// A trail, log group, metric filter and alarm.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "PathMetricAlarm")]
pub struct MetricAlarm {
    /// The alarm's name, and the filter's.
    pub name: String,
    /// The trail's name.
    pub trail: String,
    /// Whether the trail is the organization's.
    pub organization_trail: bool,
    /// The account and log group that the trail delivers to; a group of the path's own account where absent.
    pub log_group: String,
    /// The metric filter's pattern; without one there is no filter.
    pub pattern: Option<String>,
    /// How the alarm counts.
    pub alarm: AlarmSettings,
}

impl Default for MetricAlarm {
    fn default() -> Self {
        Self {
            name: "root-usage".to_owned(),
            trail: "management-events".to_owned(),
            organization_trail: false,
            log_group: "cloudtrail/management-events".to_owned(),
            pattern: Some(CIS_PATTERN.to_owned()),
            alarm: AlarmSettings::default(),
        }
    }
}

/// How an alarm counts.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AlarmSettings {
    /// Whether there is an alarm at all.
    pub exists: bool,
    /// The period in seconds.
    pub period: i64,
    /// The threshold.
    pub threshold: f64,
    /// Whether its actions are enabled.
    pub actions_enabled: bool,
    /// Whether it acts on the topic at all.
    pub acts: bool,
}

impl Default for AlarmSettings {
    fn default() -> Self {
        Self { exists: true, period: 60, threshold: 1.0, actions_enabled: true, acts: true }
    }
}

/// An `EventBridge` rule on the default bus, in one or more Regions.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventRule {
    /// The rule's name.
    #[serde(default = "root_usage")]
    pub name: String,
    /// Its pattern, as JSON text.
    pub pattern: String,
    /// Its state.
    #[serde(default)]
    pub state: RuleState,
}

/// Who hears a topic.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Subscriber {
    /// The queue `pager`, which stands for a person here.
    #[default]
    Pager,
    /// An e-mail address that never confirmed.
    Unconfirmed,
    /// Nobody.
    None,
}

fn root_alerts() -> String {
    "root-alerts".to_owned()
}

fn root_usage() -> String {
    "root-usage".to_owned()
}

impl AlertPath {
    /// Lays the path into the World; says what is missing there.
    pub(crate) fn lay(&self, world: &mut World) -> Result<(), String> {
        let topic_arn = world.arn("sns", &self.region, self.account, &self.topic);
        let queue_arn = world.arn("sqs", &self.region, self.account, "pager");
        let names =
            self.metric_alarm.as_ref().map(|it| world.arn("logs", &self.region, self.account, &it.group_resource()));
        let missing = || {
            format!(
                "this alert path speaks of account {}, which is not in `world`: add it, or name one that is there",
                self.account
            )
        };
        let region = world.region_mut(self.account, &self.region).ok_or_else(missing)?;
        self.lay_topic(region, queue_arn);
        if let (Some(metric_alarm), Some(log_group_arn)) = (&self.metric_alarm, names) {
            metric_alarm.lay(region, &log_group_arn, &topic_arn);
        }
        if let Some(rule) = &self.event_rule {
            rule.lay(region, topic_arn);
        }
        Ok(())
    }

    fn lay_topic(&self, region: &mut Region, queue_arn: String) {
        let (protocol, endpoint) = match self.subscriber {
            Subscriber::Pager => ("sqs", queue_arn),
            Subscriber::Unconfirmed => ("email", "on-call@example.com".to_owned()),
            Subscriber::None => ("", String::new()),
        };
        let mut topic = Topic::named(self.topic.as_str());
        if self.subscriber != Subscriber::None {
            topic.subscriptions.push(Subscription {
                id: String::new(),
                protocol: protocol.to_owned(),
                endpoint,
                confirmed: self.subscriber == Subscriber::Pager,
                raw_message_delivery: false,
                filter_policy: None,
                filter_policy_scope: None,
            });
        }
        if !region.topics.iter().any(|it| it.name == topic.name) {
            region.topics.push(topic);
        }
        if self.subscriber == Subscriber::Pager && !region.queues.iter().any(|it| it.name == "pager") {
            region.queues.push(Queue { name: "pager".to_owned(), ..Queue::default() });
        }
    }
}

impl MetricAlarm {
    fn group_resource(&self) -> String {
        format!("log-group:{}", self.log_group)
    }

    fn lay(&self, region: &mut Region, log_group_arn: &str, topic_arn: &str) {
        if !region.trails.iter().any(|it| it.name == self.trail) {
            let mut trail = Trail::named(self.trail.as_str());
            trail.organization = self.organization_trail;
            trail.log_group_arn = Some(format!("{log_group_arn}:*"));
            region.trails.push(trail);
        }
        let filter = self.pattern.as_ref().map(|pattern| self.filter(pattern));
        if !region.log_groups.iter().any(|it| it.name == self.log_group) {
            region.log_groups.push(LogGroup::named(self.log_group.as_str()));
        }
        let group = region.log_groups.iter_mut().find(|it| it.name == self.log_group);
        if let Some(group) = group {
            group.metric_filters.extend(filter);
        }
        if self.alarm.exists {
            region.alarms.push(self.alarm.of_metric(&self.name, topic_arn));
        }
    }

    fn filter(&self, pattern: &str) -> MetricFilter {
        let transformation = MetricTransformation {
            namespace: "Security".to_owned(),
            name: self.name.clone(),
            value: "1".to_owned(),
            default_value: None,
            unit: None,
            dimensions: BTreeMap::new(),
        };
        MetricFilter {
            name: self.name.clone(),
            pattern: pattern.to_owned(),
            transformations: vec![transformation],
            created_at: jiff::Timestamp::UNIX_EPOCH,
            apply_on_transformed_logs: false,
            field_selection_criteria: None,
        }
    }
}

impl AlarmSettings {
    fn of_metric(&self, name: &str, topic_arn: &str) -> fake_aws::world::MetricAlarm {
        fake_aws::world::MetricAlarm {
            name: name.to_owned(),
            namespace: Some("Security".to_owned()),
            metric_name: Some(name.to_owned()),
            statistic: Some("Sum".to_owned()),
            period: Some(self.period),
            evaluation_periods: Some(1),
            threshold: Some(self.threshold),
            treat_missing_data: Some(fake_aws::world::TreatMissingData::NotBreaching),
            actions: Actions {
                enabled: self.actions_enabled,
                alarm: if self.acts { vec![topic_arn.to_owned()] } else { Vec::new() },
                ..Actions::default()
            },
            ..fake_aws::world::MetricAlarm::default()
        }
    }
}

impl EventRule {
    fn lay(&self, region: &mut Region, topic_arn: String) {
        region.rules.push(Rule {
            name: self.name.clone(),
            event_pattern: Some(self.pattern.clone()),
            state: self.state,
            targets: vec![EventTarget { id: "page".to_owned(), arn: topic_arn, ..EventTarget::default() }],
            ..Rule::default()
        });
    }
}
