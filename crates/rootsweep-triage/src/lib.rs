//! Says what root records mean: each record on four axes with its reasons, and all of them together as episodes.
//!
//! Nothing here reads a file, calls a service or looks at a clock. Records are pushed in any order, and the order shows
//! nowhere: the same records give the same answer.

mod arrival;
mod concern;
mod entry;
mod episode;
mod error;
mod field;
mod requested;
pub mod rules;
mod settings;
mod triage;
mod verdict;

pub use error::Error;
pub use rules::{Rule, Stage, all_rules};
pub use settings::Settings;
pub use triage::Triage;

#[cfg(test)]
mod tests;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
