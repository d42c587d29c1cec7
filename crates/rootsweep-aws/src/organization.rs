//! The organization: its features, its tree of units, and its accounts, page by page.

mod accounts;
mod describe;
mod units;

pub(crate) use describe::describe;
pub(crate) use units::Units;
