//! The only crate that talks to AWS: organization, sessions, facts, sinks.
//!
//! [`Aws::connect`] finds out who the caller is and which organization it sees; [`Aws::accounts`] lists the accounts page
//! by page; [`Aws::gather`] reads one account and never fails, for every field of its answer is a fact or a gap. No type of
//! the AWS SDK leaves this crate. Every call that it may make stands in [`calls::READ_CALLS`].

mod assume;
pub mod calls;
mod config;
mod connect;
mod endpoint;
mod error;
mod gap;
mod gather;
mod holds;
mod options;
mod organization;
mod page;
mod session;
pub mod sink;
mod time;

#[cfg(test)]
mod tests;

pub use connect::Aws;
pub use endpoint::is_endpoint_url;
pub use error::Error;
pub use options::{AthenaOptions, Options, Window};
