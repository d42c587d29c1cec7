//! Accounts that are made to keep the sweep busy: each ends, and none is acquitted.

use rootsweep_model::facts::{Alarm, AlarmKind, CompositeAlarm};
use rootsweep_model::{Fact, Verdict};

use crate::build::{World, world};
use crate::form::Form;

fn alarms(world: &mut World) -> &mut Vec<Alarm> {
    match world.facts.monitoring.alarms.get_mut("us-east-1") {
        Some(Fact::Known(alarms)) => alarms,
        other => panic!("the alarms are known: {other:?}"),
    }
}

fn root_alarm(world: &World) -> Verdict {
    let judged = world.judged();
    judged.into_iter().find(|(meta, _)| meta.id == "root-alarm").expect("root-alarm").1.verdict
}

/// Returns an account whose one alarm has no action, so that everything hangs on what stands above it.
fn quiet() -> World {
    let mut world = world(&Form::default());
    for alarm in alarms(&mut world) {
        alarm.alarm_actions.clear();
    }
    world
}

fn composite(name: &str, rule: String) -> Alarm {
    Alarm {
        name: name.to_owned(),
        arn: format!("arn:aws:cloudwatch:us-east-1:111122223333:alarm:{name}"),
        actions_enabled: Some(true),
        alarm_actions: Vec::new(),
        state: Some("OK".to_owned()),
        kind: AlarmKind::Composite(Box::new(CompositeAlarm { alarm_rule: Some(rule), ..CompositeAlarm::default() })),
    }
}

#[test]
fn composite_alarms_that_each_stand_on_all_before_them_are_looked_at_once() {
    let mut world = quiet();
    let mut names = vec!["root-used".to_owned()];
    for index in 0..120 {
        let rule = names.iter().map(|name| format!("ALARM({name})")).collect::<Vec<_>>().join(" OR ");
        names.push(format!("tower-{index}"));
        alarms(&mut world).push(composite(names.last().expect("a name"), rule));
    }
    assert_eq!(root_alarm(&world), Verdict::Fail, "none of them has an action");
}

#[test]
fn more_alarms_than_can_be_looked_at_are_not_known() {
    let mut world = quiet();
    let first = alarms(&mut world)[0].clone();
    for index in 0..1_000 {
        let mut alarm = first.clone();
        alarm.name = format!("copy-{index}");
        alarm.arn = format!("{}-{index}", first.arn);
        alarms(&mut world).push(alarm);
    }
    assert_eq!(root_alarm(&world), Verdict::Unknown);
}

#[test]
fn rules_that_forward_in_circles_end() {
    let pattern = r#"{"detail":{"userIdentity":{"type":["Root"]}}}"#;
    let rule = format!("{{ bus: b, targets: [bus b, bus b, bus b, bus b, bus b], pattern: '{pattern}' }}");
    let rules = vec![rule; 40].join(", ");
    let own = format!("{{ targets: [bus b], pattern: '{pattern}' }}");
    let text = format!("{{ no_alarm: true, rules: {{ us-east-1: [{own}] }}, central_rules: [{rules}] }}");
    let form: Form = serde_saphyr::from_str(&text).expect("a form");
    assert_ne!(root_alarm(&world(&form)), Verdict::Pass);
}

#[test]
fn a_rule_that_is_too_deep_is_not_known() {
    let mut world = quiet();
    let mut deep = composite("deep", format!("{}ALARM(root-used)", "NOT ".repeat(30_000)));
    deep.alarm_actions.push("arn:aws:sns:us-east-1:111122223333:security".to_owned());
    alarms(&mut world).push(deep);
    assert_eq!(root_alarm(&world), Verdict::Unknown);
}
