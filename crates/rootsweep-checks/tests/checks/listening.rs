//! What listens for root events, from the compact form: trail, log group, filters, alarms, topics, rules.

use std::collections::BTreeMap;

use rootsweep_model::facts::{
    AdvancedEventSelector, AdvancedFieldSelector, Alarm, AlarmKind, BasicEventSelector, CompositeAlarm, Dimension,
    EventRule, EventSelectors, LogAlarm, LogGroup, MetricAlarm, MetricFilter, MetricQuery, MetricTransformation,
    MonitoringFacts, MuteRule, Mutes, RuleState, RuleTarget, Subscription, SubscriptionFilter, Topic, TopicAttributes,
    Trail, TrailStatus,
};
use rootsweep_model::{AccountId, Fact, GapKind};

use crate::build::{ACCOUNT, CENTRAL, REGIONS, account, ago, fact, gap};
use crate::form::{AlarmForm, Filter, Form, Mute, Rule, TopicForm, TrailForm};

const HOME: &str = "us-east-1";
const NAMESPACE: &str = "Security";

/// Returns what listens in the account itself, and in the others that were read.
pub(crate) fn monitoring(form: &Form) -> (MonitoringFacts, BTreeMap<AccountId, MonitoringFacts>) {
    let owner = if form.central { CENTRAL } else { ACCOUNT };
    let full = listening(form, owner);
    if !form.central {
        let mut own = full;
        own.event_rules = rules(form);
        let others = [(account(CENTRAL), central(form))];
        return (own, others.into_iter().filter(|_| !form.central_unread).collect());
    }
    let mut shown = trail(&form.trail, owner);
    shown.is_organization_trail = Some(form.trail.organization.unwrap_or(true));
    if form.trail.told_by_owner {
        shown.status = None;
        shown.selectors = None;
    }
    let own = MonitoringFacts { trails: Fact::Known(vec![shown]), event_rules: rules(form), ..empty() };
    let others = if form.central_unread { BTreeMap::new() } else { BTreeMap::from([(account(CENTRAL), full)]) };
    (own, others)
}

fn empty() -> MonitoringFacts {
    MonitoringFacts { trails: Fact::Known(Vec::new()), ..MonitoringFacts::unreachable(&gap(GapKind::OutOfReach)) }
}

fn listening(form: &Form, owner: &str) -> MonitoringFacts {
    let group = |name: &str, filters| LogGroup {
        arn: group_arn(owner, name),
        name: name.to_owned(),
        region: HOME.to_owned(),
        metric_filters: fact(form.log_group, || filters),
    };
    let all = || std::iter::once(&form.filter).chain(&form.more_filters);
    let on_trail = all().filter(|it| !it.elsewhere).map(filter).collect();
    let elsewhere = all().filter(|it| it.elsewhere).map(filter).collect();
    let groups = [group("cloudtrail", on_trail), group("other", elsewhere)];
    let trails = match &form.trails {
        Some(list) => fact(list.gap, Vec::new),
        None => Fact::Known(vec![trail(&form.trail, owner)]),
    };
    let mute = || form.mute_rules.iter().flatten().enumerate().map(mute_rule).collect();
    MonitoringFacts {
        trails,
        unlisted_trails: form.unlisted_trails.map(gap),
        log_groups: groups.into_iter().map(|it| (it.arn.clone(), it)).collect(),
        alarms: BTreeMap::from([(HOME.to_owned(), fact(form.alarms, || alarms(form, owner)))]),
        mute_rules: BTreeMap::from([(HOME.to_owned(), fact(form.mute_rules_gap, mute))]),
        topics: topics(form, owner),
        event_rules: BTreeMap::new(),
    }
}

fn central(form: &Form) -> MonitoringFacts {
    let rules = form.central_rules.iter().enumerate().map(|it| rule(HOME, CENTRAL, it)).collect();
    let far = form.far_alarm.iter().map(|it| far_alarm(it, form.far_alarm_at_home)).collect();
    MonitoringFacts {
        alarms: BTreeMap::from([(HOME.to_owned(), Fact::Known(far))]),
        mute_rules: BTreeMap::from([(HOME.to_owned(), Fact::Known(Vec::new()))]),
        topics: topics(form, CENTRAL),
        event_rules: BTreeMap::from([(HOME.to_owned(), Fact::Known(rules))]),
        ..empty()
    }
}

