//! Bad input ends in clear errors, in bounded time and memory: where time or memory grew exponentially, these tests would
//! never end.

use logs_filter_pattern::{Outcome, ParseErrorKind, UndocumentedBehaviour};
use test_case::test_case;

use crate::{parse, refusal};

#[track_caller]
fn refused(pattern: &str) -> ParseErrorKind {
    let error = refusal(pattern);
    assert!(pattern.get(error.span()).is_some(), "{error} has a span outside of the pattern");
    error.kind().clone()
}

#[test]
fn ten_thousand_characters_are_refused() {
    let pattern = format!("{{ $.a = \"{}\" }}", "x".repeat(10_000));
    assert_eq!(refused(&pattern), ParseErrorKind::TooLong { characters: 10_012 });
}

/// The limit counts characters, not bytes.
#[test]
fn the_limit_counts_characters_of_any_width() {
    parse(&format!("\"{}\"", "é".repeat(1022)));
    assert_eq!(refused(&format!("\"{}\"", "é".repeat(1023))), ParseErrorKind::TooLong { characters: 1025 });
}

#[test_case("{", " $.a=1 }"; "json")]
#[test_case("[", "w=1 ]"; "space delimited")]
fn five_hundred_parentheses_are_too_deep(start: &str, end: &str) {
    for count in [500, 101] {
        let closed = format!("{start}{}{}", "(".repeat(count), end);
        assert_eq!(refused(&closed), ParseErrorKind::TooDeep);
    }
    let deepest = format!("{{{}$.a=1{}}}", "(".repeat(100), ")".repeat(100));
    assert_eq!(parse(&deepest).to_string(), "{ $.a = 1 }");
}

#[test_case("{ $.a = \"\0\" }"; "in a text")]
#[test_case("\0"; "alone")]
#[test_case("%a\0%"; "in a regex")]
#[test_case("[w=\0]"; "in a field")]
fn a_nul_is_refused(pattern: &str) {
    assert_eq!(refused(pattern), ParseErrorKind::ControlCharacter('\0'));
}

#[test]
fn regexes_that_grow_too_large_are_refused() {
    assert_eq!(refused("%a{1000}{1000}{1000}%"), ParseErrorKind::RegexTooLarge);
    assert_eq!(refused("{ $.a = %[a-z]{9999}{9999}% }"), ParseErrorKind::RegexTooLarge);
    let many = format!("{{ {} }}", vec!["$.a=%a{99}{99}%"; 60].join("||"));
    assert_eq!(refused(&many), ParseErrorKind::TooManyRegexes);
}

/// Expressions on which engines that backtrack take exponential time.
#[test_case("%a*a*a*a*a*a*a*a*a*a*a*a*b%")]
#[test_case("%a?a?a?a?a?a?a?a?a?a?a?a?a?a?aaaaaaaaaaaaaab$%")]
#[test_case("%^a+a+a+a+a+a+a+a+a+a+$%")]
fn regex_takes_linear_time(pattern: &str) {
    let pattern = parse(pattern);
    assert_eq!(pattern.evaluate(&format!("{}!", "a".repeat(100_000))), Outcome::NoMatch);
}

#[test]
fn asterisks_take_polynomial_time() {
    let pattern = parse(&format!("{{ $.a = \"{}b\" }}", "*a".repeat(400)));
    let outcome = pattern.evaluate(&format!("{{\"a\":\"{}\"}}", "a".repeat(100_000)));
    assert_eq!(outcome, Outcome::NoMatch);
}

#[test_case("{" => ParseErrorKind::Expected("a selector that begins with $"); "brace")]
#[test_case("{}" => ParseErrorKind::Expected("a selector that begins with $"); "empty braces")]
#[test_case("{ $.a = 1" => ParseErrorKind::Unclosed("brace"); "open brace")]
#[test_case("{ ($.a = 1 " => ParseErrorKind::Unclosed("parenthesis"); "open parenthesis")]
#[test_case("{ $.a = \"1 }" => ParseErrorKind::Unclosed("double quote"); "open quote")]
#[test_case("{ $.a = %1 }" => ParseErrorKind::Unclosed("percent sign"); "open regex")]
#[test_case("{ $.['a = 1 }" => ParseErrorKind::Unclosed("quoted key"); "open key")]
#[test_case("[w1" => ParseErrorKind::Expected("a comparison operator or a comma"); "open field")]
#[test_case("[..., w1 = a" => ParseErrorKind::Unclosed("bracket"); "open bracket")]
#[test_case("[..., a, ...]" => ParseErrorKind::SecondEllipsis; "two ellipses")]
#[test_case("{ $.a = 1 } x" => ParseErrorKind::Expected("the end of the pattern"); "text behind")]
#[test_case("{ $.a == 1 }" => ParseErrorKind::NeedsQuotes("=".into()); "two equal signs")]
#[test_case("{ $[0] = 1 }" => ParseErrorKind::ElementOfRoot; "element of the root")]
#[test_case("{ $.a = a-b }" => ParseErrorKind::NeedsQuotes("a-b".into()); "hyphen without quotes")]
#[test_case("{ $.a = 'b' }" => ParseErrorKind::NeedsQuotes("'b'".into()); "single quotes")]
#[test_case("{ $.a[99999999999999999999] = 1 }" =>
    ParseErrorKind::Expected("an array index, * or a key in single quotes"); "endless index")]
#[test_case("{ $.a = 1e999 }" => ParseErrorKind::NumberOutOfRange("1e999".into()); "endless number")]
#[test_case("\"event\": \"x\"" => ParseErrorKind::Expected("a space between terms"); "colon between phrases")]
#[test_case("ERROR 'x'" => ParseErrorKind::NeedsQuotes("'x'".into()); "term in single quotes")]
#[test_case("ERROR %x%" => ParseErrorKind::RegexBesideTerms; "regex after a term")]
#[test_case("%x% ERROR" => ParseErrorKind::RegexBesideTerms; "regex before a term")]
#[test_case("%%" => ParseErrorKind::Regex("it is empty"); "empty regex")]
#[test_case("%[a%" => ParseErrorKind::Regex("a character class without its end"); "open class")]
#[test_case("%a{x}%" => ParseErrorKind::Regex("a repetition without numbers"); "repetition of a letter")]
#[test_case("%*a%" => ParseErrorKind::Regex("the expression does not parse"); "repetition of nothing")]
#[test_case(r"%\q%" => ParseErrorKind::Regex("an unknown escape"); "unknown escape")]
#[test_case(r"%\xZZ%" => ParseErrorKind::Regex("\\x without two digits of an ASCII character"); "no hexadecimal")]
#[test_case("%[z-a]%" => ParseErrorKind::Regex("a range out of order"); "reversed range")]
fn a_malformed_pattern_is_refused_for_its_reason(pattern: &str) -> ParseErrorKind {
    refused(pattern)
}

/// JSON that the reader cannot hold is no verdict; text that is no JSON matches nothing.
#[test]
fn an_unreadable_event_has_no_verdict() {
    let pattern = parse("{ $.a = 1 || $.b NOT EXISTS }");
    let unreadable = Outcome::Undocumented(UndocumentedBehaviour::UnreadableEvent);
    let deep = format!("{{\"c\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(pattern.evaluate(&deep), unreadable);
    assert_eq!(pattern.evaluate(r#"{"a":1e999}"#), unreadable);
    assert_eq!(pattern.evaluate(r#"{"a":1,"#), Outcome::NoMatch);
    assert_eq!(pattern.evaluate(&"[".repeat(100_000)), Outcome::NoMatch);
}
