//! Examples of [Using filter patterns to match terms in JSON log
//! events](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-json-log-events.html), and of the
//! page's earlier editions where they say more.

use logs_filter_pattern::{Outcome, ParseErrorKind};
use test_case::test_case;

use super::assert_matches;
use crate::{judge, parse, refusal};

/// An event with a value of every type, arrays of strings and objects, and a key with a full stop.
const TRAIL: &str = r#"{"eventType":"UpdateTrail","sourceIPAddress":"111.111.111.111",
    "arrayKey":["value","another value"],"objectList":[{"name":"a","id":1},{"name":"b","id":2}],
    "SomeObject":null,"ThisFlag":true,"cluster.name":"c"}"#;

/// An event with nested objects and arrays, for compound expressions.
const USERS: &str = r#"{"user":{"id":1,"email":"John.Stiles@example.com"},
    "users":[{"id":2,"email":"John.Doe@example.com"},{"id":3,"email":"Jane.Doe@example.com"}],
    "actions":["GET","PUT","DELETE"],"coordinates":[[0,1,2],[4,5,6],[7,8,9]]}"#;

#[test_case(r#"{ $.eventType = "UpdateTrail" }"#; "string")]
#[test_case("{ $.sourceIPAddress != 123.123.* }"; "unquoted wildcard")]
#[test_case(r#"{ $.arrayKey[0] = "value" }"#; "array element")]
#[test_case("{ $.objectList[1].id = 2 }"; "property of an array element")]
#[test_case("{ $.eventType = %Trail% }"; "regex")]
#[test_case("{ $.arrayKey[*] = %val.{2}% }"; "wildcard over an array")]
#[test_case(r"{ $.* = %111\.111\.111\.1[0-9]{1,2}% }"; "wildcard over properties")]
#[test_case("{ $.['cluster.name'] = \"c\" }"; "quoted key")]
#[test_case("{ $.SomeObject IS NULL }"; "is null")]
#[test_case("{ $.SomeOtherObject NOT EXISTS }"; "not exists")]
#[test_case("{ $.ThisFlag IS TRUE }"; "is true")]
fn a_single_condition_matches(pattern: &str) {
    assert_eq!(judge(pattern, TRAIL), Outcome::Match);
}

#[test_case(r#"{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }"#, true; "and")]
#[test_case(
    r#"{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch" && $.actions[2] = "nonmatch" }"#,
    true; "and binds tighter than or")]
#[test_case(
    r#"{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch") && $.actions[2] = "nonmatch" }"#,
    false; "parentheses bind tightest")]
#[test_case(r#"{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }"#, false; "or")]
#[test_case(
    r#"{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch && $.actions[2] = nomatch }"#,
    true; "unquoted words")]
fn a_compound_expression_matches_by_its_parts(pattern: &str, matches: bool) {
    assert_eq!(judge(pattern, USERS), Outcome::from(matches));
}

/// The numeric examples; the events are ours, one that fulfils each and one that does not.
#[test_case("{ $.bandwidth > 75 }", r#"{"bandwidth":76}"#, r#"{"bandwidth":75}"#)]
#[test_case("{ $.latency < 50 }", r#"{"latency":49.9}"#, r#"{"latency":50}"#)]
#[test_case("{ $.refreshRate >= 60 }", r#"{"refreshRate":60}"#, r#"{"refreshRate":59}"#)]
#[test_case("{ $.responseTime <= 5 }", r#"{"responseTime":5}"#, r#"{"responseTime":5.1}"#)]
#[test_case("{ $.errorCode = 400}", r#"{"errorCode":400}"#, r#"{"errorCode":401}"#)]
#[test_case("{ $.errorCode != 500 }", r#"{"errorCode":400}"#, r#"{"errorCode":500}"#)]
#[test_case("{ $.number[0] = 1e+3 }", r#"{"number":[1000]}"#, r#"{"number":[1]}"#)]
#[test_case("{ $.number[0] != 1e-3 }", r#"{"number":[1]}"#, r#"{"number":[0.001]}"#)]
#[test_case("{ $.numbers[0] < 10e3 }", r#"{"numbers":[9999]}"#, r#"{"numbers":[10000]}"#)]
#[test_case("{ $.numbers[0] < 10e-3 }", r#"{"numbers":[0.009]}"#, r#"{"numbers":[0.01]}"#)]
#[test_case(
    "{ $.processes[4].averageRuntime <= 55.5 }",
    r#"{"processes":[0,0,0,0,{"averageRuntime":55.5}]}"#,
    r#"{"processes":[{"averageRuntime":1}]}"#
)]
#[test_case("{ $.latency > +1000 }", r#"{"latency":1001}"#, r#"{"latency":1000}"#)]
fn a_numeric_condition_matches_what_fulfils_it(pattern: &str, fulfils: &str, fails: &str) {
    assert_matches(pattern, &[(fulfils, true), (fails, false)]);
}

