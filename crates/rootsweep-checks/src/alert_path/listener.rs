//! The alarms that watch a metric, in the log group's account or in one that observes it, and what they do.

use rootsweep_model::facts::{
    Alarm, AlarmKind, CompositeAlarm, LogGroup, MetricTransformation, MonitoringFacts, MuteRule, Mutes,
};
use rootsweep_model::report::v1::AlertPathKind;
use rootsweep_model::{AccountId, Fact, GapKind};

use super::alarm;
use super::composite::{self, Alarms};
use super::metric_data::MetricData;
use super::notify::{self, Caller};
use super::path::{Budget, Path, Step};
use super::state::Finding;
use crate::calls;
use crate::check::Subject;

/// Rules on the detail type `CloudWatch Alarm State Change` are not gathered, and so may be there or not.
const NO_ACTION: &str = "it has no action for ALARM, and event rules on its changes of state are not followed";

/// Where a trail's log group is, and its metrics.
pub(crate) struct Place<'a> {
    pub(crate) subject: &'a Subject<'a>,
    pub(crate) account: AccountId,
    pub(crate) region: &'a str,
    pub(crate) metric_data: &'a MetricData<'a>,
    pub(crate) budget: &'a Budget,
    /// How many cells there are.
    pub(crate) cells: usize,
}

/// An account whose alarms can watch the metrics of a place.
pub(crate) struct Listener<'a> {
    account: AccountId,
    monitoring: &'a MonitoringFacts,
    pub(crate) alarms: Result<Alarms<'a>, Finding>,
}

impl<'a> Place<'a> {
    /// Returns the log group's own account, and every other one whose alarms were read: CloudWatch lets a monitoring
    /// account watch the metrics of others
    /// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Unified-Cross-Account.html>).
    pub(crate) fn listeners(&self) -> Vec<Listener<'a>> {
        let read = |account| Some((account, self.subject.monitoring_of(account)?));
        let others = self.subject.monitoring.keys().copied().chain([self.subject.facts.account.id]);
        let others = others.filter(|account| *account != self.account).filter_map(read);
        let far = others.filter(|(_, it)| matches!(it.alarms.get(self.region), Some(Fact::Known(_))));
        let all = read(self.account).into_iter().chain(far);
        all.map(|(account, monitoring)| Listener { account, monitoring, alarms: self.alarms(monitoring) }).collect()
    }

    fn alarms(&self, monitoring: &'a MonitoringFacts) -> Result<Alarms<'a>, Finding> {
        match monitoring.alarms.get(self.region) {
            Some(Fact::Known(alarms)) => Ok(Alarms::new(alarms)),
            Some(Fact::Gap(gap)) => Err(Finding::gap(gap)),
            None => Err(Finding::out_of_reach(calls::DESCRIBE_ALARMS, "the alarms of this Region were not read")),
        }
    }

    /// Makes a path in the log group's account.
    pub(crate) fn path(&self, name: &str, steps: &[Step], rest: impl IntoIterator<Item = Step>) -> Path {
        self.path_in(self.account, name, steps, rest)
    }

    fn path_in(&self, account: AccountId, name: &str, steps: &[Step], rest: impl IntoIterator<Item = Step>) -> Path {
        let steps = steps.iter().cloned().chain(rest).collect();
        let region = self.region.to_owned();
        Path { kind: AlertPathKind::MetricAlarm, name: name.to_owned(), account, region, steps, stands_in: false }
    }
}

