//! The documented exit codes, and bad input: a clear error that names the place and the remedy.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use fake_aws::fault::{Effect, FaultRule};
use fake_aws::world::{AccountId, World};
use test_support::{Aws, Rootsweep, Run};

fn healthy(accounts: u32) -> Aws {
    Aws::serve(World::generated(accounts, "rootsweep-audit"))
}

fn sweep(aws: &Aws, arguments: &[&str]) -> Run {
    Rootsweep::against(aws).run(&[&["sweep", "--output", "json=report.json"], arguments].concat())
}

#[track_caller]
fn refuses(run: &Run, code: i32, pieces: &[&str]) {
    assert_eq!(run.code, code, "{}", run.stderr);
    assert!(run.stdout.is_empty(), "something was reported: {}", run.stdout);
    for piece in pieces {
        assert!(run.stderr.contains(piece), "{piece:?} is not said in: {}", run.stderr);
    }
}

#[test]
fn findings_and_gaps_have_codes_of_their_own() {
    let aws = healthy(2);
    assert_eq!(sweep(&aws, &["--fail-on", "critical"]).code, 0, "hardware MFA and no keys");
    assert_eq!(sweep(&aws, &["--fail-on", "high"]).code, 10, "no alarm is high");
    let denied = || FaultRule::new("iam:GetAccountSummary", Effect::AccessDenied);
    aws.world().faults = vec![denied()];
    assert_eq!(sweep(&aws, &["--fail-on", "critical"]).code, 11);
    assert_eq!(sweep(&aws, &["--fail-on", "critical", "--allow-unknown"]).code, 0);
    aws.world().faults = vec![denied()];
    assert_eq!(sweep(&aws, &["--fail-on", "high"]).code, 12);
}

#[test]
fn an_unknown_configuration_key_is_pointed_at() {
    let rootsweep = Rootsweep::alone().file("rootsweep.toml", "role-name = [\"audit\"]\nfail_onn = \"high\"\n");
    refuses(&rootsweep.run(&["sweep"]), 2, &["rootsweep.toml", "fail_onn", "^"]);
}

#[test]
fn words_that_cannot_be_meant_are_refused() {
    let rootsweep = Rootsweep::alone();
    refuses(&rootsweep.run(&["sweep", "--role-name", "audit role"]), 2, &["audit role", "--role-name"]);
    refuses(&rootsweep.run(&["sweep", "--account", "12345678901"]), 2, &["12345678901", "12 digits"]);
    refuses(&rootsweep.run(&["sweep", "--fail-on", "severe"]), 2, &["unknown severity \"severe\"", "critical"]);
    refuses(&rootsweep.run(&["sweep", "--output", "pdf"]), 2, &["unknown output format \"pdf\"", "json"]);
    refuses(&rootsweep.run(&["sweep", "--window", "a day"]), 2, &["\"a day\" is not a duration", "7d"]);
    refuses(&rootsweep.run(&["sweep", "--concurrency", "0"]), 2, &["--concurrency", "must be at least 1"]);
    refuses(&rootsweep.run(&["sweep", "--notify", "mail=me"]), 2, &["unknown kind of notification", "security-hub=…"]);
    refuses(&rootsweep.run(&["checks", "--log", "foo=bar=baz"]), 2, &["--log", "foo=bar=baz"]);
}

#[test]
fn an_output_that_cannot_be_written_is_found_before_the_sweep() {
    let aws = healthy(2);
    let run = Rootsweep::against(&aws).run(&["sweep", "--output", "json=no/such/folder/report.json"]);
    refuses(&run, 2, &["no/such/folder"]);
    assert!(aws.world().calls.entries().is_empty(), "AWS was asked before the output was looked at");
}

#[test]
fn a_selection_that_keeps_nothing_is_no_success() {
    let aws = healthy(3);
    refuses(&sweep(&aws, &["--account", "999999999999"]), 2, &["999999999999", "not in this organization"]);
    let everything =
        ["--exclude-account", "100000000000", "--exclude-account", "100000000001", "--exclude-account", "100000000002"];
    refuses(&sweep(&aws, &everything), 3, &["account"]);
    let run = sweep(&aws, &["--ou", "ou-ab12-notthere"]);
    refuses(&run, 3, &["ou-ab12-notthere"]);
}

#[test]
fn no_credentials_and_no_endpoint_are_told_apart() {
    let rootsweep = Rootsweep::alone().env("AWS_REGION", "us-east-1");
    refuses(&rootsweep.run(&["sweep"]), 2, &["credentials"]);
    let unreachable = rootsweep
        .env("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    refuses(&unreachable.run(&["sweep"]), 2, &["127.0.0.1:9"]);
}

/// Wherever it is written: the run ends before the first call, and names the place and an example.
#[test]
fn an_endpoint_that_is_none_is_refused() {
    let rootsweep = || {
        let with_key = Rootsweep::alone().env("AWS_REGION", "us-east-1").env("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE");
        with_key.env("AWS_SECRET_ACCESS_KEY", "secret")
    };
    let example = "http://127.0.0.1:4566";
    let run = rootsweep().run(&["sweep", "--endpoint-url", "notaurl"]);
    refuses(&run, 2, &["--endpoint-url", "notaurl", example]);
    for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_IAM"] {
        let run = rootsweep().env(name, "localhost:4566").run(&["sweep"]);
        refuses(&run, 2, &[name, "localhost:4566", example]);
    }
    let run = rootsweep().file("rootsweep.toml", "endpoint-url = \"localhost:4566\"\n").run(&["sweep"]);
    refuses(&run, 2, &["rootsweep.toml", "localhost:4566", example]);
}

#[test]
fn a_profile_that_is_not_there_is_named() {
    let rootsweep = Rootsweep::alone().env("AWS_REGION", "us-east-1").env("AWS_EC2_METADATA_DISABLED", "true");
    let run = rootsweep.run(&["sweep", "--profile", "nosuch"]);
    refuses(&run, 2, &["\"nosuch\"", "`aws configure list-profiles`"]);
    assert!(!run.stderr.contains('…'), "{}", run.stderr);
}

#[test]
fn expired_credentials_are_named() {
    let aws = healthy(2);
    aws.world().faults = vec![FaultRule::new("*", Effect::ExpiredToken)];
    refuses(&sweep(&aws, &[]), 2, &["expired"]);
}

#[test]
fn a_member_account_is_told_the_two_ways_out() {
    let mut world = World::generated(3, "rootsweep-audit");
    let member = AccountId::new(100_000_000_001);
    world.callers.iter_mut().for_each(|caller| caller.account = member);
    let aws = Aws::serve(world);
    refuses(&sweep(&aws, &[]), 2, &["organizations:", "--organization-role-arn", "--single-account"]);
}

#[test]
fn an_account_without_organization_is_swept_alone() {
    let aws = Aws::serve_yaml(
        "accounts: [{ id: \"000000000007\", name: lone, root: { access_keys: [{ id: AKIAEXAMPLELONE0007 }] } }]",
    );
    let rootsweep = Rootsweep::against(&aws);
    let run = rootsweep.run(&["sweep", "--output", "json=report.json"]);
    assert_eq!(run.code, 10, "{}", run.stderr);
    assert!(run.stderr.contains("is in no organization"), "{}", run.stderr);
    let report = rootsweep.json("report.json");
    assert_eq!(report["accounts"].as_array().unwrap().len(), 1);
    assert!(report["organization"].is_null());
}
