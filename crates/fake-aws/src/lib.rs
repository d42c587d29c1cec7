//! An HTTP server that speaks AWS's own wire protocols over an in-memory [`World`](world::World).
//!
//! It listens on loopback only. The service and the Region of a request come from its `SigV4` scope, the account from its access
//! key; signatures are checked. What it does not model it answers with 501, never with an empty list.

mod answer;
mod auth;
mod call;
mod clock;
mod error;
pub mod fault;
pub mod fidelity;
mod gateway;
mod living;
pub mod log;
mod policy;
mod protocol;
mod server;
mod service;
mod skew;
mod value;
pub mod world;

pub use auth::{Principal, PrincipalKind};
pub use call::{Call, Service};
pub use clock::Clock;
pub use error::{Error, ServiceError};
pub use living::{Delivery, Held, HttpMessage, Mail, MetricStore};
pub use policy::SessionPolicy;
pub use server::FakeAws;
pub use skew::ClockSkew;
pub use value::{Name, Value};
