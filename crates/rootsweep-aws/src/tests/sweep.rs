//! Gathering facts from the embedded AWS.

use std::collections::BTreeSet;

use fake_aws::FakeAws;
use fake_aws::log::LoggedCall;
use fake_aws::world::World;
use rootsweep_model::facts::{AccountFacts, RecordSourceKind, SubscriptionFilter};
use rootsweep_model::{Fact, Gap, GapKind};

use super::{connect, embedded, id, listed, options};
use crate::calls::READ_CALLS;

const WORLD: &str = r#"
organization:
  management_account: "111111111111"
  features: [RootCredentialsManagement, RootSessions]
  organizational_units: [{ id: ou-ab12-workloads, name: Workloads }, { id: ou-ab12-prod, name: Prod, parent: ou-ab12-workloads }]
accounts:
  - id: "111111111111"
    name: Management
    regions:
      us-east-1:
        trails: [{ name: all, organization: true, multi_region: true, s3_bucket: logs, log_group_arn: "arn:aws:logs:us-east-1:111111111111:log-group:trail:*" }]
        log_groups:
          - name: trail
            metric_filters:
              - name: root
                pattern: '{ $.userIdentity.type = "Root" }'
                transformations: [{ namespace: CIS, name: RootUse, value: "1" }]
        alarms:
          - name: root-used
            actions: { alarm: ["arn:aws:sns:us-east-1:111111111111:pager"] }
            namespace: CIS
            metric_name: RootUse
            statistic: Sum
            period: 60
            evaluation_periods: 1
            threshold: 1
            comparison_operator: GreaterThanOrEqualToThreshold
          - name: unrelated
            actions: { alarm: ["arn:aws:sns:us-east-1:111111111111:other"] }
            namespace: AWS/EC2
            metric_name: CPUUtilization
            statistic: Average
            period: 60
            evaluation_periods: 1
            threshold: 90
            comparison_operator: GreaterThanThreshold
        mute_rules: [{ name: weekend, expression: "cron(0 0 * * SAT)", duration: PT24H, alarm_names: [root-used] }]
        topics:
          - name: pager
            subscriptions:
              - { id: 11111111-0000-0000-0000-000000000001, protocol: email, endpoint: soc@example.com, confirmed: true }
              - { id: 11111111-0000-0000-0000-000000000002, protocol: email, endpoint: gone@example.com, confirmed: false }
          - name: other
  - id: "222222222222"
    name: Member
    organizational_unit: ou-ab12-prod
    alias: shop
    roles: [{ name: rootsweep-audit }]
    root: { mfa_devices: [{ kind: virtual, serial: any-name }] }
    regions:
      us-east-1:
        rules:
          - { name: root-rule, event_pattern: '{"detail":{"userIdentity":{"type":["Root"]}}}', state: ENABLED, targets: [{ id: one, arn: "arn:aws:sns:us-east-1:222222222222:local" }] }
          - { name: nightly, schedule_expression: rate(1 day), state: ENABLED }
          - { name: off, event_pattern: '{"detail":{"userIdentity":{"type":["Root"]}}}', state: DISABLED }
        topics: [{ name: local, subscriptions: [{ id: 22222222-0000-0000-0000-000000000001, protocol: sqs, endpoint: "arn:aws:sqs:us-east-1:222222222222:q", confirmed: true }] }]
  - { id: "333333333333", name: Locked }
  - { id: "444444444444", name: Closed, state: CLOSED, roles: [{ name: rootsweep-audit }] }
  - { id: "555555555555", name: Second, roles: [{ name: OrganizationAccountAccessRole }] }
"#;

async fn gathered(account: &str) -> (fake_aws::FakeAws, AccountFacts) {
    gathered_from(WORLD, account).await
}

async fn gathered_from(world: &str, account: &str) -> (fake_aws::FakeAws, AccountFacts) {
    let fake = embedded(world).await;
    let aws = connect(options(&fake.url())).await.unwrap();
    let accounts = listed(&aws).await;
    let facts = aws.gather(&accounts[&id(account)]).await;
    (fake, facts)
}

