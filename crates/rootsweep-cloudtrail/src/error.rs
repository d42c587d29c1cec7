//! Why a record or a file could not be read.

/// Why a record could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text is not JSON.
    #[error("not valid JSON")]
    Json(#[source] serde_json::Error),
    /// The text is JSON, and something else than a CloudTrail record.
    #[error("not a CloudTrail record: {found}")]
    NotARecord {
        /// What it is instead.
        found: &'static str,
    },
}
