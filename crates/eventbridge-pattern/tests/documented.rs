//! The examples of the AWS pages and of event-ruler's README, and what LocalStack's tests found out on AWS.

use eventbridge_pattern::EventPattern;
use serde_json::{Value, json};

#[track_caller]
fn check(pattern: &Value, yes: &[Value], no: &[Value]) {
    let parsed = EventPattern::parse(&pattern.to_string()).unwrap_or_else(|error| panic!("{pattern}: {error}"));
    for event in yes {
        assert!(parsed.matches(event), "{pattern} should match {event}");
    }
    for event in no {
        assert!(!parsed.matches(event), "{pattern} should not match {event}");
    }
}

/// Checks a list at the field `x`: values that match and values that do not.
#[track_caller]
fn values(list: &Value, yes: &[Value], no: &[Value]) {
    let events = |values: &[Value]| values.iter().map(|value| json!({"x": value})).collect::<Vec<_>>();
    check(&json!({"x": list}), &events(yes), &events(no));
}

/// User guide, eb-event-patterns: an event from EC2 and the pattern for it.
#[test]
fn several_fields_must_all_match() {
    let pattern = json!({
        "source": ["aws.ec2"],
        "detail-type": ["EC2 Instance State-change Notification"],
        "detail": {"state": ["terminated"]}
    });
    let event = |source, state| {
        json!({
            "source": source, "detail-type": "EC2 Instance State-change Notification", "region": "us-west-1",
            "resources": ["arn:aws:ec2:us-west-1:123456789012:instance/i-1"], "detail": {"state": state}
        })
    };
    let no = [event("aws.ec2", "running"), event("mine", "terminated"), json!({"source": "aws.ec2"}), json!("text")];
    check(&pattern, &[event("aws.ec2", "terminated")], &no);
}

/// User guide, eb-create-pattern: one of several values.
#[test]
fn one_of_several_values_must_match() {
    values(&json!(["aws.ec2", "aws.fargate"]), &[json!("aws.fargate")], &[json!("aws.ecs"), json!(null)]);
}

/// User guide, eb-event-patterns-arrays: the lists of pattern and event must have a value in common.
#[test]
fn an_array_of_an_event_matches_by_one_member() {
    let (one, other, group) = ("instance/i-1", "instance/i-2", "autoScalingGroup");
    values(&json!([one, other]), &[json!([group, one])], &[json!([group]), json!([])]);
}

/// User guide, eb-event-patterns-null-values: null, the empty string and a missing field are three things.
#[test]
fn null_and_empty_and_missing_are_three_things() {
    values(&json!([null]), &[json!(null), json!([null])], &[json!(""), json!("null"), json!([]), json!({})]);
    values(&json!([""]), &[json!("")], &[json!(null), json!([])]);
    check(&json!({"x": [null]}), &[], &[json!({"y": null})]);
}

/// LocalStack `boolean`, `key_case_sensitive_NEG`, `nested_json_NEG`.
#[test]
fn types_and_names_are_exact() {
    values(&json!([true]), &[json!(true)], &[json!(false), json!("true"), json!(1)]);
    check(&json!({"x": ["a"]}), &[], &[json!({"X": "a"}), json!({"x": "A"})]);
    check(&json!({"detail": {"x": ["a"]}}), &[], &[json!({"detail": "{\"x\": \"a\"}"})]);
}

/// LocalStack `number_comparison_float` and `numeric-int-float`: on AWS 300 matches 300.0, whatever eb-create-pattern
/// says of numbers being compared as text.
#[test]
fn numbers_are_compared_by_value() {
    for list in ["[300]", "[300.0]", "[3e2]", "[3.0E+2]", r#"[{"numeric": ["=", 3.0e2]}]"#] {
        let pattern = EventPattern::parse(&format!("{{\"x\": {list}}}")).expect("a pattern");
        for event in ["300", "300.0", "3e2", "0.3e3"] {
            let event: Value = serde_json::from_str(&format!("{{\"x\": {event}}}")).expect("an event");
            assert!(pattern.matches(&event), "{list} on {event}");
        }
        assert!(!pattern.matches(&json!({"x": "300"})), "{list} on a text");
        assert!(!pattern.matches(&json!({"x": 300.000_001})), "{list} on a number close by");
    }
    values(&json!([123_456_789_012_u64]), &[json!(123_456_789_012_u64)], &[json!(123_456_789_013_u64)]);
}

