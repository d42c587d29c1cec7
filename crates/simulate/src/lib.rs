//! Replays incidents: a scenario goes in, and the alarm, the message, the sweep and the verdict come out, each judged.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the narration is what the harness is for")]

pub mod cli;
pub mod drill;
mod folder;
pub mod judge;
pub mod localstack;
pub mod narrate;
pub mod outcome;
mod page;
pub mod play;
pub mod product;
pub mod report;
pub mod sight;
pub mod stage;
pub mod way;
pub mod wire;
