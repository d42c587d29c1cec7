//! Composite alarms: their rule language and their evaluation.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html>

use jiff::Timestamp;

use super::alarms::{AlarmKind, Verdict, regions, transition};
use crate::world::{Place, Region, StateValue, World};

/// How deep rules may nest.
const MAX_DEPTH: u32 = 64;

/// Evaluates every composite alarm until nothing changes, for they may watch each other.
pub(super) fn evaluate_all(world: &mut World, at: Timestamp) {
    let rounds = regions(world).map(|(_, _, region)| region.composite_alarms.len()).max().unwrap_or(0);
    for _ in 0..=rounds {
        let changes = changes(world);
        if changes.is_empty() {
            return;
        }
        for (place, name, verdict) in changes {
            transition(world, &place, AlarmKind::Composite, &name, verdict, at);
        }
    }
}

fn changes(world: &World) -> Vec<(Place, String, Verdict)> {
    let mut changes = Vec::new();
    for (account, name, region) in regions(world) {
        for alarm in &region.composite_alarms {
            // A rule that CloudWatch would have refused, or that names an absent alarm, changes nothing.
            let Some(holds) = evaluate(&alarm.rule, region) else { continue };
            let value = if holds { StateValue::Alarm } else { StateValue::Ok };
            if value != alarm.state.value {
                let reason = format!("{} transitioned to {} because its rule is now {holds}", alarm.name, value.name());
                changes.push((Place::new(account, name), alarm.name.clone(), Verdict { value, reason, data: None }));
            }
        }
    }
    changes
}

/// The state of an alarm of either kind, by name or ARN.
pub(super) fn state_of(region: &Region, alarm: &str) -> Option<StateValue> {
    let name = alarm.rsplit_once(":alarm:").map_or(alarm, |(_, name)| name);
    let metric = region.alarms.iter().find(|it| it.name == name).map(|it| it.state.value);
    metric.or_else(|| region.composite_alarms.iter().find(|it| it.name == name).map(|it| it.state.value))
}

/// Whether a rule holds; `None` when it is not a rule or names an absent alarm.
pub(crate) fn evaluate(rule: &str, region: &Region) -> Option<bool> {
    let mut parser = Parser { rest: rule.trim(), region, depth: 0 };
    let value = parser.disjunction()?;
    parser.rest.is_empty().then_some(value)
}

struct Parser<'a> {
    rest: &'a str,
    region: &'a Region,
    depth: u32,
}

impl Parser<'_> {
    fn take(&mut self, word: &str) -> bool {
        let Some(rest) = self.rest.strip_prefix(word) else { return false };
        let is_whole =
            !word.ends_with(char::is_alphabetic) || !rest.starts_with(|it: char| it.is_alphanumeric() || it == '_');
        if is_whole {
            self.rest = rest.trim_start();
        }
        is_whole
    }

    fn disjunction(&mut self) -> Option<bool> {
        let mut value = self.conjunction()?;
        while self.take("OR") {
            value |= self.conjunction()?;
        }
        Some(value)
    }

    fn conjunction(&mut self) -> Option<bool> {
        let mut value = self.term()?;
        while self.take("AND") {
            value &= self.term()?;
        }
        Some(value)
    }

    fn term(&mut self) -> Option<bool> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let value = self.bare_term();
        self.depth -= 1;
        value
    }

    fn bare_term(&mut self) -> Option<bool> {
        if self.take("NOT") {
            return Some(!self.term()?);
        }
        if self.take("TRUE") {
            return Some(true);
        }
        if self.take("FALSE") {
            return Some(false);
        }
        if self.take("(") {
            let value = self.disjunction()?;
            return self.take(")").then_some(value);
        }
        let states = [StateValue::Alarm, StateValue::Ok, StateValue::InsufficientData];
        let wanted = states.into_iter().find(|state| self.take(state.name()))?;
        let name = self.name()?;
        Some(state_of(self.region, &name)? == wanted)
    }

    /// The name in `("name")` or `(name)`.
    fn name(&mut self) -> Option<String> {
        let inner = self.rest.strip_prefix('(')?.trim_start();
        let (name, rest) = match inner.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => inner.split_at(inner.find(')')?),
        };
        self.rest = rest.trim_start().strip_prefix(')')?.trim_start();
        Some(name.trim().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;
    use crate::world::{AlarmState, MetricAlarm};

    #[test_case("ALARM(fires)", Some(true))]
    #[test_case("ALARM(\"fires\") AND OK(\"quiet\")", Some(true))]
    #[test_case("ALARM(\"arn:aws:cloudwatch:us-east-1:111111111111:alarm:fires\")", Some(true))]
    #[test_case("NOT (ALARM(fires) OR FALSE)", Some(false))]
    #[test_case("OK(fires) OR INSUFFICIENT_DATA(unknown)", Some(true))]
    #[test_case("ALARM(quiet) OR ALARM(quiet) AND TRUE", Some(false))]
    #[test_case("ALARM(absent)", None; "an absent alarm")]
    #[test_case("ALARM(fires) ALARM(fires)", None; "no operator")]
    fn a_rule_holds_by_the_states_of_its_alarms(rule: &str, expected: Option<bool>) {
        let alarm = |name: &str, value| MetricAlarm {
            name: name.to_owned(),
            state: AlarmState { value, ..AlarmState::default() },
            ..MetricAlarm::default()
        };
        let region = Region {
            alarms: vec![
                alarm("fires", StateValue::Alarm),
                alarm("quiet", StateValue::Ok),
                alarm("unknown", StateValue::InsufficientData),
            ],
            ..Region::default()
        };
        assert_eq!(evaluate(rule, &region), expected);
    }

    #[test]
    fn hostile_nesting_ends() {
        assert_eq!(evaluate(&"NOT ".repeat(100_000), &Region::default()), None);
    }
}
