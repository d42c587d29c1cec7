//! Probe records: root events that have to wake someone, and noise that must not.
//!
//! They were written for this project from the documented form of CloudTrail records; they are data, in `root.json`,
//! `noise.json` and `people.json` beside this file, each with the reason why it is there.

use std::sync::LazyLock;

use rootsweep_model::{AccountId, Partition};
use serde::Deserialize;
use serde_json::Value;

/// A CloudTrail record that patterns, alarms and rules are evaluated on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// Its id, in kebab-case.
    pub id: String,
    /// What it is, in a few words.
    pub title: String,
    /// Why it is there.
    pub why: String,
    /// Where such a record can be logged.
    pub regions: ProbeRegions,
    /// The record, with `{account}`, `{partition}` and `{region}` in its texts to be filled in.
    record: Value,
}

/// The Regions in which a kind of record can be logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProbeRegions {
    /// Any of the sign-in Regions, whichever the browser was sent to.
    SignIn,
    /// The Region that global services log in.
    Global,
    /// Any Region that is enabled for the account.
    Enabled,
}

static ROOT: LazyLock<Vec<Probe>> = LazyLock::new(|| read(include_str!("root.json")));
static NOISE: LazyLock<Vec<Probe>> = LazyLock::new(|| read(include_str!("noise.json")));
static PEOPLE: LazyLock<Vec<Probe>> = LazyLock::new(|| read(include_str!("people.json")));

#[expect(clippy::expect_used, reason = "the text is compiled in, and a test reads it")]
fn read(text: &str) -> Vec<Probe> {
    serde_json::from_str(text).expect("the probes are well-formed")
}

/// Returns the records that have to wake someone.
pub fn root() -> &'static [Probe] {
    &ROOT
}

/// Returns the records that carry the root identity, or look like it, and that nobody has to be woken for.
pub fn noise() -> &'static [Probe] {
    &NOISE
}

/// Returns the records of what people other than root do all day: a pattern that nothing ties to root matches them.
pub fn people() -> &'static [Probe] {
    &PEOPLE
}

impl Probe {
    /// Returns the record as the account would log it in a Region.
    pub fn record(&self, account: AccountId, region: &str) -> Value {
        let partition = Partition::of_region(region).as_str();
        let account = account.to_string();
        fill(&self.record, &[("{account}", &account), ("{partition}", partition), ("{region}", region)])
    }

    /// Returns whether the record is of a call that changes nothing.
    pub fn is_read_only(&self) -> bool {
        self.record.get("readOnly") == Some(&Value::Bool(true))
    }

    /// Returns the record in the envelope that EventBridge puts around it.
    ///
    /// The source is the service's, and the detail type follows the event's type:
    /// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html>. That page spells
    /// the one of sign-ins `AWS Console Signin via CloudTrail`; events carry `AWS Console Sign In via CloudTrail`.
    pub fn event(&self, account: AccountId, region: &str) -> Value {
        envelope(&self.record(account, region), account, region)
    }
}

/// Puts EventBridge's envelope around a CloudTrail record; see [`Probe::event`].
pub fn envelope(record: &Value, account: AccountId, region: &str) -> Value {
    let text = |key: &str| record.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let service = text("eventSource");
    let source = format!("aws.{}", service.split('.').next().unwrap_or_default());
    serde_json::json!({
        "version": "0",
        "id": text("eventID"),
        "detail-type": detail_type(&text("eventType")),
        "source": source,
        "account": account.to_string(),
        "time": text("eventTime"),
        "region": region,
        "resources": [],
        "detail": record,
    })
}

fn detail_type(event_type: &str) -> &'static str {
    match event_type {
        "AwsConsoleSignIn" => "AWS Console Sign In via CloudTrail",
        "AwsConsoleAction" => "AWS Console Action via CloudTrail",
        "AwsServiceEvent" => "AWS Service Event via CloudTrail",
        _ => "AWS API Call via CloudTrail",
    }
}

fn fill(template: &Value, values: &[(&str, &str)]) -> Value {
    match template {
        Value::String(text) => {
            Value::String(values.iter().fold(text.clone(), |text, (name, value)| text.replace(name, value)))
        }
        Value::Array(items) => items.iter().map(|item| fill(item, values)).collect(),
        Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), fill(value, values))).collect(),
        other => other.clone(),
    }
}
