//! Where the World's time comes from.

use jiff::Timestamp;

/// The World's clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Clock {
    /// The machine's time.
    #[default]
    Real,
    /// A scenario's own time, which stands still until a driver moves it.
    Scenario(Timestamp),
}

impl Clock {
    /// The time now.
    pub fn now(self) -> Timestamp {
        match self {
            Self::Real => Timestamp::now(),
            Self::Scenario(time) => time,
        }
    }
}
