//! Alarms, of every kind.

use aws_sdk_cloudwatch::types as sdk;
use rootsweep_model::Gap;
use rootsweep_model::facts::{
    Alarm, AlarmKind, CompositeAlarm, Dimension, EvaluationWindow, LogAlarm, MetricAlarm, MetricQuery,
};

use crate::calls::DESCRIBE_ALARMS;
use crate::gap::missing;
use crate::page::all_pages;
use crate::session::Session;

/// Reads the alarms of a Region. Every kind has to be named: without, AWS answers with metric alarms alone.
pub(super) async fn read(session: &Session, region: &str) -> Result<Vec<Alarm>, Gap> {
    let client = &session.cloudwatch(region);
    all_pages(DESCRIBE_ALARMS, |token| async move {
        let request = || {
            let kinds = vec![sdk::AlarmType::MetricAlarm, sdk::AlarmType::CompositeAlarm, sdk::AlarmType::LogAlarm];
            let all = client.describe_alarms().set_alarm_types(Some(kinds));
            all.max_records(100).set_next_token(token.clone())
        };
        let answer = session.call(DESCRIBE_ALARMS, Some(region), || request().send()).await?;
        let next = answer.next_token;
        if answer.metric_alarms.is_none() && answer.composite_alarms.is_none() {
            return Err(missing(&DESCRIBE_ALARMS, "MetricAlarms and CompositeAlarms"));
        }
        let metric = answer.metric_alarms.into_iter().flatten().map(metric_alarm);
        let composite = answer.composite_alarms.into_iter().flatten().map(composite_alarm);
        let log = answer.log_alarms.into_iter().flatten().map(log_alarm);
        Ok((metric.chain(composite).chain(log).collect::<Result<_, Gap>>()?, next))
    })
    .await
}

fn metric_alarm(alarm: sdk::MetricAlarm) -> Result<Alarm, Gap> {
    let kind = MetricAlarm {
        namespace: alarm.namespace,
        metric_name: alarm.metric_name,
        dimensions: dimensions(alarm.dimensions),
        statistic: alarm.statistic.map(|it| it.as_str().to_owned()),
        unit: alarm.unit.map(|it| it.as_str().to_owned()),
        extended_statistic: alarm.extended_statistic,
        period: alarm.period,
        evaluation_periods: alarm.evaluation_periods,
        datapoints_to_alarm: alarm.datapoints_to_alarm,
        threshold: alarm.threshold,
        comparison_operator: alarm.comparison_operator.map(|it| it.as_str().to_owned()),
        treat_missing_data: alarm.treat_missing_data,
        metrics: alarm.metrics.into_iter().flatten().map(metric_query).collect(),
        threshold_metric_id: alarm.threshold_metric_id,
        has_evaluation_criteria: alarm.evaluation_criteria.is_some(),
        evaluation_state: alarm.evaluation_state.map(|it| it.as_str().to_owned()),
        evaluation_window: alarm.evaluation_window.as_ref().map(evaluation_window),
    };
    let actions = (alarm.actions_enabled, alarm.alarm_actions);
    named((alarm.alarm_name, alarm.alarm_arn), actions, alarm.state_value, AlarmKind::Metric(Box::new(kind)))
}

/// Returns an alarm of any kind: what every kind is listed with is the same.
fn named(
    (name, arn): (Option<String>, Option<String>),
    (actions_enabled, alarm_actions): (Option<bool>, Option<Vec<String>>),
    state: Option<sdk::StateValue>,
    kind: AlarmKind,
) -> Result<Alarm, Gap> {
    Ok(Alarm {
        name: name.ok_or_else(|| missing(&DESCRIBE_ALARMS, "AlarmName"))?,
        arn: arn.ok_or_else(|| missing(&DESCRIBE_ALARMS, "AlarmArn"))?,
        actions_enabled,
        alarm_actions: alarm_actions.unwrap_or_default(),
        state: state.map(|it| it.as_str().to_owned()),
        kind,
    })
}

fn evaluation_window(window: &sdk::EvaluationWindow) -> EvaluationWindow {
    match window {
        sdk::EvaluationWindow::SlidingWindow(_) => EvaluationWindow::Sliding,
        sdk::EvaluationWindow::WallClockWindow(_) => EvaluationWindow::WallClock,
        _ => EvaluationWindow::Other,
    }
}

