//! Composite alarms: their rule, evaluated on what one event does to their children.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html>

use std::cell::RefCell;
use std::collections::BTreeMap;

use rootsweep_model::facts::{Alarm, AlarmKind, CompositeAlarm};

use super::alarm::{self, DESCRIBE_ALARMS};
use super::book::Book;
use super::state::Finding;

/// How deep rules may nest here.
const MAX_DEPTH: usize = 10;

/// How high composite alarms may stand on each other here.
const MAX_HEIGHT: usize = 50;

/// A state that a rule can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AlarmState {
    Alarm,
    Ok,
    InsufficientData,
}

/// A parsed rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    Constant(bool),
    /// Whether an alarm, by name or ARN, is in a state.
    Is(AlarmState, String),
    Not(Box<Self>),
    And(Vec<Self>),
    Or(Vec<Self>),
}

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
}

/// Returns whether one event takes a composite alarm from rest into `ALARM`.
pub(crate) fn crosses(alarm: &Alarm, alarms: &Alarms<'_>, book: &Book<'_>, cell: usize) -> Finding {
    let text = match &alarm.kind {
        AlarmKind::Composite(composite) => composite.alarm_rule.as_deref().unwrap_or_default(),
        AlarmKind::Metric(_) => "",
    };
    let Some(rule) = alarms.rules.get(alarm.arn.as_str()) else {
        return Finding::undocumented(DESCRIBE_ALARMS, format!("its rule {text:?} is not understood"));
    };
    let children = Children { alarms, book, cell };
    match children.of_rule(rule, 0) {
        (_, Some(false)) => Finding::broken(format!("its rule does not hold on one event: {text}")),
        (Some(true), _) => Finding::broken("its rule holds without any event"),
        (Some(false), Some(true)) => Finding::holds("its rule holds on one event"),
        _ => Finding::out_of_reach(DESCRIBE_ALARMS, format!("its rule hangs on an alarm that is not known: {text}")),
    }
}

/// Returns whether the suppressor, by itself or by this very event, keeps the composite alarm's actions back.
pub(crate) fn suppressed(composite: &CompositeAlarm, alarms: &Alarms<'_>, book: &Book<'_>, cell: usize) -> Finding {
    let Some(suppressor) = composite.actions_suppressor.as_deref().filter(|it| !it.is_empty()) else {
        return Finding::holds("");
    };
    let situation = Children { alarms, book, cell }.situation(suppressor, 0);
    match (situation.rest, situation.event) {
        (Some(AlarmState::Alarm), _) => Finding::broken(format!("{suppressor} is in ALARM and suppresses its actions")),
        (_, Some(AlarmState::Alarm)) => {
            Finding::broken(format!("the event sets off {suppressor}, which suppresses it"))
        }
        (Some(_), Some(_)) => Finding::holds(format!("{suppressor} does not suppress it now")),
        _ => Finding::out_of_reach(DESCRIBE_ALARMS, format!("the state of its suppressor {suppressor} is not known")),
    }
}

/// What one event does to the alarms that a rule names. One that stands on itself is not known.
struct Children<'a> {
    alarms: &'a Alarms<'a>,
    book: &'a Book<'a>,
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
            AlarmKind::Metric(metric) => alarm::fires(&alarm::crosses(found, metric, self.book, self.cell)),
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

impl Rule {
    /// Reads a rule; nothing where it is malformed, or has a function that is not known here.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parser = Parser { rest: text.trim(), depth: 0 };
        let rule = parser.any()?;
        parser.rest.is_empty().then_some(rule)
    }

    /// Returns whether the rule holds, by Kleene's logic, where some states cannot be told.
    pub(crate) fn holds(&self, state: &dyn Fn(&str) -> Option<AlarmState>) -> Option<bool> {
        let all = |parts: &[Self], decisive: bool| {
            let results: Vec<_> = parts.iter().map(|it| it.holds(state)).collect();
            let decided = results.contains(&Some(decisive)).then_some(decisive);
            decided.or_else(|| (!results.contains(&None)).then_some(!decisive))
        };
        match self {
            Self::Constant(value) => Some(*value),
            Self::Is(wanted, name) => state(name).map(|it| it == *wanted),
            Self::Not(inner) => inner.holds(state).map(|it| !it),
            Self::And(parts) => all(parts, false),
            Self::Or(parts) => all(parts, true),
        }
    }

    fn names(&self) -> Vec<&str> {
        match self {
            Self::Constant(_) => Vec::new(),
            Self::Is(_, name) => vec![name],
            Self::Not(inner) => inner.names(),
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::names).collect(),
        }
    }
}

