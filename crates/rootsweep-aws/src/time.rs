//! AWS's times, and jiff's.

use aws_smithy_types::DateTime;
use jiff::Timestamp;

/// Returns the time of an answer; `None` where it lies outside of what can be written as a date.
pub(crate) fn timestamp(time: &DateTime) -> Option<Timestamp> {
    Timestamp::new(time.secs(), i32::try_from(time.subsec_nanos()).ok()?).ok()
}

pub(crate) fn date_time(time: Timestamp) -> DateTime {
    // Whole seconds: some services refuse fractions, and none of ours answers in finer steps.
    DateTime::from_secs(time.as_second())
}
