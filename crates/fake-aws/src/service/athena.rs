//! Amazon Athena, with results that the World was given.

use super::paging::{Page, Paging};
use super::{Context, Operation, Reply};
use crate::error::ServiceError;
use crate::value::{Value, shape};
use crate::world::{AthenaResult, QueryExecution};

/// The operations of the service.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new("StartQueryExecution", start_query_execution).differing("SQL is not evaluated: the World gives the result of queries that contain certain words, and 501 to every other"),
    Operation::new("GetQueryExecution", get_query_execution).differing("no statistics"),
    Operation::new("GetQueryResults", get_query_results).differing("every column is a `varchar`"),
];

/// Starts a query; one that the World has no result for is not modelled, for an empty result would be an answer.
fn start_query_execution(context: &mut Context<'_>) -> Reply {
    let (query, now) = (context.required("QueryString")?, context.now());
    let lower = query.to_lowercase();
    let fits = |it: &&AthenaResult| it.query_contains.iter().all(|word| lower.contains(&word.to_lowercase()));
    let result = context.world.athena_results.iter().find(fits).cloned();
    let result = result.ok_or_else(|| ServiceError::not_modelled("this Athena query"))?;
    let id = context.world.runtime.ids.next();
    let execution = QueryExecution { query: query.to_owned(), submitted_at: now, polls: 0, result };
    context.world.runtime.queries.insert(id.clone(), execution);
    Ok(shape! { "QueryExecutionId": id })
}

fn find<'a>(context: &'a mut Context<'_>) -> Result<&'a mut QueryExecution, ServiceError> {
    let id = context.required("QueryExecutionId")?;
    let absent = || ServiceError::new(400, "InvalidRequestException", format!("QueryExecution {id} was not found"));
    context.world.runtime.queries.get_mut(id).ok_or_else(absent)
}

fn state(execution: &QueryExecution) -> &'static str {
    match (execution.polls, execution.result.polls_until_complete, &execution.result.fails) {
        (1, 1.., _) => "QUEUED",
        (polls, needed, _) if polls <= needed && needed > 0 => "RUNNING",
        (_, _, Some(_)) => "FAILED",
        _ => "SUCCEEDED",
    }
}

fn get_query_execution(context: &mut Context<'_>) -> Reply {
    let id = context.required("QueryExecutionId")?;
    let execution = find(context)?;
    execution.polls += 1;
    let state = state(execution);
    let reason = execution.result.fails.clone().filter(|_| state == "FAILED");
    let status = shape! { "State": state, "StateChangeReason": reason, "SubmissionDateTime": execution.submitted_at };
    Ok(shape! { "QueryExecution": shape! { "QueryExecutionId": id, "Query": &execution.query, "Status": status } })
}

/// Answers a page of results; the first row of the first page is the header.
///
/// Source: <https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryResults.html>
fn get_query_results(context: &mut Context<'_>) -> Reply {
    let execution = find(context)?.clone();
    if state(&execution) != "SUCCEEDED" {
        return Err(context.invalid(format!("Query has not yet finished. Current state: {}", state(&execution))));
    }
    let page = Page::of(context, Paging { token: "NextToken", limit: "MaxResults", default: 1000, max: 1000 })?;
    let header: Vec<Option<String>> = execution.result.columns.iter().cloned().map(Some).collect();
    let (rows, token) = page.cut(std::iter::once(&header).chain(&execution.result.rows));
    let cell = |text: &Option<String>| shape! { "VarCharValue": text.as_ref() };
    let row = |cells: &Vec<Option<String>>| shape! { "Data": cells.iter().map(cell).collect::<Vec<Value>>() };
    let columns = execution.result.columns.iter().map(|name| shape! { "Name": name, "Type": "varchar" });
    let set = shape! {
        "Rows": rows.into_iter().map(row).collect::<Vec<_>>(),
        "ResultSetMetadata": shape! { "ColumnInfo": columns.collect::<Vec<_>>() },
    };
    Ok(shape! { "ResultSet": set, "NextToken": token })
}
