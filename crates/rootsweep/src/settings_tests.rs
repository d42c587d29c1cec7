use rootsweep_engine::{Checkpoint, Error, Header};

use super::*;

fn settings(text: &str) -> anyhow::Result<Settings> {
    Settings::of(toml::from_str(text).expect("a configuration"))
}

#[test]
fn defaults_are_the_documented_ones() {
    let settings = settings("").expect("the defaults");
    assert_eq!(settings.window.to_string(), "1d");
    assert_eq!(settings.limits.concurrency.get(), 32);
    assert_eq!(settings.policy.fail_on, Severity::High);
    assert_eq!(settings.plan()["role-name"], "rootsweep-audit");
}

#[test]
fn spans_are_written_as_people_write_them() {
    for (text, hours) in [("24h", 24), ("90d", 2160), ("1d 12h", 36)] {
        assert_eq!(text.parse::<Span>().expect("a span").0, SignedDuration::from_hours(hours), "{text}");
    }
    for text in ["", "24", "0h", "-3h", "soon"] {
        assert!(text.parse::<Span>().is_err(), "{text}");
    }
}

#[test]
fn a_window_beyond_lookup_events_is_refused() {
    let error = settings("window = \"91d\"").expect_err("91 days");
    assert!(error.to_string().starts_with("a window of 91d reaches further back"), "{error}");
    assert!(settings("window = \"91d\"\nsources = [\"log-group\"]").is_ok());
}

#[test]
fn athena_needs_its_table() {
    let error = settings("sources = [\"athena\"]").expect_err("no table");
    assert!(error.to_string().contains("[athena]"), "{error}");
}

#[test]
fn a_single_account_selects_no_others() {
    assert!(settings("single-account = true\naccounts = [\"111122223333\"]").is_err());
}

#[test]
fn a_run_with_another_option_of_athena_is_not_continued() {
    const ATHENA: &str = r#"
        sources = ["athena"]
        [athena]
        region = "eu-central-1"
        database = "cloudtrail"
        table = "management_events"
        workgroup = "audit"
    "#;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("checkpoint.jsonl");
    let plan = |text: &str| settings(text).expect("a configuration").plan();
    let begun = Header::new("run", Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH, plan(ATHENA));
    drop(Checkpoint::create(&path, begun).expect("a checkpoint"));
    for (name, value) in
        [("region", "eu-central-1"), ("database", "cloudtrail"), ("table", "management_events"), ("workgroup", "audit")]
    {
        let error = Checkpoint::resume(&path, &plan(&ATHENA.replace(value, "us-east-1"))).expect_err(name);
        assert!(
            matches!(&error, Error::OtherPlan { differing, .. } if *differing == [format!("athena.{name}")]),
            "{error}"
        );
    }
    assert_eq!(plan(ATHENA)["source"], "athena");
    assert!(Checkpoint::resume(&path, &plan(ATHENA)).is_ok());
}
