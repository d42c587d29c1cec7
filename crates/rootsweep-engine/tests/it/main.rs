//! The engine against an invented organization, in the place of AWS.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod changes;
mod checkpoint;
mod interruption;
mod invented;
mod isolation;
mod judging;
mod listing;
mod owners;
mod promises;
