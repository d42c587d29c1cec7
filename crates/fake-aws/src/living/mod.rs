//! The living parts: what happens in the World as its time goes on.
//!
//! A driver schedules deliveries and moves the clock with [`World::advance_to`]; everything timed happens in order, on the way.
//! Nothing happens in the background.

mod actions;
mod alarms;
mod audit;
mod bus;
mod composite;
mod delivery;
mod ingest;
mod math;
pub(crate) mod metrics;
mod topics;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;
use crate::world::{Hop, HopKind, Place, World};

pub use actions::Held;
pub(crate) use alarms::{AlarmKind, Verdict, history_item, note, transition};
pub(crate) use bus::Event;
pub(crate) use composite::evaluate as evaluate_rule;
pub use delivery::Delivery;
pub(crate) use ingest::{LogInput, evaluate_field_selection};
pub use metrics::MetricStore;
pub use topics::{HttpMessage, Mail};
pub(crate) use topics::{Publication, is_loopback, parse_arn};

/// Alarms whose period is a minute or longer are evaluated every minute.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html>
const MINUTE: i64 = 60;

/// Alarms of shorter periods are evaluated every ten seconds.
const HIGH_RESOLUTION: i64 = 10;

/// What is still to happen.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    pending: BTreeMap<(Timestamp, u64), Delivery>,
    scheduled: u64,
    /// Up to here everything has happened.
    done_until: Option<Timestamp>,
    /// The last evaluation of alarms.
    ticked_at: Timestamp,
    /// Alarms are evaluated until then; afterwards nothing can change by itself.
    awake_until: Timestamp,
    /// The longest time that an alarm looks back, in seconds.
    window: i64,
    /// Seconds between evaluations.
    step: i64,
}

impl World {
    /// Schedules the delivery of a CloudTrail record; one that lies in the past happens with the next move of the clock.
    pub fn schedule(&mut self, delivery: Delivery) {
        let written = delivery.record.time();
        let kind = HopKind::RecordWritten {
            event_id: delivery.record.text("eventID").unwrap_or_default().to_owned(),
            event_name: delivery.record.text("eventName").unwrap_or_default().to_owned(),
        };
        self.hop(written, &delivery.place, kind);
        self.runtime.timeline.scheduled += 1;
        self.runtime.timeline.pending.insert((delivery.at, self.runtime.timeline.scheduled), delivery);
    }

    /// Moves the World's time forward; deliveries and evaluations happen in order on the way.
    pub fn advance_to(&mut self, until: Timestamp) {
        let start = self.runtime.timeline.done_until.unwrap_or_else(|| self.now());
        self.measure_alarms();
        self.wake(start);
        while let Some(at) = self.next_event().filter(|at| *at <= until) {
            if let Clock::Scenario(now) = self.clock {
                self.clock = Clock::Scenario(now.max(at));
            }
            match self.runtime.timeline.pending.first_entry().filter(|entry| entry.key().0 <= at) {
                Some(entry) => {
                    let delivery = entry.remove();
                    self.deliver(&delivery, at.max(start));
                }
                None => self.tick(at),
            }
        }
        self.runtime.timeline.done_until = Some(until.max(start));
        if let Clock::Scenario(now) = self.clock {
            self.clock = Clock::Scenario(now.max(until));
        }
    }

    fn next_event(&self) -> Option<Timestamp> {
        let delivery = self.runtime.timeline.pending.keys().next().map(|key| key.0);
        let tick = self.next_tick();
        delivery.into_iter().chain(tick).min()
    }

    fn next_tick(&self) -> Option<Timestamp> {
        let step = self.runtime.timeline.step.max(1);
        let second = (self.runtime.timeline.ticked_at.as_second().div_euclid(step) + 1) * step;
        Timestamp::from_second(second).ok().filter(|at| *at <= self.runtime.timeline.awake_until)
    }

    /// Evaluates the alarms from this time on, for as long as what is known now can still change a state.
    pub(crate) fn wake(&mut self, at: Timestamp) {
        if self.next_tick().is_none() {
            self.runtime.timeline.ticked_at = at;
        }
        let window = SignedDuration::from_secs(self.runtime.timeline.window + 2 * MINUTE);
        let until = at.saturating_add(window).unwrap_or(Timestamp::MAX);
        self.runtime.timeline.awake_until = self.runtime.timeline.awake_until.max(until);
    }

    /// Finds how far the alarms look back, and how often they look.
    pub(crate) fn measure_alarms(&mut self) {
        let alarms = || self.accounts.values().flat_map(|it| it.regions.values()).flat_map(|it| &it.alarms);
        let window = alarms().map(alarms::window_seconds).max();
        let shortest = alarms().map(alarms::period_of).min();
        self.runtime.timeline.window = window.unwrap_or(0);
        self.runtime.timeline.step = if shortest.is_some_and(|it| it < MINUTE) { HIGH_RESOLUTION } else { MINUTE };
    }

    fn tick(&mut self, at: Timestamp) {
        self.runtime.timeline.ticked_at = at;
        alarms::evaluate_all(self, at);
        composite::evaluate_all(self, at);
        if actions::review_held(self, at) {
            self.wake(at);
        }
    }

    /// Notes a hop.
    pub(crate) fn hop(&mut self, at: Timestamp, place: &Place, kind: HopKind) {
        self.hops.push(Hop { at, place: place.clone(), kind });
    }
}
