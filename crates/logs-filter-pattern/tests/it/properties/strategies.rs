//! Random JSON patterns and events over few keys and values, so that they often meet.

use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::model::{Check, KnownRegex, Model, Segment};

const KEYS: [&str; 4] = ["a", "b", "c", "d.e"];

const TEXTS: [&str; 27] = [
    "x", "ab", "a*", "*b", "*a*", "a*b", "*", "", "null", "true", "1", "1.0", "1.5", "10", "01", r#"q\"r"#, "*ab",
    "*a*b", "a**", "*0", "1*", "nu*", "1.50", "é*", r"a\*b", r"*\x", r"\*",
];

const NUMBERS: [&str; 9] = ["1", "1.0", "1.5", "10", "-2", "1e1", "01", "9007199254740992", "+1"];

const REGEXES: [KnownRegex; 5] = [
    KnownRegex { raw: "^a", matches: |value| value.starts_with('a') },
    KnownRegex { raw: "b$", matches: |value| value.ends_with('b') },
    KnownRegex { raw: r"\d", matches: |value| value.contains(|c: char| c.is_ascii_digit()) },
    KnownRegex { raw: "^[^a-z]*$", matches: |value| !value.contains(|c: char| c.is_ascii_lowercase()) },
    KnownRegex { raw: "ab|x", matches: |value| value.contains("ab") || value.contains('x') },
];

/// A pattern of a few conditions, with at most three wildcards and two regular expressions.
pub(crate) fn pattern() -> impl Strategy<Value = Model> {
    let leaf = (path(), check()).prop_map(|(path, check)| Model::Leaf(path, check));
    let nested = leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Model::And),
            prop::collection::vec(inner, 1..4).prop_map(Model::Or),
        ]
    });
    nested.prop_filter("over a quota", |model| {
        let text = model.to_string();
        text.matches("[*]").count() + text.matches(".*").count() <= 3
            && text.matches('%').count() <= 4
            && text.len() < 900
    })
}

fn path() -> impl Strategy<Value = Vec<Segment>> {
    let key = || select(&KEYS[..]).prop_map(Segment::Key);
    let plain = prop_oneof![3 => key(), 1 => (0..3_usize).prop_map(Segment::Index)];
    let wildcard = prop_oneof![Just(Segment::AnyKey), Just(Segment::AnyIndex)];
    (key(), prop::collection::vec(plain, 0..2), prop::option::weighted(0.2, wildcard), prop::option::of(key()))
        .prop_map(|(first, middle, wildcard, last)| {
            let last = if wildcard.is_some() { last } else { None };
            std::iter::once(first).chain(middle).chain(wildcard).chain(last).collect()
        })
}

fn check() -> impl Strategy<Value = Check> {
    let text = (any::<bool>(), select(&TEXTS[..])).prop_map(|(negated, raw)| Check::Text { negated, raw });
    let operator = select(&["=", "!=", "<", "<=", ">", ">="][..]);
    let number = (operator, select(&NUMBERS[..])).prop_map(|(operator, raw)| Check::Number { operator, raw });
    let regex = (any::<bool>(), select(&REGEXES[..])).prop_map(|(negated, regex)| Check::Regex { negated, regex });
    let is = select(&["NULL", "TRUE", "FALSE"][..]).prop_map(Check::Is);
    prop_oneof![6 => text, 5 => number, 2 => regex, 2 => is, 3 => Just(Check::NotExists),
        1 => Just(Check::LowerCaseNotExists)]
}

/// An object of few keys, or rarely another value.
pub(crate) fn event() -> impl Strategy<Value = Value> {
    prop_oneof![12 => object(value()), 1 => value()]
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(2, 8, 3, |inner| {
        prop_oneof![prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from), object(inner)]
    })
}

fn object(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    prop::collection::btree_map(select(&KEYS[..]), inner, 0..4)
        .prop_map(|map| map.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Value>())
}

fn scalar() -> impl Strategy<Value = Value> {
    let values = [
        json!(null),
        json!(true),
        json!(false),
        json!(1),
        json!(10),
        json!(1.5),
        json!(-2),
        json!(1.0),
        json!("x"),
        json!("ab"),
        json!("aab"),
        json!("abab"),
        json!("a*b"),
        json!("*"),
        json!(r"a\x"),
        json!("null"),
        json!("true"),
        json!("1"),
        json!("1.0"),
        json!("01"),
        json!("1.5"),
        json!("q\"r"),
        json!(r#"q\"r"#),
        json!(""),
        json!("été"),
        json!(9_007_199_254_740_993_u64),
        json!(1e300),
    ];
    select(values.to_vec())
}
