//! Amazon EventBridge.

mod write;

use super::paging::{Page, Paging};
use super::{Context, Operation, Reply};
use crate::error::ServiceError;
use crate::value::{Value, shape};
use crate::world::{EventTarget, Rule};

/// Lists of EventBridge have at most a hundred items a page.
const PAGING: Paging = Paging { token: "NextToken", limit: "Limit", default: 100, max: 100 };

/// The operations of the service.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new("DisableRule", write::disable_rule),
    Operation::new("EnableRule", write::enable_rule),
    Operation::new("PutEvents", write::put_events)
        .differing("the events that a scenario delivers go to rules in the same way"),
    Operation::new("PutRule", write::put_rule).differing("a schedule is kept, and never runs"),
    Operation::new("PutTargets", write::put_targets)
        .differing("501 to an `InputTransformer`; a target other than a topic, a queue or a bus fails when it is hit"),
    Operation::new("RemoveTargets", write::remove_targets),
    Operation::new("DeleteRule", write::delete_rule),
    Operation::new("DescribeRule", describe_rule),
    Operation::new("ListEventBuses", list_event_buses),
    Operation::new("ListRules", list_rules).differing("no rules that AWS services manage"),
    Operation::new("ListTargetsByRule", list_targets_by_rule),
];

fn not_found(what: &str) -> ServiceError {
    ServiceError::new(400, "ResourceNotFoundException", format!("{what} does not exist."))
}

/// The bus that the call names, by name or ARN.
fn bus<'a>(context: &Context<'a>) -> Result<&'a str, ServiceError> {
    let named = context.input().text("EventBusName").unwrap_or("default");
    let bus = named.rsplit_once(":event-bus/").map_or(named, |(_, name)| name);
    let known = bus == "default" || context.region().event_buses.iter().any(|it| it == bus);
    if known { Ok(bus) } else { Err(not_found(&format!("Event bus {bus}"))) }
}

fn rule_arn(context: &Context<'_>, rule: &Rule) -> String {
    match rule.bus() {
        "default" => context.arn("events", &format!("rule/{}", rule.name)),
        bus => context.arn("events", &format!("rule/{bus}/{}", rule.name)),
    }
}

fn rule_shape(context: &Context<'_>, rule: &Rule) -> Value {
    shape! {
        "Name": &rule.name,
        "Arn": rule_arn(context, rule),
        "EventPattern": rule.event_pattern.as_ref(),
        "State": rule.state.name(),
        "Description": rule.description.as_ref(),
        "ScheduleExpression": rule.schedule_expression.as_ref(),
        "EventBusName": rule.bus(),
    }
}

/// Source: <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRules.html>
fn list_rules(context: &mut Context<'_>) -> Reply {
    let (bus, prefix) = (bus(context)?, context.input().text("NamePrefix").unwrap_or_default());
    let wanted = |rule: &&Rule| rule.bus() == bus && rule.name.starts_with(prefix);
    let mut rules: Vec<&Rule> = context.region().rules.iter().filter(wanted).collect();
    rules.sort_by_key(|rule| &rule.name);
    let (page, token) = Page::of(context, PAGING)?.cut(rules);
    let rules: Vec<Value> = page.into_iter().map(|rule| rule_shape(context, rule)).collect();
    Ok(shape! { "Rules": rules, "NextToken": token })
}

fn find_rule<'a>(context: &'a Context<'_>, parameter: &str) -> Result<&'a Rule, ServiceError> {
    let (bus, name) = (bus(context)?, context.required(parameter)?);
    let mut rules = context.region().rules.iter();
    rules.find(|rule| rule.bus() == bus && rule.name == name).ok_or_else(|| not_found(&format!("Rule {name}")))
}

fn describe_rule(context: &mut Context<'_>) -> Reply {
    let rule = find_rule(context, "Name")?;
    Ok(rule_shape(context, rule))
}

/// Source: <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListTargetsByRule.html>
fn list_targets_by_rule(context: &mut Context<'_>) -> Reply {
    let rule = find_rule(context, "Rule")?;
    let (page, token) = Page::of(context, PAGING)?.cut(&rule.targets);
    let target = |it: &EventTarget| {
        shape! {
            "Id": &it.id,
            "Arn": &it.arn,
            "RoleArn": it.role_arn.as_ref(),
            "Input": it.input.as_ref(),
            "InputPath": it.input_path.as_ref(),
        }
    };
    let targets: Vec<Value> = page.into_iter().map(target).collect();
    Ok(shape! { "Targets": targets, "NextToken": token })
}

fn list_event_buses(context: &mut Context<'_>) -> Reply {
    let prefix = context.input().text("NamePrefix").unwrap_or_default();
    let buses = std::iter::once("default").chain(context.region().event_buses.iter().map(String::as_str));
    let mut buses: Vec<&str> = buses.filter(|name| name.starts_with(prefix)).collect();
    buses.sort_unstable();
    let (page, token) = Page::of(context, PAGING)?.cut(buses);
    let bus = |name: &str| shape! { "Name": name, "Arn": context.arn("events", &format!("event-bus/{name}")) };
    let buses: Vec<Value> = page.into_iter().map(bus).collect();
    Ok(shape! { "EventBuses": buses, "NextToken": token })
}
