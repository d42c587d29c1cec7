//! The run: order, concurrency, time limits, checkpoint, cancellation, progress.
//!
//! A sweep has two halves. [`gather`] talks to AWS through the [`Gather`] trait and appends what it learns to a
//! [`Checkpoint`], account by account; [`judge`] reads the checkpoint back and turns it into a report, without
//! network, clock or concurrency. Whatever goes wrong in the first half is a gap in the facts, so that the second
//! always has one answer for every account and check.

mod checkpoint;
mod defect;
mod error;
mod event;
mod gathering;
mod judging;
mod selection;
mod source;

pub use checkpoint::{Checkpoint, Header};
pub use error::Error;
pub use event::Event;
pub use gathering::{Gathered, Limits, gather};
pub use judging::changes::{Earlier, changes};
pub use judging::transition::{Tripping, explain_transition};
pub use judging::{Context, judge};
pub use selection::Selection;
pub use source::Gather;
