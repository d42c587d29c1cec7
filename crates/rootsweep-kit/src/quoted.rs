//! Texts between double quotes, as YAML and HCL both read them.

use std::fmt::{self, Write};

use askama::filters::Escaper;

/// Escapes what stands between double quotes in a template.
///
/// YAML and HCL know the same escapes: `\"`, `\\`, `\uNNNN` and `\UNNNNNNNN`:
/// <https://yaml.org/spec/1.2.2/#57-escaped-characters>,
/// <https://developer.hashicorp.com/terraform/language/expressions/strings>. In HCL `${` and `%{` begin a template, which
/// an escaped sign does not.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Quoted;

impl Escaper for Quoted {
    fn write_escaped_str<W: Write>(&self, mut out: W, text: &str) -> fmt::Result {
        text.chars().try_for_each(|it| self.write_escaped_char(&mut out, it))
    }

    fn write_escaped_char<W: Write>(&self, mut out: W, it: char) -> fmt::Result {
        match it {
            '"' | '\\' => write!(out, "\\{it}"),
            '$' | '%' => write!(out, "\\u{:04X}", u32::from(it)),
            ' '..='~' => out.write_char(it),
            '\0'..='\u{ffff}' => write!(out, "\\u{:04X}", u32::from(it)),
            _ => write!(out, "\\U{:08X}", u32::from(it)),
        }
    }
}
