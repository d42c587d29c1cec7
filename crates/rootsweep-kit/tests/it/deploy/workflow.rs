//! The GitHub Actions workflow: no stored key, nothing that can change under its name, nothing lost on findings.

use serde_json::{Value, json};

fn workflow() -> Value {
    serde_saphyr::from_str(&super::read("github-actions/rootsweep.yml")).unwrap()
}

fn steps() -> Vec<Value> {
    workflow()["jobs"]["sweep"]["steps"].as_array().unwrap().clone()
}

#[test]
fn it_may_read_its_repository_and_ask_for_a_token() {
    assert_eq!(workflow()["permissions"], json!({ "contents": "read", "id-token": "write" }));
    assert!(!super::read("github-actions/rootsweep.yml").contains("secrets."));
}

/// As <https://docs.github.com/en/actions/reference/security/secure-use> asks for.
#[test]
fn actions_are_pinned_to_commits() {
    let uses: Vec<String> = steps().iter().filter_map(|step| step["uses"].as_str().map(str::to_owned)).collect();
    assert!(uses.len() > 3, "{uses:?}");
    for action in uses {
        let (_, commit) = action.split_once('@').unwrap();
        assert!(commit.len() == 40 && commit.bytes().all(|it| it.is_ascii_hexdigit()), "{action}");
    }
}

#[test]
fn no_expression_is_pasted_into_a_shell() {
    for step in steps() {
        assert!(!step["run"].as_str().unwrap_or_default().contains("${{"), "{step}");
    }
}

#[test]
fn findings_lose_neither_summary_nor_report_nor_state() {
    let steps = steps();
    let sweep = steps.iter().position(|step| step["name"] == "Sweep").unwrap();
    let after = &steps[sweep + 1..];
    assert!(after.iter().all(|step| step["if"] == "always()"), "{after:?}");
    let all = json!(after).to_string();
    for kept in ["GITHUB_STEP_SUMMARY", "actions/upload-artifact@", "actions/cache/save@"] {
        assert!(all.contains(kept), "no {kept}");
    }
}

#[test]
fn it_runs_every_night() {
    let cron = workflow()["on"]["schedule"][0]["cron"].as_str().unwrap().to_owned();
    let fields: Vec<&str> = cron.split(' ').collect();
    assert_eq!(fields.len(), 5, "{cron}");
    assert_eq!(fields[2..], ["*", "*", "*"], "{cron}");
}