fn far_alarm(form: &AlarmForm, at_home: bool) -> Alarm {
    let mut alarm = alarm(form, CENTRAL, &topic_arn(CENTRAL, HOME));
    if let AlarmKind::Metric(metric) = &mut alarm.kind {
        for query in metric.metrics.iter_mut().filter(|query| query.expression.is_none() && !at_home) {
            query.account_id = Some(ACCOUNT.to_owned());
        }
    }
    alarm
}

fn group_arn(owner: &str, name: &str) -> String {
    format!("arn:aws:logs:{HOME}:{owner}:log-group:{name}")
}

fn topic_arn(owner: &str, region: &str) -> String {
    format!("arn:aws:sns:{region}:{owner}:security")
}

fn trail(form: &TrailForm, owner: &str) -> Trail {
    let status = TrailStatus {
        is_logging: Some(form.logging.unwrap_or(true)),
        latest_delivery_error: form.bucket_error.clone(),
        latest_cloud_watch_logs_delivery_time: Some(ago(form.logs_delivered.as_deref().unwrap_or("10m")))
            .filter(|_| !form.never_delivered),
        latest_cloud_watch_logs_delivery_error: form.logs_error.clone(),
        stop_logging_time: form.stopped.as_deref().map(ago),
        start_logging_time: form.started.as_deref().map(ago),
        latest_delivery_time: Some(ago(form.bucket_delivered.as_deref().unwrap_or("10m")))
            .filter(|_| !form.never_delivered_to_bucket),
    };
    Trail {
        arn: format!("arn:aws:cloudtrail:{HOME}:{owner}:trail/main"),
        name: "main".to_owned(),
        owner: Some(account(owner)),
        home_region: Some(form.home.clone().unwrap_or_else(|| HOME.to_owned())),
        is_multi_region: Some(form.multi_region.unwrap_or(true)),
        is_organization_trail: Some(form.organization.unwrap_or(false)),
        includes_global_service_events: Some(form.global_events.unwrap_or(true)),
        log_group_arn: (!form.no_log_group).then(|| group_arn(owner, "cloudtrail")),
        status: Some(fact(form.status, || status)),
        selectors: Some(fact(form.selectors_gap, || selectors(form))),
    }
}

fn selectors(form: &TrailForm) -> EventSelectors {
    match &form.advanced {
        None => EventSelectors::Basic(vec![BasicEventSelector {
            read_write_type: form.records.clone().unwrap_or_else(|| "All".to_owned()),
            include_management_events: true,
            exclude_management_event_sources: form.exclude.clone(),
        }]),
        Some(all) => {
            let selector = |fields: &BTreeMap<String, Vec<String>>| AdvancedEventSelector {
                fields: fields.iter().map(|(field, values)| advanced_field(field, values)).collect(),
            };
            EventSelectors::Advanced(all.iter().map(selector).collect())
        }
    }
}

fn advanced_field(field: &str, values: &[String]) -> AdvancedFieldSelector {
    let mut selector = AdvancedFieldSelector { field: field.to_owned(), ..AdvancedFieldSelector::default() };
    let (operator, values) = values.split_first().expect("an operator before the values");
    let list = match operator.as_str() {
        "equals" => &mut selector.equals,
        "not-equals" => &mut selector.not_equals,
        "starts-with" => &mut selector.starts_with,
        other => panic!("{other:?} is no operator"),
    };
    *list = values.to_vec();
    selector
}

fn filter(form: &Filter) -> MetricFilter {
    let transformation = MetricTransformation {
        metric_name: form.metric.clone(),
        metric_namespace: NAMESPACE.to_owned(),
        metric_value: form.value.clone(),
        default_value: form.default.clone(),
        unit: form.unit.clone(),
        dimensions: form.dimensions.clone(),
    };
    MetricFilter {
        name: form.name.clone(),
        pattern: form.pattern.clone().filter(|_| !form.no_pattern),
        transformations: if form.no_metric { Vec::new() } else { vec![transformation] },
        apply_on_transformed_logs: form.transformed,
        field_selection_criteria: form.criteria.clone(),
        emit_system_field_dimensions: form.system_dimensions.clone(),
    }
}

