//! Paths by metric filter: trail, log group, metric filter, alarm, actions, topic, subscription.

use rootsweep_model::facts::{Alarm, AlarmKind, CompositeAlarm, MetricTransformation, MonitoringFacts};
use rootsweep_model::report::v1::AlertPathKind;
use rootsweep_model::{AccountId, Fact, GapKind};

use super::alarm::{self, DESCRIBE_ALARMS};
use super::book::{Book, Entry};
use super::cell::Cell;
use super::composite::{self, Alarms};
use super::filter::{DESCRIBE_FILTERS, owner_of};
use super::notify::{self, Caller};
use super::path::{Budget, Path, Step};
use super::state::Finding;
use super::trail::CoveringTrail;
use crate::check::Subject;

const LIST_MUTE_RULES: &str = "cloudwatch:ListAlarmMuteRules";

/// Where a trail's log group is, with what was read there.
struct Place<'a> {
    subject: &'a Subject<'a>,
    cells: &'a [Cell],
    root: &'a [usize],
    account: AccountId,
    region: &'a str,
    monitoring: &'a MonitoringFacts,
    book: &'a Book<'a>,
    budget: &'a Budget,
}

/// Returns every path that begins with a trail.
pub(crate) fn of_trail(
    subject: &Subject<'_>,
    it: &CoveringTrail<'_>,
    cells: &[Cell],
    root: &[usize],
    budget: &Budget,
) -> Vec<Path> {
    let recorded = Step::each("trail", &it.trail.arn, cells.iter().map(|cell| it.records(cell)).collect());
    let home = it.trail.home_region.as_deref().unwrap_or_default();
    let end = |steps| {
        vec![Path {
            kind: AlertPathKind::MetricAlarm,
            name: it.trail.name.clone(),
            account: it.trail.owner.unwrap_or(subject.facts.account.id),
            region: home.to_owned(),
            steps,
        }]
    };
    let Some(arn) = it.trail.log_group_arn.as_deref() else {
        let none = Finding::broken("the trail delivers to no log group");
        return end(vec![recorded, Step::same("log-group", "none", none)]);
    };
    let delivered = it.delivers_to_log_group(subject.now);
    let Some((account, monitoring)) = read_account(subject, arn) else {
        let unread = Finding::out_of_reach(DESCRIBE_FILTERS, format!("account {} was not read", owner_of(arn)));
        return end(vec![recorded, Step::same("log-group", arn, delivered.and(unread))]);
    };
    let Some(group) = monitoring.log_groups.get(arn) else {
        let unread = Finding::out_of_reach(DESCRIBE_FILTERS, "the log group was not read");
        return end(vec![recorded, Step::same("log-group", arn, delivered.and(unread))]);
    };
    let steps = vec![recorded, Step::same("log-group", arn, delivered)];
    if let Fact::Gap(gap) = &group.metric_filters {
        return end([steps, vec![Step::same("metric-filter", &group.name, Finding::gap(gap))]].concat());
    }
    let book = Book::new(monitoring, &group.region, cells);
    let place = Place { subject, cells, root, account, region: &group.region, monitoring, book: &book, budget };
    let paths = place.of_group(arn, &steps);
    if paths.is_empty() {
        let none = Finding::broken("none of the log group's metric filters concerns root");
        return end([steps, vec![Step::same("metric-filter", &group.name, none)]].concat());
    }
    paths
}

fn read_account<'a>(subject: &Subject<'a>, arn: &str) -> Option<(AccountId, &'a MonitoringFacts)> {
    let account = owner_of(arn).parse().ok()?;
    Some((account, subject.monitoring_of(account)?))
}

