//! A second evaluator, written for being evidently right and for nothing else: it lists every value of the event with
//! its path, lists every alternative of the pattern, and tries every choice.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde_json::Value;

use crate::generate::{Members, Node, Test};

/// The members of arrays that a value is in: array (by its number in the event) to member.
type Places = BTreeMap<usize, usize>;

/// A value of an event, with its path and its places.
struct Leaf<'v> {
    path: String,
    places: Places,
    value: &'v Value,
}

/// Returns whether an event matches a pattern.
pub(crate) fn matches(pattern: &Members, event: &Value) -> bool {
    let mut leaves = Vec::new();
    list_leaves(event, "", &Places::new(), &mut 0, &mut leaves);
    alternatives(pattern).iter().any(|fields| {
        let fields: Vec<_> = fields.iter().collect();
        choose(&fields, &leaves, &Places::new())
    })
}

fn list_leaves<'v>(value: &'v Value, path: &str, places: &Places, arrays: &mut usize, leaves: &mut Vec<Leaf<'v>>) {
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                list_leaves(inner, &path, places, arrays, leaves);
            }
        }
        Value::Array(items) => {
            *arrays += 1;
            let array = *arrays;
            for (index, item) in items.iter().enumerate() {
                let mut places = places.clone();
                if item.is_object() || item.is_array() {
                    places.insert(array, index);
                }
                list_leaves(item, path, &places, arrays, leaves);
            }
        }
        _ => leaves.push(Leaf { path: path.to_owned(), places: places.clone(), value }),
    }
}

/// Returns the alternatives of a pattern: for each, the tests by path.
fn alternatives(pattern: &Members) -> Vec<BTreeMap<String, Vec<Test>>> {
    let mut all = vec![BTreeMap::new()];
    add(pattern, "", &mut all);
    all
}

fn add(members: &Members, path: &str, all: &mut Vec<BTreeMap<String, Vec<Test>>>) {
    for (name, node) in members {
        let inner = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match node {
            Node::List(tests) => {
                for fields in all.iter_mut() {
                    fields.insert(inner.clone(), tests.clone());
                }
            }
            Node::Object(members) => add(members, &inner, all),
            Node::Or(blocks) => {
                let before = std::mem::take(all);
                for block in blocks {
                    let mut branch = before.clone();
                    add(block, path, &mut branch);
                    all.extend(branch);
                }
            }
        }
    }
}

fn choose(fields: &[(&String, &Vec<Test>)], leaves: &[Leaf<'_>], chosen: &Places) -> bool {
    let Some(((path, tests), rest)) = fields.split_first() else { return true };
    let agrees = |leaf: &&Leaf<'_>| {
        leaf.path == **path && leaf.places.iter().all(|(array, index)| chosen.get(array).is_none_or(|it| it == index))
    };
    let candidates: Vec<_> = leaves.iter().filter(agrees).collect();
    let absent = candidates.is_empty() && tests.iter().any(|test| matches!(test, Test::Exists(false)));
    (absent && choose(rest, leaves, chosen))
        || candidates.into_iter().filter(|leaf| tests.iter().any(|test| holds(test, leaf.value))).any(|leaf| {
            let mut chosen = chosen.clone();
            chosen.extend(&leaf.places);
            choose(rest, leaves, &chosen)
        })
}

fn holds(wanted: &Test, value: &Value) -> bool {
    let text = value.as_str();
    let lower = text.map(str::to_lowercase);
    let begins = |part: &String| text.is_some_and(|text| text.starts_with(part));
    let ends = |part: &String| text.is_some_and(|text| text.ends_with(part));
    let is = |other: &String| lower.as_ref() == Some(&other.to_lowercase());
    let fits = |wildcard: &String| text.is_some_and(|text| fits(wildcard.as_bytes(), text.as_bytes()));
    match wanted {
        Test::Exact(other) => equal(other, value),
        Test::Prefix(part) => begins(part),
        Test::PrefixIgnoreCase(part) => lower.is_some_and(|text| text.starts_with(&part.to_lowercase())),
        Test::Suffix(part) => ends(part),
        Test::SuffixIgnoreCase(part) => lower.is_some_and(|text| text.ends_with(&part.to_lowercase())),
        Test::EqualsIgnoreCase(other) => is(other),
        Test::Wildcard(wildcard) => fits(wildcard),
        Test::AnythingBut(values) => !values.iter().any(|other| equal_strictly(other, value)),
        Test::AnythingButPrefix(parts) => !parts.iter().any(begins),
        Test::AnythingButSuffix(parts) => !parts.iter().any(ends),
        Test::AnythingButIgnoreCase(others) => !others.iter().any(is),
        Test::AnythingButWildcard(wildcards) => !wildcards.iter().any(fits),
        Test::Numeric(sign, limit) => compare(value, sign, *limit),
        Test::Between(low, bottom, high, top) => compare(value, low, *bottom) && compare(value, high, *top),
        Test::Cidr(base, bits) => text.is_some_and(|text| in_net(text, base, *bits)),
        Test::Exists(present) => *present,
    }
}

/// Returns whether values are equal; two strings that are addresses are equal if the addresses are.
fn equal(wanted: &Value, found: &Value) -> bool {
    let address = |value: &Value| value.as_str().and_then(|text| text.parse::<IpAddr>().ok());
    equal_strictly(wanted, found) || (address(wanted).is_some() && address(wanted) == address(found))
}

/// Returns whether values are equal; the random numbers that are not whole have few enough digits to be exact in binary.
fn equal_strictly(wanted: &Value, found: &Value) -> bool {
    match (wanted.as_f64(), found.as_f64()) {
        (Some(one), Some(other)) => wanted == found || (one.abs() < 1e15 && (one - other).abs() < 1e-9),
        _ => wanted == found,
    }
}

/// Returns whether a comparison holds; EventBridge takes nothing beyond two to the 53rd for a number.
fn compare(value: &Value, sign: &str, limit: i32) -> bool {
    let Some(found) = value.as_f64().filter(|_| value.as_u64().is_none_or(|found| found <= 1 << 53)) else {
        return false;
    };
    let limit = f64::from(limit);
    match sign {
        "=" => (found - limit).abs() < 1e-9,
        "<" => found < limit,
        "<=" => found <= limit,
        ">" => found > limit,
        _ => found >= limit,
    }
}

fn in_net(text: &str, base: &str, bits: u32) -> bool {
    match (text.parse(), base.parse()) {
        (Ok(IpAddr::V4(text)), Ok(IpAddr::V4(base))) => text.to_bits() >> (32 - bits) == base.to_bits() >> (32 - bits),
        (Ok(IpAddr::V6(text)), Ok(IpAddr::V6(base))) => {
            text.to_bits() >> (128 - bits) == base.to_bits() >> (128 - bits)
        }
        _ => false,
    }
}

fn fits(wildcard: &[u8], text: &[u8]) -> bool {
    match wildcard {
        [] => text.is_empty(),
        [b'*', rest @ ..] => (0..=text.len()).any(|skipped| text.get(skipped..).is_some_and(|text| fits(rest, text))),
        [b'\\', escaped, rest @ ..] => {
            matches!(text.split_first(), Some((first, text)) if first == escaped && fits(rest, text))
        }
        [character, rest @ ..] => {
            matches!(text.split_first(), Some((first, text)) if first == character && fits(rest, text))
        }
    }
}