/// The earlier edition's examples of wildcards at either end.
#[test]
fn an_asterisk_at_an_end_is_a_wildcard() {
    assert_matches("{ $.name = *Event }", &[(r#"{"name":"PutEvent"}"#, true), (r#"{"name":"EventId"}"#, false)]);
    assert_matches("{ $.name = Event* }", &[(r#"{"name":"EventName"}"#, true), (r#"{"name":"GetEvent"}"#, false)]);
    assert_matches("{ $.name = Ev*ent }", &[(r#"{"name":"Ev*ent"}"#, true), (r#"{"name":"Event1"}"#, false)]);
}

/// "If a property selector points to an array or object, the filter pattern won't match the log format."
#[test]
fn a_selector_on_an_array_matches_neither_way() {
    let event = r#"{"users":[1,2,3]}"#;
    assert_matches("{ $.users = 1 }", &[(event, false)]);
    assert_matches("{ $.users != 1 }", &[(event, false)]);
}

/// "If arrayKey is not an array this will be false", and what follows it on the page's earlier edition.
#[test]
fn a_selector_through_other_types_is_false() {
    assert_matches(r#"{ $.arrayKey[0] = "value" }"#, &[(r#"{"arrayKey":"value"}"#, false)]);
    assert_matches(
        "{ $.objectList[1].id = 2 }",
        &[(r#"{"objectList":[{},3]}"#, false), (r#"{"objectList":{}}"#, false)],
    );
}

/// "This will only be true if the specified object is set to null", and the like for booleans.
#[test]
fn is_holds_for_its_literal_alone() {
    assert_matches("{ $.a IS NULL }", &[(r#"{"a":null}"#, true), (r#"{"a":""}"#, false), ("{}", false)]);
    assert_matches("{ $.a IS TRUE }", &[(r#"{"a":true}"#, true), (r#"{"a":false}"#, false), (r#"{"a":1}"#, false)]);
    assert_matches("{ $.a IS FALSE }", &[(r#"{"a":false}"#, true), ("{}", false), (r#"{"a":null}"#, false)]);
}

/// The page names both as not supported.
#[test_case("{ $.a IS NOT NULL }", "IS NOT")]
#[test_case("{ $.a EXISTS }", "EXISTS")]
fn unsupported_keywords_are_refused(pattern: &str, keyword: &str) {
    let error = refusal(pattern);
    assert!(matches!(error.kind(), ParseErrorKind::UnsupportedKeyword(found) if *found == keyword), "{error}");
}

/// One wildcard for each selector, three for each compound pattern.
#[test]
fn wildcards_beyond_the_quota_are_refused() {
    let three = r#"{ $.a[*] = "x" && $.* = "y" && $.b[*] = "z" }"#;
    assert_eq!(parse(three).conditions().len(), 3);
    let four = r#"{ $.a[*] = "x" && $.* = "y" && $.b[*] = "z" && $.c.* = "w" }"#;
    assert_eq!(refusal(four).kind(), &ParseErrorKind::WildcardsInPattern);
    let two_in_one = r#"{ $.*.inner[*] = "x" }"#;
    assert_eq!(refusal(two_in_one).kind(), &ParseErrorKind::WildcardsInSelector);
}

/// The idiom for "exists" of [creating metrics from log
/// events](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html).
#[test]
fn an_asterisk_alone_matches_any_value() {
    assert_matches(
        "{ $.latency = * }",
        &[
            (r#"{"latency":42}"#, true),
            (r#"{"latency":"high"}"#, true),
            (r#"{"latency":""}"#, true),
            (r#"{"other":1}"#, false),
            (r#"{"latency":{}}"#, false),
        ],
    );
}

/// The example of a filter with dimensions on [creating metrics from log
/// events](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html).
#[test]
fn a_quoted_asterisk_and_an_excluded_network_match_together() {
    assert_matches(
        r#"{ $.eventType = "*" && $.sourceIPAddress != 123.123.* }"#,
        &[
            (TRAIL, true),
            (r#"{"eventType":"UpdateTrail","sourceIPAddress":"123.123.4.5"}"#, false),
            (r#"{"eventType":"UpdateTrail"}"#, false),
            (r#"{"sourceIPAddress":"111.111.111.111"}"#, false),
        ],
    );
}

/// The root-usage filter of CIS 1.4 §4.3 and Security Hub's CloudWatch.1.
#[test]
fn the_filter_for_root_usage_matches_people_alone() {
    let pattern =
        r#"{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType !="AwsServiceEvent"}"#;
    assert_matches(
        pattern,
        &[
            (r#"{"userIdentity":{"type":"Root"},"eventType":"AwsConsoleSignIn"}"#, true),
            (r#"{"userIdentity":{"type":"Root"},"eventType":"AwsServiceEvent"}"#, false),
            (r#"{"userIdentity":{"type":"Root","invokedBy":"signin.amazonaws.com"},"eventType":"AwsApiCall"}"#, false),
            (r#"{"userIdentity":{"type":"IAMUser"},"eventType":"AwsApiCall"}"#, false),
            ("root signed in", false),
        ],
    );
}
