//! Runs the cases: one file for each rule, and one for each story of `tests/stories`.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use rootsweep_model::exception::ExpectedUse;
use rootsweep_model::report::triage_v1::{self, Source};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{Settings, Triage, all_rules};

mod properties;
mod stories;

/// The cases of one rule.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    cases: Vec<Case>,
}

/// One case: records, and what has to be said of the last of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Case {
    name: String,
    /// Whether the rule speaks.
    speaks: bool,
    /// Each is laid over [`base`]; a `null` takes a field away.
    records: Vec<Map<String, Value>>,
    #[serde(default)]
    delivered_at: Option<Timestamp>,
    #[serde(default)]
    expected_uses: Vec<ExpectedUse>,
    /// Axes, verdict and severity, by their names in the JSON.
    #[serde(default)]
    expect: Map<String, Value>,
}

/// A read of the root user an hour before the triage, with MFA, from the console.
fn base(number: usize) -> Value {
    json!({
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "Root", "principalId": "111122223333", "arn": "arn:aws:iam::111122223333:root",
            "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLESESSION01",
            "sessionContext": {"attributes": {"creationDate": "2026-11-20T00:30:00Z", "mfaAuthenticated": "true"}}
        },
        "eventTime": "2026-11-20T01:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "ListUsers",
        "awsRegion": "us-east-1", "sourceIPAddress": "198.51.100.23", "userAgent": "Mozilla/5.0",
        "requestParameters": null, "responseElements": null, "eventID": format!("event-{number}"), "readOnly": true,
        "eventType": "AwsApiCall", "recipientAccountId": "111122223333"
    })
}

fn overlay(under: &mut Value, over: &Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (key, value) in over {
                if value.is_null() {
                    under.remove(key);
                } else {
                    overlay(under.entry(key.clone()).or_insert(Value::Null), value);
                }
            }
        }
        (under, over) => *under = over.clone(),
    }
}

fn settings(expected_uses: Vec<ExpectedUse>) -> Settings {
    Settings { expected_uses, list_all: true, ..Settings::new("2026-11-20T02:00:00Z".parse().unwrap()) }
}

fn run(case: &Case) -> triage_v1::Triage {
    let mut triage = Triage::new(settings(case.expected_uses.clone())).unwrap();
    for (number, over) in case.records.iter().enumerate() {
        let mut record = base(number);
        overlay(&mut record, &Value::Object(over.clone()));
        let source = Source { file: "case".to_owned(), index: number as u64 };
        triage.push_json(source, case.delivered_at, &record.to_string());
    }
    triage.finish()
}

#[test]
fn every_rule_has_cases_in_which_it_speaks_and_in_which_it_does_not() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    for rule in all_rules() {
        let path = folder.join(format!("{}.yaml", rule.id));
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let cases: Cases = serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for speaks in [true, false] {
            assert!(cases.cases.iter().any(|case| case.speaks == speaks), "{}: no case with speaks: {speaks}", rule.id);
        }
        for case in &cases.cases {
            check(rule.id, case);
        }
    }
    assert_eq!(fs::read_dir(folder).unwrap().count(), all_rules().len(), "a case file of no rule");
}

fn check(rule: &str, case: &Case) {
    let answer = run(case);
    let last = case.records.len() as u64 - 1;
    let record = answer.records.iter().find(|record| record.source.index == last);
    let record = record.unwrap_or_else(|| panic!("{rule}, {}: the record is not listed", case.name));
    let spoke: Vec<&str> = record.reasons.iter().map(|reason| reason.rule.as_str()).collect();
    assert_eq!(spoke.contains(&rule), case.speaks, "{rule}, {}: {spoke:?}", case.name);
    let told = serde_json::to_value(record).unwrap();
    for (field, value) in &case.expect {
        assert_eq!(&told[field], value, "{rule}, {}: {field}, {spoke:?}", case.name);
    }
}
