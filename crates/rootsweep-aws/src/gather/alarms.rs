//! Alarms, of both kinds.

use aws_sdk_cloudwatch::types as sdk;
use rootsweep_model::Gap;
use rootsweep_model::facts::{Alarm, AlarmKind, CompositeAlarm, Dimension, MetricAlarm, MetricQuery};

use crate::calls::DESCRIBE_ALARMS;
use crate::gap::missing;
use crate::page::all_pages;
use crate::session::Session;

/// Reads the alarms of a Region. Both kinds have to be named: without, AWS answers with metric alarms alone.
pub(super) async fn read(session: &Session, region: &str) -> Result<Vec<Alarm>, Gap> {
    let client = &session.cloudwatch(region);
    all_pages(DESCRIBE_ALARMS, |token| async move {
        let request = || {
            let both = client.describe_alarms().alarm_types(sdk::AlarmType::MetricAlarm);
            both.alarm_types(sdk::AlarmType::CompositeAlarm).max_records(100).set_next_token(token.clone())
        };
        let answer = session.call(DESCRIBE_ALARMS, Some(region), || request().send()).await?;
        let next = answer.next_token;
        if answer.metric_alarms.is_none() && answer.composite_alarms.is_none() {
            return Err(missing(&DESCRIBE_ALARMS, "MetricAlarms and CompositeAlarms"));
        }
        let metric = answer.metric_alarms.into_iter().flatten().map(metric_alarm);
        let composite = answer.composite_alarms.into_iter().flatten().map(composite_alarm);
        Ok((metric.chain(composite).collect::<Result<_, Gap>>()?, next))
    })
    .await
}

fn metric_alarm(alarm: sdk::MetricAlarm) -> Result<Alarm, Gap> {
    let kind = MetricAlarm {
        namespace: alarm.namespace,
        metric_name: alarm.metric_name,
        dimensions: dimensions(alarm.dimensions),
        statistic: alarm.statistic.map(|it| it.as_str().to_owned()),
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
    };
    Ok(Alarm {
        name: alarm.alarm_name.ok_or_else(|| missing(&DESCRIBE_ALARMS, "AlarmName"))?,
        arn: alarm.alarm_arn.ok_or_else(|| missing(&DESCRIBE_ALARMS, "AlarmArn"))?,
        actions_enabled: alarm.actions_enabled,
        alarm_actions: alarm.alarm_actions.unwrap_or_default(),
        state: alarm.state_value.map(|it| it.as_str().to_owned()),
        kind: AlarmKind::Metric(Box::new(kind)),
    })
}

fn composite_alarm(alarm: sdk::CompositeAlarm) -> Result<Alarm, Gap> {
    let kind = CompositeAlarm {
        alarm_rule: alarm.alarm_rule,
        actions_suppressor: alarm.actions_suppressor.filter(|text| !text.is_empty()),
        suppressor_wait_period: alarm.actions_suppressor_wait_period,
        suppressor_extension_period: alarm.actions_suppressor_extension_period,
    };
    Ok(Alarm {
        name: alarm.alarm_name.ok_or_else(|| missing(&DESCRIBE_ALARMS, "AlarmName"))?,
        arn: alarm.alarm_arn.ok_or_else(|| missing(&DESCRIBE_ALARMS, "AlarmArn"))?,
        actions_enabled: alarm.actions_enabled,
        alarm_actions: alarm.alarm_actions.unwrap_or_default(),
        state: alarm.state_value.map(|it| it.as_str().to_owned()),
        kind: AlarmKind::Composite(Box::new(kind)),
    })
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
