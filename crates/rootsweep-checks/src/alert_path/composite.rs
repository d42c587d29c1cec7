//! Composite alarms: their rule, evaluated on what one event does to their children.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html>

use std::cell::RefCell;
use std::collections::BTreeMap;

use rootsweep_model::facts::{Alarm, AlarmKind, CompositeAlarm};

use super::alarm;
use super::alarm_rule::{AlarmState, Rule};
use super::metric_data::MetricData;
use super::state::Finding;
use crate::calls;

/// How high composite alarms may stand on each other here.
const MAX_HEIGHT: usize = 50;

/// An alarm's state before an event and in its wake; nothing where it cannot be told.
#[derive(Clone, Copy, Debug)]
struct Situation {
    rest: Option<AlarmState>,
    event: Option<AlarmState>,
}

/// The alarms of one account and Region, with the rules of the composite ones read once.
pub(crate) struct Alarms<'a> {
    pub(crate) all: &'a [Alarm],
    /// Each alarm with its place in the list, by its name and by its ARN.
    by_name: BTreeMap<&'a str, (usize, &'a Alarm)>,
    rules: BTreeMap<&'a str, Rule>,
    parents: BTreeMap<&'a str, Vec<&'a Alarm>>,
    unread: Vec<&'a Alarm>,
    /// What an event in a cell does to an alarm, by its place: each is looked at once, though many rules name it.
    situations: RefCell<BTreeMap<(usize, usize), Situation>>,
}

impl<'a> Alarms<'a> {
    pub(crate) fn new(all: &'a [Alarm]) -> Self {
        let by_name =
            all.iter().enumerate().flat_map(|it| [(it.1.name.as_str(), it), (it.1.arn.as_str(), it)]).collect();
        let mut alarms = Self {
            all,
            by_name,
            rules: BTreeMap::new(),
            parents: BTreeMap::new(),
            unread: Vec::new(),
            situations: RefCell::default(),
        };
        for alarm in all {
            if let AlarmKind::Composite(composite) = &alarm.kind {
                alarms.read(alarm, composite);
            }
        }
        alarms
    }

    fn read(&mut self, alarm: &'a Alarm, composite: &CompositeAlarm) {
        let Some(rule) = composite.alarm_rule.as_deref().and_then(Rule::parse) else {
            self.unread.push(alarm);
            return;
        };
        for (_, child) in rule.names().iter().filter_map(|name| self.by_name.get(name)) {
            self.parents.entry(&child.arn).or_default().push(alarm);
        }
        self.rules.insert(&alarm.arn, rule);
    }

