//! The query: columns of the table that AWS documents, and where each stands in a record.
//!
//! <https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-understanding.html>

use crate::options::{AthenaOptions, Window};

/// How a column's text becomes part of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As text.
    Text,
    /// As the JSON that the text is; the table keeps objects that way.
    Json,
}

/// A column, and where its value stands in the record, from the outermost key to the innermost.
pub(super) type Column = (&'static str, &'static [&'static str], Form);

/// What a record is made of again.
pub(super) const COLUMNS: &[Column] = &[
    ("eventversion", &["eventVersion"], Form::Text),
    ("useridentity.type", &["userIdentity", "type"], Form::Text),
    ("useridentity.principalid", &["userIdentity", "principalId"], Form::Text),
    ("useridentity.arn", &["userIdentity", "arn"], Form::Text),
    ("useridentity.accountid", &["userIdentity", "accountId"], Form::Text),
    ("useridentity.invokedby", &["userIdentity", "invokedBy"], Form::Text),
    ("useridentity.accesskeyid", &["userIdentity", "accessKeyId"], Form::Text),
    ("useridentity.username", &["userIdentity", "userName"], Form::Text),
    (
        "useridentity.sessioncontext.attributes.mfaauthenticated",
        &["userIdentity", "sessionContext", "attributes", "mfaAuthenticated"],
        Form::Text,
    ),
    (
        "useridentity.sessioncontext.attributes.creationdate",
        &["userIdentity", "sessionContext", "attributes", "creationDate"],
        Form::Text,
    ),
    ("eventtime", &["eventTime"], Form::Text),
    ("eventsource", &["eventSource"], Form::Text),
    ("eventname", &["eventName"], Form::Text),
    ("awsregion", &["awsRegion"], Form::Text),
    ("sourceipaddress", &["sourceIPAddress"], Form::Text),
    ("useragent", &["userAgent"], Form::Text),
    ("errorcode", &["errorCode"], Form::Text),
    ("errormessage", &["errorMessage"], Form::Text),
    ("requestparameters", &["requestParameters"], Form::Json),
    ("responseelements", &["responseElements"], Form::Json),
    ("additionaleventdata", &["additionalEventData"], Form::Json),
    ("requestid", &["requestID"], Form::Text),
    ("eventid", &["eventID"], Form::Text),
    ("eventtype", &["eventType"], Form::Text),
    ("readonly", &["readOnly"], Form::Json),
    ("recipientaccountid", &["recipientAccountId"], Form::Text),
    ("serviceeventdetails", &["serviceEventDetails"], Form::Json),
    ("sharedeventid", &["sharedEventID"], Form::Text),
    ("eventcategory", &["eventCategory"], Form::Text),
    ("addendum.reason", &["addendum", "reason"], Form::Text),
    ("addendum.updatedfields", &["addendum", "updatedFields"], Form::Text),
    ("addendum.originalrequestid", &["addendum", "originalRequestID"], Form::Text),
    ("addendum.originaleventid", &["addendum", "originalEventID"], Form::Text),
    ("sessioncredentialfromconsole", &["sessionCredentialFromConsole"], Form::Text),
    ("tlsdetails.tlsversion", &["tlsDetails", "tlsVersion"], Form::Text),
];

/// When a record was delivered, by the name of its file: `ACCOUNT_CloudTrail_REGION_20260720T0305Z_….json.gz`.
const DELIVERED: &str = r#"regexp_extract("$path", '_([0-9]{8}T[0-9]{4}Z)_', 1)"#;

/// Writes the query: root records that happened, or were delivered, in the window.
pub(super) fn root_records(options: &AthenaOptions, window: Window) -> String {
    let columns: Vec<&str> = COLUMNS.iter().map(|(column, ..)| *column).collect();
    let (start, end) = (window.start, window.end);
    let happened = format!("eventtime BETWEEN '{}' AND '{}'", start.strftime(EVENT), end.strftime(EVENT));
    let delivered = format!("{DELIVERED} BETWEEN '{}' AND '{}'", start.strftime(FILE), end.strftime(FILE));
    format!(
        "SELECT {DELIVERED}, {} FROM {}.{} WHERE useridentity.type = 'Root' AND ({happened} OR {delivered})",
        columns.join(", "),
        quoted(&options.database),
        quoted(&options.table),
    )
}

/// How an event time is written.
const EVENT: &str = "%Y-%m-%dT%H:%M:%SZ";

/// How a file's name writes its time.
pub(super) const FILE: &str = "%Y%m%dT%H%MZ";

/// Quotes a name; a quote within is doubled.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_asks_for_root_by_both_times_and_quotes_names() {
        let options = AthenaOptions {
            region: "us-east-1".to_owned(),
            database: "logs".to_owned(),
            table: r#"trail" UNION"#.to_owned(),
            workgroup: "primary".to_owned(),
            output_location: None,
        };
        let time = |text: &str| text.parse().unwrap();
        let window = Window { start: time("2026-07-19T03:00:00Z"), end: time("2026-07-20T03:00:00Z") };
        let query = root_records(&options, window);
        assert!(query.contains(r#"FROM "logs"."trail"" UNION" WHERE useridentity.type = 'Root'"#), "{query}");
        assert!(query.contains("eventtime BETWEEN '2026-07-19T03:00:00Z' AND '2026-07-20T03:00:00Z'"), "{query}");
        assert!(query.contains("1) BETWEEN '20260719T0300Z' AND '20260720T0300Z')"), "{query}");
    }
}
