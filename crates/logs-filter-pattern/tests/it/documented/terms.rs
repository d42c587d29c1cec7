//! Examples of [Using filter patterns to match terms in unstructured log
//! events](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-unstructured-log-events.html), and
//! of the page's earlier editions where they say more.

use logs_filter_pattern::Kind;
use test_case::test_case;

use super::assert_matches;
use crate::parse;

const BAD_REQUEST: &str = "[ERROR 400] BAD REQUEST";
const UNAUTHORIZED: &str = "[ERROR 401] UNAUTHORIZED REQUEST";
const MISSING: &str = "[ERROR 419] MISSING ARGUMENTS";
const INVALID: &str = "[ERROR 420] INVALID ARGUMENTS";
const PROVIDED: &str = "[INFO] INVALID ARGUMENTS PROVIDED";
const SERVER_ERROR: &str = "[ERROR 500] INTERNAL SERVER ERROR";

#[test]
fn a_term_matches_as_a_whole_word_in_its_case() {
    assert_matches("ERROR", &[(BAD_REQUEST, true), (UNAUTHORIZED, true), (MISSING, true), (PROVIDED, false)]);
    assert_matches("ERROR", &[("Exiting with ERRORCODE: -1", true), ("error", false)]);
}

#[test]
fn several_terms_must_all_be_there() {
    assert_matches("ERROR ARGUMENTS", &[(MISSING, true), (INVALID, true), (BAD_REQUEST, false), (UNAUTHORIZED, false)]);
    assert_matches("ERROR Exception", &[("[ERROR] Caught IllegalArgumentException", true), ("Exception", false)]);
}

#[test]
fn one_of_the_optional_terms_is_enough() {
    assert_matches("?ERROR ?ARGUMENTS", &[(BAD_REQUEST, true), (MISSING, true), (PROVIDED, true), ("[WARN]", false)]);
}

/// "If you combine ? with other filter patterns, all question mark terms will be ignored."
#[test]
fn optional_terms_beside_others_are_ignored() {
    assert_matches(
        "?ERROR ?ARGUMENTS REQUEST",
        &[
            ("[INFO] REQUEST FAILED", true),
            ("[WARN] UNAUTHORIZED REQUEST", true),
            ("[ERROR] 400 BAD REQUEST", true),
            (MISSING, false),
        ],
    );
}

#[test]
fn a_quoted_phrase_matches_in_its_order() {
    assert_matches("\"INTERNAL SERVER ERROR\"", &[(SERVER_ERROR, true), ("INTERNAL ERROR OF SERVER", false)]);
}

#[test]
fn an_excluded_term_must_not_be_there() {
    assert_matches(
        "ERROR -ARGUMENTS",
        &[(BAD_REQUEST, true), (UNAUTHORIZED, true), (MISSING, false), (INVALID, false)],
    );
    assert_matches("\"ERROR\" - \"Exiting\"", &[("Exiting with ERRORCODE: -1", false), (BAD_REQUEST, true)]);
    assert_matches("-ERROR", &[(BAD_REQUEST, false), (PROVIDED, true)]);
}

/// The earlier edition's three events for "or".
#[test_case("ERROR", [true, true, false]; "one")]
#[test_case("?ERROR ?WARN", [true, true, true]; "either")]
#[test_case("ERROR WARN", [true, false, false]; "both")]
#[test_case("ERROR -WARN", [false, true, false]; "without")]
fn question_marks_match_by_any_of_the_terms(pattern: &str, matches: [bool; 3]) {
    let events = ["ERROR WARN message", "ERROR message", "WARN message"];
    for (event, matches) in events.into_iter().zip(matches) {
        assert_matches(pattern, &[(event, matches)]);
    }
}

#[test_case(""; "empty")]
#[test_case(" "; "space")]
#[test_case("\" \""; "blank phrase")]
#[test_case("\"\""; "empty phrase")]
fn an_empty_pattern_matches_everything(pattern: &str) {
    assert_eq!(parse(pattern).kind(), Kind::All);
    assert_matches(pattern, &[(BAD_REQUEST, true), ("{}", true), ("", true), ("nospace", true)]);
}
