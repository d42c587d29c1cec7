//! Random terms, fields and lines, and naive evaluators for them.

use proptest::{prelude::*, sample::select};

use super::oracle::{Possible, text_equals};

/// A sign and a text without its quotes.
pub(crate) type Term = (&'static str, &'static str);

/// The fields before an ellipsis and, if there is one, those after it.
pub(crate) type Fields = (Vec<Field>, Option<Vec<Field>>);

/// A field without a condition, or with an operator and a value.
pub(crate) type Field = Option<(&'static str, &'static str)>;

pub(crate) fn term() -> impl Strategy<Value = Term> {
    (select(&["", "-", "?"][..]), select(&["a", "b", "ab", "a b", "[a", "1"][..]))
}

pub(crate) fn fields() -> impl Strategy<Value = Fields> {
    let condition = (select(&["=", "!="][..]), select(&["a", "b*", "\"a b\"", "ab"][..]));
    let field = prop::option::of(condition);
    let some = || prop::collection::vec(field.clone(), 1..4);
    (some(), prop::option::of(some()))
}

/// A line of words and delimited fields, each set off by a space.
pub(crate) fn message() -> impl Strategy<Value = String> {
    prop::collection::vec(select(&["a", "b", "ab", "[a b]", "\"a b\"", "1", "[]"][..]), 0..6)
        .prop_map(|words| words.join(" "))
}

pub(crate) fn write_terms(terms: &[Term]) -> String {
    terms.iter().map(|(sign, text)| format!("{sign}\"{text}\"")).collect::<Vec<_>>().join(" ")
}

pub(crate) fn write_fields((leading, trailing): &Fields) -> String {
    let write = |field: &Field| match field {
        None => "free".to_owned(),
        Some((operator, value)) => format!("name {operator}{value}"),
    };
    let mut written: Vec<String> = leading.iter().map(write).collect();
    if let Some(trailing) = trailing {
        written.push("...".to_owned());
        written.extend(trailing.iter().map(write));
    }
    format!("[{}]", written.join(","))
}

pub(crate) fn judge_terms(terms: &[Term], message: &str) -> Possible {
    let verdict = if terms.iter().all(|(sign, _)| *sign == "?") {
        terms.iter().any(|(_, text)| message.contains(text))
    } else {
        terms.iter().all(|(sign, text)| match *sign {
            "" => message.contains(text),
            "-" => !message.contains(text),
            _ => true,
        })
    };
    verdict.into()
}

pub(crate) fn judge_fields((leading, trailing): &Fields, message: &str) -> Possible {
    let words = split(message);
    let after = trailing.as_deref().unwrap_or_default();
    let missing = words.len() < leading.len() + after.len();
    let in_order = leading.iter().enumerate().map(|(at, field)| {
        let takes_rest = trailing.is_none() && at + 1 == leading.len() && words.len() > leading.len();
        match (field, words.get(at)) {
            (None, None) => Possible::EITHER,
            (Some(_), None) => false.into(),
            (None, Some(_)) => true.into(),
            (Some(condition), Some(_)) if takes_rest => holds(*condition, &rest_from(message, at)).or_no(),
            (Some(condition), Some(word)) => holds(*condition, word),
        }
    });
    let from_end = after.iter().rev().zip(words.iter().rev()).map(|(field, word)| match field {
        _ if missing => Possible::EITHER,
        None => true.into(),
        Some(condition) => holds(*condition, word),
    });
    let absent = after.iter().skip(words.len()).map(|_| Possible::EITHER);
    Possible::all(in_order.chain(from_end).chain(absent))
}

fn holds((operator, value): (&str, &str), word: &str) -> Possible {
    let equal = text_equals(value.trim_matches('"'), word);
    if operator == "!=" { equal.negated() } else { equal }
}

/// Splits at spaces that are not within brackets or quotes, keeping the delimiters out.
fn split(message: &str) -> Vec<String> {
    let (mut words, mut word, mut end) = (Vec::new(), None::<String>, ' ');
    for character in message.chars().chain([' ']) {
        match (character, end) {
            ('[', ' ') => (word, end) = (Some(String::new()), ']'),
            ('"', ' ') => (word, end) = (Some(String::new()), '"'),
            (']', ']') | ('"', '"') => end = ' ',
            (' ', ' ') => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    words
}

/// Returns the line without its first `count` fields, delimiters kept.
fn rest_from(message: &str, count: usize) -> String {
    let mut rest = message;
    for _ in 0..count {
        let field = ["[a b]", "\"a b\""].into_iter().find(|field| rest.starts_with(field));
        let word = field.or_else(|| rest.split(' ').next()).unwrap_or_default();
        rest = rest.strip_prefix(word).unwrap_or_default().trim_start();
    }
    rest.to_owned()
}
