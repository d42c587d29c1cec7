//! The audit role allows what is handed in, and nothing else.

use std::collections::BTreeSet;

use hcl::Expression;
use proptest::prelude::*;
use rootsweep_kit::{Dialect, Kit, Options, render};
use serde_json::{Value, json};

use crate::read::{at, attribute, block, module, stack, text};

#[test]
fn the_role_of_the_stack_allows_the_list_alone() {
    let policies = role_policies(&stack(Kit::AuditRole, &crate::chosen()));
    assert_eq!(policies, listed(crate::AUDIT));
}

#[test]
fn log_records_are_read_from_the_trail_s_log_group_alone() {
    let template = stack(Kit::AuditRole, &crate::chosen());
    let statements =
        at(&template, &["Resources", "AuditRole", "Properties", "Policies"])[0]["PolicyDocument"]["Statement"].clone();
    let of = |sid: &str| statements.as_array().unwrap().iter().find(|it| it["Sid"] == sid).unwrap().clone();
    assert_eq!(of("ReadTrailRecords")["Action"], json!(["logs:FilterLogEvents"]));
    let resource = of("ReadTrailRecords")["Resource"].to_string();
    assert!(resource.contains(":log-group:${TrailLogGroupName}:*"), "{resource}");
    assert_eq!(of("ReadConfiguration")["Resource"], "*");
}

/// Against the confused deputy: <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>.
#[test]
fn an_external_id_is_asked_for() {
    let template = stack(Kit::AuditRole, &crate::chosen());
    let trust = at(&template, &["Resources", "AuditRole", "Properties", "AssumeRolePolicyDocument", "Statement"]);
    let condition = json!(["HasExternalId", { "StringEquals": { "sts:ExternalId": "ExternalId" } }, "AWS::NoValue"]);
    assert_eq!(trust.as_array().unwrap().len(), 1);
    assert_eq!(trust[0]["Principal"], json!({ "AWS": "TrustedPrincipal" }));
    assert_eq!(trust[0]["Condition"], condition);
    let module = module(Kit::AuditRole, &crate::chosen());
    let statement = block(block(&module, "data", &["aws_iam_policy_document", "trust"]), "statement", &[]);
    let condition = block(block(statement, "dynamic", &["condition"]), "content", &[]);
    assert_eq!(
        (text(condition, "test"), text(condition, "variable")),
        ("StringEquals".into(), "sts:ExternalId".into())
    );
}

/// China and GovCloud have partitions of their own.
#[test]
fn no_template_is_for_one_partition() {
    for (kit, dialect) in Kit::ALL.into_iter().flat_map(|kit| Dialect::ALL.map(|dialect| (kit, dialect))) {
        assert!(!render(kit, dialect, &crate::chosen()).contains("arn:aws:"), "{kit} as {dialect}");
    }
}

#[test]
fn the_task_may_assume_the_audit_role_and_no_other() {
    let template = stack(Kit::Monitor, &crate::chosen());
    let policy = &at(&template, &["Resources", "TaskRole", "Properties", "Policies"])[0]["PolicyDocument"]["Statement"];
    let entering: Vec<&Value> =
        policy.as_array().unwrap().iter().filter(|it| it["Action"].to_string().contains("sts:")).collect();
    assert_eq!(entering.len(), 1);
    assert_eq!(entering[0]["Action"], "sts:AssumeRole");
    assert_eq!(entering[0]["Resource"], "arn:${AWS::Partition}:iam::*:role/${AuditRoleName}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the list is: with log records or without, in any order, with repetitions.
    #[test]
    fn any_list_is_allowed_exactly(actions in actions()) {
        let listed_actions: Vec<&str> = actions.iter().map(String::as_str).collect();
        let options = Options::new(&listed_actions, &[]);
        prop_assert_eq!(role_policies(&stack(Kit::AuditRole, &options)), listed(&listed_actions));
        prop_assert_eq!(document_actions(&options), listed(&listed_actions));
    }
}

fn actions() -> impl Strategy<Value = Vec<String>> {
    let action = prop_oneof![4 => "[a-z]{2,8}:[A-Z][A-Za-z]{2,12}", 1 => Just("logs:FilterLogEvents".to_owned())];
    prop::collection::vec(action, 1..12)
}

fn listed(actions: &[&str]) -> BTreeSet<String> {
    actions.iter().map(|&action| action.to_owned()).collect()
}

/// Returns every action of the role's policies, having seen that each appears once and is allowed.
fn role_policies(template: &Value) -> BTreeSet<String> {
    let properties = at(template, &["Resources", "AuditRole", "Properties"]);
    assert!(properties.get("ManagedPolicyArns").is_none(), "a managed policy allows more than the list");
    let policies = properties["Policies"].as_array().unwrap();
    let statements = policies.iter().flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().unwrap());
    let mut found = BTreeSet::new();
    for statement in statements {
        assert_eq!(statement["Effect"], "Allow");
        for action in statement["Action"].as_array().unwrap() {
            assert!(found.insert(action.as_str().unwrap().to_owned()), "{action} stands twice");
        }
    }
    found
}

/// Returns every action of the Terraform role's one policy.
fn document_actions(options: &Options<'_>) -> BTreeSet<String> {
    let module = module(Kit::AuditRole, options);
    let policies = module.blocks().filter(|block| {
        let kind = block.labels().first().map(hcl::BlockLabel::as_str);
        kind.is_some_and(|kind| kind.starts_with("aws_iam_role_policy"))
    });
    assert_eq!(policies.count(), 1);
    let document = block(&module, "data", &["aws_iam_policy_document", "read"]);
    let actions = document.blocks().map(|statement| attribute(statement.body(), "actions"));
    actions.flat_map(texts).collect()
}

fn texts(expression: &Expression) -> Vec<String> {
    let Expression::Array(items) = expression else { panic!("{expression:?} is no list") };
    let text = |item: &Expression| match item {
        Expression::String(text) => text.clone(),
        other => panic!("{other:?} is no text"),
    };
    items.iter().map(text).collect()
}
