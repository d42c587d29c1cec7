//! What Athena answers.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

/// The result of the queries that contain certain words; SQL itself is not evaluated.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AthenaResult {
    /// Words that the query must contain, all of them, in any case.
    pub query_contains: Vec<String>,
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows.
    #[serde(default)]
    pub rows: Vec<Vec<Option<String>>>,
    /// The reason of a query that fails; it succeeds when absent.
    pub fails: Option<String>,
    /// How many `GetQueryExecution` calls answer `QUEUED` or `RUNNING` first.
    #[serde(default)]
    pub polls_until_complete: u32,
}

/// A query that was started.
#[derive(Debug, Clone)]
pub struct QueryExecution {
    /// The query.
    pub query: String,
    /// When it was started.
    pub submitted_at: Timestamp,
    /// How often its state was asked for.
    pub polls: u32,
    /// What it answers.
    pub result: AthenaResult,
}
