//! Random patterns and events, drawn from few names and values so that they meet often.

use std::fmt;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

/// A random pattern: the members of an object, in the order in which they are written.
pub(crate) type Members = Vec<(String, Node)>;

/// What stands after a name in a random pattern.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    List(Vec<Test>),
    Object(Members),
    Or(Vec<Members>),
}

/// A member of a list in a random pattern.
#[derive(Debug, Clone)]
pub(crate) enum Test {
    Exact(Value),
    Prefix(String),
    PrefixIgnoreCase(String),
    Suffix(String),
    SuffixIgnoreCase(String),
    EqualsIgnoreCase(String),
    Wildcard(String),
    AnythingBut(Vec<Value>),
    AnythingButPrefix(Vec<String>),
    AnythingButSuffix(Vec<String>),
    AnythingButIgnoreCase(Vec<String>),
    AnythingButWildcard(Vec<String>),
    Numeric(&'static str, i32),
    Between(&'static str, i32, &'static str, i32),
    Cidr(&'static str, u32),
    Exists(bool),
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = match self {
            Self::Exact(value) => value.clone(),
            Self::Prefix(text) => json!({"prefix": text}),
            Self::PrefixIgnoreCase(text) => json!({"prefix": {"equals-ignore-case": text}}),
            Self::Suffix(text) => json!({"suffix": text}),
            Self::SuffixIgnoreCase(text) => json!({"suffix": {"equals-ignore-case": text}}),
            Self::EqualsIgnoreCase(text) => json!({"equals-ignore-case": text}),
            Self::Wildcard(text) => json!({"wildcard": text}),
            Self::AnythingBut(values) => json!({"anything-but": values}),
            Self::AnythingButPrefix(texts) => json!({"anything-but": {"prefix": texts}}),
            Self::AnythingButSuffix(texts) => json!({"anything-but": {"suffix": texts}}),
            Self::AnythingButIgnoreCase(texts) => json!({"anything-but": {"equals-ignore-case": texts}}),
            Self::AnythingButWildcard(texts) => json!({"anything-but": {"wildcard": texts}}),
            Self::Numeric(sign, limit) => json!({"numeric": [sign, limit]}),
            Self::Between(low, bottom, high, top) => json!({"numeric": [low, bottom, high, top]}),
            Self::Cidr(base, bits) => json!({"cidr": format!("{base}/{bits}")}),
            Self::Exists(wanted) => json!({"exists": wanted}),
        };
        write!(f, "{json}")
    }
}

/// Returns the text of a pattern.
pub(crate) fn text(members: &Members) -> String {
    let member = |(name, node): &(String, Node)| match node {
        Node::List(tests) => {
            format!("{}: [{}]", json!(name), tests.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
        }
        Node::Object(inner) => format!("{}: {}", json!(name), text(inner)),
        Node::Or(blocks) => format!("\"$or\": [{}]", blocks.iter().map(text).collect::<Vec<_>>().join(", ")),
    };
    format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(", "))
}

/// Names of fields.
pub(crate) const PLAIN_NAMES: &[&str] = &["a", "b", "c", "b-a"];

/// Names of fields; the one with a dot can also be reached by two names.
pub(crate) const NAMES: &[&str] = &["a", "a", "b", "b", "c", "a.b", "b-a"];

const TEXTS: [&str; 11] = ["", "a", "A", "ab", "aB", "aab", "aba", "b", "a*", "10.0.0.1", "::1"];

const PARTS: [&str; 5] = ["a", "A", "b", "ab", "10."];

const WILDCARDS: [&str; 8] = ["", "*", "a*", "*b", "*a*", "a*a", "a*b*a", "a\\*"];

const NETS: [(&str, u32); 4] = [("10.0.0.0", 8), ("10.0.0.1", 31), ("11.0.0.0", 8), ("::", 64)];

fn name(names: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(names).prop_map(str::to_owned)
}

fn texts(from: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    vec(select(from).prop_map(str::to_owned), 1..3)
}

fn one_of(from: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(from).prop_map(str::to_owned)
}

fn number() -> impl Strategy<Value = Value> {
    select(vec![
        json!(0),
        json!(1),
        json!(1.0),
        json!(1.5),
        json!(-2),
        json!(300),
        json!(300.0),
        json!(123_456_789_012_u64),
        json!(9_007_199_254_740_992_u64),
        json!(9_007_199_254_740_993_u64),
    ])
}

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => select(&TEXTS[..]).prop_map(Value::from),
        3 => number(),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ]
}

