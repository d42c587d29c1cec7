//! What the sweep knows: facts and gaps, verdicts, rows, the report and its versioned JSON.
//!
//! This crate is vocabulary. It reads nothing, calls nothing and knows no clock: whatever depends on the
//! time of day is handed in. The domain types may change from release to release; what users parse is
//! frozen apart from them in [`report::v1`] and [`report::triage_v1`].

pub mod account;
pub mod arn;
pub mod assessment;
pub mod exception;
pub mod facts;
pub mod gap;
pub mod judgement;
pub mod report;
pub mod severity;

pub use account::{Account, AccountId, AccountState, ParseAccountIdError, Partition};
pub use arn::Arn;
pub use facts::AccountFacts;
pub use gap::{Fact, Gap, GapKind};
pub use judgement::{Evidence, Judgement, Verdict};
pub use severity::Severity;
