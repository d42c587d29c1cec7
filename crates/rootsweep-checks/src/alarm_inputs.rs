//! What an alarm stands on: the metric filters that feed it, and how far back it looks.

use jiff::{SignedDuration, Timestamp};
use rootsweep_model::facts::{Alarm, AlarmHistoryItem, AlarmKind, LogGroup, MetricFilter, MonitoringFacts};

use crate::alert_path::alarm;
use crate::alert_path::composite::Alarms;
use crate::alert_path::filter::owner_of;

/// How late an alarm may look at a data point that was on time.
const SLACK: SignedDuration = SignedDuration::from_mins(10);

/// The grain of the times of log events.
const JUST_AFTER: SignedDuration = SignedDuration::from_millis(1);

/// What an alarm looks at, in seconds, where its period is not told.
const USUAL_PERIOD: i64 = 300;

/// How far back an alarm looks of which nothing is known.
pub const USUAL_REACH: SignedDuration = SignedDuration::from_mins(15);

/// How long a delivered record takes to become a data point: an alarm that stood down may not have seen the last of them.
const ON_ITS_WAY: SignedDuration = SignedDuration::from_mins(2);

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

/// A transition of an alarm into `ALARM`, and how far back the records lie that can have tripped it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WentOff {
    /// When it went off.
    pub at: Timestamp,
    reach: SignedDuration,
    /// When it went off and stood down before, as far as the history tells.
    before: Option<StoodDown>,
}

/// The end of an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct StoodDown {
    went_off: Option<Timestamp>,
    at: Timestamp,
}

impl WentOff {
    /// Returns when the first record came that can have tripped it. `late` is how much later than its time a record can
    /// have come, where no more than the time of the event is known.
    ///
    /// What came before the alarm last stood down is what it had gone off for then.
    pub fn earliest(&self, late: SignedDuration) -> Timestamp {
        let back = |at: Timestamp, by: SignedDuration| at.saturating_sub(by).unwrap_or(Timestamp::MIN);
        let in_reach = back(self.at, self.reach.saturating_add(late));
        let Some(before) = self.before else { return in_reach };
        let after = before.went_off.map(|at| at.saturating_add(JUST_AFTER).unwrap_or(Timestamp::MAX));
        let stood_down = back(before.at, ON_ITS_WAY.saturating_add(late));
        in_reach.max(stood_down).max(after.unwrap_or(Timestamp::MIN))
    }
}

/// Returns each time an alarm went off, the first time first. The history is that of this alarm, in any order.
pub fn went_off<'a>(history: impl IntoIterator<Item = &'a AlarmHistoryItem>, reach: SignedDuration) -> Vec<WentOff> {
    let states = history.into_iter().filter_map(|it| Some((it.timestamp, it.new_state.as_deref()? != "ALARM")));
    let mut states: Vec<(Timestamp, bool)> = states.collect();
    states.sort_unstable();
    states.dedup();
    let mut told: Vec<WentOff> = Vec::new();
    let mut before = None;
    for (at, stood_down) in states {
        if stood_down {
            before.get_or_insert(StoodDown { went_off: told.last().map(|it| it.at), at });
        } else {
            told.push(WentOff { at, reach, before: before.take() });
        }
    }
    told
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

    /// The history of an alarm on one day, the last of it first.
    fn history(states: &[(&str, &str)]) -> Vec<AlarmHistoryItem> {
        let item = |(time, state): &(&str, &str)| AlarmHistoryItem {
            alarm_name: "root".to_owned(),
            timestamp: format!("2026-07-01T{time}Z").parse().expect("a time"),
            new_state: Some((*state).to_owned()),
        };
        states.iter().rev().map(item).collect()
    }

    /// Returns when an alarm went off that looks back 15 minutes, and since when its records can have come.
    fn told_of(states: &[(&str, &str)], late: SignedDuration) -> Vec<(String, String)> {
        let time = |at: Timestamp| at.strftime("%H:%M:%S%.f").to_string();
        let told = went_off(&history(states), USUAL_REACH);
        told.iter().map(|it| (time(it.at), time(it.earliest(late)))).collect()
    }

    #[test]
    fn a_transition_is_not_credited_with_what_the_one_before_went_off_for() {
        let twice = [("04:01:00", "ALARM"), ("04:06:00", "OK"), ("04:09:00", "ALARM")];
        let told = [("04:01:00".into(), "03:46:00".into()), ("04:09:00".into(), "04:04:00".into())];
        assert_eq!(told_of(&twice, SignedDuration::ZERO), told);
        assert_eq!(told_of(&twice, SignedDuration::from_mins(30))[1].1, "04:01:00.001", "it tripped the first at most");
    }

    #[test]
    fn an_alarm_without_data_stands_down_too_and_what_is_long_past_is_out_of_reach_anyway() {
        let twice =
            [("04:01:00", "ALARM"), ("04:02:00", "INSUFFICIENT_DATA"), ("04:05:00", "OK"), ("04:09:00", "ALARM")];
        assert_eq!(told_of(&twice, SignedDuration::ZERO)[1].1, "04:01:00.001", "by the first of both");
        let long_past = [("01:01:00", "ALARM"), ("01:06:00", "OK"), ("04:09:00", "ALARM")];
        assert_eq!(told_of(&long_past, SignedDuration::ZERO)[1].1, "03:54:00");
        let only_ok = [("04:06:00", "OK"), ("04:09:00", "ALARM")];
        assert_eq!(told_of(&only_ok, SignedDuration::ZERO)[0].1, "04:04:00", "the history begins after it went off");
    }
}