fn alarms(form: &Form, owner: &str) -> Vec<Alarm> {
    let first = (!form.no_alarm).then_some(&form.alarm);
    let topic = topic_arn(owner, form.topic.region.as_deref().unwrap_or(HOME));
    first.into_iter().chain(&form.more_alarms).map(|it| alarm(it, owner, &topic)).collect()
}

fn alarm(form: &AlarmForm, owner: &str, topic: &str) -> Alarm {
    let action = |it: &String| if it == "topic" { topic.to_owned() } else { it.clone() };
    let kind = match &form.rule {
        Some(rule) => AlarmKind::Composite(Box::new(CompositeAlarm {
            alarm_rule: Some(rule.clone()),
            actions_suppressor: form.suppressor.clone(),
        })),
        None if !form.log_groups.is_empty() => {
            AlarmKind::Log(Box::new(LogAlarm { log_groups: form.log_groups.clone() }))
        }
        None => AlarmKind::Metric(Box::new(metric_alarm(form))),
    };
    Alarm {
        name: form.name.clone(),
        arn: format!("arn:aws:cloudwatch:{HOME}:{owner}:alarm:{}", form.name),
        actions_enabled: form.enabled.filter(|_| !form.enabled_untold),
        alarm_actions: form.actions.iter().map(action).collect(),
        state: form.state.clone(),
        kind,
    }
}

fn metric_alarm(form: &AlarmForm) -> MetricAlarm {
    let dimension = |(name, value): (&String, &String)| Dimension { name: name.clone(), value: value.clone() };
    let alone = form.queries.is_empty();
    MetricAlarm {
        namespace: alone.then(|| form.namespace.clone()),
        metric_name: alone.then(|| form.metric.clone()),
        dimensions: form.dimensions.iter().map(dimension).collect(),
        statistic: form.statistic.clone().filter(|_| alone && form.extended_statistic.is_none()),
        unit: form.unit.clone(),
        extended_statistic: form.extended_statistic.clone(),
        period: (!form.no_period).then_some(form.period),
        evaluation_periods: Some(form.periods),
        datapoints_to_alarm: form.datapoints,
        threshold: form.threshold,
        comparison_operator: Some(form.comparison.clone()),
        treat_missing_data: form.missing.clone(),
        metrics: form.queries.iter().enumerate().map(|it| query(form, it)).collect(),
        threshold_metric_id: form.anomaly.then(|| "band".to_owned()),
        has_evaluation_criteria: form.promql,
        evaluation_state: form.evaluation.clone(),
        evaluation_window: form.window,
    }
}

fn query(form: &AlarmForm, (index, text): (usize, &String)) -> MetricQuery {
    let return_data = Some(index == 0);
    if let Some((id, expression)) = text.split_once(" = ") {
        let (id, expression) = (id.to_owned(), Some(expression.to_owned()));
        return MetricQuery { id, expression, return_data, ..MetricQuery::default() };
    }
    let (id, metric) = text.split_once(" : ").expect("a metric");
    let (name, statistic) = metric.split_once(' ').expect("a statistic");
    MetricQuery {
        id: id.to_owned(),
        namespace: Some(NAMESPACE.to_owned()),
        metric_name: Some(name.to_owned()),
        statistic: Some(statistic.to_owned()),
        period: (!form.no_period).then_some(form.period),
        return_data,
        ..MetricQuery::default()
    }
}

fn mute_rule((index, form): (usize, &Mute)) -> MuteRule {
    let once = || "at(2026-12-24T00:00)".to_owned();
    let mutes = || Mutes {
        alarm_names: form.alarms.clone(),
        expression: (!form.no_schedule).then(|| form.when.clone().unwrap_or_else(once)),
        duration: Some("PT2H".to_owned()),
        timezone: None,
    };
    let is_over = form.status.as_deref() == Some("EXPIRED");
    let mutes = (!is_over).then(|| fact(form.gap, mutes));
    MuteRule { name: format!("mute-{index}"), status: form.status.clone(), mutes }
}

