//! The stage on which a scenario is played: an AWS that answers on loopback, with a clock and a log of hops.

mod embedded;

use std::path::Path;

use anyhow::Result;
use fake_aws::fault::FaultRule;
use fake_aws::world::{AccountId, World};
use jiff::Timestamp;
use scenario::{Call, Change};
use serde_json::Value;

use crate::cli::BackendName;
use crate::judge::Message;
use crate::localstack::LocalStack;
use crate::narrate;
use embedded::Embedded;

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
}

/// An AWS for one scenario.
pub enum Stage {
    /// The fake AWS alone.
    Embedded(Embedded),
}

impl Stage {
    /// Sets the stage for a scenario.
    pub async fn open(backend: &Backend, world: World, starts_at: Timestamp) -> Result<Self> {
        match backend {
            Backend::Embedded | Backend::LocalStack(_) => Ok(Self::Embedded(Embedded::open(world, starts_at).await?)),
        }
    }

    /// Returns the environment that points the product at it.
    pub fn environment(&self) -> Vec<(String, String)> {
        let Self::Embedded(stage) = self;
        stage.environment()
    }

    /// Returns the time that the product has to take for now; absent where it is the machine's own.
    pub fn now(&self) -> Timestamp {
        let Self::Embedded(stage) = self;
        stage.now()
    }

    /// Schedules the delivery of a record.
    pub fn schedule(&self, scheduled: Scheduled) -> Result<()> {
        let Self::Embedded(stage) = self;
        stage.schedule(scheduled)
    }

    /// Lets time pass until then.
    pub async fn advance_to(&self, time: Timestamp) -> Result<()> {
        let Self::Embedded(stage) = self;
        stage.advance_to(time).await;
        Ok(())
    }

    /// Makes a change that no call makes.
    pub fn change(&self, change: &Change) -> Result<()> {
        let Self::Embedded(stage) = self;
        stage.change(change)
    }

    /// Sets the faults that calls meet from now on.
    pub fn set_faults(&self, faults: Vec<FaultRule>) {
        let Self::Embedded(stage) = self;
        stage.set_faults(faults);
    }

    /// Makes a call as a principal of the account.
    pub async fn call(&self, call: &Call) -> Result<Value> {
        let Self::Embedded(stage) = self;
        stage.call(call).await
    }

    /// Returns what has happened since the last look.
    pub fn look(&mut self) -> Seen {
        let Self::Embedded(stage) = self;
        stage.look()
    }
}
