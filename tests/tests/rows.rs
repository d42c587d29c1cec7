//! Promise 1: accounts × checks = rows, whatever failed; promise 2: what could not be checked is never a pass.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeMap;

use fake_aws::fault::{Effect, FaultRule};
use fake_aws::world::{AccountId, World};
use serde_json::Value;
use test_support::{Aws, Rootsweep, Run};

const ACCOUNTS: u32 = 300;

/// What happens to an account, by its number: one in twenty is denied, one in twenty is throttled twice, one in fifty
/// hangs, one in a hundred answers with rubbish.
fn faults_of(number: u32, id: AccountId) -> Vec<FaultRule> {
    let rule = |action: &str, effect| FaultRule::new(action, effect).in_account(id);
    match number % 100 {
        1..=5 => vec![rule("iam:GetAccountSummary", Effect::AccessDenied)],
        11..=15 => vec![rule("iam:GetAccountSummary", Effect::Throttling).times(2)],
        21..=22 => vec![rule("iam:GetAccountSummary", Effect::Hang)],
        31 => vec![rule("iam:GetAccountSummary", Effect::MalformedBody)],
        _ => Vec::new(),
    }
}

fn half_broken() -> World {
    let mut world = World::generated(ACCOUNTS, "rootsweep-audit");
    let ids: Vec<AccountId> = world.accounts.keys().copied().collect();
    world.faults = (0..).zip(ids).flat_map(|(number, id)| faults_of(number, id)).collect();
    world
}

fn sweep(world: World) -> (Run, Value) {
    let aws = Aws::serve(world);
    let rootsweep = Rootsweep::against(&aws);
    let run = rootsweep.run(&["sweep", "--output", "json=report.json", "--call-time-limit", "10s"]);
    let report = rootsweep.json("report.json");
    (run, report)
}

fn verdicts(report: &Value) -> BTreeMap<(String, String), String> {
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    let rows = report["rows"].as_array().unwrap();
    rows.iter().map(|row| ((text(row, "account_id"), text(row, "check_id")), text(row, "verdict"))).collect()
}

#[test]
fn a_half_broken_organization_is_reported_whole() {
    let (run, report) = sweep(half_broken());
    assert!([11, 12].contains(&run.code), "exit {}: {}", run.code, run.stderr);
    let accounts = report["accounts"].as_array().unwrap().len();
    let checks = report["checks"].as_array().unwrap().len();
    assert_eq!(accounts, ACCOUNTS as usize);
    assert_eq!(report["rows"].as_array().unwrap().len(), accounts * checks);
    assert_eq!(verdicts(&report).len(), accounts * checks, "a row stands twice");

    let keys = |number: u32| {
        let id = format!("{:012}", 100_000_000_000_u64 + u64::from(number));
        let row = |row: &&Value| row["account_id"] == id.as_str() && row["check_id"] == "root-access-keys";
        report["rows"].as_array().unwrap().iter().find(row).unwrap().clone()
    };
    assert_eq!(keys(1)["gap"]["kind"], "access-denied");
    assert_eq!(keys(1)["gap"]["call"], "iam:GetAccountSummary");
    assert!(!keys(1)["gap"]["remedy"].as_str().unwrap().is_empty());
    assert_eq!(keys(11)["verdict"], "pass", "two throttled calls are retried: {}", keys(11));
    assert_eq!(keys(21)["gap"]["kind"], "timed-out", "{}", keys(21));
    assert_eq!(keys(31)["gap"]["kind"], "malformed-answer", "{}", keys(31));
    assert_eq!(keys(50)["verdict"], "pass");
}

/// A trail whose home is not among the Regions that the run looks at covers its account all the same; rules and records
/// of Regions that the run leaves out are not known.
#[test]
fn a_region_that_was_left_out_is_unknown_and_not_disabled() {
    let rule = r#"rules: [{ name: root, event_pattern: '{"detail":{"userIdentity":{"type":["Root"]}}}', state: ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS, targets: [{ id: one, arn: "arn:aws:sns:REGION:000000000002:pager" }] }]"#;
    let topic = r#"topics: [{ name: pager, subscriptions: [{ id: 22222222-0000-0000-0000-000000000001, protocol: sqs, endpoint: "arn:aws:sqs:us-east-1:000000000002:q" }] }]"#;
    let listens =
        |region: &str| format!("      {region}:\n        {}\n        {topic}\n", rule.replace("REGION", region));
    let world = format!(
        r#"
organization: {{ management_account: "000000000001" }}
accounts:
  - {{ id: "000000000001", name: Management, regions: {{ eu-west-1: {{ trails: [{{ name: all, organization: true }}] }} }} }}
  - id: "000000000002"
    name: Member
    roles: [{{ name: rootsweep-audit }}]
    regions:
{}{}{}"#,
        listens("us-east-1"),
        listens("us-east-2"),
        listens("us-west-2")
    );
    let aws = Aws::serve(World::from_yaml(&world).unwrap());
    let rootsweep = Rootsweep::against(&aws);
    let named = ["us-east-1", "us-east-2", "us-west-2"].map(|region| format!("--region={region}"));
    let args = [&["sweep", "--output", "json=report.json"][..], &named.each_ref().map(String::as_str)].concat();
    rootsweep.run(&args);
    let verdicts = verdicts(&rootsweep.json("report.json"));
    let of = |check: &str| verdicts[&("000000000002".to_owned(), check.to_owned())].as_str();
    assert_eq!((of("root-trail"), of("root-alarm"), of("root-activity")), ("pass", "unknown", "unknown"));
}

