//! Alarm mute rules, and the alarms that each mutes.

use futures::{StreamExt as _, stream};
use rootsweep_model::facts::{MuteRule, Mutes};
use rootsweep_model::{Arn, Gap};

use super::monitoring::{CONCURRENCY, located};
use crate::calls::{GET_ALARM_MUTE_RULE, LIST_ALARM_MUTE_RULES};
use crate::gap::missing;
use crate::page::all_pages;
use crate::session::Session;

/// Reads the mute rules of a Region; what an expired one muted matters to nobody, and is not asked.
pub(super) async fn read(session: &Session, region: &str) -> Result<Vec<MuteRule>, Gap> {
    let client = &session.cloudwatch(region);
    let listed = all_pages(LIST_ALARM_MUTE_RULES, |token| async move {
        let send = || client.list_alarm_mute_rules().set_next_token(token.clone()).send();
        let answer = session.call(LIST_ALARM_MUTE_RULES, Some(region), send).await?;
        let page = answer.alarm_mute_rule_summaries;
        Ok((page.ok_or_else(|| missing(&LIST_ALARM_MUTE_RULES, "AlarmMuteRuleSummaries"))?, answer.next_token))
    })
    .await?;
    let rules = listed.into_iter().map(|rule| (rule.alarm_mute_rule_arn, rule.status.map(|it| it.as_str().to_owned())));
    let rules: Vec<_> = rules.collect();
    let read = stream::iter(rules).map(|(arn, status)| mute_rule(session, region, arn, status)).buffered(CONCURRENCY);
    read.collect::<Vec<_>>().await.into_iter().collect()
}

async fn mute_rule(
    session: &Session,
    region: &str,
    arn: Option<String>,
    status: Option<String>,
) -> Result<MuteRule, Gap> {
    let arn = arn.ok_or_else(|| missing(&LIST_ALARM_MUTE_RULES, "AlarmMuteRuleArn"))?;
    // `arn:aws:cloudwatch:REGION:ACCOUNT:alarm-mute-rule:NAME`
    let name =
        Arn::parse(&arn).and_then(|it| it.resource.split_once(':')).map_or(arn.as_str(), |(_, name)| name).to_owned();
    let mutes = match status.as_deref() {
        Some("EXPIRED") => None,
        _ => Some(mutes(session, region, &name).await.map_err(|gap| located(gap, region)).into()),
    };
    Ok(MuteRule { name, status, mutes })
}

async fn mutes(session: &Session, region: &str, name: &str) -> Result<Mutes, Gap> {
    let client = session.cloudwatch(region);
    let send = || client.get_alarm_mute_rule().alarm_mute_rule_name(name).send();
    let answer = session.call(GET_ALARM_MUTE_RULE, Some(region), send).await?;
    let alarm_names = answer.mute_targets.and_then(|it| it.alarm_names);
    let schedule = answer.rule.and_then(|it| it.schedule);
    Ok(Mutes {
        alarm_names: alarm_names.ok_or_else(|| missing(&GET_ALARM_MUTE_RULE, "MuteTargets.AlarmNames"))?,
        expression: schedule.as_ref().and_then(|it| it.expression.clone()),
        duration: schedule.as_ref().and_then(|it| it.duration.clone()),
        timezone: schedule.and_then(|it| it.timezone),
    })
}
