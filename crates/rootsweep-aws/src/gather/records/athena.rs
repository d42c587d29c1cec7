//! Root records of the whole organization in one query over the organization trail's bucket.

mod query;
mod row;

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_athena::types::{QueryExecutionContext, QueryExecutionState, ResultConfiguration, Row};
use rootsweep_model::facts::{RawRecord, RecordSource, RecordSourceKind};
use rootsweep_model::{AccountId, Gap, GapKind};
use tokio::sync::OnceCell;

use super::sources;
use crate::calls::{GET_QUERY_EXECUTION, GET_QUERY_RESULTS, START_QUERY_EXECUTION};
use crate::connect::Aws;
use crate::gap::{bounded, missing};
use crate::options::{AthenaOptions, Window};
use crate::page::all_pages;
use crate::session::Session;

/// How long passes between two looks at a query that runs.
const LOOK: Duration = Duration::from_secs(2);

/// How often a query is looked at: ten minutes long.
const LOOKS: usize = 300;

/// The records that the one query of a run found, by account.
pub(crate) type Queried = OnceCell<Result<BTreeMap<AccountId, Vec<RawRecord>>, Gap>>;

impl Aws {
    /// Returns what Athena has on an account. The first account that asks starts the query; the others wait for it.
    pub(in crate::gather) async fn queried(&self, account: AccountId) -> Vec<RecordSource> {
        let Some(options) = &self.options.athena else { return Vec::new() };
        if !self.options.sources.contains(&RecordSourceKind::Athena) {
            return Vec::new();
        }
        let answer = self.queried.get_or_init(|| Box::pin(run(&self.caller, options, self.options.window))).await;
        let (records, gap) = match answer {
            Ok(records) => (records.get(&account).cloned().unwrap_or_default(), None),
            Err(gap) => (Vec::new(), Some(gap.clone())),
        };
        sources(RecordSourceKind::Athena, &options.region, records, gap)
    }
}

async fn run(
    caller: &Session,
    options: &AthenaOptions,
    window: Window,
) -> Result<BTreeMap<AccountId, Vec<RawRecord>>, Gap> {
    let id = start(caller, options, window).await?;
    wait(caller, &options.region, &id).await?;
    let mut by_account: BTreeMap<AccountId, Vec<RawRecord>> = BTreeMap::new();
    for row in results(caller, &options.region, &id).await? {
        let (account, record) = row::record(&row)?;
        by_account.entry(account).or_default().push(record);
    }
    Ok(by_account)
}

async fn start(caller: &Session, options: &AthenaOptions, window: Window) -> Result<String, Gap> {
    let client = caller.athena(&options.region);
    let output = options.output_location.as_ref();
    let output = output.map(|location| ResultConfiguration::builder().output_location(location).build());
    let send = || {
        client
            .start_query_execution()
            .query_string(query::root_records(options, window))
            .query_execution_context(QueryExecutionContext::builder().database(&options.database).build())
            .work_group(&options.workgroup)
            .set_result_configuration(output.clone())
            .send()
    };
    let answer = caller.call(START_QUERY_EXECUTION, Some(&options.region), send).await?;
    answer.query_execution_id.ok_or_else(|| missing(&START_QUERY_EXECUTION, "QueryExecutionId"))
}

async fn wait(caller: &Session, region: &str, id: &str) -> Result<(), Gap> {
    let client = caller.athena(region);
    for _ in 0..LOOKS {
        let send = || client.get_query_execution().query_execution_id(id).send();
        let answer = caller.call(GET_QUERY_EXECUTION, Some(region), send).await?;
        let status = answer.query_execution.and_then(|execution| execution.status);
        let status = status.ok_or_else(|| missing(&GET_QUERY_EXECUTION, "Status"))?;
        match status.state {
            Some(QueryExecutionState::Succeeded) => return Ok(()),
            Some(QueryExecutionState::Queued | QueryExecutionState::Running) => tokio::time::sleep(LOOK).await,
            _ => return Err(failed(status.state_change_reason.as_deref().unwrap_or_default())),
        }
    }
    let remedy = "look at the query in Athena's console; a table with partitions, or a smaller bucket, answers sooner";
    Err(Gap::new(GapKind::TimedOut, GET_QUERY_EXECUTION.action, format!("query {id} runs for ten minutes"), remedy))
}

fn failed(reason: &str) -> Gap {
    let said = if reason.is_empty() { "the query failed, without a reason".to_owned() } else { bounded(reason, 500) };
    let remedy = "make the table with the columns that AWS documents for CloudTrail logs, and let the workgroup read the \
        trail's bucket and write its results";
    Gap::new(GapKind::ServiceError, GET_QUERY_EXECUTION.action, said, remedy)
}

async fn results(caller: &Session, region: &str, id: &str) -> Result<Vec<Row>, Gap> {
    let client = &caller.athena(region);
    let mut rows = all_pages(GET_QUERY_RESULTS, |token| async move {
        let send = || client.get_query_results().query_execution_id(id).set_next_token(token.clone()).send();
        let answer = caller.call(GET_QUERY_RESULTS, Some(region), send).await?;
        let rows = answer.result_set.and_then(|set| set.rows);
        Ok((rows.ok_or_else(|| missing(&GET_QUERY_RESULTS, "Rows"))?, answer.next_token))
    })
    .await?;
    // The first row of the first page is the header.
    if rows.is_empty() {
        return Err(missing(&GET_QUERY_RESULTS, "the header"));
    }
    rows.remove(0);
    Ok(rows)
}