impl Place<'_> {
    fn of_group(&self, arn: &str, steps: &[Step]) -> Vec<Path> {
        let of_group = self.book.entries.iter().filter(|entry| entry.group.arn == arn);
        let concerned = of_group.filter(|entry| entry.tried.concerns_root(self.root));
        concerned.flat_map(|entry| self.of_filter(entry, steps)).collect()
    }

    fn of_filter(&self, entry: &Entry<'_>, steps: &[Step]) -> Vec<Path> {
        let filter = entry.tried.filter;
        let step = Step::each("metric-filter", &filter.name, entry.tried.findings.clone());
        let steps = [steps, &[step]].concat();
        if filter.transformations.is_empty() {
            let none = Step::same("alarm", "none", Finding::broken("the filter writes no metric"));
            return vec![self.path(&filter.name, steps, [none])];
        }
        let alarms = match self.monitoring.alarms.get(self.region) {
            Some(Fact::Known(alarms)) => Alarms::new(alarms),
            Some(Fact::Gap(gap)) => {
                return vec![self.path(&filter.name, steps, [Step::same("alarm", "unread", Finding::gap(gap))])];
            }
            None => {
                let unread = Finding::out_of_reach(DESCRIBE_ALARMS, "the alarms of this Region were not read");
                return vec![self.path(&filter.name, steps, [Step::same("alarm", "unread", unread)])];
            }
        };
        filter.transformations.iter().flat_map(|it| self.of_metric(it, &filter.name, &steps, &alarms)).collect()
    }

    fn of_metric(&self, it: &MetricTransformation, filter: &str, steps: &[Step], alarms: &Alarms<'_>) -> Vec<Path> {
        let watchers: Vec<_> = alarms.all.iter().filter(|alarm| is_watcher(alarm, it)).collect();
        if watchers.is_empty() {
            let detail = format!("no alarm watches {} {}", it.metric_namespace, it.metric_name);
            return vec![self.path(filter, steps.to_vec(), [Step::same("alarm", "none", Finding::broken(detail))])];
        }
        watchers.into_iter().flat_map(|alarm| self.of_watcher(alarm, steps, alarms)).collect()
    }

    /// Returns the paths of a metric alarm, and of the composite alarms above it.
    fn of_watcher(&self, alarm: &Alarm, steps: &[Step], alarms: &Alarms<'_>) -> Vec<Path> {
        let AlarmKind::Metric(metric) = &alarm.kind else { return Vec::new() };
        if !self.budget.take() {
            return Vec::new();
        }
        let crossed = (0..self.cells.len()).map(|cell| alarm::crosses(alarm, metric, self.book, cell)).collect();
        let steps = [steps, &[Step::each("alarm", &alarm.name, crossed)]].concat();
        let above = alarms.above(alarm);
        let mut paths = Vec::new();
        if above.is_empty() || !alarm.alarm_actions.is_empty() {
            paths.extend(self.of_actions(alarm, &steps, Step::same("actions", &alarm.name, self.acts(alarm))));
        }
        for composite in above {
            if let AlarmKind::Composite(it) = &composite.kind {
                paths.extend(self.of_composite(composite, it, &steps, alarms));
            }
        }
        paths
    }

    fn of_composite(&self, alarm: &Alarm, it: &CompositeAlarm, steps: &[Step], alarms: &Alarms<'_>) -> Vec<Path> {
        if !self.budget.take() {
            return Vec::new();
        }
        let cells = 0..self.cells.len();
        let crossed = cells.clone().map(|cell| composite::crosses(alarm, alarms, self.book, cell)).collect();
        let acts = self.acts(alarm);
        let suppressed = |cell| composite::suppressed(it, alarms, self.book, cell);
        let actions = cells.map(|cell| acts.clone().and(suppressed(cell))).collect();
        let steps = [steps, &[Step::each("alarm", &alarm.name, crossed)]].concat();
        self.of_actions(alarm, &steps, Step::each("actions", &alarm.name, actions))
    }

    /// Returns a path for each action of an alarm.
    fn of_actions(&self, alarm: &Alarm, steps: &[Step], acts: Step) -> Vec<Path> {
        let steps = [steps, &[acts]].concat();
        if alarm.alarm_actions.is_empty() {
            return vec![self.path(&alarm.name, steps, [])];
        }
        let of_action = |arn: &String| {
            let rest = notify::steps(self.subject, arn, self.region, Caller::Alarm);
            self.path(&alarm.name, steps.clone(), rest)
        };
        alarm.alarm_actions.iter().filter(|_| self.budget.take()).map(of_action).collect()
    }

    /// Returns whether an alarm does anything at all on going into `ALARM`.
    fn acts(&self, alarm: &Alarm) -> Finding {
        let enabled = match alarm.actions_enabled {
            Some(true) if alarm.alarm_actions.is_empty() => Finding::broken("it has no action for ALARM"),
            Some(true) => Finding::holds("its actions are enabled"),
            Some(false) => Finding::broken("its actions are disabled"),
            None => Finding::missing(DESCRIBE_ALARMS, "whether its actions are enabled"),
        };
        enabled.and(self.unmuted(alarm))
    }

    /// Returns whether no mute rule silences the alarm now.
    fn unmuted(&self, alarm: &Alarm) -> Finding {
        match self.monitoring.mute_rules.get(self.region) {
            None => Finding::out_of_reach(LIST_MUTE_RULES, "the mute rules of this Region were not read"),
            // An endpoint or Region that does not have the feature mutes nothing.
            Some(Fact::Gap(gap)) if gap.kind == GapKind::NotSupported => Finding::holds(""),
            Some(Fact::Gap(gap)) => Finding::gap(gap),
            Some(Fact::Known(rules)) => {
                let names = |names: &Vec<String>| names.iter().any(|it| *it == alarm.name || *it == alarm.arn);
                let concerned = rules.iter().filter(|rule| rule.alarm_names.as_ref().is_none_or(names));
                concerned.map(mute).fold(Finding::holds(""), Finding::and)
            }
        }
    }

    fn path(&self, name: &str, steps: Vec<Step>, rest: impl IntoIterator<Item = Step>) -> Path {
        let steps = steps.into_iter().chain(rest).collect();
        let (account, region) = (self.account, self.region.to_owned());
        Path { kind: AlertPathKind::MetricAlarm, name: name.to_owned(), account, region, steps }
    }
}

fn is_watcher(alarm: &Alarm, it: &MetricTransformation) -> bool {
    match &alarm.kind {
        AlarmKind::Metric(metric) => alarm::watches(metric, &it.metric_namespace, &it.metric_name),
        AlarmKind::Composite(_) => false,
    }
}

/// Returns what a mute rule that names the alarm, or whose alarms could not be read, does to it.
fn mute(rule: &rootsweep_model::facts::MuteRule) -> Finding {
    match (rule.status.as_deref(), &rule.alarm_names) {
        (Some("SCHEDULED"), Some(_)) => Finding::holds(format!("mute rule {} will silence it at times", rule.name)),
        (Some("EXPIRED"), _) | (Some("SCHEDULED"), None) => Finding::holds(""),
        (Some("ACTIVE"), Some(_)) => Finding::broken(format!("mute rule {} silences it now", rule.name)),
        _ => Finding::missing(LIST_MUTE_RULES, &format!("whether mute rule {} silences it", rule.name)),
    }
}
