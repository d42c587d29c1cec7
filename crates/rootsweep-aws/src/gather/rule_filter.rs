//! Which event patterns could match a root record: cheap, and in doubt yes.

use serde_json::Value;

/// Returns whether a pattern could match a record of the root user. Only what certainly excludes them says no: matching
/// itself is judged elsewhere, on records.
pub(super) fn may_match_root(pattern: &str) -> bool {
    let Ok(pattern) = serde_json::from_str::<Value>(pattern) else { return true };
    let at = |path: &str| pattern.pointer(path).and_then(Value::as_array).map(Vec::as_slice);
    let from_aws = at("/source").is_none_or(|values| any(values, |text| text.starts_with("aws.")));
    let by_trail = at("/detail-type").is_none_or(|values| any(values, |text| text.contains("CloudTrail")));
    let of_root = at("/detail/userIdentity/type").is_none_or(|values| any(values, |text| text == "Root"));
    from_aws && by_trail && of_root
}

/// Whether one of the values is such a text, or an operator whose meaning is not looked into.
fn any(values: &[Value], wanted: impl Fn(&str) -> bool) -> bool {
    values.iter().any(|value| value.as_str().is_none_or(&wanted))
}

#[cfg(test)]
mod tests {
    use super::may_match_root;

    #[test]
    fn patterns_that_could_concern_root_are_kept() {
        for pattern in [
            r#"{"detail":{"userIdentity":{"type":["Root"]}}}"#,
            r#"{"source":["aws.signin"],"detail-type":["AWS Console Sign In via CloudTrail"]}"#,
            r#"{"source":[{"prefix":"aws."}],"detail-type":[{"suffix":"via CloudTrail"}]}"#,
            r#"{"detail":{"userIdentity":{"type":[{"anything-but":["IAMUser"]}]}}}"#,
            r#"{"$or":[{"source":["aws.iam"]},{"source":["x"]}]}"#,
            r#"{"account":["111122223333"]}"#,
            "not json",
        ] {
            assert!(may_match_root(pattern), "{pattern}");
        }
    }

    #[test]
    fn patterns_that_cannot_concern_root_are_let_go() {
        for pattern in [
            r#"{"source":["com.example.shop"]}"#,
            r#"{"source":["aws.ec2"],"detail-type":["EC2 Instance State-change Notification"]}"#,
            r#"{"detail-type":["AWS API Call via CloudTrail"],"detail":{"userIdentity":{"type":["AssumedRole"]}}}"#,
        ] {
            assert!(!may_match_root(pattern), "{pattern}");
        }
    }
}
