//! The embedded stage: the fake AWS alone, on the scenario's own clock.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use anyhow::{Context as _, Result, anyhow};
use fake_aws::fault::FaultRule;
use fake_aws::world::{AccountId, CallerKey, EventRecord, HopKind, Interlude, Place, World};
use fake_aws::{Clock, FakeAws};
use jiff::Timestamp;
use scenario::{Call, Change, During};
use serde_json::Value;

use super::{Scheduled, Seen, SeenHop};
use crate::judge::Message;
use crate::wire::{Key, Wire};

/// The fake AWS, and how far its story has been read.
pub struct Embedded {
    fake: FakeAws,
    wire: Wire,
    read: usize,
    /// Why a change in the middle of a sweep could not be made.
    unhappened: Arc<Mutex<Vec<String>>>,
}

impl Embedded {
    /// Starts the fake AWS with the scenario's World, its clock at the start of the scenario.
    pub async fn open(mut world: World, starts_at: Timestamp) -> Result<Self> {
        world.clock = Clock::Scenario(starts_at);
        add_callers(&mut world);
        Self::over(FakeAws::start(world).await.context("the embedded AWS does not start")?)
    }

    /// Starts the fake AWS in front of another one, on the machine's own clock.
    pub async fn open_gateway(mut world: World, upstream: &str) -> Result<Self> {
        add_callers(&mut world);
        let fake = FakeAws::start_gateway(world, upstream).await;
        Self::over(fake.context("the gateway in front of LocalStack does not start")?)
    }

    fn over(fake: FakeAws) -> Result<Self> {
        let wire = Wire::new(&fake.url())?;
        Ok(Self { fake, wire, read: 0, unhappened: Arc::default() })
    }

