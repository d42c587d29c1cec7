//! Known mistakes in event patterns.

use eventbridge_pattern::{EventPattern, ParseError};
use serde_json::{Value, json};

use super::{Advice, Mistake, Review, has_false_positive, try_event_pattern};

const SIGN_IN: &str = "AWS Console Sign In via CloudTrail";
const SIGN_IN_MISSPELT: &str = "AWS Console Signin via CloudTrail";
const API_CALL: &str = "AWS API Call via CloudTrail";

/// Reads an event pattern, tries it on the probes, and looks for known mistakes.
pub fn review_event_pattern(text: &str) -> Result<Review, ParseError> {
    let pattern = EventPattern::parse(text)?;
    let mut review = Review { trials: try_event_pattern(&pattern), advice: Vec::new(), corrected: None };
    let Ok(mut value) = serde_json::from_str::<Value>(text) else { return Ok(review) };
    review.advice.extend(detail_type(&pattern, &mut value));
    review.advice.extend(source(&mut value));
    review.advice.extend(source_address(&mut value));
    review.advice.extend(service_calls(&mut value));
    let corrected = value.to_string();
    if !review.advice.is_empty() && EventPattern::parse(&corrected).is_ok() {
        review.corrected = Some(corrected);
    }
    Ok(review)
}

fn detail_type(pattern: &EventPattern, value: &mut Value) -> Option<Advice> {
    let admits = |word: &str| pattern.admits("detail-type", &Value::from(word));
    let list = value.get_mut("detail-type").and_then(Value::as_array_mut)?;
    if let Some(misspelt) = list.iter_mut().find(|it| it.as_str() == Some(SIGN_IN_MISSPELT)) {
        *misspelt = Value::from(SIGN_IN);
        let message =
            format!("no event has the detail type `{SIGN_IN_MISSPELT}`, as a page of AWS's has it: it is `{SIGN_IN}`");
        return Some(Advice::new(Mistake::MisspeltDetailType, message));
    }
    if admits(API_CALL) && !admits(SIGN_IN) {
        list.push(Value::from(SIGN_IN));
        let message = format!("sign-ins are no API calls: add the detail type `{SIGN_IN}`, or leave detail types out");
        return Some(Advice::new(Mistake::ApiCallsOnly, message));
    }
    None
}

fn source(value: &mut Value) -> Option<Advice> {
    let all = value.get("source").and_then(Value::as_array)?;
    if !all.iter().any(|it| it.as_str() == Some("aws.cloudtrail")) {
        return None;
    }
    value.as_object_mut()?.remove("source");
    let message = "the source is the service that was called, `aws.iam` or `aws.signin`; with `aws.cloudtrail` only \
                   calls to CloudTrail itself match: leave the source out";
    Some(Advice::new(Mistake::CloudTrailAsSource, message))
}

fn source_address(value: &mut Value) -> Option<Advice> {
    let detail = value.get_mut("detail").and_then(Value::as_object_mut)?;
    let narrowed = detail.get("sourceIPAddress")?.to_string();
    // A pattern may also leave addresses out, which is narrowing of another kind and often meant.
    if narrowed.contains("anything-but") || narrowed.contains("exists") {
        return None;
    }
    detail.remove("sourceIPAddress");
    let message = format!("`sourceIPAddress: {narrowed}` misses root from anywhere else; leave it out");
    Some(Advice::new(Mistake::OneSource, message))
}

/// Adds what a root pattern lacks to leave out what AWS services do; judged on the pattern as it is corrected so far.
fn service_calls(value: &mut Value) -> Vec<Advice> {
    let Ok(pattern) = EventPattern::parse(&value.to_string()) else { return Vec::new() };
    let trials = try_event_pattern(&pattern);
    let (calls, events) =
        (has_false_positive(&trials, "service-invoked"), has_false_positive(&trials, "service-event-of-root"));
    let Some(detail) = value.get_mut("detail").and_then(Value::as_object_mut) else { return Vec::new() };
    let mut advice = Vec::new();
    if let Some(identity) = detail.get_mut("userIdentity").and_then(Value::as_object_mut)
        && calls
        && !identity.contains_key("invokedBy")
    {
        identity.insert("invokedBy".to_owned(), json!([{ "exists": false }]));
        let message = "calls that AWS services make in root's name match, and wake someone for nothing; add \
                       `\"invokedBy\": [{ \"exists\": false }]` to userIdentity";
        advice.push(Advice::new(Mistake::ServiceCallsMatch, message));
    }
    if events && !detail.contains_key("eventType") {
        detail.insert("eventType".to_owned(), json!([{ "anything-but": "AwsServiceEvent" }]));
        let message = "service events under the root identity match; add `\"eventType\": [{ \"anything-but\": \
                       \"AwsServiceEvent\" }]` to detail";
        advice.push(Advice::new(Mistake::ServiceEventsMatch, message));
    }
    advice
}
