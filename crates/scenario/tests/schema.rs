//! The schema says what the reader takes: every scenario fits it, and what the reader refuses does not.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};

use jsonschema::Validator;
use serde_json::Value;
use test_case::test_case;

/// What stands in the head of a file, so that an editor finds the schema.
const MODELINE: &str = "# yaml-language-server: $schema=../../docs/schema/scenario.schema.json\n";

fn library() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios")
}

fn validator() -> Validator {
    jsonschema::options().should_validate_formats(true).build(&scenario::schema()).unwrap()
}

fn text_of(slug: &str) -> String {
    std::fs::read_to_string(library().join(slug).join("scenario.yaml")).unwrap()
}

fn faults(validator: &Validator, text: &str) -> Vec<String> {
    let file: Value = serde_saphyr::from_str(text).unwrap();
    validator.iter_errors(&file).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn every_scenario_fits_the_schema_and_names_it() {
    let validator = validator();
    for slug in scenario::slugs(&library()).unwrap() {
        let text = text_of(&slug);
        assert!(text.starts_with(MODELINE), "{slug} does not begin with {MODELINE}");
        let faults = faults(&validator, &text);
        assert!(faults.is_empty(), "{slug}: {}", faults.join("\n"));
    }
}

#[test_case("naive:", "naiv:"; "of the scenario")]
#[test_case("management_account:", "managment_account:"; "of the organization")]
#[test_case("mfa_devices:", "mfa_device:"; "of a root user in the world")]
#[test_case("metric_alarm:", "metric_alarms:"; "of an alert path")]
#[test_case("log_group:", "loggroup:"; "of a metric alarm")]
#[test_case("does:", "do:"; "of a step")]
#[test_case("sweep: { args:", "sweep: { arg:"; "of a sweep")]
#[test_case("alarms: [", "alarmz: ["; "of the expectations")]
#[test_case("verdict:", "verdikt:"; "of an expected record")]
fn a_misspelt_key_does_not_fit(key: &str, misspelt: &str) {
    let sound = text_of("password-recovery");
    assert!(sound.contains(key), "{key:?} is not in the sound scenario");
    let faults = faults(&validator(), &sound.replacen(key, misspelt, 1));
    assert!(!faults.is_empty(), "{misspelt:?} fits the schema");
}

#[test_case("2026-", "the year 2026-"; "a start that is no time")]
#[test_case("+00:00:30", "+00:61:30"; "a minute that no clock has")]
#[test_case("verdict: incident", "verdict: harmless"; "a verdict that there is not")]
#[test_case("management_account: \"000000000001\"", "management_account: \"1\""; "an account id of one digit")]
#[test_case("kind: hardware", "kind: soft"; "a kind of device that there is not")]
fn an_impossible_value_does_not_fit(value: &str, impossible: &str) {
    let sound = text_of("password-recovery");
    assert!(sound.contains(value), "{value:?} is not in the sound scenario");
    let faults = faults(&validator(), &sound.replacen(value, impossible, 1));
    assert!(!faults.is_empty(), "{impossible:?} fits the schema");
}