#[tokio::test]
async fn the_owner_of_the_trail_tells_all_of_the_alert_path() {
    let (_fake, facts) = gathered("111111111111").await;
    assert_eq!(facts.session, Fact::Known("arn:aws:iam::111111111111:user/auditor".to_owned()));
    assert!(facts.account.is_management);
    let trails = facts.monitoring.trails.known().unwrap();
    assert!(trails[0].status.as_ref().unwrap().known().unwrap().is_logging.unwrap());
    assert!(trails[0].selectors.as_ref().unwrap().known().is_ok());
    let group = &facts.monitoring.log_groups["arn:aws:logs:us-east-1:111111111111:log-group:trail"];
    assert_eq!(group.metric_filters.known().unwrap()[0].transformations[0].metric_name, "RootUse");
    assert_eq!(facts.monitoring.alarms["us-east-1"].known().unwrap().len(), 2);
    let rule = &facts.monitoring.mute_rules["us-east-1"].known().unwrap()[0];
    let mutes = rule.mutes.as_ref().unwrap().known().unwrap();
    assert_eq!(mutes.alarm_names, ["root-used"]);
    assert_eq!((mutes.expression.as_deref(), mutes.duration.as_deref()), (Some("cron(0 0 * * SAT)"), Some("PT24H")));
}

#[tokio::test]
async fn only_topics_that_can_hear_of_root_are_asked_and_unconfirmed_receivers_are_told() {
    let (_fake, facts) = gathered("111111111111").await;
    let topics: Vec<_> = facts.monitoring.topics.keys().map(String::as_str).collect();
    assert_eq!(topics, ["arn:aws:sns:us-east-1:111111111111:pager"]);
    let pager = facts.monitoring.topics["arn:aws:sns:us-east-1:111111111111:pager"].known().unwrap();
    let confirmed: Vec<_> = pager.subscriptions.iter().map(|it| (it.endpoint.as_str(), it.confirmed)).collect();
    assert_eq!(confirmed, [("gone@example.com", Some(false)), ("soc@example.com", Some(true))]);
    let filters: Vec<_> = pager.subscriptions.iter().map(|it| &it.filter).collect();
    assert_eq!(filters, [&SubscriptionFilter::Unread, &SubscriptionFilter::Everything]);
    let attributes = pager.attributes.known().unwrap();
    assert!(attributes.policy.as_ref().unwrap().contains("cloudwatch.amazonaws.com"));
    assert_eq!(attributes.kms_key, None);
}

#[tokio::test]
async fn why_a_mute_rule_and_a_subscription_were_not_read_is_told_with_the_code() {
    let faults = ["cloudwatch:GetAlarmMuteRule", "sns:GetSubscriptionAttributes"];
    let faults: String = faults.map(|it| format!("  - {{ action: '{it}', effect: access_denied }}\n")).concat();
    let (_fake, facts) = gathered_from(&format!("{WORLD}faults:\n{faults}"), "111111111111").await;
    let rule = &facts.monitoring.mute_rules["us-east-1"].known().unwrap()[0];
    let pager = facts.monitoring.topics["arn:aws:sns:us-east-1:111111111111:pager"].known().unwrap();
    let told = |gap: &Gap| (gap.kind, gap.code.is_some(), gap.request_id.is_some(), gap.region.clone());
    let denied = (GapKind::AccessDenied, true, true, Some("us-east-1".to_owned()));
    assert_eq!(told(rule.mutes.as_ref().unwrap().gap().unwrap()), denied);
    let confirmed = pager.subscriptions.iter().find(|it| it.endpoint == "soc@example.com").unwrap();
    assert_eq!(told(confirmed.gap.as_ref().unwrap()), denied);
    assert_eq!((confirmed.confirmed, &confirmed.filter), (None, &SubscriptionFilter::Unread));
    let unconfirmed = pager.subscriptions.iter().find(|it| it.endpoint == "gone@example.com").unwrap();
    assert_eq!((unconfirmed.confirmed, &unconfirmed.gap), (Some(false), &None));
}

