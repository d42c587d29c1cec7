//! Examples of [Using filter patterns to match terms in space-delimited log
//! events](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-space-delimited-log-events.html),
//! and of the page's earlier editions where they say more.

use logs_filter_pattern::{Outcome, UndocumentedBehaviour};
use test_case::test_case;

use super::assert_matches;
use crate::judge;

/// Seven fields: ip, user, username, timestamp, request, `status_code` and bytes.
const REQUEST: &str = r#"127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534"#;

const ACCESSES: [&str; 3] = [
    r#"127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /apache_pb.gif HTTP/1.0" 200 1534"#,
    r#"127.0.0.1 - frank [10/Oct/2000:13:35:22 -0700] "GET /apache_pb.gif HTTP/1.0" 500 5324"#,
    r#"127.0.0.1 - frank [10/Oct/2000:13:50:35 -0700] "GET /apache_pb.gif HTTP/1.0" 200 4355"#,
];

const LINES: [&str; 4] = [
    "INFO 09/25/2014 12:00:00 GET /service/resource/67 1200",
    "INFO 09/25/2014 12:00:01 POST /service/resource/67/part/111 1310",
    "WARNING 09/25/2014 12:00:02 Invalid user request",
    "ERROR 09/25/2014 12:00:02 Failed to process request",
];

#[test_case(r"[ip=%127\.0\.0\.[1-9]%, user, username, timestamp, request =*.html*, status_code = 4*, bytes]")]
#[test_case("[..., request =*.html*, status_code = 4*, bytes]"; "ellipsis")]
#[test_case("[ip, user, username, timestamp, request =*.html*, status_code = 404 || status_code = 410, bytes]"; "or")]
#[test_case("[..., request=*.html*, status_code=4*,]"; "last field without a name")]
fn a_condition_on_a_field_of_the_request_decides(pattern: &str) {
    assert_matches(pattern, &[(REQUEST, true), (&REQUEST.replace("404", "200"), false)]);
}

#[test_case("[ip, user, username, timestamp, request, status_code, bytes]", [true, true, true]; "names alone")]
#[test_case("[..., status_code, bytes]", [true, true, true]; "leading ellipsis")]
#[test_case("[ip, user, ..., status_code, bytes]", [true, true, true]; "inner ellipsis")]
#[test_case("[ip, user, ...]", [true, true, true]; "trailing ellipsis")]
#[test_case("[ip, user, username, timestamp, request, status_code, bytes > 2000]", [false, true, true]; "number")]
#[test_case("[ip, user, username, timestamp, request, status_code = 200, bytes]", [true, false, true]; "equal")]
#[test_case("[ip, user, username, timestamp, request, status_code = 5*, bytes]", [false, true, false]; "wildcard")]
#[test_case("[ip, user, username, timestamp, request = *gif*, status_code = 2*, bytes]",
    [true, false, true]; "two conditions")]
#[test_case("[ip, user, username, timestamp, request, status_code = 403 || status_code = 500, bytes]",
    [false, true, false]; "either")]
fn an_access_log_matches_by_its_fields(pattern: &str, matches: [bool; 3]) {
    for (line, matches) in ACCESSES.into_iter().zip(matches) {
        assert_matches(pattern, &[(line, matches)]);
    }
}

#[test_case("[w1=ERROR, w2]", [false, false, false, true]; "first word")]
#[test_case("[w1=ERROR || w1=WARNING, w2]", [false, false, true, true]; "either word")]
#[test_case("[w1!=ERROR && w1!=WARNING, w2]", [true, true, false, false]; "neither word")]
#[test_case("[w1!=ERROR&&w1!=WARNING, w2]", [true, true, false, false]; "without spaces")]
#[test_case("[logLevel, date, time, method, url=%/service/resource/[0-9]+$%, response_time]",
    [true, false, false, false]; "top level of a path")]
#[test_case("[logLevel, date, time, method, url=%/service/resource/[0-9]+/part/[0-9]+$%, response_time]",
    [false, true, false, false]; "child level of a path")]
fn a_line_matches_by_its_words(pattern: &str, matches: [bool; 4]) {
    for (line, matches) in LINES.into_iter().zip(matches) {
        assert_matches(pattern, &[(line, matches)]);
    }
}

/// The examples of [creating metrics from log
/// events](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html).
#[test]
fn the_examples_of_metric_filters_match_as_documented() {
    let pattern = "[ip, server, username, timestamp, request, status_code, bytes > 1000]";
    assert_matches(pattern, &[(REQUEST, true), (&REQUEST.replace("1534", "999"), false)]);
    let pattern = "[w1=ERROR || w1=%WARN%, w2]";
    for (line, matches) in LINES.into_iter().zip([false, false, true, true]) {
        assert_matches(pattern, &[(line, matches)]);
    }
    assert_matches(pattern, &[("PREWARNING of rain", true), ("INFO of a WARN", false)]);
}

/// An earlier edition has this pattern, six positions for seven fields, and does not say which field is meant.
#[test]
fn a_condition_on_another_field_is_undocumented() {
    let pattern = "[ip, user, username, timestamp, request, status_code = 2* && bytes > 1000]";
    let open = Outcome::Undocumented(UndocumentedBehaviour::ConditionOnOtherField);
    assert_eq!(judge(pattern, ACCESSES[0]), open);
}
