//! The stage in front of `LocalStack`: real hops, in real time.
//!
//! The scenario's resources are made by the calls that an administrator would make. `LocalStack` evaluates an alarm when it is
//! put and then once a period; to put it again after a data point spares the wait.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use fake_aws::world::{AccountId, MetricAlarm, Region, World};
use jiff::Timestamp;
use scenario::Call;
use serde_json::{Value, json};

use super::alarms::{self, Alarms};
use super::not_carried::not_carried;
use super::{Embedded, Seen, SeenHop};
use crate::judge::Message;

/// How long `LocalStack` takes to see a data point that was put.
const DATA_POINT_SETTLES: Duration = Duration::from_millis(1_300);

/// How long an alarm, its message and the queue take after the alarm was put again.
const ALARM_SETTLES: Duration = Duration::from_millis(700);

/// The gateway, and what was made behind it.
pub struct InFrontOfLocalStack {
    gateway: Embedded,
    alarms: Alarms,
    queues: BTreeMap<String, (AccountId, String, String)>,
}

impl InFrontOfLocalStack {
    /// Starts the gateway and makes the World's resources behind it; fails where it has some that are not made there.
    pub async fn open(mut world: World, localstack: &str) -> Result<Self> {
        let regions = take_regions(&mut world);
        ensure_carried(&regions)?;
        let gateway = Embedded::open_gateway(world, localstack).await?;
        let mut stage = Self { gateway, alarms: Alarms::default(), queues: BTreeMap::new() };
        for (account, name, region) in &regions {
            stage.make(*account, name, region).await.with_context(|| format!("making {name} of {account}"))?;
        }
        Ok(stage)
    }

    /// Returns the gateway.
    pub const fn gateway(&self) -> &Embedded {
        &self.gateway
    }

    /// Follows a call that was made, so that an alarm is put again as it is now.
    pub fn follow(&mut self, call: &Call) {
        self.alarms.follow(call);
    }

    /// Lets the data points settle, has the alarms evaluated, and returns what has happened since the last look.
    pub async fn look(&mut self) -> Result<Seen> {
        let mut seen = self.gateway.look();
        tokio::time::sleep(DATA_POINT_SETTLES).await;
        for alarm in self.alarms.iter() {
            self.gateway.call(alarm).await?;
        }
        tokio::time::sleep(ALARM_SETTLES).await;
        self.read_alarms(&mut seen).await?;
        self.read_queues(&mut seen).await?;
        Ok(seen)
    }

    /// Reads which alarms fired, and sets them back, as the minutes between two steps would.
    async fn read_alarms(&self, seen: &mut Seen) -> Result<()> {
        for alarm in self.alarms.iter() {
            let name = alarms::name(alarm);
            let described = self.ask(alarm, "DescribeAlarms", json!({ "AlarmNames": [name] })).await?;
            if described.as_str().is_some_and(|xml| xml.contains("<StateValue>ALARM</StateValue>")) {
                seen.alarms.push(name.to_owned());
                let subject = format!("{name}: → ALARM");
                seen.hops.push(SeenHop { at: Timestamp::now(), kind: "alarm", subject, leads_on: true });
                let back = json!({ "AlarmName": name, "StateValue": "OK", "StateReason": "the next step begins" });
                self.ask(alarm, "SetAlarmState", back).await?;
            }
        }
        Ok(())
    }

    async fn read_queues(&self, seen: &mut Seen) -> Result<()> {
        for (queue, (account, region, url)) in &self.queues {
            let input = json!({ "QueueUrl": url, "MaxNumberOfMessages": 10, "VisibilityTimeout": 3600 });
            let answer = self.gateway.call(&call(*account, region, "sqs", "ReceiveMessage", input)).await?;
            for message in answer.get("Messages").and_then(Value::as_array).into_iter().flatten() {
                let body = message.get("Body").and_then(Value::as_str).unwrap_or_default().to_owned();
                let name = queue.split('/').next_back().unwrap_or_default().to_owned();
                let subject = format!("by sqs arn:aws:sqs:{region}:{account}:{name}");
                seen.hops.push(SeenHop { at: Timestamp::now(), kind: "message received", subject, leads_on: true });
                seen.messages.push(Message { queue: name, body });
            }
        }
        Ok(())
    }

    async fn ask(&self, like: &Call, operation: &str, input: Value) -> Result<Value> {
        self.gateway.call(&Call { operation: operation.to_owned(), input, ..like.clone() }).await
    }

    /// Makes what lives in one Region of one account.
    async fn make(&mut self, account: AccountId, name: &str, region: &Region) -> Result<()> {
        self.make_log_groups(account, name, region).await?;
        self.make_topics(account, name, region).await?;
        for alarm in &region.alarms {
            let put = call(account, name, "monitoring", "PutMetricAlarm", metric_alarm(alarm));
            self.gateway.call(&put).await?;
            self.alarms.follow(&put);
        }
        for rule in &region.rules {
            let input = json!({ "Name": rule.name, "EventPattern": rule.event_pattern, "State": rule.state.name() });
            self.gateway.call(&call(account, name, "events", "PutRule", input)).await?;
            let targets: Vec<Value> = rule.targets.iter().map(|it| json!({ "Id": it.id, "Arn": it.arn })).collect();
            let input = json!({ "Rule": rule.name, "Targets": targets });
            self.gateway.call(&call(account, name, "events", "PutTargets", input)).await?;
        }
        Ok(())
    }