/// User guide, eb-create-pattern-operators: prefix and suffix, in either case or not.
#[test]
fn a_prefix_and_a_suffix_match_the_ends_of_text_alone() {
    values(&json!([{"prefix": "2017-10-02"}]), &[json!("2017-10-02T18:43:48Z")], &[json!("2017-10-03"), json!(2017)]);
    values(&json!([{"prefix": ""}]), &[json!(""), json!("a")], &[json!(1), json!(null)]);
    let ignoring = json!([{"prefix": {"equals-ignore-case": "EventB"}}]);
    values(&ignoring, &[json!("EVENTBridge"), json!("eventb")], &[json!("event"), json!("xeventb")]);
    values(&json!([{"suffix": ".png"}]), &[json!("a.png"), json!(".png")], &[json!("a.PNG"), json!("png")]);
    let ignoring = json!([{"suffix": {"equals-ignore-case": ".png"}}]);
    values(&ignoring, &[json!("a.PNG"), json!("b.Png")], &[json!("a.pn"), json!(["x"])]);
}

/// User guide, eb-create-pattern-operators: equals-ignore-case; LocalStack `content_ignorecase_empty`.
#[test]
fn equals_ignore_case_matches_the_whole_text_in_any_case() {
    values(&json!([{"equals-ignore-case": "alice"}]), &[json!("Alice"), json!("ALICE")], &[json!("Alicea"), json!(1)]);
    values(&json!([{"equals-ignore-case": ""}]), &[json!("")], &[json!("a"), json!(null)]);
}

/// User guide, eb-create-pattern-operators: wildcard.
#[test]
fn an_asterisk_matches_any_characters_of_text() {
    let list = json!([{"wildcard": "dir/*.png"}]);
    values(
        &list,
        &[json!("dir/a.png"), json!("dir/.png"), json!("dir/b/c.png")],
        &[json!("dir/a.gif"), json!("a.png")],
    );
    values(&json!([{"wildcard": "*"}]), &[json!(""), json!("a")], &[json!(1), json!(true), json!(null)]);
    let arn = "arn:aws:events:us-east-1:123456789012:event-bus/mine";
    values(&json!([{"wildcard": "arn:aws:events:us-east-1:*:event-bus/*"}]), &[json!(arn)], &[json!("arn:aws:events")]);
}

/// User guide, eb-create-pattern-operators: every form of anything-but.
#[test]
fn anything_but_matches_what_it_does_not_name() {
    let running = [json!("running")];
    values(&json!([{"anything-but": "initializing"}]), &running, &[json!("initializing")]);
    values(&json!([{"anything-but": ["stopped", "overloaded"]}]), &running, &[json!("stopped"), json!("overloaded")]);
    values(&json!([{"anything-but": 123}]), &[json!(124), json!("123")], &[json!(123), json!(123.0)]);
    values(&json!([{"anything-but": [100, 200, 300]}]), &[json!(400)], &[json!(100), json!(3e2)]);
    values(&json!([{"anything-but": {"prefix": "init"}}]), &running, &[json!("initializing"), json!("init")]);
    values(&json!([{"anything-but": {"prefix": ["init", "error"]}}]), &running, &[json!("error1"), json!("init")]);
    values(&json!([{"anything-but": {"suffix": ".png"}}]), &[json!("a.PNG")], &[json!("a.png")]);
    values(&json!([{"anything-but": {"suffix": [".png", ".rar"]}}]), &[json!("a.txt")], &[json!("a.rar")]);
    values(&json!([{"anything-but": {"equals-ignore-case": "Init"}}]), &running, &[json!("INIT"), json!("init")]);
    values(&json!([{"anything-but": {"equals-ignore-case": ["a", "b"]}}]), &running, &[json!("A"), json!("b")]);
    values(&json!([{"anything-but": {"wildcard": "*/lib/*"}}]), &[json!("/bin/x")], &[json!("/usr/lib/x")]);
    values(&json!([{"anything-but": {"wildcard": ["*/lib/*", "*.bin"]}}]), &[json!("/x")], &[json!("a.bin")]);
}