struct Parser<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn any(&mut self) -> Option<Rule> {
        let mut parts = vec![self.all()?];
        while self.word("OR") {
            parts.push(self.all()?);
        }
        Some(if parts.len() == 1 { parts.remove(0) } else { Rule::Or(parts) })
    }

    fn all(&mut self) -> Option<Rule> {
        let mut parts = vec![self.part()?];
        while self.word("AND") {
            parts.push(self.part()?);
        }
        Some(if parts.len() == 1 { parts.remove(0) } else { Rule::And(parts) })
    }

    fn part(&mut self) -> Option<Rule> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let part = if self.word("NOT") {
            self.part().map(|inner| Rule::Not(Box::new(inner)))
        } else if self.eat("(") {
            self.any().filter(|_| self.eat(")"))
        } else {
            self.leaf()
        };
        self.depth -= 1;
        part
    }

    fn leaf(&mut self) -> Option<Rule> {
        let constants = [("TRUE", true), ("FALSE", false)];
        if let Some((_, value)) = constants.into_iter().find(|(word, _)| self.word(word)) {
            return Some(Rule::Constant(value));
        }
        let states =
            [("ALARM", AlarmState::Alarm), ("OK", AlarmState::Ok), ("INSUFFICIENT_DATA", AlarmState::InsufficientData)];
        let (_, state) = states.into_iter().find(|(word, _)| self.word(word))?;
        self.eat("(").then_some(())?;
        let name = self.name()?;
        self.eat(")").then(|| Rule::Is(state, name.to_owned()))
    }

    fn name(&mut self) -> Option<&'a str> {
        let quoted = self.rest.strip_prefix('"');
        let (name, rest) = match quoted {
            Some(inner) => inner.split_once('"')?,
            None => self.rest.find(')').map(|end| self.rest.split_at(end))?,
        };
        self.rest = rest.trim_start();
        Some(name.trim()).filter(|it| !it.is_empty())
    }

    fn eat(&mut self, wanted: &str) -> bool {
        let Some(rest) = self.rest.strip_prefix(wanted) else { return false };
        self.rest = rest.trim_start();
        true
    }

    /// Steps over a word that no letter or digit follows.
    fn word(&mut self, wanted: &str) -> bool {
        let Some(rest) = self.rest.strip_prefix(wanted) else { return false };
        if rest.starts_with(|it: char| it.is_ascii_alphanumeric() || it == '_') {
            return false;
        }
        self.rest = rest.trim_start();
        true
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{AlarmState, Rule};

    /// Holds a rule against `a` in alarm, `b` at rest, `c` without data, and anything else not known.
    fn holds(rule: &Rule) -> Option<bool> {
        rule.holds(&|name| match name {
            "a" => Some(AlarmState::Alarm),
            "b" | "b with blanks" => Some(AlarmState::Ok),
            "c" => Some(AlarmState::InsufficientData),
            _ => None,
        })
    }

    fn holds_as_written(text: &str) -> Option<bool> {
        holds(&Rule::parse(text).expect("a rule"))
    }

    /// The forms are those of the API page of `PutCompositeAlarm`.
    #[test]
    fn rules_hold_by_the_states_of_their_children() {
        for (text, value) in [
            ("ALARM(a)", true),
            (r#"ALARM("a")"#, true),
            ("OK(b)", true),
            (r#"OK("b with blanks")"#, true),
            ("INSUFFICIENT_DATA(c)", true),
            ("TRUE", true),
            ("FALSE OR ALARM(a)", true),
            ("ALARM(a) AND NOT ALARM(b)", true),
            ("(ALARM(b) OR ALARM(a)) AND OK(b)", true),
            ("NOT (ALARM(a) AND ALARM(b))", true),
            ("ALARM(b) AND ALARM(b) OR ALARM(a)", true),
            ("ALARM(a) AND ALARM(b)", false),
            ("NOT TRUE", false),
        ] {
            assert_eq!(holds_as_written(text), Some(value), "{text}");
        }
    }

    #[test]
    fn a_rule_that_hangs_on_an_unknown_child_is_not_known() {
        assert_eq!(holds_as_written("ALARM(a) AND ALARM(x)"), None);
        assert_eq!(holds_as_written("ALARM(b) OR ALARM(x)"), None);
        assert_eq!(holds_as_written("ALARM(a) OR ALARM(x)"), Some(true));
        assert_eq!(holds_as_written("ALARM(b) AND ALARM(x)"), Some(false));
        assert_eq!(holds_as_written("NOT ALARM(x)"), None);
    }

    #[test]
    fn what_is_no_rule_is_not_read() {
        for text in ["", "ALARM", "ALARM()", "ALARM(a", "ALARM(a) ALARM(b)", "a OR b", "AND", "ALARM(\"a)"] {
            assert_eq!(Rule::parse(text), None, "{text}");
        }
        assert_eq!(Rule::parse(&format!("{}TRUE", "NOT ".repeat(20_000))), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[ -~]{0,60}") {
            let _ = Rule::parse(&text).map(|rule| holds(&rule));
        }
    }
}