fn composite_alarm(alarm: sdk::CompositeAlarm) -> Result<Alarm, Gap> {
    let kind = CompositeAlarm {
        alarm_rule: alarm.alarm_rule,
        actions_suppressor: alarm.actions_suppressor.filter(|text| !text.is_empty()),
    };
    let actions = (alarm.actions_enabled, alarm.alarm_actions);
    named((alarm.alarm_name, alarm.alarm_arn), actions, alarm.state_value, AlarmKind::Composite(Box::new(kind)))
}

fn log_alarm(alarm: sdk::LogAlarm) -> Result<Alarm, Gap> {
    let query = alarm.scheduled_query_configuration;
    let kind = LogAlarm { log_groups: query.and_then(|it| it.log_group_identifiers).unwrap_or_default() };
    let actions = (alarm.actions_enabled, alarm.alarm_actions);
    named((alarm.alarm_name, alarm.alarm_arn), actions, alarm.state_value, AlarmKind::Log(Box::new(kind)))
}

fn metric_query(query: sdk::MetricDataQuery) -> MetricQuery {
    let (stat, metric) = match query.metric_stat {
        Some(mut stat) => {
            let metric = stat.metric.take();
            (Some(stat), metric)
        }
        None => (None, None),
    };
    let metric = metric.unwrap_or_else(|| sdk::Metric::builder().build());
    MetricQuery {
        id: query.id.unwrap_or_default(),
        expression: query.expression,
        namespace: metric.namespace,
        metric_name: metric.metric_name,
        dimensions: dimensions(metric.dimensions),
        period: query.period.or_else(|| stat.as_ref().and_then(|stat| stat.period)),
        unit: stat.as_ref().and_then(|stat| stat.unit.as_ref()).map(|it| it.as_str().to_owned()),
        statistic: stat.and_then(|stat| stat.stat),
        return_data: query.return_data,
        account_id: query.account_id,
    }
}

fn dimensions(given: Option<Vec<sdk::Dimension>>) -> Vec<Dimension> {
    let pair = |it: sdk::Dimension| Some(Dimension { name: it.name?, value: it.value? });
    let mut dimensions: Vec<_> = given.into_iter().flatten().filter_map(pair).collect();
    dimensions.sort_unstable();
    dimensions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_alarm_tells_its_log_groups() {
        let query = sdk::ScheduledQueryConfiguration::builder()
            .query_string("filter userIdentity.type = 'Root'")
            .log_group_identifiers("trail")
            .build();
        let alarm = sdk::LogAlarm::builder()
            .alarm_name("by-query")
            .alarm_arn("arn:aws:cloudwatch:us-east-1:111122223333:alarm:by-query")
            .scheduled_query_configuration(query)
            .build();
        let kind = LogAlarm { log_groups: vec!["trail".to_owned()] };
        assert_eq!(log_alarm(alarm).map(|it| it.kind), Ok(AlarmKind::Log(Box::new(kind))));
    }

    #[test]
    fn what_keeps_an_alarm_from_being_evaluated_is_read_whether_the_sdk_knows_it_or_not() {
        let window = sdk::EvaluationWindow::WallClockWindow(sdk::WallClockWindow::builder().build());
        for state in ["EVALUATION_ERROR", "IN_WARM_UP"] {
            let alarm = sdk::MetricAlarm::builder().alarm_name("a").alarm_arn("b").evaluation_window(window.clone());
            let alarm = alarm.evaluation_state(state.into()).build();
            let Ok(Alarm { kind: AlarmKind::Metric(metric), .. }) = metric_alarm(alarm) else {
                panic!("no metric alarm")
            };
            assert_eq!(metric.evaluation_state.as_deref(), Some(state));
            assert_eq!(metric.evaluation_window, Some(EvaluationWindow::WallClock));
        }
    }

    #[test]
    fn a_unit_is_read_of_an_alarm_and_of_a_query() {
        let alarm = sdk::MetricAlarm::builder().alarm_name("a").alarm_arn("b").unit(sdk::StandardUnit::Count);
        let stat = sdk::MetricStat::builder().stat("Sum").unit(sdk::StandardUnit::None).build();
        let alarm = alarm.metrics(sdk::MetricDataQuery::builder().id("m1").metric_stat(stat).build()).build();
        let Ok(Alarm { kind: AlarmKind::Metric(metric), .. }) = metric_alarm(alarm) else { panic!("no metric alarm") };
        assert_eq!(metric.unit.as_deref(), Some("Count"));
        assert_eq!(metric.metrics[0].unit.as_deref(), Some("None"));
    }
}