/// LocalStack `content_anything_but_string_null`, `…_prefix_int_value`, `…_wildcard_empty`, `…_missing_NEG`: what is of
/// another type is something else, what is missing is not.
#[test]
fn anything_but_matches_other_types_and_nothing_missing() {
    let others = [json!(null), json!(12), json!(true), json!(["a", 1])];
    for excluded in [json!("a"), json!({"prefix": "a"}), json!({"suffix": "a"}), json!({"wildcard": "a*"})] {
        let list = json!([{"anything-but": excluded}]);
        values(&list, &others, &[json!("a"), json!([]), json!({})]);
        check(&json!({"x": list}), &[], &[json!({})]);
    }
    values(&json!([{"anything-but": {"wildcard": ""}}]), &[json!("dir/file")], &[json!("")]);
}

/// User guide, eb-create-pattern-operators: numeric; LocalStack `numeric-string_NEG` and `numeric-null_NEG`.
#[test]
fn numeric_compares_numbers_and_nothing_else() {
    values(&json!([{"numeric": [">", 0, "<=", 5]}]), &[json!(0.5), json!(5)], &[json!(0), json!(5.1), json!("3")]);
    values(
        &json!([{"numeric": ["<", 10]}]),
        &[json!(9.999_999_9), json!(-6e9)],
        &[json!(10), json!(null), json!(-1e16)],
    );
    values(&json!([{"numeric": [">=", 10]}]), &[json!(10), json!(9_007_199_254_740_992_u64)], &[json!(9)]);
    values(&json!([{"numeric": [">", 10]}]), &[json!(11)], &[json!(10)]);
    values(&json!([{"numeric": ["<=", 10]}]), &[json!(10)], &[json!(11)]);
    values(&json!([{"numeric": ["=", 3.018e2]}]), &[json!(301.8)], &[json!(301.9)]);
}

/// User guide, eb-create-pattern-operators, "Numeric matching": doubles, exact up to 2⁵³, and no numbers beyond.
#[test]
fn numbers_beyond_the_range_are_no_numbers() {
    let most = 9_007_199_254_740_992_u64;
    values(&json!([{"numeric": [">", 0]}]), &[json!(most), json!(5e-324)], &[json!(most + 1), json!(u64::MAX)]);
    values(&json!([{"numeric": ["<", 0]}]), &[json!(-9_007_199_254_740_992_i64)], &[json!(i64::MIN)]);
    values(&json!([{"numeric": [">", 1e-7, "<", 2E+10]}]), &[json!(1.5e-7), json!(19_999_999_999_u64)], &[json!(2e10)]);
    values(&json!([{"anything-but": 6e9}]), &[json!(6_000_000_001_u64)], &[json!(6_000_000_000_u64)]);
}

/// User guide, eb-create-pattern-operators: cidr; event-ruler's `CIDR` for the lower end and for equal addresses.
#[test]
fn cidr_matches_the_addresses_of_its_range() {
    values(&json!([{"cidr": "10.0.0.0/24"}]), &[json!("10.0.0.255")], &[json!("10.0.1.0"), json!("x"), json!("::1")]);
    values(&json!([{"cidr": "10.0.0.9/24"}]), &[json!("10.0.0.1")], &[json!("10.0.1.9")]);
    values(&json!([{"cidr": "2001:db8::/32"}]), &[json!("2001:DB8:1::1")], &[json!("2001:db9::1"), json!("10.0.0.1")]);
    values(&json!([{"cidr": "10.0.0.0/24"}]), &[], &[json!("aws.amazon.com"), json!("AWS Internal"), json!(10)]);
    values(&json!(["2001:db8::1"]), &[json!("2001:0db8:0:0::1")], &[json!("2001:db8::2")]);
    values(&json!([{"exactly": "2001:db8::1"}]), &[json!("2001:db8::1")], &[json!("2001:0db8:0:0::1")]);
}