    /// Returns the composite alarms that stand on an alarm, at any height, and those whose rule cannot be read.
    pub(crate) fn above(&self, child: &'a Alarm) -> Vec<&'a Alarm> {
        let mut found: BTreeMap<&str, &'a Alarm> = BTreeMap::new();
        let mut open = vec![child];
        while let Some(next) = open.pop() {
            for parent in self.parents.get(next.arn.as_str()).into_iter().flatten() {
                if found.insert(&parent.arn, parent).is_none() {
                    open.push(parent);
                }
            }
        }
        found.into_values().chain(self.unread.iter().copied()).collect()
    }

    /// Returns the alarms that an alarm stands on, at any height, itself among them.
    pub(crate) fn below(&self, top: &'a Alarm) -> Vec<&'a Alarm> {
        let mut found = BTreeMap::from([(top.arn.as_str(), top)]);
        let mut open = vec![top];
        while let Some(rule) = open.pop().map(|next| self.rules.get(next.arn.as_str())) {
            let names = rule.map(Rule::names).unwrap_or_default();
            for (_, child) in names.into_iter().filter_map(|name| self.by_name.get(name)) {
                if found.insert(&child.arn, child).is_none() {
                    open.push(child);
                }
            }
        }
        found.into_values().collect()
    }
}

/// Returns whether one event takes a composite alarm from rest into `ALARM`.
pub(crate) fn crosses(alarm: &Alarm, alarms: &Alarms<'_>, metric_data: &MetricData<'_>, cell: usize) -> Finding {
    let text = match &alarm.kind {
        AlarmKind::Composite(composite) => composite.alarm_rule.as_deref().unwrap_or_default(),
        AlarmKind::Metric(_) | AlarmKind::Log(_) => "",
    };
    let Some(rule) = alarms.rules.get(alarm.arn.as_str()) else {
        return Finding::undocumented(calls::DESCRIBE_ALARMS, format!("its rule {text:?} is not understood"));
    };
    let children = Children { alarms, metric_data, cell };
    match children.of_rule(rule, 0) {
        (_, Some(false)) => Finding::broken(format!("its rule does not hold on one event: {text}")),
        (Some(true), _) => Finding::broken("its rule holds without any event"),
        (Some(false), Some(true)) => Finding::holds("its rule holds on one event"),
        _ => Finding::out_of_reach(
            calls::DESCRIBE_ALARMS,
            format!("its rule hangs on an alarm that is not known: {text}"),
        ),
    }
}

/// Returns whether the suppressor, by itself or by this very event, keeps the composite alarm's actions back.
pub(crate) fn suppressed(
    composite: &CompositeAlarm,
    alarms: &Alarms<'_>,
    metric_data: &MetricData<'_>,
    cell: usize,
) -> Finding {
    let Some(suppressor) = composite.actions_suppressor.as_deref().filter(|it| !it.is_empty()) else {
        return Finding::holds("");
    };
    let situation = Children { alarms, metric_data, cell }.situation(suppressor, 0);
    match (situation.rest, situation.event) {
        (Some(AlarmState::Alarm), _) => Finding::broken(format!("{suppressor} is in ALARM and suppresses its actions")),
        (_, Some(AlarmState::Alarm)) => {
            Finding::broken(format!("the event sets off {suppressor}, which suppresses it"))
        }
        (Some(_), Some(_)) => Finding::holds(format!("{suppressor} does not suppress it now")),
        _ => Finding::out_of_reach(
            calls::DESCRIBE_ALARMS,
            format!("the state of its suppressor {suppressor} is not known"),
        ),
    }
}

/// What one event does to the alarms that a rule names. One that stands on itself is not known.
struct Children<'a> {
    alarms: &'a Alarms<'a>,
    metric_data: &'a MetricData<'a>,
    cell: usize,
}

impl Children<'_> {
    /// Returns what one event does to an alarm. One that it does not set off keeps the state that AWS reported; one that
    /// it does set off is taken to be at rest before.
    fn situation(&self, name: &str, depth: usize) -> Situation {
        let not_known = Situation { rest: None, event: None };
        let Some((place, found)) = self.alarms.by_name.get(name).filter(|_| depth <= MAX_HEIGHT) else {
            return not_known;
        };
        let key = (self.cell, *place);
        let known = &self.alarms.situations;
        let before = known.borrow_mut().insert(key, not_known);
        let situation = before.unwrap_or_else(|| self.look(found, depth));
        known.borrow_mut().insert(key, situation);
        situation
    }

    fn look(&self, found: &Alarm, depth: usize) -> Situation {
        let reported = reported(found);
        let fires = match &found.kind {
            AlarmKind::Metric(metric) => alarm::fires(&alarm::crosses(found, metric, self.metric_data, self.cell)),
            // What the query of a log alarm makes of the event is not evaluated.
            AlarmKind::Log(_) => None,
            AlarmKind::Composite(_) => match self.alarms.rules.get(found.arn.as_str()) {
                Some(rule) => match self.of_rule(rule, depth + 1) {
                    (Some(rest), Some(event)) => Some(event && !rest),
                    _ => None,
                },
                None => None,
            },
        };
        match fires {
            Some(true) => {
                let rest = reported.filter(|it| *it != AlarmState::Alarm).unwrap_or(AlarmState::Ok);
                Situation { rest: Some(rest), event: Some(AlarmState::Alarm) }
            }
            Some(false) => Situation { rest: reported, event: reported },
            None => Situation { rest: reported, event: reported.filter(|it| *it == AlarmState::Alarm) },
        }
    }

    /// Returns whether a rule holds at rest, and on the event.
    fn of_rule(&self, rule: &Rule, depth: usize) -> (Option<bool>, Option<bool>) {
        let rest = rule.holds(&|name| self.situation(name, depth).rest);
        let event = rule.holds(&|name| self.situation(name, depth).event);
        (rest, event)
    }
}

fn reported(alarm: &Alarm) -> Option<AlarmState> {
    match alarm.state.as_deref()? {
        "ALARM" => Some(AlarmState::Alarm),
        "OK" => Some(AlarmState::Ok),
        "INSUFFICIENT_DATA" => Some(AlarmState::InsufficientData),
        _ => None,
    }
}