/// An organization whose member has its own trail, filter and alarm, and whose alarm acts on a topic of another account.
fn with_central_topic(subscribed: bool) -> World {
    let subscription = r#"{ id: 22222222-0000-0000-0000-000000000001, protocol: sqs, endpoint: "arn:aws:sqs:us-east-1:000000000003:q" }"#;
    let world = r#"
organization: { management_account: "000000000001" }
accounts:
  - { id: "000000000001", name: Management }
  - id: "000000000002"
    name: Member
    roles: [{ name: rootsweep-audit }]
    regions:
      us-east-1:
        trails: [{ name: own, log_group_arn: "arn:aws:logs:us-east-1:000000000002:log-group:trail:*" }]
        log_groups:
          - name: trail
            metric_filters:
              - name: root
                pattern: '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }'
                transformations: [{ namespace: CIS, name: RootUse, value: "1" }]
        alarms:
          - name: root-used
            actions: { alarm: ["arn:aws:sns:us-east-1:000000000003:central"] }
            namespace: CIS
            metric_name: RootUse
            statistic: Sum
            period: 60
            evaluation_periods: 1
            threshold: 1
            comparison_operator: GreaterThanOrEqualToThreshold
  - id: "000000000003"
    name: Central
    roles: [{ name: rootsweep-audit }]
    regions:
      us-east-1:
        topics:
          - name: central
            policy: '{"Statement":[{"Effect":"Allow","Principal":{"Service":"cloudwatch.amazonaws.com"},"Action":"sns:Publish","Resource":"*"}]}'
            subscriptions: [SUBSCRIPTION]
"#;
    World::from_yaml(&world.replace("SUBSCRIPTION", if subscribed { subscription } else { "" })).unwrap()
}

/// A topic in another account of the organization is read there, whether or not that account is swept.
#[test]
fn a_path_over_a_central_topic_is_followed_to_its_end() {
    for (subscribed, verdict) in [(true, "pass"), (false, "fail")] {
        for selected in [&[][..], &["--account", "000000000002"]] {
            let aws = Aws::serve(with_central_topic(subscribed));
            let rootsweep = Rootsweep::against(&aws);
            rootsweep.run(&[&["sweep", "--output", "json=report.json"], selected].concat());
            let verdicts = verdicts(&rootsweep.json("report.json"));
            assert_eq!(verdicts[&("000000000002".to_owned(), "root-alarm".to_owned())], verdict, "{selected:?}");
        }
    }
}

#[test]
fn faults_never_turn_a_row_into_a_pass() {
    let mut sick = World::generated(12, "rootsweep-audit");
    let ids: Vec<AccountId> = sick.accounts.keys().copied().collect();
    sick.accounts.get_mut(&ids[3]).unwrap().root.mfa_devices.clear();
    let healthy_eyes = verdicts(&sweep(sick).1);
    for action in ["iam:*", "cloudtrail:*", "sts:AssumeRole", "account:*", "events:*"] {
        for effect in [Effect::AccessDenied, Effect::InternalError, Effect::MalformedBody, Effect::WrongContentType] {
            let mut sick = World::generated(12, "rootsweep-audit");
            sick.accounts.get_mut(&ids[3]).unwrap().root.mfa_devices.clear();
            sick.faults = vec![FaultRule::new(action, effect.clone())];
            let (run, report) = sweep(sick);
            let found = verdicts(&report);
            assert_eq!(found.len(), healthy_eyes.len(), "{action} {effect:?} loses rows: {}", run.stderr);
            for (row, verdict) in found {
                let improved = verdict == "pass" && healthy_eyes[&row] != "pass";
                assert!(!improved, "{action} {effect:?} turned {row:?} into a pass: {}", run.stderr);
            }
        }
    }
}