/// User guide, eb-create-pattern-operators: exists works on leaves alone; LocalStack `exists_list_empty`.
#[test]
fn exists_looks_at_leaves_alone() {
    let missing = json!({"detail": {"c-count": [{"exists": false}]}});
    let yes = [
        json!({"detail": {"state": "on"}}),
        json!({"detail": {"c-count": {"c1": 100}}}),
        json!({"detail": {"c-count": []}}),
    ];
    check(&missing, &yes, &[json!({"detail": {"c-count": null}}), json!({"detail": {"c-count": [1]}})]);
    values(&json!([{"exists": true}]), &[json!(null), json!(""), json!([0])], &[json!({}), json!([]), json!({"y": 1})]);
    values(&json!([{"exists": false}, "a"]), &[json!("a"), json!({})], &[json!("b")]);
}

/// User guide, eb-create-pattern-operators: the pattern with everything in it.
#[test]
fn a_pattern_with_several_operators_needs_all_of_them() {
    let pattern = json!({
        "time": [{"prefix": "2017-10-02"}],
        "detail": {
            "state": [{"anything-but": "initializing"}],
            "c-count": [{"numeric": [">", 0, "<=", 5]}],
            "d-count": [{"numeric": ["<", 10]}],
            "x-limit": [{"anything-but": [100, 200, 300]}]
        }
    });
    let event = |limit| json!({"time": "2017-10-02T00:00:00Z", "detail": {"state": "on", "c-count": 5, "d-count": 5, "x-limit": limit}});
    check(&pattern, &[event(400)], &[event(200)]);
}

/// README of event-ruler, "And and Or With Ruler": alone, beside other fields, below a field, within itself.
#[test]
fn or_needs_one_of_its_objects() {
    let metric = json!([{"metricName": ["CPU", "Latency"]}, {"type": ["T"], "namespace": ["EC2"]}, {"scope": ["S"]}]);
    let pattern = json!({"source": ["cw"], "$or": metric});
    let yes = [
        json!({"source": "cw", "metricName": "CPU"}),
        json!({"source": "cw", "type": "T", "namespace": "EC2"}),
        json!({"source": "cw", "scope": "S", "metricName": "none"}),
    ];
    check(&pattern, &yes, &[json!({"source": "cw", "type": "T"}), json!({"scope": "S"}), json!({"source": "cw"})]);
    let nested = json!({"$or": [
        {"a": [1]},
        {"b": [2], "d": {"$or": [{"c": [{"numeric": ["<", 3]}]}, {"e": [{"exists": false}], "f": [0]}]}}
    ]});
    let yes = [json!({"a": 1}), json!({"b": 2, "d": {"c": 2}}), json!({"b": 2, "d": {"f": 0}})];
    check(&nested, &yes, &[json!({"b": 2}), json!({"b": 2, "d": {"e": 1, "f": 0}}), json!({"d": {"c": 2}})]);
}

/// README of event-ruler, "The backward compatibility of using $or": without two objects in a list it is a name.
#[test]
fn or_without_two_objects_in_a_list_is_a_name() {
    check(&json!({"$or": {"a": ["x"]}}), &[json!({"$or": {"a": "x"}})], &[json!({"a": "x"})]);
    check(&json!({"$or": ["x"]}), &[json!({"$or": "x"})], &[json!({})]);
    check(&json!({"$or": [{"prefix": "a"}, {"suffix": "b"}]}), &[json!({"$or": "ax"})], &[json!({"prefix": "a"})]);
}

