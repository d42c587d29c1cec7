//! `EventBridge` rules that could match a root record, and where they send it.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_eventbridge::types as sdk;
use futures::{StreamExt as _, stream};
use rootsweep_model::facts::{EventRule, RuleState, RuleTarget};
use rootsweep_model::{Arn, Fact, Gap, GapKind};

use super::monitoring::{CONCURRENCY, located};
use super::rule_filter::may_match_root;
use crate::calls::{LIST_RULES, LIST_TARGETS_BY_RULE};
use crate::gap::missing;
use crate::page::all_pages;
use crate::session::Session;

/// The bus that AWS's own events arrive on.
const DEFAULT_BUS: &str = "default";

/// How often an event is followed from one bus to the next: `EventBridge` sends none on to a third one.
const MAX_HOPS: usize = 1;

/// An event bus of the account, by Region and name.
type Bus = (String, String);

/// Rules by Region.
type Rules = BTreeMap<String, Fact<Vec<EventRule>>>;

/// Reads the rules of the default bus in some Regions, and of buses of the account that they forward to; buses whose rules
/// are known are not read again.
pub(super) async fn read(session: &Session, regions: Vec<&str>, known: &Rules) -> Rules {
    let mut by_region = Rules::new();
    let mut seen = buses_of(known);
    let mut buses: BTreeSet<Bus> = regions.iter().map(|&it| (it.to_owned(), DEFAULT_BUS.to_owned())).collect();
    for _ in 0..=MAX_HOPS {
        seen.extend(buses.iter().cloned());
        let asked = stream::iter(buses)
            .map(|bus| async move { (bus.0.clone(), rules(session, &bus).await.map_err(|gap| located(gap, &bus.0))) });
        let answers: Vec<(String, Result<Vec<EventRule>, Gap>)> = asked.buffered(CONCURRENCY).collect().await;
        let reached = answers.iter().filter_map(|(_, rules)| rules.as_ref().ok()).flatten();
        buses = reached.flat_map(|rule| reached_buses(session, rule)).filter(|bus| !seen.contains(bus)).collect();
        for (region, rules) in answers {
            add(&mut by_region, region, rules);
        }
        if buses.is_empty() {
            break;
        }
    }
    by_region
}

/// Adds rules to those of their Regions.
pub(super) fn merge(rules: &mut Rules, more: Rules) {
    for (region, more) in more {
        add(rules, region, more.into());
    }
}

/// Adds a bus's rules to those of its Region; a bus that could not be read leaves the Region unknown.
fn add(by_region: &mut Rules, region: String, rules: Result<Vec<EventRule>, Gap>) {
    let region = by_region.entry(region).or_insert_with(|| Fact::Known(Vec::new()));
    match (&mut *region, rules) {
        (Fact::Known(known), Ok(rules)) => known.extend(rules),
        (Fact::Known(_), Err(gap)) => *region = Fact::Gap(gap),
        (Fact::Gap(_), _) => {}
    }
}

/// Returns the buses that rules were read of: the default one of each Region, and those that a rule stands on.
fn buses_of(rules: &Rules) -> BTreeSet<Bus> {
    let bus = |region: &str, name: &str| (region.to_owned(), name.to_owned());
    let default = rules.keys().map(|region| bus(region, DEFAULT_BUS));
    let known =
        rules.iter().flat_map(|(region, rules)| rules.known().into_iter().flatten().map(move |it| (region, it)));
    default.chain(known.map(|(region, rule)| bus(region, &rule.event_bus))).collect()
}

/// Returns the account's own buses among a rule's targets: `arn:…:events:REGION:ACCOUNT:event-bus/NAME`.
fn reached_buses(session: &Session, rule: &EventRule) -> Vec<Bus> {
    let targets = rule.targets.known().map(Vec::as_slice).unwrap_or_default().iter().map(|target| target.arn.as_str());
    let buses = targets.filter_map(Arn::parse).filter(|arn| arn.service == "events");
    let own = buses.filter(|arn| arn.account() == Some(session.account));
    own.filter_map(|arn| {
        let name = arn.resource.strip_prefix("event-bus/")?;
        Some((arn.region()?.to_owned(), name.to_owned()))
    })
    .collect()
}

async fn rules(session: &Session, (region, bus): &Bus) -> Result<Vec<EventRule>, Gap> {
    let client = &session.events(region);
    let listed = all_pages(LIST_RULES, |token| async move {
        let request = || client.list_rules().event_bus_name(bus).limit(100).set_next_token(token.clone());
        let answer = session.call(LIST_RULES, Some(region), || request().send()).await?;
        let rules = answer.rules.ok_or_else(|| missing(&LIST_RULES, "Rules"))?;
        // An account has hundreds of rules that have nothing to do with root; they are let go at once.
        Ok((rules.into_iter().filter(concerns_root).collect(), answer.next_token))
    })
    .await?;
    let rules = stream::iter(listed).map(|rule| event_rule(session, region, bus, rule)).buffered(CONCURRENCY);
    rules.collect::<Vec<_>>().await.into_iter().collect()
}

fn concerns_root(rule: &sdk::Rule) -> bool {
    rule.event_pattern.as_deref().is_some_and(may_match_root)
}

async fn event_rule(session: &Session, region: &str, bus: &str, rule: sdk::Rule) -> Result<EventRule, Gap> {
    let name = rule.name.ok_or_else(|| missing(&LIST_RULES, "Name"))?;
    let state = rule.state.as_ref().and_then(state);
    let targets = match state {
        Some(RuleState::Disabled) => Err(disabled(&name)),
        _ => targets(session, region, bus, &name).await,
    };
    Ok(EventRule {
        name,
        arn: rule.arn.ok_or_else(|| missing(&LIST_RULES, "Arn"))?,
        event_bus: bus.to_owned(),
        pattern: rule.event_pattern,
        state,
        targets: targets.into(),
    })
}

fn state(state: &sdk::RuleState) -> Option<RuleState> {
    match state.as_str() {
        "DISABLED" => Some(RuleState::Disabled),
        "ENABLED" => Some(RuleState::Enabled),
        "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" => Some(RuleState::EnabledWithAllCloudtrailManagementEvents),
        _ => None,
    }
}

async fn targets(session: &Session, region: &str, bus: &str, rule: &str) -> Result<Vec<RuleTarget>, Gap> {
    let client = &session.events(region);
    let listed = all_pages(LIST_TARGETS_BY_RULE, |token| async move {
        let request =
            || client.list_targets_by_rule().event_bus_name(bus).rule(rule).limit(100).set_next_token(token.clone());
        let answer = session.call(LIST_TARGETS_BY_RULE, Some(region), || request().send()).await?;
        Ok((answer.targets.ok_or_else(|| missing(&LIST_TARGETS_BY_RULE, "Targets"))?, answer.next_token))
    })
    .await?;
    Ok(listed.into_iter().map(rule_target).collect())
}

fn rule_target(target: sdk::Target) -> RuleTarget {
    let role_arn = target.role_arn.filter(|role| !role.trim().is_empty());
    RuleTarget { arn: target.arn, role_arn }
}

fn disabled(rule: &str) -> Gap {
    Gap::new(
        GapKind::OutOfReach,
        LIST_TARGETS_BY_RULE.action,
        format!("the rule {rule} is disabled, so its targets were not asked for"),
        "nobody: a disabled rule sends nothing",
    )
}
