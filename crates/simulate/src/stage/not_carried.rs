//! What a scenario's organization has that is not made behind the gateway: to leave it out would play another scenario.

use fake_aws::world::{
    EventTarget, LogGroup, MetricAlarm, MetricFilter, MetricTransformation, Queue, Region, Rule, StateValue,
    Subscription, Topic,
};

/// Says what of a Region is not carried over to `LocalStack`.
///
/// Every field is named here or left out on purpose, so that a new one has to be decided about.
pub(super) fn not_carried(region: &Region) -> Vec<String> {
    let Region {
        trails: _,
        event_history: _,
        log_groups,
        alarms,
        composite_alarms,
        mute_rules,
        alarm_history,
        topics,
        queues,
        event_buses,
        rules,
        metrics: _,
    } = region;
    let mut found: Vec<String> = composite_alarms.iter().map(|it| format!("composite alarm {}", it.name)).collect();
    found.extend(mute_rules.iter().map(|it| format!("mute rule {}", it.name)));
    found.extend(alarm_history.iter().map(|it| format!("the history of alarm {}", it.alarm_name)));
    found.extend(event_buses.iter().map(|it| format!("event bus {it}")));
    found.extend(alarms.iter().flat_map(of_alarm));
    found.extend(log_groups.iter().flat_map(of_log_group));
    found.extend(topics.iter().flat_map(of_topic));
    found.extend(queues.iter().flat_map(of_queue));
    found.extend(rules.iter().flat_map(of_rule));
    found
}

/// Lists the parts that there are, each with whose it is.
fn parts<const N: usize>(of: &str, parts: [(bool, &str); N]) -> Vec<String> {
    parts.into_iter().filter(|(there, _)| *there).map(|(_, part)| format!("{part} of {of}")).collect()
}

fn of_alarm(alarm: &MetricAlarm) -> Vec<String> {
    parts(
        &format!("alarm {}", alarm.name),
        [
            (!alarm.metrics.is_empty() || alarm.threshold_metric_id.is_some(), "the metric math"),
            (!alarm.dimensions.is_empty(), "the dimensions"),
            (alarm.datapoints_to_alarm.is_some(), "DatapointsToAlarm"),
            (alarm.extended_statistic.is_some(), "the extended statistic"),
            (alarm.unit.is_some(), "the unit"),
            (!alarm.actions.ok.is_empty(), "the OK actions"),
            (!alarm.actions.insufficient_data.is_empty(), "the actions for missing data"),
            (alarm.wall_clock_window, "the evaluation window"),
            (alarm.evaluation_state.is_some() || alarm.state.value != StateValue::InsufficientData, "the state"),
        ],
    )
}

fn of_log_group(group: &LogGroup) -> Vec<String> {
    let mut found = parts(
        &format!("log group {}", group.name),
        [(!group.events.is_empty(), "the events"), (!["", "STANDARD"].contains(&group.class.as_str()), "the class")],
    );
    found.extend(group.metric_filters.iter().flat_map(of_filter));
    found
}

fn of_filter(filter: &MetricFilter) -> Vec<String> {
    let of = format!("metric filter {}", filter.name);
    let selects = filter.apply_on_transformed_logs || filter.field_selection_criteria.is_some();
    let any = |has: fn(&MetricTransformation) -> bool| filter.transformations.iter().any(has);
    parts(
        &of,
        [
            (selects, "the selection of log events"),
            (any(|it| it.default_value.is_some()), "the default value"),
            (any(|it| it.unit.is_some()), "the unit"),
            (any(|it| !it.dimensions.is_empty()), "the dimensions"),
        ],
    )
}

