//! What an alarm stands on: the metric filters that feed it, and how far back it looks.

use jiff::SignedDuration;
use rootsweep_model::facts::{Alarm, AlarmKind, LogGroup, MetricFilter, MonitoringFacts};

use crate::alert_path::alarm;
use crate::alert_path::composite::Alarms;
use crate::alert_path::filter::owner_of;

/// How late an alarm may look at a data point that was on time.
const SLACK: SignedDuration = SignedDuration::from_mins(10);

/// What an alarm looks at, in seconds, where its period is not told.
const USUAL_PERIOD: i64 = 300;

/// How far back an alarm looks of which nothing is known.
pub const USUAL_REACH: SignedDuration = SignedDuration::from_mins(15);

/// What leads to an alarm.
#[derive(Clone, Debug)]
pub struct AlarmInputs<'a> {
    /// The alarm's name.
    pub name: &'a str,
    /// The Region that it is in.
    pub region: &'a str,
    /// The filters that write the metrics that it stands on, by itself or through others, each with its log group.
    pub filters: Vec<(&'a LogGroup, &'a MetricFilter)>,
    /// How long before a transition a record can have been delivered that tripped it.
    pub reach: SignedDuration,
}

/// Finds an alarm by its name or ARN, in the first Region that has it.
pub fn inputs_of<'a>(monitoring: &'a MonitoringFacts, name: &str) -> Option<AlarmInputs<'a>> {
    monitoring.alarms.keys().find_map(|region| inputs_in(monitoring, region, name))
}

/// Finds an alarm by its name or ARN in a Region.
pub fn inputs_in<'a>(monitoring: &'a MonitoringFacts, region: &str, name: &str) -> Option<AlarmInputs<'a>> {
    let (region, alarms) = monitoring.alarms.get_key_value(region)?;
    let alarms = alarms.known().ok()?;
    let alarm = alarms.iter().find(|it| it.name == name || it.arn == name)?;
    let feet = Alarms::new(alarms).below(alarm);
    Some(AlarmInputs {
        name: &alarm.name,
        region,
        filters: filters(monitoring, region, &feet),
        reach: feet.iter().filter_map(|it| reach(it)).max().unwrap_or(USUAL_REACH),
    })
}

/// Returns how far back a metric alarm looks.
fn reach(alarm: &Alarm) -> Option<SignedDuration> {
    let AlarmKind::Metric(alarm) = &alarm.kind else { return None };
    let period = alarm.period.into_iter().chain(alarm.metrics.iter().filter_map(|it| it.period)).max();
    let period = period.map_or(USUAL_PERIOD, i64::from).max(1);
    let seconds = period.saturating_mul(alarm.evaluation_periods.map_or(1, i64::from).max(1));
    Some(SignedDuration::from_secs(seconds).saturating_add(SLACK))
}

fn filters<'a>(
    monitoring: &'a MonitoringFacts,
    region: &str,
    alarms: &[&Alarm],
) -> Vec<(&'a LogGroup, &'a MetricFilter)> {
    let groups = monitoring.log_groups.values().filter(|it| it.region == region);
    let filters =
        groups.flat_map(|group| group.metric_filters.known().into_iter().flatten().map(move |it| (group, it)));
    filters.filter(|(group, filter)| alarms.iter().any(|alarm| feeds(group, filter, alarm))).collect()
}

/// Returns whether a filter writes a metric that an alarm watches.
fn feeds(group: &LogGroup, filter: &MetricFilter, alarm: &Alarm) -> bool {
    let Ok(owner) = owner_of(&group.arn).parse() else { return false };
    filter.transformations.iter().any(|it| alarm::watches(alarm, &it.metric_namespace, &it.metric_name, owner))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use rootsweep_model::{Fact, Gap, GapKind};
    use serde_json::{Value, json};

    use super::*;

    const PLACE: &str = "us-east-1:111122223333";

    fn alarm(name: &str, kind: &Value) -> Alarm {
        let alarm = json!({
            "name": name, "arn": format!("arn:aws:cloudwatch:{PLACE}:alarm:{name}"), "alarm_actions": [], "kind": kind,
        });
        serde_json::from_value(alarm).expect("an alarm")
    }

    fn metric(name: &str, metric: &str, period: i32) -> Alarm {
        let metric = json!({ "namespace": "CIS", "metric_name": metric, "period": period, "evaluation_periods": 1 });
        alarm(name, &json!({ "metric": metric }))
    }

    fn composite(name: &str, rule: &str) -> Alarm {
        alarm(name, &json!({ "composite": { "alarm_rule": rule } }))
    }

    /// An account whose trail's log group has a filter for `RootUse` and one for `Logins`.
    fn monitoring(alarms: Vec<Alarm>) -> MonitoringFacts {
        let filter = |name: &str| {
            let written = json!([{ "metric_name": name, "metric_namespace": "CIS", "metric_value": "1" }]);
            json!({ "name": name, "pattern": "{ $.a = 1 }", "transformations": written })
        };
        let arn = format!("arn:aws:logs:{PLACE}:log-group:trail");
        let group = json!({
            "arn": arn, "name": "trail", "region": "us-east-1",
            "metric_filters": { "known": [filter("RootUse"), filter("Logins")] },
        });
        let nothing = MonitoringFacts::unreachable(&Gap::new(GapKind::OutOfReach, "a:B", "not asked", "ask"));
        MonitoringFacts {
            log_groups: BTreeMap::from([(arn, serde_json::from_value(group).expect("a log group"))]),
            alarms: BTreeMap::from([("us-east-1".to_owned(), Fact::Known(alarms))]),
            ..nothing
        }
    }

    fn told(alarms: Vec<Alarm>, name: &str) -> Option<(Vec<String>, i64)> {
        let monitoring = monitoring(alarms);
        let inputs = inputs_of(&monitoring, name)?;
        let filters = inputs.filters.iter().map(|(_, filter)| filter.name.clone()).collect();
        Some((filters, inputs.reach.as_mins()))
    }

    #[test]
    fn a_metric_alarm_stands_on_the_filters_of_its_metric_and_looks_back_by_its_periods() {
        assert_eq!(told(vec![metric("daily", "RootUse", 86_400)], "daily"), Some((vec!["RootUse".into()], 1450)));
    }

    #[test]
    fn a_composite_alarm_stands_on_all_that_its_rule_names_at_any_height() {
        let alarms = vec![
            composite("top", r#"ALARM("mid (1)") AND NOT ALARM(logins)"#),
            composite("mid (1)", "ALARM(daily) OR ALARM(top)"),
            metric("daily", "RootUse", 86_400),
            metric("logins", "Logins", 60),
        ];
        assert_eq!(told(alarms, "top"), Some((vec!["RootUse".into(), "Logins".into()], 1450)));
    }

    #[test]
    fn a_name_in_a_rule_that_is_not_understood_counts_for_nothing() {
        let alarms = vec![composite("top", "ALARM(daily) XOR ALARM(daily)"), metric("daily", "RootUse", 86_400)];
        assert_eq!(told(alarms, "top"), Some((Vec::new(), USUAL_REACH.as_mins())));
    }

    #[test]
    fn an_alarm_is_found_by_its_arn_or_not_at_all() {
        let arn = format!("arn:aws:cloudwatch:{PLACE}:alarm:daily");
        assert!(told(vec![metric("daily", "RootUse", 60)], &arn).is_some());
        assert_eq!(told(vec![metric("daily", "RootUse", 60)], "nightly"), None);
    }
}