/// README of event-ruler, "JSON Array Matching", and its `correctness-cases.json`.
#[test]
fn fields_of_one_pattern_object_match_within_one_member_of_an_array() {
    let people = json!({"employees": [
        {"firstName": "John", "lastName": "Doe"}, {"firstName": "Anna", "lastName": "Smith"},
        {"firstName": "Peter", "lastName": "Jones"}
    ]});
    let names = |first, last| json!({"employees": {"firstName": [first], "lastName": [last]}});
    check(&json!({"employees": {"firstName": ["Anna"]}}), std::slice::from_ref(&people), &[]);
    check(&names("Anna", "Smith"), std::slice::from_ref(&people), &[]);
    check(&names("Anna", "Jones"), &[], std::slice::from_ref(&people));
    let nested = json!({"u": {"t": {"k": ["color"], "v": ["blue"]}}});
    let yes =
        [json!({"u": [{"t": [{"k": "color", "v": "blue"}]}]}), json!({"u": [[{"t": {"k": "color", "v": "blue"}}]]})];
    check(&nested, &yes, &[json!({"u": [{"t": [{"k": "color"}, {"v": "blue"}]}]})]);
    let absent = json!({"d": {"a": [1], "b": [{"exists": false}]}});
    check(&absent, &[json!({"d": [{"a": 1}, {"a": 2, "b": 3}]})], &[json!({"d": [{"a": 1, "b": 3}]})]);
    check(&json!({"x": {"y": ["b"], "z": ["1"]}}), &[json!({"x": {"y": ["a", "b"], "z": "1"}})], &[]);
}

/// User guide, eb-create-pattern: dots in names and between names are the same, in patterns and in events.
#[test]
fn dots_in_names_and_between_names_are_the_same() {
    let events = [json!({"detail": {"state": {"status": "running"}}}), json!({"detail": {"state.status": "running"}})];
    check(&json!({"detail": {"state": {"status": ["running"]}}}), &events, &[]);
    check(&json!({"detail": {"state.status": ["running"]}}), &events, &[json!({"detail": {"state": "running"}})]);
}

/// User guide, eb-create-pattern: of fields given twice EventBridge uses the last.
#[test]
fn of_equal_names_the_last_is_used() {
    let text = r#"{"source": ["aws.s3"], "source": ["aws.sns"], "detail": {"a": ["b"], "a": ["c"]}}"#;
    let pattern = EventPattern::parse(text).expect("a pattern");
    assert!(pattern.matches(&json!({"source": "aws.sns", "detail": {"a": "c"}})));
    assert!(!pattern.matches(&json!({"source": "aws.s3", "detail": {"a": "c"}})));
    assert_eq!(pattern.overridden().iter().collect::<Vec<_>>(), ["detail.a", "source"]);
}

/// What a lint of rules for root activity asks: the detail-type of console sign-ins is spelt with a space, although
/// the user guide's page eb-service-event-cloudtrail spells it without.
#[test]
fn a_rule_admits_the_detail_types_that_it_spells_right() {
    let sign_in = Value::from("AWS Console Sign In via CloudTrail");
    let rule = |types: &[&str]| {
        let pattern = json!({"detail-type": types, "detail": {"userIdentity": {"type": ["Root"]}}});
        EventPattern::parse(&pattern.to_string()).expect("a pattern")
    };
    assert!(
        rule(&["AWS API Call via CloudTrail", "AWS Console Sign In via CloudTrail"]).admits("detail-type", &sign_in)
    );
    assert!(!rule(&["AWS API Call via CloudTrail"]).admits("detail-type", &sign_in));
    let misspelt = rule(&["AWS Console Signin via CloudTrail"]);
    assert!(!misspelt.admits("detail-type", &sign_in));
    let field = misspelt.alternatives()[0].field("detail-type").expect("the field");
    assert_eq!(field.to_string(), r#"["AWS Console Signin via CloudTrail"]"#);
    let without = EventPattern::parse(r#"{"detail": {"userIdentity": {"type": ["Root"]}}}"#).expect("a pattern");
    assert!(without.admits("detail-type", &sign_in));
    assert!(without.alternatives()[0].field("detail-type").is_none());
}
