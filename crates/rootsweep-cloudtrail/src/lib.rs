//! The CloudTrail record, and readers of every envelope it comes in.
//!
//! A record is read with everything that triage needs and nothing else, and a field of an unexpected type costs that
//! field alone. The readers stream: their memory does not depend on the size of the input.

mod error;
mod object;
mod read;
mod record;
mod scan;
mod source_address;

pub use error::Error;
pub use read::{Item, ReadOptions, ReadRecord, Totals, read_paths, read_stream};
pub use record::{Addendum, AddendumReason, Record, SessionContext, UserIdentity, parse_record};
pub use source_address::{SourceAddress, is_service_principal};
