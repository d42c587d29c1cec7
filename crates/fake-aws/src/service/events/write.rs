//! Rules, targets and events, as they are put.

use eventbridge_pattern::EventPattern;

use super::super::{Context, Reply};
use super::{bus, not_found, rule_arn};
use crate::error::ServiceError;
use crate::gateway::UpstreamCall;
use crate::living::Event;
use crate::value::{Value, shape};
use crate::world::{EventTarget, Rule, RuleState};

/// A request has at most so many events, and a rule so many targets.
const MAX_ENTRIES: usize = 10;
const MAX_TARGETS: usize = 5;

fn rule_mut<'a>(context: &'a mut Context<'_>, parameter: &str) -> Result<&'a mut Rule, ServiceError> {
    let (bus, name) = (bus(context)?, context.required(parameter)?);
    let rules = context.region_mut()?.rules.iter_mut();
    rules
        .into_iter()
        .find(|rule| rule.bus() == bus && rule.name == name)
        .ok_or_else(|| not_found(&format!("Rule {name}")))
}

/// Source: <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html>
pub(super) fn put_rule(context: &mut Context<'_>) -> Reply {
    let (input, bus, name) = (context.input(), bus(context)?, context.required("Name")?);
    let pattern = input.text("EventPattern");
    if let Some(text) = pattern {
        let refused = |error: eventbridge_pattern::ParseError| {
            ServiceError::new(
                400,
                "InvalidEventPatternException",
                format!("Event pattern is not valid. Reason: {error}"),
            )
        };
        EventPattern::parse(text).map_err(refused)?;
    }
    if pattern.is_none() && input.text("ScheduleExpression").is_none() {
        return Err(context.invalid("Parameter(s) EventPattern or ScheduleExpression must be specified."));
    }
    let state = input.text("State").map_or(Some(RuleState::Enabled), RuleState::from_name);
    let state = state.ok_or_else(|| context.invalid("Value at 'state' failed to satisfy constraint"))?;
    let text = |name: &str| input.text(name).map(str::to_owned);
    let rules = &mut context.region_mut()?.rules;
    let targets = rules.iter().find(|rule| rule.bus() == bus && rule.name == name).map(|rule| rule.targets.clone());
    rules.retain(|rule| rule.bus() != bus || rule.name != name);
    let rule = Rule {
        name: name.to_owned(),
        event_bus: Some(bus.to_owned()),
        event_pattern: pattern.map(str::to_owned),
        schedule_expression: text("ScheduleExpression"),
        state,
        description: text("Description"),
        targets: targets.unwrap_or_default(),
    };
    rules.push(rule.clone());
    let place = context.place();
    context.world.tell_upstream(|| UpstreamCall::put_rule(&place, &rule));
    Ok(shape! { "RuleArn": rule_arn(context, &rule) })
}

pub(super) fn enable_rule(context: &mut Context<'_>) -> Reply {
    set_state(context, RuleState::Enabled)
}

pub(super) fn disable_rule(context: &mut Context<'_>) -> Reply {
    set_state(context, RuleState::Disabled)
}

fn set_state(context: &mut Context<'_>, state: RuleState) -> Reply {
    let place = context.place();
    let rule = rule_mut(context, "Name")?;
    rule.state = state;
    let rule = rule.clone();
    context.world.tell_upstream(|| UpstreamCall::put_rule(&place, &rule));
    Ok(Value::empty())
}

pub(super) fn delete_rule(context: &mut Context<'_>) -> Reply {
    let (bus, name) = (bus(context)?, context.required("Name")?);
    if rule_mut(context, "Name").is_ok_and(|rule| !rule.targets.is_empty()) {
        return Err(context.invalid("Rule can't be deleted since it has targets."));
    }
    context.region_mut()?.rules.retain(|rule| rule.bus() != bus || rule.name != name);
    let place = context.place();
    context.world.tell_upstream(|| UpstreamCall::delete_rule(&place, bus, name));
    Ok(Value::empty())
}

