//! What can go wrong while a report is rendered.

use crate::Format;

/// Why a report could not be rendered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The format keeps findings by account and check, which a triage does not have.
    #[error("triage cannot be written as {0}; use table, json, markdown or csv")]
    NotForTriage(Format),
    /// A value could not be written as JSON.
    #[error("write the report as JSON")]
    Json(#[from] serde_json::Error),
}
