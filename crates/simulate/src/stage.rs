//! The stage on which a scenario is played: an AWS that answers on loopback, with a clock and a log of hops.

mod alarms;
mod embedded;
mod in_front_of_localstack;
mod not_carried;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Result;
use fake_aws::fault::FaultRule;
use fake_aws::world::{AccountId, World};
use jiff::Timestamp;
use scenario::{Call, Change, During};
use serde_json::Value;

use crate::cli::BackendName;
use crate::judge::Message;
use crate::localstack::LocalStack;
use crate::narrate;
use embedded::Embedded;
use in_front_of_localstack::InFrontOfLocalStack;

/// What plays AWS, prepared once for all scenarios.
pub enum Backend {
    /// The fake AWS, made anew for each scenario.
    Embedded,
    /// One `LocalStack` for all scenarios, behind a gateway for each.
    LocalStack(LocalStack),
}

impl Backend {
    /// Prepares a backend; `target` is where a virtualenv may be made.
    pub async fn prepare(name: BackendName, target: &Path) -> Result<Self> {
        match name {
            BackendName::Embedded => Ok(Self::Embedded),
            BackendName::Localstack => {
                let localstack = LocalStack::find(target).await?;
                narrate::note(&format!("LocalStack: {}", localstack.how));
                Ok(Self::LocalStack(localstack))
            }
        }
    }

    /// Stops what was started for it.
    pub async fn stop(self) {
        if let Self::LocalStack(localstack) = self {
            localstack.stop().await;
        }
    }
}

/// A record that is to be delivered.
#[derive(Clone, Debug)]
pub struct Scheduled {
    /// The account in which it happened.
    pub account: AccountId,
    /// The Region that recorded it.
    pub region: String,
    /// The record.
    pub record: Value,
    /// When it is delivered.
    pub at: Timestamp,
    /// How often.
    pub times: u32,
    /// Whether the event history shows it.
    pub in_event_history: bool,
}

/// What was seen since the last look.
#[derive(Debug, Default)]
pub struct Seen {
    /// Hops, in the order in which they happened.
    pub hops: Vec<SeenHop>,
    /// Alarms that went into `ALARM`.
    pub alarms: Vec<String>,
    /// Messages that queues received.
    pub messages: Vec<Message>,
}

/// A hop, as the narration tells it.
#[derive(Clone, Debug)]
pub struct SeenHop {
    /// When.
    pub at: Timestamp,
    /// What kind.
    pub kind: &'static str,
    /// What it was about.
    pub subject: String,
    /// Whether the way goes on from here.
    pub leads_on: bool,
}

/// An AWS for one scenario.
pub enum Stage {
    /// The fake AWS alone.
    Embedded(Embedded),
    /// The fake AWS in front of `LocalStack`.
    LocalStack(InFrontOfLocalStack),
}

impl Stage {
    /// Sets the stage for a scenario.
    pub async fn open(backend: &Backend, world: World, starts_at: Timestamp) -> Result<Self> {
        Ok(match backend {
            Backend::Embedded => Self::Embedded(Embedded::open(world, starts_at).await?),
            Backend::LocalStack(localstack) => {
                Self::LocalStack(InFrontOfLocalStack::open(world, &localstack.url).await?)
            }
        })
    }

    const fn gateway(&self) -> &Embedded {
        match self {
            Self::Embedded(stage) => stage,
            Self::LocalStack(stage) => stage.gateway(),
        }
    }

    /// Returns the environment that points the product at it.
    pub fn environment(&self) -> Vec<(String, String)> {
        self.gateway().environment()
    }

    /// Returns the time of the stage's clock, which the product has to take for now.
    pub fn now(&self) -> Timestamp {
        self.gateway().now()
    }

    /// Returns when something happens that the scenario sets for a time: then, or in real time now.
    pub fn time_of(&self, wanted: Timestamp) -> Timestamp {
        match self {
            Self::Embedded(_) => wanted.max(self.now()),
            Self::LocalStack(_) => self.now(),
        }
    }

    /// Schedules the delivery of a record, and returns when that is; in real time it is delivered at once.
    pub fn schedule(&self, mut scheduled: Scheduled) -> Result<Timestamp> {
        if let Self::LocalStack(_) = self {
            scheduled.at = self.now();
        }
        let at = scheduled.at;
        self.gateway().schedule(scheduled)?;
        Ok(at)
    }

    /// Lets time pass until then; in real time only what is due happens.
    pub async fn advance_to(&self, time: Timestamp) {
        self.gateway().advance_to(self.time_of(time)).await;
    }

    /// Makes a change that no call makes.
    pub fn change(&self, change: &Change) -> Result<()> {
        self.gateway().change(change)
    }

    /// Arranges what changes in the middle of a sweep.
    pub fn arrange(&self, during: &[During]) {
        self.gateway().arrange(during);
    }

    /// Says what was arranged for a sweep, or set against it, and has not happened.
    pub fn unhappened(&self) -> Vec<String> {
        let mut unhappened = self.gateway().unhappened();
        // Behind the gateway calls go another way, on which not every fault is counted.
        if let Self::Embedded(stage) = self {
            unhappened.extend(stage.faults_that_never_struck());
        }
        unhappened
    }

    /// Returns the event ids of the records that a trail has brought into a log group.
    pub fn logged(&self) -> BTreeSet<String> {
        self.gateway().logged()
    }

    /// Whether it does not tell that a message was sent.
    pub const fn sending_is_hidden(&self) -> bool {
        matches!(self, Self::LocalStack(_))
    }

    /// Sets the faults that calls meet from now on.
    pub fn set_faults(&self, faults: Vec<FaultRule>) {
        self.gateway().set_faults(faults);
    }

    /// Makes a call as a principal of the account.
    pub async fn call(&mut self, call: &Call) -> Result<Value> {
        let answer = self.gateway().call(call).await?;
        if let Self::LocalStack(stage) = self {
            stage.follow(call);
        }
        Ok(answer)
    }

    /// Returns what has happened since the last look.
    pub async fn look(&mut self) -> Result<Seen> {
        match self {
            Self::Embedded(stage) => Ok(stage.look()),
            Self::LocalStack(stage) => stage.look().await,
        }
    }
}

/// Returns where a scenario is moved to that is played in real time: to now, and into accounts that no other one uses.
pub fn rewrite() -> scenario::Rewrite {
    static PLAYED: AtomicU32 = AtomicU32::new(0);
    let played = PLAYED.fetch_add(1, Ordering::Relaxed) % 1_000;
    let starts_at = Timestamp::now();
    let run = starts_at.as_second() % 100_000;
    scenario::Rewrite { starts_at, account_prefix: format!("70{run:05}{played:03}") }
}
