//! The frozen JSON itself, and the JSON that other formats are made of.
//!
//! Everything goes to its writer as it is made: the findings of ten thousand accounts are never in memory at once.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

use crate::{Error, text};

/// Writes indented JSON with a line feed at its end; the same value gives the same bytes.
pub(crate) fn pretty(value: &impl Serialize, out: &mut dyn Write) -> Result<(), Error> {
    write(value, PrettyFormatter::new(), text::is_dangerous, out)?;
    Ok(out.write_all(b"\n")?)
}

/// Writes a JSON array with one element a line: whoever has no room for the whole can read it line by line.
pub(crate) fn lines<T: Serialize>(values: impl Iterator<Item = T>, out: &mut dyn Write) -> Result<(), Error> {
    out.write_all(b"[")?;
    for (number, value) in values.enumerate() {
        out.write_all(if number == 0 { b"\n" } else { b",\n" })?;
        write(&value, CompactFormatter, text::is_dangerous, out)?;
    }
    Ok(out.write_all(b"\n]\n")?)
}

/// Returns a value as JSON in which nothing ends a script element.
pub(crate) fn inside_of_script(value: &impl Serialize) -> Result<String, Error> {
    let acts = |it: char| matches!(it, '&' | '<' | '>') || text::is_dangerous(it);
    let mut out = Vec::new();
    write(value, CompactFormatter, acts, &mut out)?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// Writes a value, and spells out the characters that act. A JSON parser reads the same value.
fn write(
    value: &impl Serialize,
    formatter: impl Formatter,
    acts: impl Fn(char) -> bool,
    out: &mut dyn Write,
) -> Result<(), Error> {
    let harmless = Harmless { formatter, acts };
    Ok(value.serialize(&mut Serializer::with_formatter(out, harmless))?)
}

/// A formatter that spells out what a terminal, an editor or a browser could obey in a string.
struct Harmless<F, A> {
    formatter: F,
    acts: A,
}

impl<F: Formatter, A: Fn(char) -> bool> Formatter for Harmless<F, A> {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut plain = 0;
        for (place, character) in fragment.char_indices().filter(|(_, it)| (self.acts)(*it)) {
            writer.write_all(fragment.get(plain..place).unwrap_or_default().as_bytes())?;
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            plain = place + character.len_utf8();
        }
        writer.write_all(fragment.get(plain..).unwrap_or_default().as_bytes())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.formatter.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.formatter.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.formatter.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.formatter.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.formatter.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.formatter.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.formatter.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.formatter.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.formatter.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_out_keeps_the_value() {
        let value = "a\u{1b}[0m\u{7f}\u{9b}1m\u{202e}\u{e0041}\u{2028}東京";
        let mut out = Vec::new();
        pretty(&value, &mut out).unwrap();
        let json = String::from_utf8(out).unwrap();
        assert_eq!(json, "\"a\\u001b[0m\\u007f\\u009b1m\\u202e\\udb40\\udc41\\u2028東京\"\n");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), value);
    }

    #[test]
    fn a_script_element_is_not_ended() {
        let value = "</script>&\u{2029}";
        let json = inside_of_script(&value).unwrap();
        assert_eq!(json, "\"\\u003c/script\\u003e\\u0026\\u2029\"");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), value);
    }

    #[test]
    fn indented_json_ends_with_a_line_feed() {
        let mut out = Vec::new();
        pretty(&serde_json::json!({ "a": [1, {}], "b": [] }), &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}\n");
    }
}
