//! When a record happened, and when it came.

use jiff::{SignedDuration, Timestamp};
use rootsweep_cloudtrail::{Addendum, AddendumReason};

use crate::settings::Settings;

/// When a record happened, and when it came.
pub(crate) struct Arrival<'a> {
    pub(crate) event_time: Option<Timestamp>,
    pub(crate) delivered_at: Option<Timestamp>,
    pub(crate) addendum: Option<&'a Addendum>,
    pub(crate) settings: &'a Settings,
}

impl Arrival<'_> {
    /// Returns the reason of the addendum, if there is one.
    pub(crate) fn reason(&self) -> Option<&AddendumReason> {
        self.addendum.map(|addendum| &addendum.reason)
    }

    /// Returns how long the delivery took, where both ends are known.
    pub(crate) fn took(&self) -> Option<SignedDuration> {
        Some(self.delivered_at?.duration_since(self.event_time?))
    }

    /// Returns whether AWS itself says that the record is late, and it is about something long past.
    ///
    /// Where the envelope does not tell when the record came, it came no later than now. A delay is mostly one of hours:
    /// only its end shows that it was longer than the window.
    pub(crate) fn is_of_the_past(&self) -> bool {
        let documented = self.reason().is_some_and(|reason| !matches!(reason, AddendumReason::Other(_)));
        let ends_by_itself = self.reason() == Some(&AddendumReason::DeliveryDelay);
        let came = self.delivered_at.or_else(|| (!ends_by_itself).then_some(self.settings.now));
        let past = came.zip(self.event_time);
        documented && past.is_some_and(|(came, time)| came.duration_since(time) > self.settings.live_window)
    }
}
