//! What alarms do: actions, and what holds them back.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};

use super::alarms::{AlarmKind, dimension_list, history_item, iso, note, regions};
use super::{bus, composite};
use crate::living::Publication;
use crate::world::{
    Actions, AlarmHistoryItem, AlarmState, HopKind, MetricAlarm, Place, Region, StateValue, Suppressor, World,
};

/// Why an alarm's actions wait, and since which state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    state: StateValue,
    from: StateValue,
    by: Holder,
}

/// What holds an alarm's actions back.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Holder {
    /// A mute rule.
    MuteRule,
    /// The wait for the suppressor to go into `ALARM`.
    WaitPeriod(Timestamp),
    /// The suppressor is in `ALARM`.
    Alarm,
    /// The wait after the suppressor left `ALARM`.
    ExtensionPeriod(Timestamp),
}

impl Held {
    /// `ActionsSuppressedBy` of a composite alarm; a mute rule is not named there.
    pub(crate) const fn suppressed_by(&self) -> Option<&'static str> {
        match self.by {
            Holder::MuteRule => None,
            Holder::WaitPeriod(_) => Some("WaitPeriod"),
            Holder::Alarm => Some("Alarm"),
            Holder::ExtensionPeriod(_) => Some("ExtensionPeriod"),
        }
    }
}

/// An alarm of either kind, as far as actions are concerned.
struct Subject {
    kind: AlarmKind,
    name: String,
    description: Option<String>,
    actions: Actions,
    state: AlarmState,
    suppressor: Option<Suppressor>,
    configured_at: Timestamp,
    trigger: Json,
}

fn find(region: &Region, kind: AlarmKind, name: &str) -> Option<Subject> {
    match kind {
        AlarmKind::Metric => region.alarms.iter().find(|it| it.name == name).map(|alarm| Subject {
            kind,
            name: alarm.name.clone(),
            description: alarm.description.clone(),
            actions: alarm.actions.clone(),
            state: alarm.state.clone(),
            suppressor: None,
            configured_at: alarm.configured_at,
            trigger: json!({ "Trigger": trigger(alarm) }),
        }),
        AlarmKind::Composite => region.composite_alarms.iter().find(|it| it.name == name).map(|alarm| Subject {
            kind,
            name: alarm.name.clone(),
            description: alarm.description.clone(),
            actions: alarm.actions.clone(),
            state: alarm.state.clone(),
            suppressor: alarm.suppressor.clone(),
            configured_at: alarm.configured_at,
            trigger: json!({ "AlarmRule": alarm.rule }),
        }),
    }
}

fn trigger(alarm: &MetricAlarm) -> Json {
    json!({
        "MetricName": alarm.metric_name,
        "Namespace": alarm.namespace,
        "StatisticType": "Statistic",
        "Statistic": alarm.statistic.as_ref().map(|it| it.to_uppercase()),
        "Unit": alarm.unit,
        "Dimensions": dimension_list(&alarm.dimensions),
        "Period": alarm.period,
        "EvaluationPeriods": alarm.evaluation_periods,
        "DatapointsToAlarm": alarm.datapoints_to_alarm,
        "ComparisonOperator": alarm.comparison_operator.name(),
        "Threshold": alarm.threshold,
        "TreatMissingData": alarm.treat_missing_data.unwrap_or_default().name(),
        "EvaluateLowSampleCountPercentile": "",
    })
}

/// Acts on a change of state, or holds the actions back.
pub(super) fn on_transition(
    world: &mut World,
    place: &Place,
    kind: AlarmKind,
    name: &str,
    from: StateValue,
    at: Timestamp,
) {
    let Some(subject) = find(world.region(place.account, &place.region), kind, name) else { return };
    emit_state_change(world, place, &subject, from, at);
    let region = world.region(place.account, &place.region);
    let muted = region.mute_rules.iter().any(|rule| rule.mutes(name, at));
    let by =
        if muted { Some(Holder::MuteRule) } else { subject.suppressor.as_ref().map(|it| first_holder(region, it, at)) };
    let state = subject.state.value;
    let held = by.filter(|_| subject.actions.enabled).map(|by| Held { state, from, by });
    set_held(world, place, kind, name, held.as_ref());
    match held {
        Some(held) => not_executed(world, place, &subject, &why_held(&held), at),
        None if !subject.actions.enabled => not_executed(world, place, &subject, "its actions are disabled", at),
        None => execute(world, place, &subject, from, at),
    }
}

