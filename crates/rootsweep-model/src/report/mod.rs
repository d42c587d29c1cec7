//! The versioned JSON: what users parse, frozen apart from the domain types.

pub mod triage_v1;
pub mod v1;