/// Returns the topic in every Region.
fn topics(form: &Form, owner: &str) -> BTreeMap<String, Fact<Topic>> {
    if form.topic.unread {
        return BTreeMap::new();
    }
    let one = vec!["confirmed".to_owned()];
    let subscriptions = form.topic.subscriptions.as_ref().unwrap_or(&one);
    let subscription = |(index, word): (usize, &String)| Subscription {
        protocol: form.topic.protocol.clone().unwrap_or_else(|| "email".to_owned()),
        endpoint: format!("security-{index}@example.com"),
        confirmed: match word.as_str() {
            "confirmed" => Some(true),
            "pending" => Some(false),
            "untold" => None,
            other => panic!("{other:?} says nothing of a subscription"),
        },
        filter: subscription_filter(&form.topic),
        gap: form.topic.subscription_gap.map(gap),
    };
    let topic = |arn: &String| Topic {
        arn: arn.clone(),
        subscriptions: subscriptions.iter().enumerate().map(subscription).collect(),
        attributes: fact(form.topic.attributes, || attributes(&form.topic, arn)),
    };
    let arns = REGIONS.iter().map(|region| topic_arn(owner, region));
    arns.map(|arn| (arn.clone(), fact(form.topic.gap, || topic(&arn)))).collect()
}

fn subscription_filter(form: &TopicForm) -> SubscriptionFilter {
    match &form.filter {
        _ if form.filter_unread || form.subscription_gap.is_some() => SubscriptionFilter::Unread,
        None => SubscriptionFilter::Everything,
        Some(policy) => SubscriptionFilter::Policy { policy: policy.clone(), scope: form.filter_scope.clone() },
    }
}

fn attributes(form: &TopicForm, arn: &str) -> TopicAttributes {
    let services = r#"["cloudwatch.amazonaws.com", "events.amazonaws.com"]"#;
    let usual = format!(
        r#"{{"Effect":"Allow","Principal":{{"Service":{services}}},"Action":"sns:Publish","Resource":"{arn}"}}"#
    );
    let statements = form.policy.clone().unwrap_or(usual);
    TopicAttributes {
        policy: (!form.no_policy).then(|| format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)),
        kms_key: form.key.clone(),
    }
}

/// Returns the account's own rules: none in a Region that a case does not name.
fn rules(form: &Form) -> BTreeMap<String, Fact<Vec<EventRule>>> {
    let mut rules: BTreeMap<_, _> =
        REGIONS.iter().map(|region| ((*region).to_owned(), Fact::Known(Vec::new()))).collect();
    for (region, all) in &form.rules {
        let of_region = all.iter().enumerate().map(|it| rule(region, ACCOUNT, it)).collect();
        rules.insert(region.clone(), Fact::Known(of_region));
    }
    for region in &form.rules_gap {
        rules.insert(region.clone(), Fact::Gap(gap(GapKind::AccessDenied)));
    }
    rules.retain(|region, _| !form.rules_unread.contains(region));
    rules
}

fn rule(region: &str, owner: &str, (index, form): (usize, &Rule)) -> EventRule {
    let name = format!("root-{region}-{index}");
    let one = vec!["topic".to_owned()];
    let target = |text: &String| RuleTarget {
        arn: match (text.as_str(), text.strip_prefix("bus ")) {
            ("topic", _) => topic_arn(owner, region),
            (_, Some(bus)) => format!("arn:aws:events:{HOME}:{CENTRAL}:event-bus/{bus}"),
            (arn, None) => arn.to_owned(),
        },
        role_arn: form.role.clone(),
    };
    let targets = || form.targets.as_ref().unwrap_or(&one).iter().map(target).collect();
    EventRule {
        arn: format!("arn:aws:events:{region}:{owner}:rule/{name}"),
        name,
        event_bus: form.bus.clone().unwrap_or_else(|| "default".to_owned()),
        pattern: Some(form.pattern.clone()),
        state: Some(form.state.unwrap_or(RuleState::EnabledWithAllCloudtrailManagementEvents))
            .filter(|_| !form.state_untold),
        targets: fact(form.targets_gap, targets),
    }
}
