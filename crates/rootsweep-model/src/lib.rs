//! What the sweep knows: facts and gaps, verdicts, rows, the report and its versioned JSON.
//!
//! This crate is vocabulary. It reads nothing, calls nothing and knows no clock: whatever depends on the
//! time of day is handed in. What users parse is frozen in [`report::v1`] and [`report::triage_v1`], and with it
//! the domain types that stand in it: [`AccountId`], [`AccountState`], [`Partition`], [`Severity`], [`Verdict`],
//! [`Evidence`], [`Gap`], [`GapKind`] and all of [`assessment`]. The others may change from release to release.

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
