//! What the caller decides.

use jiff::{SignedDuration, Timestamp};
use rootsweep_model::exception::ExpectedUse;

/// What the caller decides.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The time of the triage: stands in for the time of delivery where the envelope does not tell it.
    pub now: Timestamp,
    /// Root use that was announced.
    pub expected_uses: Vec<ExpectedUse>,
    /// How long a delivery may take before it counts as delayed.
    ///
    /// CloudTrail delivers within about five minutes on average, without a guarantee:
    /// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html>.
    pub on_time_window: SignedDuration,
    /// How long after the event a late record is still about something live.
    pub live_window: SignedDuration,
    /// Whether records that are not the root user's are listed too.
    pub list_all: bool,
}

impl Settings {
    /// Makes the default settings for a triage at the given time: no expected uses, an hour to deliver, a day to be live.
    pub const fn new(now: Timestamp) -> Self {
        Self {
            now,
            expected_uses: Vec::new(),
            on_time_window: SignedDuration::from_hours(1),
            live_window: SignedDuration::from_hours(24),
            list_all: false,
        }
    }
}
