//! Two calls a second, which is all that `LookupEvents` allows in one account and Region.

use std::time::Duration;

use tokio::time::Instant;

/// The calls that fit into the span.
const CALLS: usize = 2;

/// The span; a little over a second, for the two clocks count from different moments.
const SPAN: Duration = Duration::from_millis(1_050);

/// When the last calls were made.
#[derive(Default)]
pub(super) struct Pace {
    calls: [Option<Instant>; CALLS],
    next: usize,
}

impl Pace {
    /// Waits until another call fits.
    pub(super) async fn wait(&mut self) {
        if let Some(oldest) = self.calls.get(self.next).copied().flatten() {
            tokio::time::sleep_until(oldest + SPAN).await;
        }
        if let Some(slot) = self.calls.get_mut(self.next) {
            *slot = Some(Instant::now());
        }
        self.next = (self.next + 1) % CALLS;
    }
}
