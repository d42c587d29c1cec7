//! The checks: facts of an account in, one judgement per check out.
//!
//! Everything here is pure. A check reads a [`Subject`], asks nothing of the network and of no clock, and cannot fail:
//! what it cannot decide it says as [`Verdict::Unknown`](rootsweep_model::Verdict::Unknown), with the gap that stands
//! in the way. Each check is a folder below `src/checks/`, named like its id: `check.rs` judges, `README.md` explains,
//! `cases.yaml` shows facts with the verdict that they lead to.
//!
//! INVARIANT: turning a fact into a gap never makes a pass out of anything else. Hence a check that counts a source's
//! word against the account needs that source's word to acquit it, too.

pub mod alarm_inputs;
mod alert_path;
mod calls;
mod check;
mod checks;
pub mod pattern_advice;
pub mod probes;
mod registry;
mod root_use;
mod root_user;

pub use check::{Check, CheckMeta, Found, Subject};
pub use checks::root_activity::ROOT_ACTIVITY;
pub use registry::CHECKS;
pub use root_use::unrecorded_use;
