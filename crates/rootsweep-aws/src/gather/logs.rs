//! Log groups of trails, and their metric filters.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatchlogs::types as sdk;
use futures::{StreamExt as _, stream};
use rootsweep_model::facts::{LogGroup, MetricFilter, MetricTransformation};
use rootsweep_model::{Arn, Fact, Gap};

use super::monitoring::{CONCURRENCY, located};
use crate::calls::DESCRIBE_METRIC_FILTERS;
use crate::gap::{malformed, missing};
use crate::page::all_pages;
use crate::session::Session;

/// Reads log groups by their ARNs.
pub(super) async fn read(session: &Session, arns: BTreeSet<String>) -> BTreeMap<String, LogGroup> {
    let groups = stream::iter(arns).map(|arn| log_group(session, arn)).buffered(CONCURRENCY);
    groups.map(|group| (group.arn.clone(), group)).collect().await
}

async fn log_group(session: &Session, arn: String) -> LogGroup {
    let name = Arn::parse(&arn).and_then(Arn::log_group_name).unwrap_or_default().to_owned();
    let region = Arn::parse(&arn).and_then(Arn::region).unwrap_or_else(|| session.region()).to_owned();
    let metric_filters = if name.is_empty() {
        Fact::Gap(malformed(&DESCRIBE_METRIC_FILTERS, format!("{arn} names no log group")))
    } else {
        metric_filters(session, &region, &name).await.map_err(|gap| located(gap, &region)).into()
    };
    LogGroup { arn, name, region, metric_filters }
}

async fn metric_filters(session: &Session, region: &str, log_group: &str) -> Result<Vec<MetricFilter>, Gap> {
    let client = &session.logs(region);
    let listed = all_pages(DESCRIBE_METRIC_FILTERS, |token| async move {
        let request = || client.describe_metric_filters().log_group_name(log_group).set_next_token(token.clone());
        let answer = session.call(DESCRIBE_METRIC_FILTERS, Some(region), || request().send()).await?;
        let filters = answer.metric_filters;
        Ok((filters.ok_or_else(|| missing(&DESCRIBE_METRIC_FILTERS, "metricFilters"))?, answer.next_token))
    })
    .await?;
    listed.into_iter().map(metric_filter).collect()
}

fn metric_filter(filter: sdk::MetricFilter) -> Result<MetricFilter, Gap> {
    let transformations = filter.metric_transformations;
    let transformations = transformations.ok_or_else(|| missing(&DESCRIBE_METRIC_FILTERS, "metricTransformations"))?;
    Ok(MetricFilter {
        name: filter.filter_name.ok_or_else(|| missing(&DESCRIBE_METRIC_FILTERS, "filterName"))?,
        pattern: filter.filter_pattern,
        transformations: transformations.into_iter().map(transformation).collect(),
        apply_on_transformed_logs: filter.apply_on_transformed_logs,
        field_selection_criteria: filter.field_selection_criteria.filter(|text| !text.trim().is_empty()),
        emit_system_field_dimensions: filter.emit_system_field_dimensions.unwrap_or_default(),
    })
}

fn transformation(transformation: sdk::MetricTransformation) -> MetricTransformation {
    MetricTransformation {
        metric_name: transformation.metric_name,
        metric_namespace: transformation.metric_namespace,
        metric_value: transformation.metric_value,
        default_value: transformation.default_value.map(|value| value.to_string()),
        unit: transformation.unit.map(|it| it.as_str().to_owned()),
        dimensions: transformation.dimensions.into_iter().flatten().collect(),
    }
}
