//! EventBridge: events, rules and targets.

use eventbridge_pattern::EventPattern;
use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::Publication;
use crate::gateway::UpstreamCall;
use crate::living::topics::parse_arn;
use crate::world::{EventRecord, EventTarget, HopKind, Place, Rule, RuleState, World};

/// How often an event is handed from bus to bus.
///
/// Source: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html>
const MAX_FORWARDS: u32 = 1;

/// An event before it has its envelope.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) source: String,
    pub(crate) detail_type: String,
    pub(crate) resources: Vec<String>,
    pub(crate) time: Timestamp,
    pub(crate) detail: Json,
}

/// Sends a CloudTrail record to the default bus of its place.
pub(super) fn emit_record(world: &mut World, place: &Place, record: &EventRecord, at: Timestamp) {
    let Some(detail_type) = detail_type(record) else { return };
    let source = record.text("eventSource").unwrap_or_default();
    let event = Event {
        source: format!("aws.{}", source.strip_suffix(".amazonaws.com").unwrap_or(source)),
        detail_type: detail_type.to_owned(),
        resources: Vec::new(),
        time: record.time(),
        detail: record.json().clone(),
    };
    world.emit(place, "default", &event, at);
}

/// The detail-type that an event type comes under; the sign-in one is written in three words, whatever AWS's page says.
fn detail_type(record: &EventRecord) -> Option<&'static str> {
    Some(match record.text("eventType").unwrap_or("AwsApiCall") {
        "AwsApiCall" => "AWS API Call via CloudTrail",
        "AwsConsoleSignIn" => "AWS Console Sign In via CloudTrail",
        "AwsConsoleAction" => "AWS Console Action via CloudTrail",
        "AwsServiceEvent" => "AWS Service Event via CloudTrail",
        "AwsVpceEvents" | "AwsVpceEvent" => "AWS Network Activity Event via CloudTrail",
        "AwsCloudTrailInsight" => "AWS Insight via CloudTrail",
        _ => return None,
    })
}

impl World {
    /// Puts an event onto a bus; the answer is its id.
    pub(crate) fn emit(&mut self, place: &Place, bus: &str, event: &Event, at: Timestamp) -> String {
        let id = self.runtime.ids.next();
        let envelope = json!({
            "version": "0",
            "id": id,
            "detail-type": event.detail_type,
            "source": event.source,
            "account": place.account,
            "time": event.time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "region": place.region,
            "resources": event.resources,
            "detail": event.detail,
        });
        self.route(place, bus, &envelope, at, 0);
        id
    }

    fn route(&mut self, place: &Place, bus: &str, envelope: &Json, at: Timestamp, forwards: u32) {
        let rules = &self.region(place.account, &place.region).rules;
        let matched: Vec<Rule> =
            rules.iter().filter(|rule| rule.bus() == bus && fires(rule, envelope)).cloned().collect();
        if !matched.is_empty() {
            self.tell_upstream(|| UpstreamCall::put_event(place, bus, envelope));
        }
        for rule in matched {
            let event_id = envelope.pointer("/detail/eventID").and_then(Json::as_str).map(str::to_owned);
            self.hop(at, place, HopKind::RuleMatched { bus: bus.to_owned(), rule: rule.name.clone(), event_id });
            if self.runtime.is_gateway {
                continue;
            }
            for target in &rule.targets {
                if let Err(why) = self.hit(target, envelope, at, forwards) {
                    let kind = HopKind::TargetFailed { rule: rule.name.clone(), target: target.arn.clone(), why };
                    self.hop(at, place, kind);
                }
            }
        }
    }

    fn hit(&mut self, target: &EventTarget, envelope: &Json, at: Timestamp, forwards: u32) -> Result<(), String> {
        let input = input(target, envelope)?;
        match target.arn.split(':').nth(2) {
            Some("sns") => {
                let topic_arn = target.arn.clone();
                let publication = Publication { topic_arn, subject: None, message: input, attributes: Json::Null };
                self.publish(&publication, at).map(|_| ()).map_err(|error| error.message)
            }
            Some("sqs") => self.enqueue(&target.arn, input, at).map_err(str::to_owned),
            Some("events") => {
                let (place, resource) = parse_arn(&target.arn, "events").ok_or("the target is not an event bus")?;
                let bus = resource.strip_prefix("event-bus/").ok_or("the target is not an event bus")?;
                if forwards >= MAX_FORWARDS {
                    return Err("the event came from another bus, and goes to no third one".to_owned());
                }
                self.route(&place, bus, envelope, at, forwards + 1);
                Ok(())
            }
            _ => Err("this kind of target is not modelled".to_owned()),
        }
    }
}

/// Whether a rule is on and its pattern matches; read-only management events of CloudTrail need the third state.
///
/// Source: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html>
fn fires(rule: &Rule, envelope: &Json) -> bool {
    let via_cloudtrail = envelope["detail-type"].as_str().is_some_and(|it| it.ends_with("via CloudTrail"));
    let reads = via_cloudtrail && envelope.pointer("/detail/readOnly").and_then(Json::as_bool) == Some(true);
    let on = match rule.state {
        RuleState::Disabled => false,
        RuleState::Enabled => !reads,
        RuleState::EnabledWithAllCloudtrailManagementEvents => true,
    };
    let pattern = rule.event_pattern.as_deref().and_then(|text| EventPattern::parse(text).ok());
    on && pattern.is_some_and(|pattern| pattern.matches(envelope))
}

/// What a target gets: its fixed input, a part of the event, or the whole.
fn input(target: &EventTarget, envelope: &Json) -> Result<String, String> {
    if let Some(fixed) = &target.input {
        return Ok(fixed.clone());
    }
    let Some(path) = &target.input_path else { return Ok(envelope.to_string()) };
    let pointer = path.strip_prefix('$').ok_or("the input path is not a path")?.replace('.', "/");
    envelope.pointer(&pointer).map(Json::to_string).ok_or_else(|| format!("the event has nothing at {path}"))
}
