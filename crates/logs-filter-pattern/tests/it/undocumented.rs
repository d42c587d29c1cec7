//! What AWS's pages leave open is a verdict of its own, and only where the whole hangs on it.

use logs_filter_pattern::{Outcome, UndocumentedBehaviour};
use serde_json::json;
use test_case::test_case;

use crate::{judge, parse};

#[test_case("{ $.a NOT EXISTS }", r#"{"a":null}"#, UndocumentedBehaviour::NotExistsOnNull)]
#[test_case("{ $.a NOT EXISTS }", r#"{"a":{}}"#, UndocumentedBehaviour::NotExistsOnContainer; "object")]
#[test_case("{ $.a NOT EXISTS }", r#"{"a":[]}"#, UndocumentedBehaviour::NotExistsOnContainer; "array")]
#[test_case("{ $.a != x }", r#"{"a":null}"#, UndocumentedBehaviour::NullCompared)]
#[test_case("{ $.a = * }", r#"{"a":null}"#, UndocumentedBehaviour::NullCompared; "any value")]
#[test_case("{ $.a = true }", r#"{"a":true}"#, UndocumentedBehaviour::BooleanCompared)]
#[test_case("{ $.a IS TRUE }", r#"{"a":"true"}"#, UndocumentedBehaviour::KeywordAgainstText)]
#[test_case("{ $.a is null }", r#"{"a":null}"#, UndocumentedBehaviour::KeywordCase)]
#[test_case("{ $.a not exists }", "{}", UndocumentedBehaviour::KeywordCase; "not exists")]
#[test_case("{ $.a = 123456789012 }", r#"{"a":"123456789012"}"#, UndocumentedBehaviour::NumberAgainstText)]
#[test_case("{ $.a > 100 }", r#"{"a":"200"}"#, UndocumentedBehaviour::NumberAgainstText; "order")]
#[test_case(r#"{ $.a = "12.50" }"#, r#"{"a":12.5}"#, UndocumentedBehaviour::NumberSpelling)]
#[test_case("[a = 404.0]", "404", UndocumentedBehaviour::NumberSpelling; "field")]
#[test_case("{ $.a = 9007199254740992 }", r#"{"a":9007199254740993}"#, UndocumentedBehaviour::NumberPrecision)]
#[test_case("{ $.a = %4% }", r#"{"a":404}"#, UndocumentedBehaviour::RegexAgainstNumber)]
#[test_case("{ $.a = R*t }", r#"{"a":"Root"}"#, UndocumentedBehaviour::InnerWildcard)]
#[test_case("{ $.a = *aa }", r#"{"a":"aaa"}"#, UndocumentedBehaviour::RepeatedSuffix)]
#[test_case(r#"{ $.a = "q\"r" }"#, r#"{"a":"q\"r"}"#, UndocumentedBehaviour::Backslash)]
#[test_case(r#"{ $.a = "r\*s" }"#, r#"{"a":"r*s"}"#, UndocumentedBehaviour::Backslash; "escaped asterisk")]
#[test_case(r#"{ $.a = "C:\x" }"#, r#"{"a":"C:\\x"}"#, UndocumentedBehaviour::Backslash; "lone backslash")]
#[test_case(r#""r\*s""#, "r*s", UndocumentedBehaviour::Backslash; "escaped asterisk in a term")]
#[test_case("{ $.a[*] != x }", r#"{"a":["x","y"]}"#, UndocumentedBehaviour::NegatedWildcard)]
#[test_case("{ $.a.* = x }", r#"{"a":["x"]}"#, UndocumentedBehaviour::WildcardOnOtherContainer)]
#[test_case("{ $.a NOT EXISTS }", "[1]", UndocumentedBehaviour::EventNotAnObject)]
#[test_case("\"a*b\"", "axb", UndocumentedBehaviour::WildcardInTerm)]
#[test_case("[a, b]", "one", UndocumentedBehaviour::TooFewFields)]
#[test_case("[a, b = *x*]", "1 2 x", UndocumentedBehaviour::ConditionOnRemainder)]
#[test_case("[a, b]", "one \"two", UndocumentedBehaviour::FieldDelimiters)]
fn what_aws_does_not_document_is_said_to_be_so(pattern: &str, message: &str, behaviour: UndocumentedBehaviour) {
    assert_eq!(judge(pattern, message), Outcome::Undocumented(behaviour));
}

/// Every reading agrees, so the verdict is one.
#[test_case("{ $.a = x }", r#"{"a":null}"#, Outcome::NoMatch; "null is not x in any reading")]
#[test_case("{ $.a != true }", r#"{"a":true}"#, Outcome::NoMatch; "true does not differ from true in any reading")]
#[test_case("{ $.a = R*t }", r#"{"a":"User"}"#, Outcome::NoMatch; "an inner asterisk cannot fit")]
#[test_case("{ $.a = *Operation }", r#"{"a":"UnauthorizedOperation"}"#, Outcome::Match; "the suffix occurs once")]
#[test_case("{ $.a[*] != x }", r#"{"a":["y","z"]}"#, Outcome::Match; "no element equals")]
#[test_case("{ $.a[*] != x }", r#"{"a":["x","x"]}"#, Outcome::NoMatch; "every element equals")]
#[test_case("{ $.a != 222 }", r#"{"a":"123"}"#, Outcome::Match; "no reading makes the numbers equal")]
#[test_case("{ $.a = \"x\" || $.b IS NULL }", "[1]", Outcome::NoMatch; "no object and no match")]
fn what_every_reading_agrees_on_is_decided(pattern: &str, message: &str, outcome: Outcome) {
    assert_eq!(judge(pattern, message), outcome);
}

/// `$.n NOT EXISTS` is open on this event, `$.t` is true and `$.f` false.
#[test_case("$.n NOT EXISTS && $.t IS TRUE", Outcome::Undocumented(UndocumentedBehaviour::NotExistsOnNull))]
#[test_case("$.n NOT EXISTS && $.f IS TRUE", Outcome::NoMatch)]
#[test_case("$.n NOT EXISTS || $.t IS TRUE", Outcome::Match)]
#[test_case("$.n NOT EXISTS || $.f IS TRUE", Outcome::Undocumented(UndocumentedBehaviour::NotExistsOnNull))]
fn an_undocumented_part_decides_by_kleenes_logic(expression: &str, outcome: Outcome) {
    assert_eq!(judge(&format!("{{ {expression} }}"), r#"{"n":null,"t":true,"f":false}"#), outcome);
}

/// A parsed event has lost how it was written: only what cannot depend on that is judged.
#[test]
fn raw_text_of_a_parsed_event_is_unknown() {
    let event = json!({"userIdentity": {"type": "Root"}, "eventName": "Console Login"});
    let judge = |pattern: &str| parse(pattern).evaluate_json(&event);
    let unknown = Outcome::Undocumented(UndocumentedBehaviour::RawTextUnknown);
    assert_eq!(judge("Root -AwsServiceEvent"), Outcome::Match);
    assert_eq!(judge("\"Console Login\""), Outcome::Match);
    assert_eq!(judge("IAMUser"), Outcome::NoMatch);
    assert_eq!(judge("\"type: Root\""), unknown);
    assert_eq!(judge("%Root%"), unknown);
    assert_eq!(judge("[w1, w2]"), unknown);
    assert_eq!(judge(""), Outcome::Match);
}
