//! Where a report is sent: a topic, a bucket, Security Hub. Slack-like webhooks are no matter of AWS, and not here.
//!
//! Everything is sent as the principal that started the run, never through the organization role, whose session may only
//! read. A sink that fails is a [`Gap`](rootsweep_model::Gap) to be told of; the report itself is not lost.

mod bucket;
mod security_hub;
mod topic;

pub use bucket::Upload;
pub use security_hub::{Imported, Refused};
pub use topic::Message;