fn why_held(held: &Held) -> String {
    match held.suppressed_by() {
        None => "it is muted by a mute rule".to_owned(),
        Some(by) => format!("its actions are suppressed ({by})"),
    }
}

/// A suppressor in `ALARM` holds at once; any other is waited for.
fn first_holder(region: &Region, suppressor: &Suppressor, at: Timestamp) -> Holder {
    if composite::state_of(region, &suppressor.alarm) == Some(StateValue::Alarm) {
        return Holder::Alarm;
    }
    Holder::WaitPeriod(later(at, suppressor.wait_period))
}

fn later(at: Timestamp, seconds: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

fn set_held(world: &mut World, place: &Place, kind: AlarmKind, name: &str, held: Option<&Held>) {
    let Some(region) = world.region_mut(place.account, &place.region) else { return };
    let slot = match kind {
        AlarmKind::Metric => region.alarms.iter_mut().find(|it| it.name == name).map(|it| &mut it.held),
        AlarmKind::Composite => region.composite_alarms.iter_mut().find(|it| it.name == name).map(|it| &mut it.held),
    };
    if let Some(slot) = slot {
        *slot = held.cloned();
    }
}

/// Looks at every held action again; whether any is still held.
pub(super) fn review_held(world: &mut World, at: Timestamp) -> bool {
    let mut held = Vec::new();
    for (account, region_name, region) in regions(world) {
        let metric = region.alarms.iter().filter_map(|it| Some((AlarmKind::Metric, &it.name, it.held.clone()?)));
        let composite =
            region.composite_alarms.iter().filter_map(|it| Some((AlarmKind::Composite, &it.name, it.held.clone()?)));
        let place = Place::new(account, region_name);
        held.extend(metric.chain(composite).map(|(kind, name, it)| (place.clone(), kind, name.clone(), it)));
    }
    let mut still_held = false;
    for (place, kind, name, it) in held {
        still_held |= review(world, &place, kind, &name, &it, at);
    }
    still_held
}

fn review(world: &mut World, place: &Place, kind: AlarmKind, name: &str, held: &Held, at: Timestamp) -> bool {
    let region = world.region(place.account, &place.region);
    let Some(subject) = find(region, kind, name) else { return false };
    let next = next_holder(region, &subject, held, at);
    let is_held = next.is_some();
    set_held(world, place, kind, name, next.map(|by| Held { by, ..held.clone() }).as_ref());
    if !is_held && subject.state.value == held.state {
        execute(world, place, &subject, held.from, at);
    }
    is_held
}

/// What holds the actions back from now on; `None` lets them go.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-suppression.html>
fn next_holder(region: &Region, subject: &Subject, held: &Held, at: Timestamp) -> Option<Holder> {
    if held.by == Holder::MuteRule {
        return region.mute_rules.iter().any(|rule| rule.mutes(&subject.name, at)).then_some(Holder::MuteRule);
    }
    let suppressor = subject.suppressor.as_ref()?;
    let suppressing = composite::state_of(region, &suppressor.alarm) == Some(StateValue::Alarm);
    match held.by {
        _ if suppressing => Some(Holder::Alarm),
        Holder::Alarm => Some(Holder::ExtensionPeriod(later(at, suppressor.extension_period))),
        Holder::WaitPeriod(end) => (at < end).then_some(Holder::WaitPeriod(end)),
        Holder::ExtensionPeriod(end) => (at < end).then_some(Holder::ExtensionPeriod(end)),
        Holder::MuteRule => None,
    }
}

fn actions_of(subject: &Subject) -> Vec<String> {
    match subject.state.value {
        StateValue::Alarm => &subject.actions.alarm,
        StateValue::Ok => &subject.actions.ok,
        StateValue::InsufficientData => &subject.actions.insufficient_data,
    }
    .clone()
}

fn not_executed(world: &mut World, place: &Place, subject: &Subject, why: &str, at: Timestamp) {
    for action in actions_of(subject) {
        let kind = HopKind::ActionNotExecuted { alarm: subject.name.clone(), action, why: why.to_owned() };
        world.hop(at, place, kind);
    }
}

fn execute(world: &mut World, place: &Place, subject: &Subject, from: StateValue, at: Timestamp) {
    for action in actions_of(subject) {
        let outcome = if action.contains(":sns:") {
            let publication = Publication {
                topic_arn: action.clone(),
                subject: Some(subject_line(place, subject)),
                message: message(world, place, subject, from).to_string(),
                attributes: Json::Null,
            };
            world.publish(&publication, at).map(|_| ()).map_err(|error| error.message)
        } else {
            Err("this kind of action is not modelled".to_owned())
        };
        report(world, place, subject, &action, outcome, at);
    }
}

fn report(
    world: &mut World,
    place: &Place,
    subject: &Subject,
    action: &str,
    outcome: Result<(), String>,
    at: Timestamp,
) {
    let alarm = subject.name.clone();
    let (summary, state, kind) = match outcome {
        Ok(()) => {
            let summary = format!("Successfully executed action {action}");
            (summary, "Succeeded", HopKind::ActionExecuted { alarm, action: action.to_owned() })
        }
        Err(why) => {
            let summary = format!("Failed to execute action {action}. Received error: \"{why}\"");
            (summary, "Failed", HopKind::ActionNotExecuted { alarm, action: action.to_owned(), why })
        }
    };
    let data =
        json!({ "actionState": state, "notificationResource": action, "stateUpdateTimestamp": at.as_millisecond() });
    let item = history_item(subject.kind, &subject.name, "Action", summary, at);
    note(world, place, AlarmHistoryItem { data: data.to_string(), ..item });
    world.hop(at, place, kind);
}

fn subject_line(place: &Place, subject: &Subject) -> String {
    format!("{}: \"{}\" in {}", subject.state.value.name(), subject.name, region_title(&place.region))
}

/// The message that subscribers get.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html>
fn message(world: &World, place: &Place, subject: &Subject, from: StateValue) -> Json {
    let mut message = json!({
        "AlarmName": subject.name,
        "AlarmDescription": subject.description,
        "AWSAccountId": place.account,
        "AlarmConfigurationUpdatedTimestamp": iso(subject.configured_at),
        "NewStateValue": subject.state.value.name(),
        "NewStateReason": subject.state.reason,
        "StateChangeTime": iso(subject.state.transitioned_at),
        "Region": region_title(&place.region),
        "AlarmArn": world.arn("cloudwatch", &place.region, place.account, &format!("alarm:{}", subject.name)),
        "OldStateValue": from.name(),
        "OKActions": subject.actions.ok,
        "AlarmActions": subject.actions.alarm,
        "InsufficientDataActions": subject.actions.insufficient_data,
    });
    if let (Some(members), Some(own)) = (message.as_object_mut(), subject.trigger.as_object()) {
        members.extend(own.clone());
    }
    message
}

/// The title of a Region, as the console and alarm messages name it.
fn region_title(region: &str) -> &str {
    match region {
        "us-east-1" => "US East (N. Virginia)",
        "us-east-2" => "US East (Ohio)",
        "us-west-1" => "US West (N. California)",
        "us-west-2" => "US West (Oregon)",
        "eu-central-1" => "EU (Frankfurt)",
        "eu-west-1" => "EU (Ireland)",
        "eu-west-2" => "EU (London)",
        "eu-west-3" => "EU (Paris)",
        "eu-north-1" => "EU (Stockholm)",
        "ap-northeast-1" => "Asia Pacific (Tokyo)",
        "ap-southeast-1" => "Asia Pacific (Singapore)",
        "ap-southeast-2" => "Asia Pacific (Sydney)",
        other => other,
    }
}

/// CloudWatch tells EventBridge of every change of state, whatever the actions.
fn emit_state_change(world: &mut World, place: &Place, subject: &Subject, from: StateValue, at: Timestamp) {
    let arn = world.arn("cloudwatch", &place.region, place.account, &format!("alarm:{}", subject.name));
    let detail = json!({
        "alarmName": subject.name,
        "state": { "value": subject.state.value.name(), "reason": subject.state.reason, "timestamp": iso(at) },
        "previousState": { "value": from.name() },
    });
    let event = bus::Event {
        source: "aws.cloudwatch".to_owned(),
        detail_type: "CloudWatch Alarm State Change".to_owned(),
        resources: vec![arn],
        time: at,
        detail,
    };
    world.emit(place, "default", &event, at);
}
