//! What EventBridge refuses, in its words; most were asked of AWS by LocalStack's tests (`*_EXC` there), the others are
//! those of event-ruler's `JsonRuleCompiler`. Where reading or matching took unbounded time, these tests would never end.

use eventbridge_pattern::{EventPattern, MAX_ALTERNATIVES, MAX_CHARACTERS, MAX_DEPTH, ParseError, Reason};
use serde_json::{Value, json};

#[track_caller]
fn error(text: &str) -> ParseError {
    match EventPattern::parse(text) {
        Ok(pattern) => panic!("{pattern} was taken"),
        Err(error) => error,
    }
}

/// Checks lists at the field `x`.
#[test]
fn a_malformed_list_of_values_is_refused() {
    let cases = [
        ("[]", "Empty arrays are not allowed"),
        ("[[1]]", "Match value must be String, number, true, false, or null"),
        ("1", "\"x\" must be an object or an array"),
        ("\"a\"", "\"x\" must be an object or an array"),
        ("null", "\"x\" must be an object or an array"),
        ("{}", "Empty objects are not allowed"),
        ("[{}]", "Match expression name not found"),
        (r#"[{"EXISTS": true}]"#, "Unrecognized match type EXISTS"),
        (r#"[{"prefix": "a", "suffix": "b"}]"#, "Only one key allowed in match expression"),
        (r#"[{"prefix": 1}]"#, "prefix match pattern must be a string"),
        (r#"[{"prefix": ["a"]}]"#, "prefix match pattern must be a string"),
        (r#"[{"prefix": {"wildcard": "a"}}]"#, "Unsupported prefix pattern: wildcard"),
        (r#"[{"suffix": 1}]"#, "suffix match pattern must be a string"),
        (r#"[{"suffix": {"equals-ignore-case": 1}}]"#, "equals-ignore-case match pattern must be a string"),
        (r#"[{"equals-ignore-case": ["a"]}]"#, "equals-ignore-case match pattern must be a string"),
        (r#"[{"equals-ignore-case": {"prefix": "a"}}]"#, "equals-ignore-case match pattern must be a string"),
        (r#"[{"wildcard": 123}]"#, "wildcard match pattern must be a string"),
        (r#"[{"wildcard": ["*"]}]"#, "wildcard match pattern must be a string"),
        (r#"[{"wildcard": "arn:aws:events:us-east-1:**"}]"#, "Consecutive wildcard characters at pos 26"),
        (r#"[{"wildcard": "a\\b"}]"#, "Invalid escape character at pos 2"),
        (
            r#"[{"wildcard": "*:*:*:*:*:event-bus/*"}]"#,
            "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a \
             wildcard character",
        ),
        (r#"[{"exists": "true"}]"#, "exists match pattern must be either true or false."),
        (r#"[{"exactly": 1}]"#, "exact match pattern must be a string"),
    ];
    for (list, reason) in cases {
        let error = error(&format!("{{\"x\": {list}}}"));
        assert_eq!(error.aws_message(), format!("Event pattern is not valid. Reason: {reason}"), "{list}");
        assert_eq!(error.path(), "x", "{list}");
    }
}

#[test]
fn a_malformed_anything_but_is_refused() {
    let value = "Value of anything-but must be an array or single string/number value.";
    let mixed = "Inside anything but list, either all values are number or string, mixed type is not supported";
    let member = "Inside anything but list, start|null|boolean is not supported.";
    let ignore_case = "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.";
    let affix = "prefix/suffix match pattern must be a string";
    let cases = [
        ("null", value),
        ("true", value),
        (r#"{"prefix": {"equals-ignore-case": "a"}}"#, value),
        (r#"{"suffix": {"equals-ignore-case": "a"}}"#, value),
        ("[]", mixed),
        (r#"["a", 1]"#, mixed),
        (r#"["a", null]"#, member),
        (r#"[{"wildcard": "a"}]"#, member),
        ("{}", "Anything-But expression name not found"),
        (r#"{"numeric": ["=", 1]}"#, "Unsupported anything-but pattern: numeric"),
        (r#"{"prefix": 123}"#, affix),
        (r#"{"suffix": [123, ".txt"]}"#, affix),
        (r#"{"prefix": ""}"#, "Null prefix/suffix not allowed"),
        (r#"{"suffix": ["a", ""]}"#, "Null prefix/suffix not allowed"),
        (r#"{"equals-ignore-case": 123}"#, ignore_case),
        (r#"{"equals-ignore-case": ["a", null]}"#, ignore_case),
        (r#"{"wildcard": 123}"#, "wildcard match pattern must be a string"),
        (r#"{"wildcard": [123, "*"]}"#, "wildcard match pattern must be a string"),
        (r#"{"prefix": "a", "suffix": "b"}"#, "Only one key allowed in match expression"),
        ("1e16", "Cannot compare number : 1e16"),
        ("[1, 9007199254740993]", "Cannot compare number : 9007199254740993"),
    ];
    for (operand, reason) in cases {
        let error = error(&format!(r#"{{"x": [{{"anything-but": {operand}}}]}}"#));
        assert_eq!(error.reason().to_string(), reason, "{operand}");
    }
}

#[test]
fn a_malformed_numeric_is_refused() {
    let cases = [
        ("5", "Value of numeric must be an array."),
        ("[]", "Invalid member in numeric match: ]"),
        ("[1]", "Invalid member in numeric match: 1"),
        (r#"["=="]"#, "Unrecognized numeric range operator: =="),
        (r#"["=", "5"]"#, "Value of equals must be numeric"),
        (r#"["<"]"#, "Value of < must be numeric"),
        (r#"[">", 0, "<"]"#, "Value of < must be numeric"),
        (r#"[">", 0, ">", 0]"#, "Bad numeric range operator: >"),
        (r#"[">", 0, 1, 2]"#, "Bad value in numeric range: 1"),
        (r#"["=", 1, "<", 2]"#, "Too many elements in numeric expression"),
        (r#"["<", 1, ">", 0]"#, "Too many elements in numeric expression"),
        (r#"[">", 0, "<", 5, 6]"#, "Too many terms in numeric range expression"),
        (r#"[">", 5, "<", 5.0]"#, "Bottom must be less than top"),
        (r#"[">", 9007199254740993]"#, "Cannot compare number : 9007199254740993"),
        (r#"[">", 0.10000000000000000001]"#, "Cannot compare number : 0.10000000000000000001"),
        (r#"[">", 1e1, "<", 10]"#, "Bottom must be less than top"),
    ];
    for (operand, reason) in cases {
        let error = error(&format!(r#"{{"x": [{{"numeric": {operand}}}]}}"#));
        assert_eq!(error.reason().to_string(), reason, "{operand}");
    }
}

#[test]
fn a_malformed_cidr_is_refused() {
    let cases = [
        (r#"["bad-type"]"#, "prefix match pattern must be a string"),
        (r#""10.0.0.0""#, "Malformed CIDR, one '/' required"),
        (r#""10.0.0.0/8/8""#, "Malformed CIDR, one '/' required"),
        (r#""10.0.0.0/xx""#, "Malformed CIDR, mask bits must be an integer"),
        (r#""10.0.0.0/-1""#, "Malformed CIDR, mask bits must not be negative"),
        (r#""xx.11.xx/8""#, "Nonstandard IP address: xx.11.xx"),
        (r#""xxxx:db8:1234:1a00::/64""#, "Nonstandard IP address: xxxx:db8:1234:1a00::"),
        (r#""10.0.0.0/32""#, "IPv4 mask bits must be < 32"),
        (r#""10.0.0.0/1000""#, "IPv4 mask bits must be < 32"),
        (r#""::1/128""#, "IPv6 mask bits must be < 128"),
    ];
    for (operand, reason) in cases {
        let error = error(&format!(r#"{{"x": [{{"cidr": {operand}}}]}}"#));
        assert_eq!(error.reason().to_string(), reason, "{operand}");
    }
}

#[test]
fn a_malformed_or_is_refused() {
    let cases = [
        (r#"{"$or": [{"a": [1]}]}"#, "There must have at least 2 Objects in $or relationship."),
        (r#"{"$or": [{"a": [1]}, 2]}"#, "Only JSON object is allowed in array of $or relationship."),
        (r#"{"$or": 1}"#, "It must be an Array followed with $or."),
        (
            r#"{"$or": [{"numeric": 123}, {"prefix": "abc"}]}"#,
            "numeric is Ruler reserved fieldName which cannot be used inside $or.",
        ),
        (
            r#"{"$or": [{"a": [1]}, {"b": {"cidr": [2]}}]}"#,
            "cidr is Ruler reserved fieldName which cannot be used inside $or.",
        ),
        (r#"{"$or": [{"a": [1]}, {}]}"#, "Empty objects are not allowed"),
        (r#"{"$or": [{"a": [1]}, {"b": []}]}"#, "Empty arrays are not allowed"),
    ];
    for (text, reason) in cases {
        assert_eq!(error(text).reason().to_string(), reason, "{text}");
    }
}

/// An error names the line and column of the part at fault, the field above it, and the bytes that it takes.
#[test]
fn an_error_names_the_place_of_the_mistake() {
    let text = "{\n  \"detail\": {\n    \"é\": [\"a\", {\"prefix\": 12}]\n  }\n}";
    let error = error(text);
    assert_eq!(
        error.to_string(),
        "event pattern is not valid: prefix match pattern must be a string, at detail.é, line 3, column 27"
    );
    assert_eq!(&text[error.span().start..error.span().end], "12");
}

#[test]
fn what_is_no_json_object_is_refused() {
    for text in
        ["", "this is no JSON", "{'a': [1]}", "{\"a\": [1]", "{\"a\": [1]} x", "{\"a\": [\"\u{0}\"]}", "{\"a\": [1],}"]
    {
        assert!(matches!(error(text).reason(), Reason::Json(_)), "{text:?}");
    }
    assert_eq!(
        error("{\"a\":\n  [1}").to_string(),
        "event pattern is not valid: expected `,` or `]`, line 2, column 5"
    );
    assert!(matches!(error(r#"{"a": ["\ud800"]}"#).reason(), Reason::Json(_)), "half a surrogate pair");
    for text in ["[]", "1", "null", r#""a""#] {
        assert_eq!(*error(text).reason(), Reason::NotAnObject, "{text}");
    }
    assert_eq!(*error("{}").reason(), Reason::EmptyObject);
}

/// A NUL that is escaped is a character like any other.
#[test]
fn an_escaped_nul_is_a_character_like_any_other() {
    let pattern = EventPattern::parse(r#"{"a": ["x\u0000y"]}"#).expect("a pattern");
    assert!(pattern.matches(&json!({"a": "x\0y"})));
    assert_eq!(pattern.to_string(), r#"{"a":["x\u0000y"]}"#);
}

#[test]
fn patterns_too_long_or_too_deep_are_refused() {
    assert_eq!(*error(&" ".repeat(10_000)).reason(), Reason::TooLong(10_000));
    let padded = format!("{{\"a\":[\"{}\"]}}", "é".repeat(MAX_CHARACTERS - 10));
    assert!(EventPattern::parse(&padded).is_ok(), "characters are counted, not bytes");
    let nested = |depth: usize| format!("{}[1]{}", "{\"a\":".repeat(depth), "}".repeat(depth));
    assert!(EventPattern::parse(&nested(MAX_DEPTH)).is_ok());
    assert_eq!(*error(&nested(MAX_DEPTH + 1)).reason(), Reason::TooDeep);
    assert_eq!(*error(&nested(500)).reason(), Reason::TooDeep);
    assert!(matches!(error(&"[".repeat(4_000)).reason(), Reason::Json(_)));
}

/// Forty `$or` of two would make a million million alternatives.
#[test]
fn too_many_alternatives_are_refused() {
    let fields: Vec<_> = (0..40).map(|at| format!(r#""f{at}":{{"$or":[{{"a":[1]}},{{"b":[2]}}]}}"#)).collect();
    assert_eq!(*error(&format!("{{{}}}", fields.join(","))).reason(), Reason::TooManyAlternatives);
    let nine = EventPattern::parse(&format!("{{{}}}", fields[..9].join(","))).expect("a pattern");
    assert_eq!(nine.alternatives().len(), 512);
    assert!(nine.alternatives().len() <= MAX_ALTERNATIVES);
}

/// Wildcards that are accepted are fast on the texts that are worst for them.
#[test]
fn wildcards_take_bounded_time() {
    let pattern = EventPattern::parse(r#"{"a": [{"wildcard": "*a*a*a*b"}]}"#).expect("a pattern");
    assert!(!pattern.matches(&json!({"a": "a".repeat(1_000_000)})));
    assert!(matches!(
        error(&format!(r#"{{"a":[{{"wildcard":"{}"}}]}}"#, "*a".repeat(2_000))).reason(),
        Reason::TooComplex
    ));
}

/// Arrays whose members match one by one but never together are answered without trying all combinations.
#[test]
fn arrays_take_bounded_time() {
    let names: Vec<String> = (0..20).map(|name| format!("f{name:02}")).collect();
    let item = |index: usize| -> Value {
        names.iter().enumerate().filter(|(at, _)| at % 2 == index % 2).map(|(_, name)| (name.clone(), 1)).collect()
    };
    let event = json!({"d": (0..2_000).map(item).collect::<Vec<_>>(), "e": (0..2_000).map(item).collect::<Vec<_>>()});
    let fields: Value = names.iter().map(|name| (name.clone(), json!([1]))).collect();
    let pattern = EventPattern::parse(&json!({"e": {"f00": [1]}, "d": fields}).to_string()).expect("a pattern");
    let explanation = pattern.explain(&event);
    assert!(!explanation.matched && explanation.alternatives[0].split_over_array);
}
