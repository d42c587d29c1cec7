//! The AWS CLI, an independent client, can investigate on the embedded AWS as an analyst would.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::process::Command;

use serde_json::Value;
use test_support::{Aws, not_run};

fn installed() -> bool {
    Command::new("aws").arg("--version").output().is_ok_and(|output| output.status.success())
}

fn aws(environment: &[(String, String)], arguments: &[&str]) -> Value {
    let mut command = Command::new("aws");
    command.args(arguments).args(["--output", "json"]).env("AWS_PAGER", "");
    command.env("AWS_CONFIG_FILE", "/dev/null").env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    let output = command.envs(environment.iter().cloned()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "aws {arguments:?}: {said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn an_analyst_can_look_around_with_the_aws_cli() {
    if !installed() {
        return not_run("investigation with the AWS CLI", "install it: pip install awscli");
    }
    let scenario = scenario::load("../scenarios".as_ref(), "a-dozen-accounts").unwrap();
    let served = Aws::serve(scenario.world);
    let caller = served.environment();

    let accounts = aws(&caller, &["organizations", "list-accounts"]);
    assert_eq!(accounts["Accounts"].as_array().unwrap().len(), 13, "{accounts}");

    let role = "arn:aws:iam::000000000002:role/rootsweep-audit";
    let assumed = aws(&caller, &["sts", "assume-role", "--role-arn", role, "--role-session-name", "analyst"]);
    let part = |name: &str| assumed["Credentials"][name].as_str().unwrap().to_owned();
    let mut session = caller;
    session.retain(|(name, _)| !["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].contains(&name.as_str()));
    session.extend([
        ("AWS_ACCESS_KEY_ID".to_owned(), part("AccessKeyId")),
        ("AWS_SECRET_ACCESS_KEY".to_owned(), part("SecretAccessKey")),
        ("AWS_SESSION_TOKEN".to_owned(), part("SessionToken")),
    ]);

    let who = aws(&session, &["sts", "get-caller-identity"]);
    assert_eq!(who["Account"], "000000000002");
    let summary = aws(&session, &["iam", "get-account-summary"]);
    assert_eq!(summary["SummaryMap"]["AccountMFAEnabled"], 1);
    let alarms = aws(&session, &["cloudwatch", "describe-alarms"]);
    assert_eq!(alarms["MetricAlarms"][0]["AlarmName"], "root-usage");
    let group = ["--log-group-name", "cloudtrail/management-events"];
    let events = aws(&session, &[&["logs", "filter-log-events"], &group[..]].concat());
    assert!(events["events"].is_array());
    let user = ["--lookup-attributes", "AttributeKey=Username,AttributeValue=root"];
    let looked_up = aws(&session, &[&["cloudtrail", "lookup-events"], &user[..]].concat());
    assert!(looked_up["Events"].is_array());
}
