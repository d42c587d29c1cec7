//! Whether a topic's access policy lets an AWS service publish for an alarm or a rule.
//!
//! Policies are read as
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html> has it: a statement that
//! denies wins over one that allows. What only AWS could decide, such as a condition on the organization of a principal
//! that is a service, is left undecided.

use serde_json::Value;

use super::filter::owner_of;
use super::notify::Caller;

/// Whether something holds, where some of it cannot be told from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Yes,
    No,
    Unsure,
}

impl Answer {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Unsure, _) | (_, Self::Unsure) => Self::Unsure,
            (Self::Yes, Self::Yes) => Self::Yes,
        }
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::Unsure, _) | (_, Self::Unsure) => Self::Unsure,
            (Self::No, Self::No) => Self::No,
        }
    }

    fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Unsure => Self::Unsure,
        }
    }
}

impl From<bool> for Answer {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

/// Who publishes to which topic.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    pub(crate) topic: &'a str,
    pub(crate) caller: Caller<'a>,
    /// The organization that the caller's account is in, where it is known.
    pub(crate) organization: Option<&'a str>,
}

/// Returns whether a policy lets the caller's service publish to a topic.
pub(crate) fn lets_publish(policy: &str, call: Call<'_>) -> Answer {
    let Ok(policy) = serde_json::from_str::<Value>(policy) else { return Answer::Unsure };
    let statements = match policy.get("Statement") {
        Some(Value::Array(all)) => all.as_slice(),
        Some(one @ Value::Object(_)) => std::slice::from_ref(one),
        _ => return Answer::Unsure,
    };
    let any = |effect: &str| {
        let of_effect = statements.iter().filter(|it| it.get("Effect").and_then(Value::as_str) == Some(effect));
        of_effect.map(|it| applies(it, call)).fold(Answer::No, Answer::or)
    };
    any("Allow").and(any("Deny").not())
}

/// Returns whether a statement speaks of the caller, publishing to the topic.
fn applies(statement: &Value, call: Call<'_>) -> Answer {
    let is_publish = |it: &str| glob(&it.to_ascii_lowercase(), "sns:publish");
    let is_topic = |it: &str| glob(it, call.topic);
    principal(statement, call)
        .and(one_of(statement, "Action", "NotAction", &is_publish))
        .and(one_of(statement, "Resource", "NotResource", &is_topic))
        .and(conditions(statement, call))
}

/// Returns whether one text of a member fits, or none of its negation.
fn one_of(statement: &Value, name: &str, negation: &str, fits: &dyn Fn(&str) -> bool) -> Answer {
    match (statement.get(name), statement.get(negation)) {
        (Some(wanted), _) => texts(wanted).map_or(Answer::Unsure, |all| all.iter().any(|it| fits(it)).into()),
        (None, Some(but)) => texts(but).map_or(Answer::Unsure, |all| (!all.iter().any(|it| fits(it))).into()),
        (None, None) => Answer::Unsure,
    }
}

/// Returns whether a statement's principal is the caller's service. The account itself is not: whether a service that
/// acts for it counts as one of its principals, AWS does not say.
fn principal(statement: &Value, Call { topic, caller, .. }: Call<'_>) -> Answer {
    let Some(principal) = statement.get("Principal") else { return Answer::Unsure };
    if principal.as_str() == Some("*") {
        return Answer::Yes;
    }
    let of_kind = |kind: &str| principal.get(kind).map_or(Some(Vec::new()), texts);
    let (Some(services), Some(accounts)) = (of_kind("Service"), of_kind("AWS")) else { return Answer::Unsure };
    let is_everyone = services.iter().any(|it| *it == caller.service()) || accounts.contains(&"*");
    let owners = [owner_of(topic), owner_of(caller.arn())];
    let is_own =
        |it: &&str| owners.iter().any(|owner| *it == *owner || (it.starts_with("arn:") && owner_of(it) == *owner));
    match (is_everyone, accounts.iter().any(is_own)) {
        (true, _) => Answer::Yes,
        (false, true) => Answer::Unsure,
        (false, false) => Answer::No,
    }
}

