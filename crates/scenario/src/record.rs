//! CloudTrail records of a scenario: a short form is completed to what AWS writes.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::Offset;

/// How the records of a step are delivered.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "RecordDelivery")]
pub struct Delivery {
    /// How long after the step; CloudTrail takes about five minutes on average.
    pub after: Offset,
    /// How often each record is delivered: two trails deliver the same event twice.
    pub times: u32,
    /// Whether the event history (`LookupEvents`) shows the records; it never does for those of more than 90 days ago.
    pub in_event_history: bool,
}

impl Default for Delivery {
    fn default() -> Self {
        Self { after: Offset::minutes(5), times: 1, in_event_history: true }
    }
}

/// Completes a record to what AWS writes: whatever the scenario gives stays, and a `null` takes a field away.
///
/// The event id follows from the scenario's name and the record's place in it, so that it is the same in every run.
pub fn complete(record: &Value, scenario: &str, place: &str, at: Timestamp) -> Value {
    let mut whole = defaults(record, scenario, place, at);
    merge(&mut whole, record);
    Value::Object(whole)
}

fn defaults(record: &Value, scenario: &str, place: &str, at: Timestamp) -> Map<String, Value> {
    let text = |pointer: &str| record.pointer(pointer).and_then(Value::as_str);
    let id =
        |what: &str| Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("{scenario}/{place}/{what}").as_bytes()).to_string();
    let name = text("/eventName").unwrap_or("Unnamed");
    let is_sign_in = text("/eventSource") == Some("signin.amazonaws.com");
    let account = text("/recipientAccountId").or_else(|| text("/userIdentity/accountId")).unwrap_or("000000000000");
    let whole = json!({
        "eventVersion": "1.11",
        "userIdentity": identity(text("/userIdentity/type"), account),
        "eventTime": at.to_string(),
        "eventSource": "iam.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": "203.0.113.10",
        "userAgent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
        "requestParameters": null,
        "responseElements": null,
        "requestID": id("request"),
        "eventID": id("event"),
        "readOnly": !is_sign_in && is_read(name),
        "eventType": if is_sign_in { "AwsConsoleSignIn" } else { "AwsApiCall" },
        "managementEvent": true,
        "recipientAccountId": account,
        "eventCategory": "Management",
    });
    match whole {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn identity(kind: Option<&str>, account: &str) -> Value {
    match kind {
        Some("Root") => {
            json!({ "principalId": account, "arn": format!("arn:aws:iam::{account}:root"), "accountId": account })
        }
        _ => json!({ "accountId": account }),
    }
}

fn is_read(event_name: &str) -> bool {
    ["Get", "List", "Describe", "Lookup", "Head"].iter().any(|verb| event_name.starts_with(verb))
}

/// Lays `given` over `whole`; objects are merged, everything else replaces, and `null` inside them removes.
fn merge(whole: &mut Map<String, Value>, given: &Value) {
    for (key, value) in given.as_object().into_iter().flatten() {
        match (whole.get_mut(key), value) {
            (Some(Value::Object(below)), Value::Object(_)) => merge(below, value),
            (_, Value::Null) => drop(whole.remove(key)),
            _ => drop(whole.insert(key.clone(), value.clone())),
        }
    }
}
