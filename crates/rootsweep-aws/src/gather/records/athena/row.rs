//! A row of the answer, made into the record that it was.

use aws_sdk_athena::types::Row;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rootsweep_model::facts::RawRecord;
use rootsweep_model::{AccountId, Gap};
use serde_json::{Map, Value};

use super::query::{COLUMNS, FILE, Form};
use crate::calls::GET_QUERY_RESULTS;
use crate::gap::missing;

/// Makes a record of a row, and tells the account that it belongs to.
pub(super) fn record(row: &Row) -> Result<(AccountId, RawRecord), Gap> {
    let mut cells = row.data().iter().map(|cell| cell.var_char_value());
    let delivered_at = cells.next().flatten().and_then(delivered);
    let mut record = Map::new();
    for (&(_, path, form), text) in COLUMNS.iter().zip(cells) {
        if let Some(text) = text {
            put(&mut record, path, value(form, text));
        }
    }
    let account = record.get("recipientAccountId").and_then(Value::as_str).and_then(|id| id.parse().ok());
    let account = account.ok_or_else(|| missing(&GET_QUERY_RESULTS, "recipientaccountid"))?;
    Ok((account, RawRecord { json: Value::Object(record).to_string(), delivered_at }))
}

fn value(form: Form, text: &str) -> Value {
    let text_itself = || Value::String(text.to_owned());
    match form {
        Form::Text => text_itself(),
        Form::Json => serde_json::from_str(text).unwrap_or_else(|_| text_itself()),
    }
}

fn put(record: &mut Map<String, Value>, path: &[&str], value: Value) {
    match path {
        [] => {}
        [last] => {
            record.insert((*last).to_owned(), value);
        }
        [first, rest @ ..] => {
            let inner = record.entry((*first).to_owned()).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

fn delivered(text: &str) -> Option<Timestamp> {
    let time = DateTime::strptime(FILE, text).ok()?;
    TimeZone::UTC.to_timestamp(time).ok()
}

#[cfg(test)]
mod tests {
    use aws_sdk_athena::types::Datum;

    use super::super::query::Column;

    use super::*;

    fn row(cells: &[(&str, &str)], delivered: &str) -> Row {
        let text = |(column, ..): &Column| cells.iter().find(|(name, _)| name == column).map(|(_, text)| *text);
        let cell = |text: Option<&str>| Datum::builder().set_var_char_value(text.map(str::to_owned)).build();
        let first = cell(Some(delivered));
        Row::builder()
            .set_data(Some([first].into_iter().chain(COLUMNS.iter().map(|it| cell(text(it)))).collect()))
            .build()
    }

    #[test]
    fn a_row_becomes_the_record_that_it_was() {
        let cells = [
            ("useridentity.type", "Root"),
            ("useridentity.sessioncontext.attributes.mfaauthenticated", "false"),
            ("eventtime", "2025-03-01T10:00:00Z"),
            ("responseelements", r#"{"ConsoleLogin":"Success"}"#),
            ("readonly", "false"),
            ("recipientaccountid", "111122223333"),
            ("addendum.reason", "SERVICE_OUTAGE"),
        ];
        let (account, record) = record(&row(&cells, "20260720T0305Z")).unwrap();
        assert_eq!(account.to_string(), "111122223333");
        assert_eq!(record.delivered_at.unwrap().to_string(), "2026-07-20T03:05:00Z");
        let json: Value = serde_json::from_str(&record.json).unwrap();
        assert_eq!(json["userIdentity"]["sessionContext"]["attributes"]["mfaAuthenticated"], "false");
        assert_eq!(json["responseElements"]["ConsoleLogin"], "Success");
        assert_eq!(json["readOnly"], false);
        assert_eq!(json["addendum"]["reason"], "SERVICE_OUTAGE");
        assert_eq!(json["userIdentity"].get("invokedBy"), None, "what is null in the table is absent in the record");
    }

    #[test]
    fn a_row_of_no_account_is_a_gap() {
        assert!(record(&row(&[("eventname", "ConsoleLogin")], "")).is_err());
    }
}
