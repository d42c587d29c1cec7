//! Paths by metric filter: trail, log group, metric filter, alarm, actions, topic, subscription.

use rootsweep_model::facts::{LogGroup, MetricTransformation, MonitoringFacts};
use rootsweep_model::report::v1::AlertPathKind;
use rootsweep_model::{AccountId, Fact};

use super::cell::Cell;
use super::filter::owner_of;
use super::listener::{Listener, Place};
use super::metric_data::{Entry, MetricData};
use super::path::{Budget, Path, Step};
use super::state::Finding;
use super::trail::CoveringTrail;
use crate::calls;
use crate::check::Subject;

/// Returns every path that begins with a trail.
pub(crate) fn of_trail(
    subject: &Subject<'_>,
    it: &CoveringTrail<'_>,
    cells: &[Cell],
    root: &[usize],
    budget: &Budget,
) -> Vec<Path> {
    let recorded = Step::each("trail", &it.trail.arn, cells.iter().map(|cell| it.records(cell)).collect());
    let (name, step) = match log_group(subject, it) {
        Err((name, finding)) => (name, Step::same("log-group", name, finding)),
        Ok((account, monitoring, group)) => {
            let delivered = Step::same("log-group", &group.arn, it.delivers_to_log_group(subject.now));
            let steps = [recorded, delivered];
            let metric_data = MetricData::new(account, monitoring, &group.region, cells);
            let place = Place {
                subject,
                account,
                region: &group.region,
                metric_data: &metric_data,
                budget,
                cells: cells.len(),
            };
            return of_group(&place, group, root, &steps);
        }
    };
    vec![Path {
        kind: AlertPathKind::MetricAlarm,
        name: if name == "none" { it.trail.name.clone() } else { name.to_owned() },
        account: it.trail.owner.unwrap_or(subject.facts.account.id),
        region: it.trail.home_region.clone().unwrap_or_default(),
        steps: vec![recorded, step],
        stands_in: false,
    }]
}

/// Returns the log group that a trail delivers to, with the account that it is in; or why the path ends there.
fn log_group<'a>(
    subject: &Subject<'a>,
    it: &CoveringTrail<'a>,
) -> Result<(AccountId, &'a MonitoringFacts, &'a LogGroup), (&'a str, Finding)> {
    let Some(arn) = it.trail.log_group_arn.as_deref() else {
        return Err(("none", Finding::broken("the trail delivers to no log group")));
    };
    let delivered = it.delivers_to_log_group(subject.now);
    let unread = |what: String| (arn, delivered.and(Finding::out_of_reach(calls::DESCRIBE_FILTERS, what)));
    let read = owner_of(arn).parse().ok().and_then(|account| Some((account, subject.monitoring_of(account)?)));
    let Some((account, monitoring)) = read else {
        return Err(unread(format!("account {} was not read", owner_of(arn))));
    };
    match monitoring.log_groups.get(arn) {
        Some(group) => Ok((account, monitoring, group)),
        None => Err(unread("the log group was not read".to_owned())),
    }
}

fn of_group(place: &Place<'_>, group: &LogGroup, root: &[usize], steps: &[Step]) -> Vec<Path> {
    let end = |finding| vec![place.path(&group.name, steps, [Step::same("metric-filter", &group.name, finding)])];
    if let Fact::Gap(gap) = &group.metric_filters {
        return end(Finding::gap(gap));
    }
    let listeners = place.listeners();
    let on_group = place.metric_data.entries.iter().filter(|entry| entry.group.arn == group.arn);
    let concerned = on_group.filter(|entry| entry.tried.concerns_root(root));
    let mut paths: Vec<_> = concerned.flat_map(|entry| of_filter(place, &listeners, entry, steps)).collect();
    if paths.is_empty() {
        paths = end(Finding::broken("none of the log group's metric filters concerns root"));
    }
    paths.extend(listeners.iter().flat_map(|it| of_log_alarms(place, it, group, steps)));
    paths
}

/// Returns the paths through alarms that query the log group itself; where alarms could not be read, one could be among
/// them.
fn of_log_alarms(place: &Place<'_>, listener: &Listener<'_>, group: &LogGroup, steps: &[Step]) -> Vec<Path> {
    match &listener.alarms {
        Ok(alarms) => listener.of_log_group(place, alarms, group, steps),
        Err(finding) => {
            let unread = place.path(&group.name, steps, [Step::same("alarm", "unread", finding.clone())]);
            vec![Path { stands_in: true, ..unread }]
        }
    }
}

fn of_filter(place: &Place<'_>, listeners: &[Listener<'_>], entry: &Entry<'_>, steps: &[Step]) -> Vec<Path> {
    let filter = entry.tried.filter;
    let step = Step::each("metric-filter", &filter.name, entry.tried.findings.clone());
    let steps = [steps, &[step]].concat();
    if filter.transformations.is_empty() {
        let none = Step::same("alarm", "none", Finding::broken("the filter writes no metric"));
        return vec![place.path(&filter.name, &steps, [none])];
    }
    let of_metric = |metric| of_metric(place, listeners, metric, &filter.name, &steps);
    filter.transformations.iter().flat_map(of_metric).collect()
}

/// Returns the paths through the alarms that watch a metric. The log group's own account comes first among the
/// listeners: where its alarms could not be read, that is a path of its own, and not known.
fn of_metric(
    place: &Place<'_>,
    listeners: &[Listener<'_>],
    metric: &MetricTransformation,
    filter: &str,
    steps: &[Step],
) -> Vec<Path> {
    let mut paths = Vec::new();
    for listener in listeners {
        match &listener.alarms {
            Ok(alarms) => paths.extend(listener.of_metric(place, alarms, metric, steps)),
            Err(finding) => {
                paths.push(place.path(filter, steps, [Step::same("alarm", "unread", finding.clone())]));
            }
        }
    }
    if paths.is_empty() {
        let detail = format!("no alarm watches {} {}", metric.metric_namespace, metric.metric_name);
        paths.push(place.path(filter, steps, [Step::same("alarm", "none", Finding::broken(detail))]));
    }
    paths
}