/// Returns tests that this crate and quamina both know, with the same meaning in both.
fn shared_test() -> BoxedStrategy<Test> {
    prop_oneof![
        4 => select(&TEXTS[..9]).prop_map(|text| Test::Exact(text.into())),
        1 => prop_oneof![any::<bool>().prop_map(Value::from), Just(Value::Null)].prop_map(Test::Exact),
        1 => one_of(&PARTS).prop_map(Test::Prefix),
        1 => one_of(&PARTS).prop_map(Test::Suffix),
        1 => one_of(&TEXTS[1..9]).prop_map(Test::EqualsIgnoreCase),
        1 => one_of(&WILDCARDS[1..]).prop_map(Test::Wildcard),
        1 => texts(&TEXTS[1..9]).prop_map(|texts| Test::AnythingBut(texts.into_iter().map(Value::from).collect())),
    ]
    .boxed()
}

/// Returns lists that this crate and quamina both know; quamina wants `exists` alone in its list,
/// and does not find every field missing that is.
pub(crate) fn shared_list() -> BoxedStrategy<Vec<Test>> {
    prop_oneof![
        5 => vec(shared_test(), 1..4),
        1 => Just(vec![Test::Exists(true)]),
    ]
    .boxed()
}

/// Returns lists of tests of every kind.
pub(crate) fn any_list() -> BoxedStrategy<Vec<Test>> {
    vec(any_test(), 1..4).boxed()
}

fn any_test() -> BoxedStrategy<Test> {
    let comparison = select(vec!["=", "<", "<=", ">", ">="]);
    let between = (select(vec![">", ">="]), -3..2, select(vec!["<", "<="]), 2..400);
    prop_oneof![
        4 => leaf().prop_map(Test::Exact),
        4 => shared_test(),
        1 => one_of(&PARTS).prop_map(Test::PrefixIgnoreCase),
        1 => one_of(&PARTS).prop_map(Test::SuffixIgnoreCase),
        1 => one_of(&WILDCARDS).prop_map(Test::Wildcard),
        1 => vec(select(vec![json!(0), json!(1), json!(300.0)]), 1..3).prop_map(Test::AnythingBut),
        1 => texts(&PARTS).prop_map(Test::AnythingButPrefix),
        1 => texts(&PARTS).prop_map(Test::AnythingButSuffix),
        1 => texts(&TEXTS).prop_map(Test::AnythingButIgnoreCase),
        1 => texts(&WILDCARDS[1..]).prop_map(Test::AnythingButWildcard),
        1 => (comparison, -3..301).prop_map(|(sign, limit)| Test::Numeric(sign, limit)),
        1 => between.prop_map(|(low, bottom, high, top)| Test::Between(low, bottom, high, top)),
        2 => select(&NETS[..]).prop_map(|(base, bits)| Test::Cidr(base, bits)),
        2 => any::<bool>().prop_map(Test::Exists),
    ]
    .boxed()
}

/// Returns patterns made of such lists, of these names and maybe of `$or`; names come twice now and then.
pub(crate) fn pattern(
    list: BoxedStrategy<Vec<Test>>,
    names: &'static [&'static str],
    with_or: bool,
) -> impl Strategy<Value = Members> {
    let members = move |node: BoxedStrategy<Node>| vec((name(names), node), 1..3);
    let node = list.prop_map(Node::List).boxed().prop_recursive(2, 6, 2, move |node| {
        let object = members(node.clone()).prop_map(Node::Object).boxed();
        let or = vec(members(node), 2..4).prop_map(Node::Or);
        if with_or { prop_oneof![2 => object, 1 => or].boxed() } else { object }
    });
    vec((name(names), node), 1..4)
}

/// Returns events with these names, arrays within arrays included.
pub(crate) fn event(names: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let value = leaf().prop_recursive(3, 16, 4, move |value| {
        prop_oneof![
            3 => vec((name(names), value.clone()), 1..5).prop_map(object),
            2 => vec(value, 0..5).prop_map(Value::Array),
        ]
    });
    vec((name(names), value), 3..8).prop_map(object)
}

fn object(members: Vec<(String, Value)>) -> Value {
    Value::Object(members.into_iter().collect::<Map<_, _>>())
}