fn of_topic(topic: &Topic) -> Vec<String> {
    let of = format!("topic {}", topic.name);
    let any = |has: fn(&Subscription) -> bool| topic.subscriptions.iter().any(has);
    parts(
        &of,
        [
            (any(|it| it.raw_message_delivery), "the raw delivery to a subscriber"),
            (any(|it| it.filter_policy.is_some()), "the filter policy of a subscriber"),
            // Behind the gateway a queue is confirmed at once, and an address never is.
            (any(|it| !it.confirmed && it.protocol == "sqs"), "a queue that is not confirmed"),
            (any(|it| it.confirmed && it.protocol.starts_with("email")), "an address that is confirmed"),
        ],
    )
}

fn of_queue(queue: &Queue) -> Vec<String> {
    parts(&format!("queue {}", queue.name), [(queue.visibility_timeout.is_some(), "the visibility timeout")])
}

fn of_rule(rule: &Rule) -> Vec<String> {
    let shaped = |it: &EventTarget| it.input.is_some() || it.input_path.is_some() || it.role_arn.is_some();
    parts(
        &format!("rule {}", rule.name),
        [
            (rule.bus() != "default", "the event bus"),
            (rule.schedule_expression.is_some(), "the schedule"),
            (rule.targets.iter().any(shaped), "the input or role of a target"),
        ],
    )
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[track_caller]
    fn says(region: Value, wanted: &[&str]) {
        let region: Region = serde_json::from_value(region).unwrap();
        assert_eq!(not_carried(&region), wanted);
    }

    #[test]
    fn what_is_made_behind_the_gateway_is_carried() {
        let subscription = json!({ "protocol": "sqs", "endpoint": "arn" });
        let address = json!({ "protocol": "email", "endpoint": "it@example.com", "confirmed": false });
        let transformation = json!({ "namespace": "n", "name": "m" });
        says(
            json!({
                "alarms": [{ "name": "a", "description": "d", "statistic": "Sum", "period": 60, "actions": { "alarm": ["arn"] } }],
                "log_groups": [{ "name": "g", "metric_filters": [
                    { "name": "f", "pattern": "", "transformations": [transformation] }] }],
                "topics": [{ "name": "t", "subscriptions": [subscription, address] }],
                "queues": [{ "name": "q" }],
                "rules": [{ "name": "r", "event_pattern": "{}", "targets": [{ "id": "1", "arn": "arn" }] }],
            }),
            &[],
        );
    }

    #[test]
    fn alarms_are_told_by_what_they_lose() {
        says(
            json!({
                "composite_alarms": [{ "name": "both" }],
                "event_buses": ["security"],
                "alarms": [
                    { "name": "a", "dimensions": { "k": "v" }, "datapoints_to_alarm": 2, "actions": { "ok": ["arn"] } },
                    { "name": "b", "metrics": [{ "id": "e1", "expression": "m1 * 2" }], "state": { "value": "ALARM" } },
                ],
            }),
            &[
                "composite alarm both",
                "event bus security",
                "the dimensions of alarm a",
                "DatapointsToAlarm of alarm a",
                "the OK actions of alarm a",
                "the metric math of alarm b",
                "the state of alarm b",
            ],
        );
    }

    #[test]
    fn filters_topics_and_rules_are_told_by_what_they_lose() {
        let transformation =
            json!({ "namespace": "n", "name": "m", "default_value": 0.0, "dimensions": { "k": "$.v" } });
        let subscription = json!({
            "protocol": "sqs", "endpoint": "arn", "confirmed": false, "raw_message_delivery": true, "filter_policy": "{}",
        });
        says(
            json!({
                "log_groups": [{ "name": "g", "metric_filters": [
                    { "name": "f", "pattern": "", "transformations": [transformation] }] }],
                "topics": [{ "name": "t", "subscriptions": [subscription] }],
                "rules": [{ "name": "r", "event_bus": "security", "targets": [{ "id": "1", "arn": "arn", "input": "{}" }] }],
            }),
            &[
                "the default value of metric filter f",
                "the dimensions of metric filter f",
                "the raw delivery to a subscriber of topic t",
                "the filter policy of a subscriber of topic t",
                "a queue that is not confirmed of topic t",
                "the event bus of rule r",
                "the input or role of a target of rule r",
            ],
        );
    }
}