/// Returns whether all conditions of a statement hold.
fn conditions(statement: &Value, call: Call<'_>) -> Answer {
    let Some(conditions) = statement.get("Condition") else { return Answer::Yes };
    let Some(operators) = conditions.as_object() else { return Answer::Unsure };
    let of_operator = |(operator, keys): (&String, &Value)| match keys.as_object() {
        Some(keys) => {
            keys.iter().map(|(key, wanted)| condition(operator, key, wanted, call)).fold(Answer::Yes, Answer::and)
        }
        None => Answer::Unsure,
    };
    operators.iter().map(of_operator).fold(Answer::Yes, Answer::and)
}

/// Returns whether a condition holds. For rules, AWS says that conditions cannot be used
/// (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html>), and not what comes of one that
/// is there; so it is answered only where the key's being sent or not makes no difference.
fn condition(operator: &str, key: &str, wanted: &Value, call: Call<'_>) -> Answer {
    let sent = where_sent(operator, key, wanted, call);
    match call.caller {
        Caller::Alarm(_) => sent,
        Caller::Rule { .. } if sent == where_not_sent(operator) => sent,
        Caller::Rule { .. } => Answer::Unsure,
    }
}

/// Returns whether a condition holds for a call that lacks its key: only what is negated, or asks for the key only if it
/// exists.
fn where_not_sent(operator: &str) -> Answer {
    match operator {
        "Null" => Answer::Unsure,
        _ => (operator.ends_with("IfExists") || operator.contains("Not")).into(),
    }
}

fn where_sent(operator: &str, key: &str, wanted: &Value, call: Call<'_>) -> Answer {
    let (Some(found), Some(wanted)) = (context(key, call), texts(wanted)) else { return Answer::Unsure };
    let any = |fits: &dyn Fn(&str) -> bool| Answer::from(wanted.iter().any(|it| fits(it)));
    match operator.strip_suffix("IfExists").unwrap_or(operator) {
        "StringEquals" => any(&|it| it == found),
        "StringNotEquals" => any(&|it| it == found).not(),
        "StringEqualsIgnoreCase" | "Bool" => any(&|it| it.eq_ignore_ascii_case(found)),
        "StringLike" | "ArnLike" | "ArnEquals" => any(&|it| glob(it, found)),
        "StringNotLike" | "ArnNotLike" | "ArnNotEquals" => any(&|it| glob(it, found)).not(),
        _ => Answer::Unsure,
    }
}

/// Returns what AWS sends along with the call, where that is known.
fn context<'a>(key: &str, Call { caller, organization, .. }: Call<'a>) -> Option<&'a str> {
    match (key.to_ascii_lowercase().as_str(), caller) {
        // A service belongs to no organization itself: what comes of `aws:PrincipalOrgID` is not answered.
        ("aws:sourceorgid", _) => organization,
        ("aws:sourcearn", _) => Some(caller.arn()),
        ("aws:sourceaccount", _) | ("aws:sourceowner", Caller::Alarm(_)) => Some(owner_of(caller.arn())),
        ("aws:securetransport" | "aws:principalisawsservice", _) => Some("true"),
        _ => None,
    }
}

/// Returns one text, or several; nothing where there is anything else.
fn texts(value: &Value) -> Option<Vec<&str>> {
    match value {
        Value::String(text) => Some(vec![text]),
        Value::Bool(true) => Some(vec!["true"]),
        Value::Bool(false) => Some(vec!["false"]),
        Value::Array(items) => items.iter().map(Value::as_str).collect(),
        _ => None,
    }
}

