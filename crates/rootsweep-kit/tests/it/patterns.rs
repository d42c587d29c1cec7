//! The patterns hear root, and are quiet on what nobody has to be woken for.

use eventbridge_pattern::EventPattern;
use logs_filter_pattern::{FilterPattern, Outcome};
use rootsweep_checks::probes::{self, Probe};
use rootsweep_kit::Kit;
use rootsweep_model::AccountId;
use serde_json::{Value, json};

use crate::read::{at, block, module, stack, text};

/// The Regions that root sign-ins are logged in:
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html>.
const SIGN_IN_REGIONS: [&str; 3] = ["us-east-1", "us-east-2", "us-west-2"];

fn account() -> AccountId {
    "111122223333".parse().unwrap()
}

fn filter_pattern() -> String {
    let template = stack(Kit::Alarm, &crate::chosen());
    at(&template, &["Resources", "RootUseFilter", "Properties", "FilterPattern"]).as_str().unwrap().to_owned()
}

fn event_pattern() -> Value {
    let template = stack(Kit::EventRule, &crate::chosen());
    at(&template, &["Resources", "RootUseRule", "Properties", "EventPattern"]).clone()
}

#[test]
fn the_filter_hears_root_and_nobody_else() {
    let pattern = FilterPattern::parse(&filter_pattern()).unwrap();
    let outcome = |probe: &Probe, region: &str| pattern.evaluate_json(&probe.record(account(), region));
    for region in SIGN_IN_REGIONS {
        for probe in probes::root() {
            assert_eq!(outcome(probe, region), Outcome::Match, "{}", probe.id);
        }
        for probe in probes::noise().iter().chain(probes::people()) {
            assert_eq!(outcome(probe, region), Outcome::NoMatch, "{}", probe.id);
        }
    }
}

/// Security Hub compares the text and allows no additional field or term:
/// <https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html>.
#[test]
fn the_filter_is_the_one_that_security_hub_asks_for() {
    let prescribed = concat!(
        r#"{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS"#,
        r#" && $.eventType !="AwsServiceEvent"}"#
    );
    assert_eq!(filter_pattern(), prescribed);
}

#[test]
fn the_rule_hears_root_and_nobody_else() {
    let pattern = EventPattern::parse(&event_pattern().to_string()).unwrap();
    for region in SIGN_IN_REGIONS {
        for probe in probes::root() {
            assert!(pattern.matches(&probe.event(account(), region)), "{}", probe.id);
        }
        for probe in probes::noise().iter().chain(probes::people()) {
            assert!(!pattern.matches(&probe.event(account(), region)), "{}", probe.id);
        }
    }
}

/// A rule that is `ENABLED` does not hear management events that only read:
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html>.
#[test]
fn the_rule_hears_reads() {
    let template = stack(Kit::EventRule, &crate::chosen());
    let state = at(&template, &["Resources", "RootUseRule", "Properties", "State"]);
    assert_eq!(state, "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS");
    let module = module(Kit::EventRule, &crate::chosen());
    let rule = block(&module, "resource", &["aws_cloudwatch_event_rule", "root_use"]);
    assert_eq!(text(rule, "state"), "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS");
}

#[test]
fn both_dialects_say_the_same() {
    let alarm = module(Kit::Alarm, &crate::chosen());
    let filter = block(&alarm, "resource", &["aws_cloudwatch_log_metric_filter", "root_use"]);
    assert_eq!(text(filter, "pattern"), filter_pattern());
    assert_eq!(terraform_pattern(Kit::EventRule, "root_use"), event_pattern());
    assert_eq!(terraform_pattern(Kit::Monitor, "unclean_run"), unclean_run_pattern());
}

/// Events as in <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html>.
#[test]
fn the_monitor_tells_of_runs_that_do_not_end_clean() {
    let pattern = EventPattern::parse(&unclean_run_pattern().to_string()).unwrap();
    assert!(!pattern.matches(&task("rootsweep", "STOPPED", "EssentialContainerExited", &[0, 0, 0])), "a clean run");
    assert!(!pattern.matches(&task("rootsweep", "RUNNING", "", &[0])), "a run on its way");
    assert!(!pattern.matches(&task("other", "STOPPED", "EssentialContainerExited", &[1])), "somebody else's task");
    assert!(pattern.matches(&task("rootsweep", "STOPPED", "EssentialContainerExited", &[0, 10, 0])), "findings");
    assert!(pattern.matches(&task("rootsweep", "STOPPED", "EssentialContainerExited", &[0, 11, 0])), "unknown rows");
    assert!(pattern.matches(&task("rootsweep", "STOPPED", "TaskFailedToStart", &[])), "no image");
}

fn task(cluster: &str, status: &str, stop_code: &str, exit_codes: &[i64]) -> Value {
    let mut event = json!({
        "source": "aws.ecs",
        "detail-type": "ECS Task State Change",
        "detail": {
            "clusterArn": format!("arn:aws:ecs:us-east-1:111122223333:cluster/{cluster}"),
            "lastStatus": status,
            "containers": exit_codes.iter().map(|code| json!({ "exitCode": code })).collect::<Vec<_>>(),
        }
    });
    if !stop_code.is_empty() {
        event["detail"]["stopCode"] = stop_code.into();
    }
    event
}

fn unclean_run_pattern() -> Value {
    let template = stack(Kit::Monitor, &crate::chosen());
    at(&template, &["Resources", "UncleanRunRule", "Properties", "EventPattern"]).clone()
}

fn terraform_pattern(kit: Kit, rule: &str) -> Value {
    let module = module(kit, &crate::chosen());
    let pattern = text(block(&module, "resource", &["aws_cloudwatch_event_rule", rule]), "event_pattern");
    serde_json::from_str(&pattern).unwrap()
}