/// Source: <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html>
pub(super) fn put_targets(context: &mut Context<'_>) -> Reply {
    let mut targets = Vec::new();
    for input in context.input().list("Targets") {
        if input.get("InputTransformer").is_some() {
            return Err(ServiceError::not_modelled("InputTransformer of events:PutTargets"));
        }
        let text = |name: &str| input.text(name).map(str::to_owned);
        let (Some(id), Some(arn)) = (text("Id"), text("Arn")) else {
            return Err(context.invalid("Every target needs an Id and an Arn."));
        };
        targets.push(EventTarget {
            id,
            arn,
            role_arn: text("RoleArn"),
            input: text("Input"),
            input_path: text("InputPath"),
        });
    }
    let rule = rule_mut(context, "Rule")?;
    rule.targets.retain(|known| targets.iter().all(|it| it.id != known.id));
    if rule.targets.len() + targets.len() > MAX_TARGETS {
        return Err(ServiceError::new(
            400,
            "LimitExceededException",
            "The requested resource exceeds the maximum number allowed.",
        ));
    }
    rule.targets.extend(targets);
    let (place, rule) = (context.place(), rule_mut(context, "Rule")?.clone());
    context.world.tell_upstream(|| UpstreamCall::put_targets(&place, &rule));
    Ok(shape! { "FailedEntryCount": 0_i64, "FailedEntries": Vec::<Value>::new() })
}

pub(super) fn remove_targets(context: &mut Context<'_>) -> Reply {
    let ids = context.input().texts("Ids");
    rule_mut(context, "Rule")?.targets.retain(|target| !ids.contains(&target.id));
    let (place, rule) = (context.place(), rule_mut(context, "Rule")?.clone());
    context.world.tell_upstream(|| UpstreamCall::remove_targets(&place, &rule, &ids));
    Ok(shape! { "FailedEntryCount": 0_i64, "FailedEntries": Vec::<Value>::new() })
}

/// Source: <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>
pub(super) fn put_events(context: &mut Context<'_>) -> Reply {
    let entries = context.input().list("Entries");
    if entries.is_empty() || entries.len() > MAX_ENTRIES {
        return Err(context.invalid("Entries must have between 1 and 10 members."));
    }
    let answers: Vec<Result<String, (&str, &str)>> = entries.iter().map(|entry| put_event(context, entry)).collect();
    let failed = answers.iter().filter(|it| it.is_err()).count();
    let answer = |it: Result<String, (&str, &str)>| match it {
        Ok(id) => shape! { "EventId": id },
        Err((code, message)) => shape! { "ErrorCode": code, "ErrorMessage": message },
    };
    Ok(shape! { "FailedEntryCount": failed, "Entries": answers.into_iter().map(answer).collect::<Vec<_>>() })
}

fn put_event(context: &mut Context<'_>, entry: &Value) -> Result<String, (&'static str, &'static str)> {
    let missing = ("InvalidArgument", "Parameter Source, DetailType and Detail are required.");
    let (source, detail_type) = entry.text("Source").zip(entry.text("DetailType")).ok_or(missing)?;
    if source.starts_with("aws.") {
        return Err(("NotAuthorizedForSourceException", "Not authorized for the source."));
    }
    let detail = serde_json::from_str(entry.text("Detail").ok_or(missing)?);
    let (now, place) = (context.now(), context.place());
    let event = Event {
        source: source.to_owned(),
        detail_type: detail_type.to_owned(),
        resources: entry.texts("Resources"),
        time: entry.time("Time").unwrap_or(now),
        detail: detail.map_err(|_| ("MalformedDetail", "Detail is malformed."))?,
    };
    let bus = entry.text("EventBusName").unwrap_or("default");
    let bus = bus.rsplit_once(":event-bus/").map_or(bus, |(_, name)| name);
    Ok(context.world.emit(&place, bus, &event, now))
}
