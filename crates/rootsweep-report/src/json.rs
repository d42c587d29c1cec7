//! The frozen JSON itself, and the JSON that other formats are made of.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use crate::{Error, text};

/// Writes indented JSON with a line feed at its end; the same value gives the same bytes.
pub(crate) fn pretty(value: &impl Serialize) -> Result<Vec<u8>, Error> {
    let mut out = harmless(&serde_json::to_string_pretty(value)?);
    out.push('\n');
    Ok(out.into_bytes())
}

/// Writes a JSON array with one element a line: whoever has no room for the whole can read it line by line.
pub(crate) fn lines(values: impl Iterator<Item = Value>) -> Result<Vec<u8>, Error> {
    let mut out = Vec::from(*b"[");
    for (number, value) in values.enumerate() {
        out.extend(if number == 0 { b"\n".as_slice() } else { b",\n" });
        out.extend(harmless(&serde_json::to_string(&value)?).into_bytes());
    }
    out.extend(b"\n]\n");
    Ok(out)
}

/// Spells out what a terminal, an editor or a browser could obey in a string. A JSON parser reads the same value.
///
/// Outside of strings JSON is printable ASCII and white space, so that only strings are touched.
pub(crate) fn harmless(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for character in json.chars() {
        if character < '\u{7f}' || !text::is_dangerous(character) {
            out.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_out_keeps_the_value() {
        let value = "a\u{1b}[0m\u{7f}\u{9b}1m\u{202e}\u{e0041}\u{2028}東京";
        let json = String::from_utf8(pretty(&value).unwrap()).unwrap();
        assert_eq!(json, "\"a\\u001b[0m\\u007f\\u009b1m\\u202e\\udb40\\udc41\\u2028東京\"\n");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), value);
    }
}
