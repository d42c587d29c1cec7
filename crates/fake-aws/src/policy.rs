//! Policies: which actions a session may take.

use serde_json::Value as Json;

use crate::error::ServiceError;

/// The longest inline session policy, in characters.
///
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
const MAX_POLICY_LENGTH: usize = 2048;

/// An inline session policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionPolicy {
    allowed: Vec<String>,
    denied: Vec<String>,
}

impl SessionPolicy {
    /// Reads a policy document whose statements are about actions on every resource.
    ///
    /// Conditions and narrower resources are refused as not modelled: to pass over them would let calls through that AWS denies.
    pub(crate) fn parse(text: &str) -> Result<Self, ServiceError> {
        if text.chars().count() > MAX_POLICY_LENGTH {
            let message = "1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must have \
                           length less than or equal to 2048";
            return Err(ServiceError::new(400, "ValidationError", message));
        }
        let malformed = |why: &str| ServiceError::new(400, "MalformedPolicyDocument", why);
        let document: Json = serde_json::from_str(text).map_err(|_| malformed("This policy contains invalid Json"))?;
        let statements = document.get("Statement").ok_or_else(|| malformed("Missing required field Statement"))?;
        let mut policy = Self { allowed: Vec::new(), denied: Vec::new() };
        for statement in one_or_many(statements) {
            policy.add(statement)?;
        }
        Ok(policy)
    }

    fn add(&mut self, statement: &Json) -> Result<(), ServiceError> {
        let malformed = |why: &str| ServiceError::new(400, "MalformedPolicyDocument", why);
        let known = ["Sid", "Effect", "Action", "Resource"];
        let members = statement.as_object().ok_or_else(|| malformed("Syntax errors in policy."))?;
        if let Some(key) = members.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(ServiceError::not_modelled(format!("the session policy element {key}")));
        }
        let resources =
            statement.get("Resource").ok_or_else(|| malformed("Policy statement must contain resources."))?;
        if one_or_many(resources).iter().any(|resource| resource.as_str() != Some("*")) {
            return Err(ServiceError::not_modelled("session policies on particular resources"));
        }
        let actions = statement.get("Action").ok_or_else(|| malformed("Policy statement must contain actions."))?;
        let actions = one_or_many(actions).iter().filter_map(Json::as_str).map(str::to_owned);
        match statement.get("Effect").and_then(Json::as_str) {
            Some("Allow") => self.allowed.extend(actions),
            Some("Deny") => self.denied.extend(actions),
            _ => return Err(malformed("Effect must be Allow or Deny")),
        }
        Ok(())
    }

    /// Whether the policy lets the action through.
    pub fn allows(&self, action: &str) -> bool {
        matches_any(&self.allowed, action) && !matches_any(&self.denied, action)
    }
}

fn one_or_many(value: &Json) -> &[Json] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}

/// Whether one of the action patterns covers the action; case does not count and `*` stands for anything.
pub(crate) fn matches_any(patterns: &[String], action: &str) -> bool {
    patterns.iter().any(|pattern| glob(pattern.as_bytes(), action.as_bytes()))
}

/// Matches `*` and `?` without regard to case, in time linear in the product of the lengths.
pub(crate) fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at_pattern, mut at_text, mut star) = (0, 0, None);
    while let Some(byte) = text.get(at_text) {
        match pattern.get(at_pattern) {
            Some(b'*') => {
                star = Some((at_pattern + 1, at_text));
                at_pattern += 1;
            }
            Some(wanted) if *wanted == b'?' || wanted.eq_ignore_ascii_case(byte) => {
                at_pattern += 1;
                at_text += 1;
            }
            _ => {
                let Some((after_star, from)) = star else { return false };
                star = Some((after_star, from + 1));
                at_pattern = after_star;
                at_text = from + 1;
            }
        }
    }
    pattern.get(at_pattern..).is_some_and(|rest| rest.iter().all(|byte| *byte == b'*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_allows_what_it_lists_and_nothing_else() {
        let text = r#"{"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","Action":["iam:Get*","cloudtrail:LookupEvents"],"Resource":"*"},
            {"Effect":"Deny","Action":"iam:GetUser","Resource":["*"]}]}"#;
        let policy = SessionPolicy::parse(text).unwrap();
        assert!(policy.allows("iam:GetAccountSummary"));
        assert!(policy.allows("CloudTrail:LookupEvents"));
        assert!(!policy.allows("iam:GetUser"));
        assert!(!policy.allows("iam:CreateUser"));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        let condition = r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{}}}"#;
        assert_eq!(SessionPolicy::parse(condition).unwrap_err().status, 501);
        let narrow = r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:iam::1:role/x"}}"#;
        assert_eq!(SessionPolicy::parse(narrow).unwrap_err().status, 501);
        assert_eq!(SessionPolicy::parse("{").unwrap_err().code, "MalformedPolicyDocument");
        assert_eq!(SessionPolicy::parse(&" ".repeat(2049)).unwrap_err().code, "ValidationError");
    }

    #[test]
    fn globs_backtrack_no_further_than_the_last_star() {
        assert!(glob(b"a*b*c", b"aXXbYYc"));
        assert!(!glob(b"a*b*c", b"aXXbYY"));
        assert!(glob(b"*", b""));
        assert!(!glob(b"", b"x"));
        assert!(!glob(&b"*a".repeat(200), &b"b".repeat(10_000)));
    }

    proptest::proptest! {
        /// A pattern without wildcards covers itself in any case, and nothing longer.
        #[test]
        fn plain_patterns_are_exact(action in "[a-z]{1,8}:[A-Z][A-Za-z]{0,8}", tail in "[a-z]{1,3}") {
            proptest::prop_assert!(glob(action.to_uppercase().as_bytes(), action.as_bytes()));
            let longer = format!("{action}{tail}");
            proptest::prop_assert!(!glob(action.as_bytes(), longer.as_bytes()));
            let starred = format!("{action}*");
            proptest::prop_assert!(glob(starred.as_bytes(), longer.as_bytes()));
        }
    }
}
