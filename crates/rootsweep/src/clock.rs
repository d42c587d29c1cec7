//! The time of day.

use anyhow::Context as _;
use jiff::Timestamp;

/// Overrides the time of day, for scenarios that play at another time.
const NOW: &str = "ROOTSWEEP_NOW";

/// Returns the time of day. Everything below takes it as a parameter.
pub(crate) fn now() -> anyhow::Result<Timestamp> {
    match std::env::var(NOW) {
        Ok(text) => text.parse().with_context(|| format!("{NOW}={text:?} is not a time; write 2026-11-20T03:00:00Z")),
        Err(_) => Ok(Timestamp::now()),
    }
}
