//! Fields of a record by path, as reasons show them.

use jiff::Timestamp;
use rootsweep_cloudtrail::Record;
use rootsweep_model::assessment::FieldRead;
use serde_json::Value;

/// The longest value that a reason shows, in characters: a record may hold far longer ones.
const MAX_SHOWN: usize = 512;

/// Reads fields of a record, in the given order, with `delivered_at` for what stands in no record.
pub(crate) fn read_fields(record: &Record, delivered_at: Option<Timestamp>, paths: &[&str]) -> Vec<FieldRead> {
    paths.iter().map(|path| field(path, value(record, delivered_at, path))).collect()
}

/// Makes a field with its value, cut to what a reader can take in.
pub(crate) fn field(path: &str, value: Option<String>) -> FieldRead {
    FieldRead { path: path.to_owned(), value: value.map(|value| shorten(&value)) }
}

/// Cuts a text to what a reader can take in.
pub(crate) fn shorten(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn value(record: &Record, delivered_at: Option<Timestamp>, path: &str) -> Option<String> {
    match path.split_once('.') {
        Some(("userIdentity", rest)) => identity_value(record, rest),
        Some(("addendum", rest)) => addendum_value(record, rest),
        Some(("requestParameters", rest)) => json_value(record.request_parameters.as_ref(), rest),
        Some(("responseElements", rest)) => json_value(record.response_elements.as_ref(), rest),
        Some(("additionalEventData", rest)) => json_value(record.additional_event_data.as_ref(), rest),
        Some(_) => None,
        None => top_level_value(record, delivered_at, path),
    }
}

fn top_level_value(record: &Record, delivered_at: Option<Timestamp>, name: &str) -> Option<String> {
    let text = match name {
        "eventSource" => &record.event_source,
        "eventName" => &record.event_name,
        "eventType" => &record.event_type,
        "eventID" => &record.event_id,
        "sourceIPAddress" => &record.source_ip_address,
        "userAgent" => &record.user_agent,
        "errorCode" => &record.error_code,
        "errorMessage" => &record.error_message,
        "eventTime" => return record.event_time.map(|time| time.to_string()),
        "readOnly" => return record.read_only.map(|flag| flag.to_string()),
        "sessionCredentialFromConsole" => return record.session_credential_from_console.map(|flag| flag.to_string()),
        "delivered_at" => return delivered_at.map(|time| time.to_string()),
        _ => return None,
    };
    text.clone()
}

fn identity_value(record: &Record, name: &str) -> Option<String> {
    let identity = &record.user_identity;
    let session = identity.session_context;
    match name {
        "type" => identity.kind.clone(),
        "invokedBy" => identity.invoked_by.clone(),
        "accessKeyId" => identity.access_key_id.clone(),
        "accountId" => identity.account_id.clone(),
        "arn" => identity.arn.clone(),
        "sessionContext.sessionIssuer.type" => session?.issued_by_root.then(|| "Root".to_owned()),
        "sessionContext.assumedRoot" => session?.assumed_root.map(|flag| flag.to_string()),
        "sessionContext.attributes.creationDate" => session?.creation_date.map(|time| time.to_string()),
        "sessionContext.attributes.mfaAuthenticated" => session?.mfa_authenticated.map(|flag| flag.to_string()),
        _ => None,
    }
}

fn addendum_value(record: &Record, name: &str) -> Option<String> {
    let addendum = record.addendum.as_ref()?;
    match name {
        "reason" => Some(addendum.reason.to_string()),
        "updatedFields" => addendum.updated_fields.clone(),
        "originalEventID" => addendum.original_event_id.clone(),
        _ => None,
    }
}

fn json_value(value: Option<&Value>, path: &str) -> Option<String> {
    let found = path.split('.').try_fold(value?, |value, key| value.get(key))?;
    match found {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
