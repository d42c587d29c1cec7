//! Known mistakes in event patterns.

use std::collections::BTreeSet;

use eventbridge_pattern::{EventPattern, ParseError};
use serde_json::{Value, json};

use super::{
    Advice, MOST_ROUNDS, Mistake, Review, has_false_positive, matches_everyone, misses_root, try_event_pattern,
};

const SIGN_IN: &str = "AWS Console Sign In via CloudTrail";
const SIGN_IN_MISSPELT: &str = "AWS Console Signin via CloudTrail";
const API_CALL: &str = "AWS API Call via CloudTrail";
const CONSOLE_ACTION: &str = "AWS Console Action via CloudTrail";

/// Reads an event pattern, tries it on the probes, and looks for known mistakes.
///
/// What is left without the mistakes is looked at again, until there is nothing more to say of it.
pub fn review_event_pattern(text: &str) -> Result<Review, ParseError> {
    let pattern = EventPattern::parse(text)?;
    let mut review = Review { trials: try_event_pattern(&pattern), advice: Vec::new(), corrected: None };
    let Ok(mut value) = serde_json::from_str::<Value>(text) else { return Ok(review) };
    let mut told = BTreeSet::new();
    for _ in 0..MOST_ROUNDS {
        let found = correct(&mut value);
        let is_valid = EventPattern::parse(&value.to_string()).is_ok();
        if found.is_empty() && is_valid && !review.advice.is_empty() {
            review.corrected = Some(value.to_string());
        }
        let was_sound = found.is_empty();
        review.advice.extend(found.into_iter().filter(|it| told.insert(it.message.clone())));
        if was_sound || !is_valid {
            break;
        }
    }
    Ok(review)
}

/// Takes the mistakes out of a pattern, and returns them.
fn correct(value: &mut Value) -> Vec<Advice> {
    let mut advice = Vec::new();
    advice.extend(detail_type(value));
    advice.extend(source(value));
    advice.extend(source_address(value));
    advice.extend(everyone(value));
    advice.extend(service_calls(value));
    advice
}

fn detail_type(value: &mut Value) -> Option<Advice> {
    let pattern = EventPattern::parse(&value.to_string()).ok()?;
    let admits = |word: &str| pattern.admits("detail-type", &Value::from(word));
    let list = value.get_mut("detail-type").and_then(Value::as_array_mut)?;
    if let Some(misspelt) = list.iter_mut().find(|it| it.as_str() == Some(SIGN_IN_MISSPELT)) {
        *misspelt = Value::from(SIGN_IN);
        let message =
            format!("no event has the detail type `{SIGN_IN_MISSPELT}`, as a page of AWS's has it: it is `{SIGN_IN}`");
        return Some(Advice::new(Mistake::MisspeltDetailType, message));
    }
    if !admits(API_CALL) {
        return None;
    }
    let lacks_sign_in = !admits(SIGN_IN);
    let missing: Vec<_> = [SIGN_IN, CONSOLE_ACTION].into_iter().filter(|it| !admits(it)).collect();
    list.extend(missing.iter().copied().map(Value::from));
    let (mistake, what) = match missing.as_slice() {
        [] => return None,
        [_] if !lacks_sign_in => (Mistake::NoConsoleActions, "what root does on the pages of bills and of the account"),
        [_] => (Mistake::ApiCallsOnly, "sign-ins"),
        _ => (Mistake::ApiCallsOnly, "sign-ins, and what root does on the pages of bills and of the account,"),
    };
    let (noun, types) = (if missing.len() == 1 { "type" } else { "types" }, missing.join("` and `"));
    let message = format!("{what} are no API calls: add the detail {noun} `{types}`, or leave detail types out");
    Some(Advice::new(mistake, message))
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
    if narrowed.contains("anything-but") || is_of_all_root(&narrowed) {
        return None;
    }
    detail.remove("sourceIPAddress");
    let message = format!("`sourceIPAddress: {narrowed}` misses root from anywhere else; leave it out");
    Some(Advice::new(Mistake::OneSource, message))
}

/// Returns whether every root probe comes from an address that is asked for.
fn is_of_all_root(addresses: &str) -> bool {
    EventPattern::parse(&format!("{{\"detail\":{{\"sourceIPAddress\":{addresses}}}}}"))
        .is_ok_and(|pattern| !misses_root(&try_event_pattern(&pattern)))
}

/// Adds the root identity to a pattern that hears root and other people alike.
fn everyone(value: &mut Value) -> Option<Advice> {
    let pattern = EventPattern::parse(&value.to_string()).ok()?;
    if !matches_everyone(&try_event_pattern(&pattern)) {
        return None;
    }
    let detail = value.as_object_mut()?.entry("detail").or_insert_with(|| json!({})).as_object_mut()?;
    let identity = detail.entry("userIdentity").or_insert_with(|| json!({})).as_object_mut()?;
    identity.insert("type".to_owned(), json!(["Root"]));
    let message = "what other people do matches like what root does; add `\"type\": [\"Root\"]` to userIdentity";
    Some(Advice::new(Mistake::EveryoneMatches, message))
}

/// Adds what a root pattern lacks to leave out what AWS services do.
fn service_calls(value: &mut Value) -> Vec<Advice> {
    let Ok(pattern) = EventPattern::parse(&value.to_string()) else { return Vec::new() };
    let trials = try_event_pattern(&pattern);
    let (calls, events) =
        (has_false_positive(&trials, "service-invoked"), has_false_positive(&trials, "service-event-of-root"));
    let Some(detail) = value.get_mut("detail").and_then(Value::as_object_mut) else { return Vec::new() };
    let mut advice = Vec::new();
    if let Some(identity) = detail.get_mut("userIdentity").and_then(Value::as_object_mut)
        && calls
    {
        identity.insert("invokedBy".to_owned(), json!([{ "exists": false }]));
        let message = "nothing leaves out the calls that AWS services make in root's name, which wake someone for \
                       nothing; add `\"invokedBy\": [{ \"exists\": false }]` to userIdentity";
        advice.push(Advice::new(Mistake::ServiceCallsMatch, message));
    }
    if events && !detail.contains_key("eventType") {
        detail.insert("eventType".to_owned(), json!([{ "anything-but": "AwsServiceEvent" }]));
        let message = "nothing leaves out service events under the root identity; add `\"eventType\": \
                       [{ \"anything-but\": \"AwsServiceEvent\" }]` to detail";
        advice.push(Advice::new(Mistake::ServiceEventsMatch, message));
    }
    advice
}
