//! Calls that the World makes to LocalStack by itself.

use serde_json::{Value as Json, json};

use crate::call::Service;
use crate::living::LogInput;
use crate::living::metrics::{Datapoint, MetricKey};
use crate::value::seconds_from_timestamp;
use crate::world::{HopKind, Place, Rule, RuleState, World};

/// A call to LocalStack.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct UpstreamCall {
    pub(super) place: Place,
    pub(super) service: Service,
    operation: &'static str,
    pub(super) body: Json,
    /// Whether it is no error that the thing exists already.
    pub(super) may_exist: bool,
}

impl UpstreamCall {
    fn new(place: &Place, service: Service, operation: &'static str, body: Json) -> Self {
        Self { place: place.clone(), service, operation, body, may_exist: false }
    }

    /// The target and content type of awsJson.
    pub(super) fn target(&self) -> (String, &'static str) {
        let (prefix, content_type) = match self.service {
            Service::Logs => ("Logs_20140328", "application/x-amz-json-1.1"),
            Service::Events => ("AWSEvents", "application/x-amz-json-1.1"),
            _ => ("GraniteServiceVersion20100801", "application/x-amz-json-1.0"),
        };
        (format!("{prefix}.{}", self.operation), content_type)
    }

    /// The data point of a metric filter's match.
    pub(crate) fn put_metric_data(place: &Place, key: &MetricKey, datapoint: &Datapoint) -> Self {
        let dimensions: Vec<Json> =
            key.dimensions.iter().map(|(name, value)| json!({ "Name": name, "Value": value })).collect();
        let mut datum = json!({
            "MetricName": key.name,
            "Dimensions": dimensions,
            "Timestamp": seconds_from_timestamp(datapoint.at),
            "Value": datapoint.sum,
        });
        if let (Some(members), Some(unit)) = (datum.as_object_mut(), &datapoint.unit) {
            members.insert("Unit".to_owned(), json!(unit));
        }
        let body = json!({ "Namespace": key.namespace, "MetricData": [datum] });
        Self::new(place, Service::CloudWatch, "PutMetricData", body)
    }

    /// A record that a trail delivers to a log group, into a stream that may be new.
    pub(crate) fn put_log_event(place: &Place, group: &str, stream: &str, event: &LogInput) -> [Self; 2] {
        let names = json!({ "logGroupName": group, "logStreamName": stream });
        let mut create = Self::new(place, Service::Logs, "CreateLogStream", names);
        create.may_exist = true;
        let events = json!([{ "timestamp": event.timestamp.as_millisecond(), "message": event.message }]);
        let body = json!({ "logGroupName": group, "logStreamName": stream, "logEvents": events });
        [create, Self::new(place, Service::Logs, "PutLogEvents", body)]
    }

    /// An event for LocalStack's bus.
    pub(crate) fn put_event(place: &Place, bus: &str, envelope: &Json) -> Self {
        let text = |name: &str| envelope.get(name).and_then(Json::as_str).unwrap_or_default();
        let entry = json!({
            "Source": text("source"),
            "DetailType": text("detail-type"),
            "Detail": envelope.get("detail").map(Json::to_string),
            "EventBusName": bus,
        });
        Self::new(place, Service::Events, "PutEvents", json!({ "Entries": [entry] }))
    }

    /// A rule; one that is disabled gets a pattern that matches nothing, for LocalStack delivers by disabled rules too.
    pub(crate) fn put_rule(place: &Place, rule: &Rule) -> Self {
        let never = json!({ "source": ["fake-aws.disabled"] }).to_string();
        let off = rule.state == RuleState::Disabled;
        let pattern = if off { Some(never) } else { rule.event_pattern.clone() };
        let schedule = rule.schedule_expression.clone().filter(|_| !off);
        let mut body = json!({ "Name": rule.name, "EventBusName": rule.bus(), "State": "ENABLED" });
        if let Some(members) = body.as_object_mut() {
            members.extend(pattern.map(|it| ("EventPattern".to_owned(), json!(it))));
            members.extend(schedule.map(|it| ("ScheduleExpression".to_owned(), json!(it))));
        }
        Self::new(place, Service::Events, "PutRule", body)
    }

    /// The targets of a rule.
    pub(crate) fn put_targets(place: &Place, rule: &Rule) -> Self {
        let targets: Vec<Json> = rule.targets.iter().map(target).collect();
        let body = json!({ "Rule": rule.name, "EventBusName": rule.bus(), "Targets": targets });
        Self::new(place, Service::Events, "PutTargets", body)
    }

    /// The removal of targets.
    pub(crate) fn remove_targets(place: &Place, rule: &Rule, ids: &[String]) -> Self {
        let body = json!({ "Rule": rule.name, "EventBusName": rule.bus(), "Ids": ids });
        Self::new(place, Service::Events, "RemoveTargets", body)
    }

    /// The removal of a rule.
    pub(crate) fn delete_rule(place: &Place, bus: &str, name: &str) -> Self {
        Self::new(place, Service::Events, "DeleteRule", json!({ "Name": name, "EventBusName": bus }))
    }
}

fn target(target: &crate::world::EventTarget) -> Json {
    let members = [
        ("Id", Some(&target.id)),
        ("Arn", Some(&target.arn)),
        ("RoleArn", target.role_arn.as_ref()),
        ("Input", target.input.as_ref()),
        ("InputPath", target.input_path.as_ref()),
    ];
    members
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), json!(value?))))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

impl World {
    /// Queues a call for LocalStack, if it is there.
    pub(crate) fn tell_upstream(&mut self, call: impl FnOnce() -> UpstreamCall) {
        if self.runtime.is_gateway {
            self.runtime.upstream.push(call());
        }
    }

    /// Notes that LocalStack did not take a call.
    pub(crate) fn upstream_failed(&mut self, call: &UpstreamCall, why: String) {
        let action = format!("{}:{}", call.service.name(), call.operation);
        self.hop(self.now(), &call.place, HopKind::UpstreamFailed { action, why });
    }
}
