//! What can go wrong while a report is rendered.

use crate::Format;

/// Why a report could not be rendered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The format keeps findings by account and check, which a triage does not have.
    #[error("triage cannot be written as {0}; use table, json, markdown or csv")]
    NotForTriage(Format),
    /// The output took no more.
    #[error(transparent)]
    Write(#[from] std::io::Error),
    /// A value could not be written as JSON.
    #[error("write the report as JSON")]
    Json(#[from] serde_json::Error),
    /// A value could not be written as CSV.
    #[error("write the report as CSV")]
    Csv(#[from] csv::Error),
    /// The template of the web page could not be filled.
    #[error("write the report as HTML")]
    Html(#[from] askama::Error),
    /// The XML could not be written.
    #[error("write the report as JUnit XML")]
    Junit(#[from] quick_junit::SerializeError),
    /// Every finding names the account that imports it, and nothing in the report tells which that is.
    #[error("name the account of Security Hub: the report has neither a caller nor an account")]
    NoSecurityHubAccount,
}
