//! Alarm mute rules.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-mute-rules.html>

use super::super::paging::Page;
use super::super::{Context, Reply};
use super::PAGING;
use crate::error::ServiceError;
use crate::value::{Value, shape};
use crate::world::MuteRule;

fn arn(context: &Context<'_>, rule: &MuteRule) -> String {
    context.arn("cloudwatch", &format!("alarm-mute-rule:{}", rule.name))
}

fn mute_type(rule: &MuteRule) -> &'static str {
    if rule.expression.starts_with("at(") { "ONE_TIME" } else { "RECURRING" }
}

pub(super) fn list_alarm_mute_rules(context: &mut Context<'_>) -> Reply {
    let (alarm, statuses) = (context.input().text("AlarmName"), context.input().texts("Statuses"));
    let now = context.now();
    let wanted = |rule: &&MuteRule| {
        alarm.is_none_or(|name| rule.alarm_names.iter().any(|it| it == name))
            && (statuses.is_empty() || statuses.iter().any(|it| it == rule.status(now).name()))
    };
    let mut rules: Vec<&MuteRule> = context.region().mute_rules.iter().filter(wanted).collect();
    rules.sort_by_key(|rule| &rule.name);
    let (page, token) = Page::of(context, PAGING)?.cut(rules);
    let summary = |rule: &MuteRule| {
        shape! {
            "AlarmMuteRuleArn": arn(context, rule),
            "ExpireDate": rule.expires_at,
            "Status": rule.status(now).name(),
            "MuteType": mute_type(rule),
            "LastUpdatedTimestamp": rule.updated_at,
        }
    };
    Ok(shape! { "AlarmMuteRuleSummaries": page.into_iter().map(summary).collect::<Vec<Value>>(), "NextToken": token })
}

pub(super) fn get_alarm_mute_rule(context: &mut Context<'_>) -> Reply {
    let name = context.required("AlarmMuteRuleName")?;
    let absent =
        || ServiceError::new(404, "ResourceNotFoundException", format!("Alarm mute rule {name} does not exist"));
    let rule = context.region().mute_rules.iter().find(|rule| rule.name == name).ok_or_else(absent)?;
    let schedule =
        shape! { "Expression": &rule.expression, "Duration": &rule.duration, "Timezone": rule.timezone.as_ref() };
    Ok(shape! {
        "Name": &rule.name,
        "AlarmMuteRuleArn": arn(context, rule),
        "Description": rule.description.as_ref(),
        "Rule": shape! { "Schedule": schedule },
        "MuteTargets": shape! { "AlarmNames": rule.alarm_names.as_slice() },
        "StartDate": rule.starts_at,
        "ExpireDate": rule.expires_at,
        "Status": rule.status(context.now()).name(),
        "LastUpdatedTimestamp": rule.updated_at,
        "MuteType": mute_type(rule),
    })
}

/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutAlarmMuteRule.html>
pub(super) fn put_alarm_mute_rule(context: &mut Context<'_>) -> Reply {
    let (input, now) = (context.input(), context.now());
    let text = |from: Option<&Value>, name: &str| from.and_then(|it| it.text(name)).map(str::to_owned);
    let schedule = input.get("Rule").and_then(|it| it.get("Schedule"));
    let rule = MuteRule {
        name: context.required("Name")?.to_owned(),
        description: text(Some(input), "Description"),
        expression: text(schedule, "Expression").unwrap_or_default(),
        duration: text(schedule, "Duration").unwrap_or_default(),
        timezone: text(schedule, "Timezone"),
        alarm_names: input.get("MuteTargets").map(|it| it.texts("AlarmNames")).unwrap_or_default(),
        starts_at: input.time("StartDate"),
        expires_at: input.time("ExpireDate"),
        updated_at: now,
    };
    rule.check().map_err(|error| context.invalid(error.to_string()))?;
    let rules = &mut context.region_mut()?.mute_rules;
    rules.retain(|it| it.name != rule.name);
    rules.push(rule);
    Ok(Value::empty())
}