    async fn make_log_groups(&self, account: AccountId, name: &str, region: &Region) -> Result<()> {
        for group in &region.log_groups {
            let input = json!({ "logGroupName": group.name });
            self.gateway.call(&call(account, name, "logs", "CreateLogGroup", input)).await?;
            for filter in &group.metric_filters {
                let metrics: Vec<Value> = filter.transformations.iter().map(transformation).collect();
                let input = json!({
                    "logGroupName": group.name, "filterName": filter.name, "filterPattern": filter.pattern,
                    "metricTransformations": metrics,
                });
                self.gateway.call(&call(account, name, "logs", "PutMetricFilter", input)).await?;
            }
        }
        Ok(())
    }

    async fn make_topics(&mut self, account: AccountId, name: &str, region: &Region) -> Result<()> {
        for queue in &region.queues {
            let input = json!({ "QueueName": queue.name });
            let made = self.gateway.call(&call(account, name, "sqs", "CreateQueue", input)).await?;
            let url = made.get("QueueUrl").and_then(Value::as_str).context("the queue has no URL")?.to_owned();
            self.queues.insert(format!("{account}/{name}/{}", queue.name), (account, name.to_owned(), url));
        }
        for topic in &region.topics {
            let input = json!({ "Name": topic.name });
            self.gateway.call(&call(account, name, "sns", "CreateTopic", input)).await?;
            let arn = format!("arn:aws:sns:{name}:{account}:{}", topic.name);
            let policy = Some(("Policy", topic.access_policy(&arn, account)));
            let key = topic.kms_key.clone().map(|key| ("KmsMasterKeyId", key));
            for (attribute, value) in policy.into_iter().chain(key) {
                let input = json!({ "TopicArn": arn, "AttributeName": attribute, "AttributeValue": value });
                self.gateway.call(&call(account, name, "sns", "SetTopicAttributes", input)).await?;
            }
            for subscription in &topic.subscriptions {
                let input =
                    json!({ "TopicArn": arn, "Protocol": subscription.protocol, "Endpoint": subscription.endpoint });
                self.gateway.call(&call(account, name, "sns", "Subscribe", input)).await?;
            }
        }
        Ok(())
    }
}

/// Fails where an organization has what would be left out behind the gateway: then another scenario would be played.
fn ensure_carried(regions: &[(AccountId, String, Region)]) -> Result<()> {
    let told = |(account, name, region): &(AccountId, String, Region)| {
        let place = format!("in {name} of {account}");
        not_carried(region).into_iter().map(move |it| format!("{it} {place}")).collect::<Vec<_>>()
    };
    let lost: Vec<String> = regions.iter().flat_map(told).collect();
    ensure!(
        lost.is_empty(),
        "the harness does not make this on LocalStack: {}. Give the scenario an `embedded_only` with that reason",
        lost.join("; ")
    );
    Ok(())
}

/// Takes out of the World what `LocalStack` is to hold; trails and event history stay.
fn take_regions(world: &mut World) -> Vec<(AccountId, String, Region)> {
    let mut taken = Vec::new();
    for (id, account) in &mut world.accounts {
        for (name, region) in &mut account.regions {
            let trails = std::mem::take(&mut region.trails);
            let event_history = std::mem::take(&mut region.event_history);
            let rest = std::mem::replace(region, Region { trails, event_history, ..Region::default() });
            taken.push((*id, name.clone(), rest));
        }
    }
    taken
}

fn call(account: AccountId, region: &str, service: &str, operation: &str, input: Value) -> Call {
    let (region, service, operation) = (region.to_owned(), service.to_owned(), operation.to_owned());
    Call { account, region, service, operation, input }
}

fn transformation(metric: &fake_aws::world::MetricTransformation) -> Value {
    json!({ "metricName": metric.name, "metricNamespace": metric.namespace, "metricValue": metric.value })
}

fn metric_alarm(alarm: &MetricAlarm) -> Value {
    json!({
        "AlarmName": alarm.name,
        "Namespace": alarm.namespace,
        "MetricName": alarm.metric_name,
        "Statistic": alarm.statistic,
        "Period": alarm.period,
        "EvaluationPeriods": alarm.evaluation_periods,
        "Threshold": alarm.threshold,
        "ComparisonOperator": alarm.comparison_operator.name(),
        "TreatMissingData": alarm.treat_missing_data.map(fake_aws::world::TreatMissingData::name),
        "ActionsEnabled": alarm.actions.enabled,
        "AlarmActions": alarm.actions.alarm,
    })
}
