//! Examples of [Supported regular expressions (regex)
//! syntax](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/regex-expressions.html).

use logs_filter_pattern::ParseErrorKind;
use test_case::test_case;

use super::assert_matches;
use crate::{parse, refusal};

#[test_case("%AUTHORIZED%", &["[ERROR 401] UNAUTHORIZED REQUEST", "[SUCCESS 200] AUTHORIZED REQUEST"], &["authorized"])]
#[test_case(r"%\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}%", &["from 10.0.0.255 on"], &["10.0.0", "1000"])]
#[test_case("%[Ee]rror|[Ff]ail%", &["Error", "an error", "Failed", "fail"], &["ERROR"])]
#[test_case("%^[hc]at%", &["hat", "cat"], &["a hat", "bat"])]
#[test_case("%[hc]at$%", &["hat", "a cat"], &["hats", "bat"])]
#[test_case("%colou?r%", &["color", "colour"], &["colouur"])]
#[test_case("%[abc]%", &["a", "b", "c"], &["d", "A"])]
#[test_case("%[a-z]%", &["a", "m", "z"], &["A", "5"])]
#[test_case("%[abcx-z]%", &["a", "b", "c", "x", "y", "z"], &["d", "w"])]
#[test_case("%^a{3,5}$%", &["aaa", "aaaa", "aaaaa"], &["aa", "aaaaaa"]; "both bounds, anchored here")]
#[test_case("%^a{3, 5}$%", &["aaa"], &["aa"]; "a space between the bounds")]
#[test_case("%^a{3,}$%", &["aaa", "aaaaaaa"], &["aa"]; "no upper bound")]
#[test_case("%^a{,5}$%", &["", "aaaaa"], &["aaaaaa"]; "no lower bound")]
#[test_case("%gra|ey%", &["gray", "grey"], &["gr"])]
#[test_case("%^starting|^initializing|^shutting down%",
    &["starting ...", "initializing ...", "shutting down"], &["skipping initializing ..."])]
#[test_case("%abcc|ab[^c]%", &["abcc ...", "aba ..."], &["aac ..."])]
#[test_case("%abcc|ab[^c]$%", &["abcc ...", "aba"], &["aac ...", "abc"]; "an end for one branch alone")]
#[test_case(r"%\[.\]%", &["[a]", "[b]", "[7]", "[@]", "[]]", "[ ]"], &["[]", "a]"])]
#[test_case(r"%10\.10\.0\.1%", &["10.10.0.1"], &["10010,051"])]
#[test_case("%10.10.0.1%", &["10.10.0.1", "10010,051"], &["10.0.0.1"])]
#[test_case("%ab*c%", &["ac", "abc", "abbbc"], &["bc"])]
#[test_case("%ab[0-9]*%", &["ab", "ab0", "ab129"], &["a0"])]
#[test_case("%ab+c%", &["abc", "abbc", "abbbc"], &["ac"])]
#[test_case("%.at%", &["hat", "cat", "bat", "4at", "#at", " at"], &["at"])]
#[test_case(r"%\d%", &["0", "9"], &["a", "٣"])]
#[test_case(r"%\D%", &["a"], &["0", "9"])]
#[test_case(r"%\s%", &["\t", " ", "\n"], &["a"])]
#[test_case(r"%\S%", &["a"], &["\t \n"])]
#[test_case(r"%\w%", &["a", "Z", "_", "0"], &["-", "é"])]
#[test_case(r"%\W%", &["-"], &["aZ_0"])]
#[test_case(r"%\x3A%", &["a:b"], &["ab"])]
#[test_case(r"%\x28%", &["f(x)"], &["fx"])]
fn a_documented_regex_matches_as_its_example_says(pattern: &str, matches: &[&str], fails: &[&str]) {
    for message in matches {
        assert_matches(pattern, &[(message, true)]);
    }
    for message in fails {
        assert_matches(pattern, &[(message, false)]);
    }
}

#[test_case("%something!%", '!')]
#[test_case("%(a)%", '(')]
#[test_case("%a)%", ')')]
#[test_case("%é%", 'é')]
fn an_unsupported_character_is_refused(pattern: &str, character: char) {
    assert_eq!(refusal(pattern).kind(), &ParseErrorKind::RegexCharacter(character));
}

/// Two for each JSON or space-delimited pattern.
#[test]
fn more_than_two_regexes_are_refused() {
    for two in ["{ $.a = %r1% && $.b = %r2% && $.c = \"50%\" }", "[w1=%a%, w2=%b%, w3]"] {
        parse(two);
    }
    for three in ["{ $.a = %r1% && $.b = %r2% && $.c = %r3% }", "[w1=%a%, w2=%b%, w3=%c%]"] {
        assert_eq!(refusal(three).kind(), &ParseErrorKind::TooManyRegexes, "{three}");
    }
}