impl Listener<'_> {
    /// Returns the paths through the alarms that watch a metric, and through the composite alarms above them.
    pub(crate) fn of_metric(
        &self,
        place: &Place<'_>,
        alarms: &Alarms<'_>,
        metric: &MetricTransformation,
        steps: &[Step],
    ) -> Vec<Path> {
        let is_watcher = |it: &&Alarm| alarm::watches(it, &metric.metric_namespace, &metric.metric_name, place.account);
        let watchers = alarms.all.iter().filter(is_watcher).take_while(|_| place.budget.take());
        watchers.flat_map(|alarm| self.of_watcher(place, alarm, steps, alarms)).collect()
    }

    fn of_watcher(&self, place: &Place<'_>, alarm: &Alarm, steps: &[Step], alarms: &Alarms<'_>) -> Vec<Path> {
        let AlarmKind::Metric(metric) = &alarm.kind else { return Vec::new() };
        let crossed = (0..place.cells).map(|cell| alarm::crosses(alarm, metric, place.metric_data, cell)).collect();
        self.from(place, alarm, &[steps, &[Step::each("alarm", &alarm.name, crossed)]].concat(), alarms)
    }

    /// Returns the paths that go on from an alarm: its own actions, and those of the composite alarms above it.
    fn from(&self, place: &Place<'_>, alarm: &Alarm, steps: &[Step], alarms: &Alarms<'_>) -> Vec<Path> {
        let above = alarms.above(alarm);
        let mut paths = Vec::new();
        if above.is_empty() || !alarm.alarm_actions.is_empty() {
            let acts = Step::same("actions", &alarm.name, self.acts(place, alarm));
            paths.extend(self.of_actions(place, alarm, steps, acts));
        }
        for composite in above.into_iter().take_while(|_| place.budget.take()) {
            if let AlarmKind::Composite(it) = &composite.kind {
                paths.extend(self.of_composite(place, composite, it, steps, alarms));
            }
        }
        paths
    }

    fn of_composite(
        &self,
        place: &Place<'_>,
        alarm: &Alarm,
        it: &CompositeAlarm,
        steps: &[Step],
        alarms: &Alarms<'_>,
    ) -> Vec<Path> {
        let cells = 0..place.cells;
        let crossed = cells.clone().map(|cell| composite::crosses(alarm, alarms, place.metric_data, cell)).collect();
        let acts = self.acts(place, alarm);
        let suppressed = |cell| composite::suppressed(it, alarms, place.metric_data, cell);
        let actions = cells.map(|cell| acts.clone().and(suppressed(cell))).collect();
        let steps = [steps, &[Step::each("alarm", &alarm.name, crossed)]].concat();
        self.of_actions(place, alarm, &steps, Step::each("actions", &alarm.name, actions))
    }

    /// Returns the paths through the log alarms that query a log group. What their query makes of a record is not
    /// evaluated.
    pub(crate) fn of_log_group(
        &self,
        place: &Place<'_>,
        alarms: &Alarms<'_>,
        group: &LogGroup,
        steps: &[Step],
    ) -> Vec<Path> {
        let watchers = alarms.all.iter().filter(|it| alarm::queries(it, group)).take_while(|_| place.budget.take());
        let finding = Finding::undocumented(calls::DESCRIBE_ALARMS, "what the query of a log alarm makes of one event");
        let of_watcher = |alarm| {
            self.from(place, alarm, &[steps, &[Step::same("alarm", &alarm.name, finding.clone())]].concat(), alarms)
        };
        watchers.flat_map(of_watcher).collect()
    }

    /// Returns a path for each action of an alarm.
    fn of_actions(&self, place: &Place<'_>, alarm: &Alarm, steps: &[Step], acts: Step) -> Vec<Path> {
        let steps = [steps, &[acts]].concat();
        if alarm.alarm_actions.is_empty() {
            return vec![place.path_in(self.account, &alarm.name, &steps, [])];
        }
        let of_action = |arn: &String| {
            let rest = notify::steps(place.subject, arn, place.region, Caller::Alarm(alarm));
            place.path_in(self.account, &alarm.name, &steps, rest)
        };
        alarm.alarm_actions.iter().take_while(|_| place.budget.take()).map(of_action).collect()
    }

    /// Returns whether an alarm does anything at all on going into `ALARM`.
    fn acts(&self, place: &Place<'_>, alarm: &Alarm) -> Finding {
        let enabled = match alarm.actions_enabled {
            Some(true) if alarm.alarm_actions.is_empty() => Finding::broken(NO_ACTION),
            Some(true) => Finding::holds("its actions are enabled"),
            Some(false) => Finding::broken("its actions are disabled"),
            None => Finding::missing(calls::DESCRIBE_ALARMS, "whether its actions are enabled"),
        };
        enabled.and(self.unmuted(place, alarm))
    }

    /// Returns whether no mute rule silences the alarm, now or again and again.
    fn unmuted(&self, place: &Place<'_>, alarm: &Alarm) -> Finding {
        match self.monitoring.mute_rules.get(place.region) {
            None => Finding::out_of_reach(calls::LIST_MUTE_RULES, "the mute rules of this Region were not read"),
            // An endpoint or Region that does not have the feature mutes nothing.
            Some(Fact::Gap(gap)) if gap.kind == GapKind::NotSupported => Finding::holds(""),
            Some(Fact::Gap(gap)) => Finding::gap(gap),
            Some(Fact::Known(rules)) => {
                rules.iter().map(|rule| mute(rule, alarm)).fold(Finding::holds(""), Finding::and)
            }
        }
    }
}

/// Returns what a mute rule does to an alarm.
fn mute(rule: &MuteRule, alarm: &Alarm) -> Finding {
    let mutes = match &rule.mutes {
        _ if rule.status.as_deref() == Some("EXPIRED") => return Finding::holds(""),
        Some(Fact::Known(mutes)) => mutes,
        Some(Fact::Gap(gap)) => return Finding::gap(gap),
        None => return Finding::missing(calls::GET_MUTE_RULE, &format!("what mute rule {} mutes", rule.name)),
    };
    if !mutes.alarm_names.iter().any(|name| *name == alarm.name || *name == alarm.arn) {
        return Finding::holds("");
    }
    match rule.status.as_deref() {
        Some("SCHEDULED") => scheduled(&rule.name, mutes),
        Some("ACTIVE") => Finding::broken(format!("mute rule {} silences it now", rule.name)),
        _ => Finding::missing(calls::LIST_MUTE_RULES, &format!("whether mute rule {} silences it", rule.name)),
    }
}

/// Returns what a mute rule that waits for its time does to an alarm. One that comes again and again silences what root does
/// at those hours, for an alarm that is over before they are is never made up for:
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-mute-rules-behaviour.html>.
fn scheduled(name: &str, mutes: &Mutes) -> Finding {
    let Some(expression) = mutes.expression.as_deref() else {
        return Finding::missing(calls::GET_MUTE_RULE, &format!("when mute rule {name} silences it"));
    };
    let duration = mutes.duration.as_deref().map(|it| format!(" for {it}")).unwrap_or_default();
    let zone = mutes.timezone.as_deref().map(|it| format!(" in {it}")).unwrap_or_default();
    let when = format!("{expression}{zone}{duration}");
    match expression.split_once('(') {
        Some(("cron", _)) => Finding::broken(format!("mute rule {name} silences it again and again: {when}")),
        Some(("at", _)) => Finding::holds(format!("mute rule {name} will silence it once: {when}")),
        _ => Finding::undocumented(calls::GET_MUTE_RULE, format!("when mute rule {name} silences it: {when}")),
    }
}
