//! Behaviour that AWS's pages leave open and that others saw on AWS itself.

use logs_filter_pattern::{Outcome, UndocumentedBehaviour};
use test_case::test_case;

use super::assert_matches;
use crate::{judge, refusal};

/// Seen on AWS in January 2024, [DataBiosphere/azul#5884](https://github.com/DataBiosphere/azul/issues/5884): a
/// filter with `!=` does not match records that lack the field.
#[test]
fn not_equal_on_a_missing_field_is_false() {
    let pattern = r#"{($.errorCode = "AccessDenied") && ($.userIdentity.invokedBy != "cloudfront.amazonaws.com")}"#;
    assert_matches(
        pattern,
        &[
            (r#"{"errorCode":"AccessDenied","userIdentity":{"type":"IAMUser"}}"#, false),
            (r#"{"errorCode":"AccessDenied","userIdentity":{"invokedBy":"s3.amazonaws.com"}}"#, true),
            (r#"{"errorCode":"AccessDenied","userIdentity":{"invokedBy":"cloudfront.amazonaws.com"}}"#, false),
        ],
    );
    let guarded = r#"{ $.addendum.reason NOT EXISTS || $.addendum.reason != "SERVICE_OUTAGE" }"#;
    assert_matches(
        guarded,
        &[
            ("{}", true),
            (r#"{"addendum":{"reason":"UPDATED_DATA"}}"#, true),
            (r#"{"addendum":{"reason":"SERVICE_OUTAGE"}}"#, false),
        ],
    );
}

/// The event of a public test suite that ran its patterns through `TestMetricFilter`.
const VALUES: &str = r#"{"string":"111.111.111.111","empty":"","int":123,"float":12.34,"whole":12.0,
    "object":{},"array":[],"null":null}"#;

#[test_case(r#"{ $.string = "*.111.111.111" }"#; "leading wildcard")]
#[test_case("{ $.string = 111.111.111.111 }"; "unquoted address")]
#[test_case("{ $.string != 222 }"; "number against a text that is none")]
#[test_case(r#"{ $.empty = "*" }"#; "empty text has any value")]
#[test_case(r#"{ $.int = "123" }"#; "number equals its digits in quotes")]
#[test_case(r#"{ $.int != "123.0" }"#; "quoted number compares by digits")]
#[test_case("{ $.int = 123.0 }"; "unquoted number compares by value")]
#[test_case("{ $.int = 1* }"; "number with a trailing wildcard")]
#[test_case(r#"{ $.int = "*23" }"#; "number with a leading wildcard")]
#[test_case("{ $.int != 32* }"; "number without the prefix")]
#[test_case("{ $.float = 12.* }"; "decimal with a trailing wildcard")]
#[test_case(r#"{ $.float = "12.34" }"#; "decimal equals its digits in quotes")]
#[test_case(r#"{ $.whole != "12" }"#; "quoted whole number against a decimal")]
#[test_case("{ $.whole = 12 }"; "unquoted whole number against a decimal")]
fn what_matched_on_aws_matches(pattern: &str) {
    assert_eq!(judge(pattern, VALUES), Outcome::Match);
}

/// Seen to be a plain character in a string and a wildcard in a number; the page now says wildcard without a limit.
#[test_case("{ $.string != 111*111 }"; "string")]
#[test_case(r#"{ $.int != "1*3" }"#; "number")]
fn an_inner_asterisk_is_undocumented(pattern: &str) {
    assert_eq!(judge(pattern, VALUES), Outcome::Undocumented(UndocumentedBehaviour::InnerWildcard));
}

#[test_case("{ $.string > 123 }"; "greater")]
#[test_case("{ $.string <= 123 }"; "at most")]
#[test_case("{ $.string = 123 }"; "number")]
#[test_case("{ $.object = 123 }"; "object equals number")]
#[test_case("{ $.object != 123 }"; "object differs from number")]
#[test_case("{ $.object > 123 }"; "object over number")]
#[test_case(r#"{ $.object != "123" }"#; "object differs from text")]
#[test_case(r#"{ $.array != "text" }"#; "array differs from text")]
#[test_case("{ $.int != 123 }"; "equal numbers differ")]
#[test_case(r#"{ $.int != "123" }"#; "equal digits differ")]
#[test_case(r#"{ $.missing != "UpdateTrail" }"#; "missing")]
fn what_did_not_match_on_aws_does_not(pattern: &str) {
    assert_eq!(judge(pattern, VALUES), Outcome::NoMatch);
}

/// Seen not to match although the value ends so, because the text occurs in it earlier: a fault that may be fixed.
#[test]
fn a_suffix_that_occurs_earlier_is_undocumented() {
    let open = Outcome::Undocumented(UndocumentedBehaviour::RepeatedSuffix);
    assert_eq!(judge(r#"{ $.string = "*111.111.111" }"#, VALUES), open);
}

#[test_case("{ $.string > word }"; "word")]
#[test_case(r#"{ $.string >= "quoted" }"#; "quoted word")]
#[test_case(r#"{ $.string < "123" }"#; "quoted number")]
#[test_case("{ $.string <= %1% }"; "regex")]
fn what_aws_refused_is_refused(pattern: &str) {
    let error = refusal(pattern);
    assert_eq!(error.aws_message(), "InvalidParameterException: Invalid metric filter pattern");
}
