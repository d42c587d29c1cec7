//! What a timeline speaks of has to be there: checked when the file is read, before anything is played.

use std::collections::BTreeSet;

use fake_aws::world::{EventRecord, Region};
use serde_json::Value;

use crate::fault::{Fault, List, Place};
use crate::{Call, Expect, Offset, Scenario, Step, complete};

/// Fails at the first thing in the timeline that cannot be played, or that nothing can come of.
pub(crate) fn timeline(scenario: &Scenario) -> Result<(), Fault> {
    let names = Names::of(scenario);
    let mut before = Offset::default();
    for (index, step) in scenario.timeline.iter().enumerate() {
        if step.at < before {
            let message = format!("the step at {} stands after the one at {before}: put them in order", step.at);
            return Err(Place::Step(index).fault(message));
        }
        before = step.at;
        if step.expect.needs_sweep() && step.sweep.is_none() {
            let message = "this step expects something of a sweep, and has none: add `sweep: {}`".to_owned();
            return Err(Place::Step(index).fault(message));
        }
        each(index, List::Records, &step.cloudtrail, |record| check_record(scenario, record))?;
        check_deeds(scenario, index, step)?;
        check_expected(scenario, &names, index, &step.expect)?;
    }
    Ok(())
}

/// Checks each item of a list, and points at the one that is wrong.
fn each<T>(step: usize, list: List, items: &[T], check: impl Fn(&T) -> Result<(), String>) -> Result<(), Fault> {
    for (number, item) in items.iter().enumerate() {
        check(item).map_err(|message| Place::Item(step, list, number).fault(message))?;
    }
    Ok(())
}

/// Checks what a step does: its changes, calls and faults, and what changes in the middle of its sweep.
fn check_deeds(scenario: &Scenario, index: usize, step: &Step) -> Result<(), Fault> {
    let known = |what: &str, account: &dyn ToString| check_account(scenario, what, account);
    each(index, List::Changes, &step.change, |change| change.check(&scenario.world))?;
    each(index, List::Calls, &step.calls, |call| {
        known("this call", &call.account)?;
        let spoken = Call::SERVICES.contains(&call.service.as_str());
        let services = Call::SERVICES.join(", ");
        let unknown =
            || format!("{:?} is not a service that a scenario can call: name one of {services}", call.service);
        spoken.then_some(()).ok_or_else(unknown)
    })?;
    each(index, List::Faults, step.faults.as_deref().unwrap_or_default(), |fault| {
        fault.account.map_or(Ok(()), |account| known("this fault", &account))
    })?;
    each(index, List::During, step.sweep.as_ref().map_or(&[], |sweep| &sweep.during), |during| {
        during.account.map_or(Ok(()), |account| known("this change", &account))?;
        during.change.check(&scenario.world)
    })
}

/// Checks what a step expects: what is misspelt there is silent, and comes never.
fn check_expected(scenario: &Scenario, names: &Names, index: usize, expect: &Expect) -> Result<(), Fault> {
    let alarm = |name: &String| named("alarm", name, &names.alarms);
    let queue = |name: &String| named("queue", name, &names.queues);
    let known = |what: &str, account: &dyn ToString| check_account(scenario, what, account);
    each(index, List::Alarms, &expect.alarms, alarm)?;
    each(index, List::Silent, &expect.silent, alarm)?;
    each(index, List::Messages, &expect.messages, |message| queue(&message.to))?;
    each(index, List::NoMessages, &expect.no_messages, queue)?;
    each(index, List::Rows, &expect.rows, |row| known("this row", &row.account))?;
    each(index, List::Episodes, &expect.episodes, |episode| known("this episode", &episode.account))
}

/// The alarms and queues that there are at some time of the scenario.
struct Names {
    alarms: BTreeSet<String>,
    queues: BTreeSet<String>,
}

impl Names {
    fn of(scenario: &Scenario) -> Self {
        let regions: Vec<&Region> = scenario.world.accounts.values().flat_map(|it| it.regions.values()).collect();
        let metric = regions.iter().flat_map(|it| &it.alarms).map(|it| it.name.clone());
        let composite = regions.iter().flat_map(|it| &it.composite_alarms).map(|it| it.name.clone());
        let queues = regions.iter().flat_map(|it| &it.queues).map(|it| it.name.clone());
        Self {
            alarms: metric.chain(composite).chain(made(scenario, "/AlarmName")).collect(),
            queues: queues.chain(made(scenario, "/QueueName")).collect(),
        }
    }
}

/// The names that the scenario's own calls give.
fn made<'a>(scenario: &'a Scenario, parameter: &'a str) -> impl Iterator<Item = String> + 'a {
    let calls = scenario.timeline.iter().flat_map(|step| &step.calls);
    calls.filter_map(move |call| call.input.pointer(parameter)?.as_str().map(str::to_owned))
}

fn named(kind: &str, name: &str, there: &BTreeSet<String>) -> Result<(), String> {
    let list = there.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let remedy = if list.is_empty() { "add it".to_owned() } else { format!("add it, or name one of {list}") };
    let unknown = || format!("there is no {kind} {name:?} in this scenario: {remedy}");
    there.contains(name).then_some(()).ok_or_else(unknown)
}

fn check_account(scenario: &Scenario, what: &str, account: &dyn ToString) -> Result<(), String> {
    let account = account.to_string();
    let known = account.parse().is_ok_and(|id| scenario.world.accounts.contains_key(&id));
    let unknown =
        || format!("{what} speaks of account {account}, which is not in `world`: add it, or name one that is there");
    known.then_some(()).ok_or_else(unknown)
}

/// A record has to be an object, name its event, speak of an account of the organization, and have a time.
fn check_record(scenario: &Scenario, record: &Value) -> Result<(), String> {
    let text = |pointer: &str| record.pointer(pointer).and_then(Value::as_str);
    if text("/eventName").is_none() {
        return Err("this record is not a JSON object with an `eventName`: give it one".to_owned());
    }
    let account = text("/recipientAccountId").or_else(|| text("/userIdentity/accountId"));
    let Some(account) = account else {
        return Err("this record names no account: give `userIdentity.accountId`".to_owned());
    };
    check_account(scenario, "this record", &account)?;
    let whole = complete(record, &scenario.name, "0/0/0", scenario.starts_at);
    let remedy = "write a time as 2026-06-30T23:40:00Z, and leave out what is to be completed";
    EventRecord::try_from(whole)
        .map(drop)
        .map_err(|error| format!("this record cannot be delivered: {error}: {remedy}"))
}
