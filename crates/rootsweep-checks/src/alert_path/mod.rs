//! Alert paths: the chain from a root event to a person, proved link by link.

pub(crate) mod cell;
mod selectors;
pub(crate) mod state;
pub(crate) mod trail;