    /// Returns the environment that points the product at it.
    pub fn environment(&self) -> Vec<(String, String)> {
        self.fake.environment().into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// Returns the time of its clock.
    pub fn now(&self) -> Timestamp {
        self.fake.world().now()
    }

    /// Schedules the delivery of a record.
    pub fn schedule(&self, scheduled: Scheduled) -> Result<()> {
        let delivery = delivery(scheduled)?;
        self.fake.world().schedule(delivery);
        Ok(())
    }

    /// Moves the clock; everything that falls due happens on the way.
    pub async fn advance_to(&self, time: Timestamp) {
        self.fake.advance_to(time).await;
    }

    /// Makes a change that no call makes.
    pub fn change(&self, change: &Change) -> Result<()> {
        change.apply(&mut self.fake.world()).map_err(|message| anyhow!(message))
    }

    /// Arranges what changes in the middle of a sweep.
    pub fn arrange(&self, during: &[During]) {
        let mut world = self.fake.world();
        for it in during {
            let (change, unhappened) = (it.change.clone(), Arc::clone(&self.unhappened));
            let happens = move |world: &mut World| {
                if let (Err(why), Ok(mut list)) = (change.apply(world), unhappened.lock()) {
                    list.push(why);
                }
            };
            world.interludes.push(Interlude::after(it.after.as_str(), it.account, happens));
        }
    }

    /// Says what was arranged for the sweep and has not happened.
    pub fn unhappened(&self) -> Vec<String> {
        let waiting = std::mem::take(&mut self.fake.world().interludes);
        let waiting = waiting.iter().map(|it| format!("no call came after which something was to change: {it:?}"));
        let refused = self.unhappened.lock().map(|mut list| std::mem::take(&mut *list)).unwrap_or_default();
        waiting.chain(refused.into_iter().map(|why| format!("a change could not be made: {why}"))).collect()
    }

    /// Says which of the faults that are set no call has met.
    pub fn faults_that_never_struck(&self) -> Vec<String> {
        let world = self.fake.world();
        let never = world.faults.iter().filter(|rule| rule.seen < rule.nth.max(1));
        never.map(|rule| format!("no call met the fault {}", told(rule))).collect()
    }

    /// Returns the event ids of the records that a trail has brought into a log group.
    pub fn logged(&self) -> BTreeSet<String> {
        let world = self.fake.world();
        let into_group = world.hops.iter().filter_map(|hop| match &hop.kind {
            HopKind::RecordDelivered { event_id, log_group: Some(_), .. } => Some(event_id.clone()),
            _ => None,
        });
        into_group.collect()
    }

    /// Sets the faults that calls meet from now on.
    pub fn set_faults(&self, faults: Vec<FaultRule>) {
        self.fake.world().faults = faults;
    }

    /// Makes a call as a principal of the account.
    pub async fn call(&self, call: &Call) -> Result<Value> {
        let caller = caller_in(call.account);
        let key = Key { id: caller.access_key_id, secret: caller.secret_access_key, region: call.region.clone() };
        self.wire.at(self.now()).call(&key, &call.service, &call.operation, &call.input).await
    }

    /// Returns what has happened since the last look.
    pub fn look(&mut self) -> Seen {
        let mut world = self.fake.world();
        let mut seen = Seen::default();
        for hop in world.hops.iter().skip(self.read) {
            if let HopKind::AlarmChanged { alarm, to: "ALARM", .. } = &hop.kind {
                seen.alarms.push(alarm.clone());
            }
            let (kind, subject) = (kind(&hop.kind), hop.kind.to_string());
            seen.hops.push(SeenHop { at: hop.at, kind, subject, leads_on: leads_on(&hop.kind) });
        }
        self.read = world.hops.len();
        seen.messages = take_messages(&mut world);
        seen
    }
}

/// Lets a scenario's calls be made in every account.
fn add_callers(world: &mut World) {
    let accounts: Vec<AccountId> = world.accounts.keys().copied().collect();
    world.callers.extend(accounts.into_iter().map(caller_in));
}

/// The caller that a scenario's calls are made as in an account.
fn caller_in(account: AccountId) -> CallerKey {
    CallerKey {
        access_key_id: format!("AKIA{account}SCEN"),
        user: "scenario".to_owned(),
        ..CallerKey::default_for(account)
    }
}

fn delivery(scheduled: Scheduled) -> Result<fake_aws::Delivery> {
    let place = Place::new(scheduled.account, scheduled.region);
    let record = EventRecord::try_from(scheduled.record).map_err(|error| anyhow!("{error}"))?;
    let mut delivery = fake_aws::Delivery::new(place, record, scheduled.at);
    delivery.duplicates = scheduled.times.saturating_sub(1);
    delivery.in_event_history = scheduled.in_event_history;
    Ok(delivery)
}

/// Takes every message out of every queue, as its consumer would.
fn take_messages(world: &mut World) -> Vec<Message> {
    let mut messages = Vec::new();
    for account in world.accounts.values_mut() {
        for queue in account.regions.values_mut().flat_map(|region| &mut region.queues) {
            let taken = std::mem::take(&mut queue.messages);
            messages.extend(taken.into_iter().map(|message| Message { queue: queue.name.clone(), body: message.body }));
        }
    }
    messages
}

/// Names a hop as `result.json` does.
const fn kind(hop: &HopKind) -> &'static str {
    match hop {
        HopKind::RecordWritten { .. } => "record written",
        HopKind::RecordDelivered { .. } | HopKind::RecordNotDelivered { .. } => "delivered",
        HopKind::FilterEvaluated { .. } => "filter matched",
        HopKind::MetricPut { .. } => "metric",
        HopKind::AlarmChanged { .. } | HopKind::ActionExecuted { .. } | HopKind::ActionNotExecuted { .. } => "alarm",
        HopKind::UpstreamFailed { .. } => "gateway",
        HopKind::RuleMatched { .. } | HopKind::TargetFailed { .. } => "rule matched",
        HopKind::MessagePublished { .. } => "message sent",
        HopKind::MessageDelivered { .. } | HopKind::MessageNotDelivered { .. } => "message received",
    }
}

/// Whether the way of an incident goes on from a hop.
fn leads_on(hop: &HopKind) -> bool {
    match hop {
        HopKind::FilterEvaluated { outcome, .. } => outcome == "match",
        HopKind::AlarmChanged { to, .. } => *to == "ALARM",
        HopKind::RecordWritten { .. }
        | HopKind::RecordDelivered { .. }
        | HopKind::MetricPut { .. }
        | HopKind::RuleMatched { .. }
        | HopKind::MessagePublished { .. }
        | HopKind::MessageDelivered { .. } => true,
        // An action that was carried out says no more than the message behind it.
        HopKind::ActionExecuted { .. }
        | HopKind::ActionNotExecuted { .. }
        | HopKind::RecordNotDelivered { .. }
        | HopKind::UpstreamFailed { .. }
        | HopKind::TargetFailed { .. }
        | HopKind::MessageNotDelivered { .. } => false,
    }
}

/// Names a fault by what a scenario gives it.
fn told(rule: &FaultRule) -> String {
    let parts = [("account", rule.account.map(|it| it.to_string())), ("action", rule.action.clone())];
    let parts = parts.into_iter().chain([("region", rule.region.clone())]);
    let given = parts.filter_map(|(name, value)| value.map(|value| format!("{name} {value}, ")));
    format!("{}{:?}", given.collect::<String>(), rule.effect)
}