/// Matches a text in which `*` stands for any characters and `?` for one.
fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut read) = (0, 0);
    // Where the last asterisk stands, and how far the text was read when it was reached.
    let mut retry = None;
    while let Some(character) = text.get(read) {
        match pattern.get(at) {
            Some('*') => {
                retry = Some((at, read));
                at += 1;
                continue;
            }
            Some(wanted) if wanted == character || *wanted == '?' => at += 1,
            _ => {
                let Some((star, from)) = retry else { return false };
                retry = Some((star, from + 1));
                (at, read) = (star + 1, from + 1);
                continue;
            }
        }
        read += 1;
    }
    pattern.iter().skip(at).all(|it| *it == '*')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rootsweep_model::facts::{Alarm, AlarmKind};
    use serde_json::json;

    use super::{Answer, Call, Caller, glob, lets_publish};

    const TOPIC: &str = "arn:aws:sns:us-east-1:111122223333:security";

    fn alarm() -> Alarm {
        Alarm {
            name: "root".to_owned(),
            arn: "arn:aws:cloudwatch:us-east-1:111122223333:alarm:root".to_owned(),
            actions_enabled: Some(true),
            alarm_actions: Vec::new(),
            state: None,
            kind: AlarmKind::Composite(Box::default()),
        }
    }

    fn judge(statements: &serde_json::Value) -> Answer {
        judge_in(None, &json!({ "Statement": statements }).to_string())
    }

    fn judge_in(organization: Option<&str>, policy: &str) -> Answer {
        lets_publish(policy, Call { topic: TOPIC, caller: Caller::Alarm(&alarm()), organization })
    }

    fn allow(more: &serde_json::Value) -> serde_json::Value {
        let mut statement = json!({ "Effect": "Allow", "Principal": "*", "Action": "SNS:Publish", "Resource": TOPIC });
        statement.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        statement
    }

    #[test]
    fn the_policy_that_sns_makes_lets_the_account_s_alarms_publish() {
        let own = json!({ "StringEquals": { "AWS:SourceOwner": "111122223333" } });
        let other = json!({ "StringEquals": { "AWS:SourceOwner": "999988887777" } });
        let actions = json!(["SNS:GetTopicAttributes", "SNS:Publish"]);
        let statement =
            |condition| allow(&json!({ "Principal": { "AWS": "*" }, "Action": actions, "Condition": condition }));
        assert_eq!(judge(&statement(own)), Answer::Yes);
        assert_eq!(judge(&statement(other)), Answer::No);
    }

    #[test]
    fn a_statement_allows_by_principal_action_and_resource() {
        for (more, answer) in [
            (json!({ "Principal": { "Service": "cloudwatch.amazonaws.com" } }), Answer::Yes),
            (json!({ "Principal": { "Service": ["events.amazonaws.com", "cloudwatch.amazonaws.com"] } }), Answer::Yes),
            (json!({ "Principal": { "Service": "events.amazonaws.com" } }), Answer::No),
            (json!({ "Principal": { "AWS": "arn:aws:iam::999988887777:root" } }), Answer::No),
            (json!({ "Principal": { "AWS": "arn:aws:iam::111122223333:root" } }), Answer::Unsure),
            (json!({ "Principal": { "AWS": "111122223333" } }), Answer::Unsure),
            (json!({ "Principal": 1 }), Answer::No),
            (json!({ "Action": "sns:*" }), Answer::Yes),
            (json!({ "Action": "sns:Pub?ish" }), Answer::Yes),
            (json!({ "Action": ["SNS:Subscribe", "SNS:Receive"] }), Answer::No),
            (json!({ "Resource": "*" }), Answer::Yes),
            (json!({ "Resource": "arn:aws:sns:us-east-1:111122223333:sec*" }), Answer::Yes),
            (json!({ "Resource": "arn:aws:sns:us-east-1:111122223333:other" }), Answer::No),
            (json!({ "Action": 7 }), Answer::Unsure),
        ] {
            assert_eq!(judge(&allow(&more)), answer, "{more}");
        }
    }

    #[test]
    fn a_statement_allows_where_its_conditions_hold() {
        for (condition, answer) in [
            (json!({ "ArnLike": { "aws:SourceArn": "arn:aws:cloudwatch:*:111122223333:alarm:*" } }), Answer::Yes),
            (json!({ "ArnLike": { "aws:SourceArn": "arn:aws:cloudwatch:*:111122223333:alarm:cpu" } }), Answer::No),
            (json!({ "StringEquals": { "aws:SourceAccount": ["999988887777", "111122223333"] } }), Answer::Yes),
            (json!({ "StringNotEquals": { "aws:SourceAccount": "111122223333" } }), Answer::No),
            (json!({ "Bool": { "aws:SecureTransport": false } }), Answer::No),
            (json!({ "StringEquals": { "aws:PrincipalOrgID": "o-1" } }), Answer::Unsure),
            (json!({ "DateGreaterThan": { "aws:SourceArn": "2030-01-01" } }), Answer::Unsure),
            (
                json!({ "StringEquals": { "aws:PrincipalOrgID": "o-1", "aws:SourceAccount": "999988887777" } }),
                Answer::No,
            ),
        ] {
            assert_eq!(judge(&allow(&json!({ "Condition": condition }))), answer, "{condition}");
        }
    }

    #[test]
    fn the_organization_of_the_source_is_the_one_that_is_swept() {
        let of = |key: &str, operator: &str| {
            let condition = json!({ operator: { key: "o-exampleorgid" } });
            json!({ "Statement": allow(&json!({ "Condition": condition })) }).to_string()
        };
        let source = of("aws:SourceOrgID", "StringEquals");
        assert_eq!(judge_in(Some("o-exampleorgid"), &source), Answer::Yes);
        assert_eq!(judge_in(Some("o-other"), &source), Answer::No);
        assert_eq!(judge_in(None, &source), Answer::Unsure);
        assert_eq!(judge_in(Some("o-exampleorgid"), &of("aws:SourceOrgID", "StringNotEquals")), Answer::No);
        assert_eq!(judge_in(Some("o-exampleorgid"), &of("aws:PrincipalOrgID", "StringEquals")), Answer::Unsure);
    }

    #[test]
    fn a_statement_that_denies_wins() {
        let deny = |condition| allow(&json!({ "Effect": "Deny", "Condition": condition }));
        let insecure = deny(json!({ "Bool": { "aws:SecureTransport": "false" } }));
        let stranger = deny(json!({ "StringNotEqualsIfExists": { "aws:PrincipalOrgID": "o-1" } }));
        let service = deny(json!({ "Bool": { "aws:PrincipalIsAWSService": "true" } }));
        assert_eq!(judge(&json!([allow(&json!({})), insecure])), Answer::Yes);
        assert_eq!(judge(&json!([allow(&json!({})), stranger])), Answer::Unsure);
        assert_eq!(judge(&json!([allow(&json!({})), service])), Answer::No);
        assert_eq!(judge(&json!([])), Answer::No);
    }

    #[test]
    fn what_is_no_policy_decides_nothing() {
        for text in ["", "[]", "{}", "{\"Statement\": 1}", "nonsense"] {
            assert_eq!(judge_in(None, text), Answer::Unsure, "{text}");
        }
    }

    #[test]
    fn an_asterisk_matches_any_text_and_a_question_mark_one_character() {
        for (pattern, text) in [("*", ""), ("a*c", "abbc"), ("a?c", "abc"), ("*a*b", "xaaxb"), ("", ""), ("**", "é")] {
            assert!(glob(pattern, text), "{pattern} on {text}");
        }
        for (pattern, text) in [("", "a"), ("a*c", "ab"), ("?", ""), ("a", "ab"), ("*a", "ab")] {
            assert!(!glob(pattern, text), "{pattern} on {text}");
        }
        assert!(!glob(&"*a".repeat(500), &"a".repeat(499)));
    }

    proptest! {
        #[test]
        fn any_policy_is_answered(text in r#"[{}\[\]":,a-zA-Z*]{0,80}"#) {
            let _ = judge_in(None, &text);
        }
    }
}