#[tokio::test]
async fn filter_policies_access_policies_and_keys_are_read_as_they_are() {
    let filtered = r#"soc@example.com, filter_policy: '{"severity":["high"]}', filter_policy_scope: MessageBody"#;
    let closed = "- name: pager\n            policy: '{\"Statement\":[]}'\n            kms_key: alias/aws/sns\n";
    let world = WORLD.replace("soc@example.com", filtered).replace("- name: pager\n", closed);
    let (_fake, facts) = gathered_from(&world, "111111111111").await;
    let pager = facts.monitoring.topics["arn:aws:sns:us-east-1:111111111111:pager"].known().unwrap();
    let filter = SubscriptionFilter::Policy {
        policy: r#"{"severity":["high"]}"#.to_owned(),
        scope: Some("MessageBody".to_owned()),
    };
    assert_eq!(pager.subscriptions[1].filter, filter);
    let attributes = pager.attributes.known().unwrap();
    assert_eq!(attributes.policy.as_deref(), Some(r#"{"Statement":[]}"#));
    assert_eq!(attributes.kms_key.as_deref(), Some("alias/aws/sns"));
}

#[tokio::test]
async fn a_member_is_asked_nothing_that_the_owner_of_the_trail_answered() {
    let (fake, facts) = gathered("222222222222").await;
    let trails = facts.monitoring.trails.known().unwrap();
    assert_eq!((trails[0].is_organization_trail, &trails[0].status), (Some(true), &None));
    let calls: Vec<_> = {
        let world = fake.world();
        let member = Some(fake_aws::world::AccountId::new(222_222_222_222));
        world.calls.entries().iter().filter(|call| call.account() == member).map(LoggedCall::action).collect()
    };
    let other = ["cloudtrail:LookupEvents", "events:ListRules", "events:ListTargetsByRule"];
    let is_fixed = |action: &&String| !other.contains(&action.as_str()) && !action.starts_with("sns:");
    let fixed = calls.iter().filter(is_fixed).count();
    assert!(fixed <= 8, "{fixed}: {calls:?}");
    let distinct: BTreeSet<_> = calls.iter().collect();
    assert!(!distinct.iter().any(|it| it.starts_with("logs:") || it.starts_with("cloudwatch:")), "{distinct:?}");
}

#[tokio::test]
async fn a_plain_member_costs_twelve_calls_beyond_event_history() {
    let fake = FakeAws::start(World::generated(2, "rootsweep-audit")).await.unwrap();
    let aws = connect(options(&fake.url())).await.unwrap();
    let accounts = listed(&aws).await;
    let before = fake.world().calls.entries().len();
    aws.gather(&accounts[&id("100000000001")]).await;
    let calls: Vec<_> = fake.world().calls.entries().iter().skip(before).map(LoggedCall::action).collect();
    let beyond = calls.iter().filter(|action| *action != "cloudtrail:LookupEvents").count();
    assert!(beyond <= 12, "{beyond}: {calls:?}");
}

#[tokio::test]
async fn the_facts_of_a_member_come_from_its_own_session() {
    let (_fake, facts) = gathered("222222222222").await;
    assert_eq!(facts.account.ou_path.as_deref(), Some("Root/Workloads/Prod"));
    assert_eq!(facts.account.ou_ids.last().map(String::as_str), Some("ou-ab12-prod"));
    assert_eq!(facts.aliases, Fact::Known(vec!["shop".to_owned()]));
    assert_eq!(facts.root.summary.known().unwrap().mfa_enabled, Some(1));
    assert_eq!(facts.root.virtual_mfa_devices.known().unwrap().len(), 1);
    assert_eq!(facts.root.credential_report.known().unwrap().mfa_active, Some(true));
    assert!(facts.session.known().unwrap().contains(":assumed-role/rootsweep-audit/rootsweep"));
    let asked: BTreeSet<_> = facts.records.iter().map(|source| source.region.clone()).collect();
    assert_eq!(&asked, &facts.enabled_regions.known().unwrap().iter().cloned().collect());
    assert!(facts.records.iter().all(|source| source.records.known().is_ok()));
}

#[tokio::test]
async fn a_choice_of_regions_is_no_fact_about_the_account() {
    let fake = embedded(WORLD).await;
    let regions = vec!["us-east-1".to_owned(), "eu-west-1".to_owned(), "mars-north-1".to_owned()];
    let aws = connect(crate::Options { regions, ..options(&fake.url()) }).await.unwrap();
    let facts = aws.gather(&listed(&aws).await[&id("222222222222")]).await;
    let enabled = facts.enabled_regions.known().unwrap();
    assert!(enabled.len() > 10 && enabled.is_sorted(), "{enabled:?}");
    let asked: Vec<_> = facts.records.iter().map(|source| source.region.as_str()).collect();
    assert_eq!(asked, ["us-east-1", "eu-west-1"]);
    let listened: Vec<_> = facts.monitoring.event_rules.keys().map(String::as_str).collect();
    assert_eq!(listened, ["eu-west-1", "us-east-1"]);
}

#[tokio::test]
async fn regions_that_the_run_names_are_asked_where_the_enabled_ones_are_not_known() {
    let denied = WORLD.replace("alias: shop", "alias: shop\n    scp_denied: [account:ListRegions]");
    let fake = embedded(&denied).await;
    let regions = vec!["us-east-1".to_owned(), "eu-west-1".to_owned()];
    let aws = connect(crate::Options { regions, ..options(&fake.url()) }).await.unwrap();
    let facts = aws.gather(&listed(&aws).await[&id("222222222222")]).await;
    assert_eq!(facts.enabled_regions.gap().map(|gap| gap.kind), Some(GapKind::AccessDenied));
    let asked: Vec<_> = facts.records.iter().map(|source| source.region.as_str()).collect();
    assert_eq!(asked, ["us-east-1", "eu-west-1"]);
}

/// A lone account with a trail of one Region, and the rest of its alert path there.
const SINGLE_REGION: &str = r#"
accounts:
  - id: "111111111111"
    name: Lone
    regions:
      eu-west-1:
        trails: [{ name: own, multi_region: false, log_group_arn: "arn:aws:logs:eu-west-1:111111111111:log-group:trail:*" }]
        log_groups: [{ name: trail }]
      us-east-1: {}
"#;

#[tokio::test]
async fn a_trail_of_one_region_is_found_from_another() {
    let (_fake, facts) = gathered_from(SINGLE_REGION, "111111111111").await;
    let trails = facts.monitoring.trails.known().unwrap();
    assert_eq!((trails.len(), trails[0].home_region.as_deref()), (1, Some("eu-west-1")));
    assert!(trails[0].status.as_ref().unwrap().known().unwrap().is_logging.unwrap());
    assert_eq!(facts.monitoring.unlisted_trails, None);
    let groups: Vec<_> = facts.monitoring.log_groups.keys().map(String::as_str).collect();
    assert_eq!(groups, ["arn:aws:logs:eu-west-1:111111111111:log-group:trail"]);
}

#[tokio::test]
async fn trails_are_listed_only_where_none_records_all_regions() {
    let (fake, _) = gathered("111111111111").await;
    assert!(!fake.world().calls.entries().iter().any(|call| call.action() == "cloudtrail:ListTrails"));
    let denied = SINGLE_REGION.replace("name: Lone", "name: Lone\n    scp_denied: [cloudtrail:ListTrails]");
    let (_fake, facts) = gathered_from(&denied, "111111111111").await;
    assert_eq!(facts.monitoring.trails, Fact::Known(Vec::new()));
    assert_eq!(facts.monitoring.unlisted_trails.map(|gap| gap.call).as_deref(), Some("cloudtrail:ListTrails"));
}

#[tokio::test]
async fn rules_that_may_hear_root_come_with_their_targets() {
    let (_fake, facts) = gathered("222222222222").await;
    let rules = facts.monitoring.event_rules["us-east-1"].known().unwrap();
    let names: Vec<_> = rules.iter().map(|rule| (rule.name.as_str(), rule.targets.known().is_ok())).collect();
    assert_eq!(names, [("off", false), ("root-rule", true)]);
    let topic = facts.monitoring.topics["arn:aws:sns:us-east-1:222222222222:local"].known().unwrap();
    assert_eq!(topic.subscriptions[0].confirmed, Some(true));
}

#[tokio::test]
async fn an_account_without_the_role_is_a_gap_and_is_never_read_as_the_caller() {
    let (fake, facts) = gathered("333333333333").await;
    assert_eq!(facts.session.gap().map(|gap| gap.kind), Some(GapKind::NoSession));
    assert!(facts.root.summary.gap().unwrap().remedy.contains("rootsweep-audit"));
    let asked = fake.world().calls.entries().iter().any(|call| call.action() == "iam:GetAccountSummary");
    assert!(!asked, "nothing may be read without a session of the account");
}

#[tokio::test]
async fn a_closed_account_is_not_entered() {
    let (fake, facts) = gathered("444444444444").await;
    assert_eq!(facts.session.gap().map(|gap| gap.kind), Some(GapKind::AccountNotActive));
    assert!(!fake.world().calls.entries().iter().any(|call| call.action() == "sts:AssumeRole"));
}

#[tokio::test]
async fn role_names_are_tried_in_order() {
    let fake = embedded(WORLD).await;
    let names = vec!["rootsweep-audit".to_owned(), "OrganizationAccountAccessRole".to_owned()];
    let aws = connect(crate::Options { role_names: names, ..options(&fake.url()) }).await.unwrap();
    let facts = aws.gather(&listed(&aws).await[&id("555555555555")]).await;
    assert!(facts.session.known().unwrap().contains("OrganizationAccountAccessRole"));
}

#[tokio::test]
async fn a_root_session_sees_what_the_role_cannot() {
    let fake = embedded(WORLD).await;
    let aws = connect(crate::Options { central_root: true, ..options(&fake.url()) }).await.unwrap();
    let accounts = listed(&aws).await;
    let facts = aws.gather(&accounts[&id("222222222222")]).await;
    assert_eq!(facts.root.mfa_devices.unwrap().known().unwrap().len(), 1);
    assert_eq!(facts.root.access_keys.unwrap().known().unwrap().len(), 0);
    let locked = aws.gather(&accounts[&id("333333333333")]).await;
    assert!(locked.root.summary.known().is_ok(), "AssumeRoot needs no role in the account");
    assert!(locked.root.credential_report.gap().is_some());
}

#[tokio::test]
async fn the_log_group_source_reads_what_was_delivered_in_the_window() {
    let fake = embedded(WORLD).await;
    let sources = vec![RecordSourceKind::LogGroup];
    let aws = connect(crate::Options { sources, ..options(&fake.url()) }).await.unwrap();
    let facts = aws.gather(&listed(&aws).await[&id("111111111111")]).await;
    let kinds: Vec<_> = facts.records.iter().map(|it| (it.kind, it.records.known().is_ok())).collect();
    assert_eq!(kinds, [(RecordSourceKind::LogGroup, true)]);
}

#[tokio::test]
async fn every_call_of_a_sweep_is_on_the_read_list() {
    let fake = embedded(WORLD).await;
    let sources = vec![RecordSourceKind::LookupEvents, RecordSourceKind::LogGroup];
    let aws = connect(crate::Options { sources, central_root: true, ..options(&fake.url()) }).await.unwrap();
    for account in listed(&aws).await.values() {
        aws.gather(account).await;
    }
    let allowed: BTreeSet<&str> = READ_CALLS.iter().map(|call| call.action).collect();
    let made: BTreeSet<String> = fake.world().calls.entries().iter().map(LoggedCall::action).collect();
    let outside: Vec<_> = made.iter().filter(|action| !allowed.contains(action.as_str())).collect();
    assert!(outside.is_empty(), "{outside:?}");
    assert!(made.len() > 20, "the sweep makes most of the calls: {made:?}");
}
