//! Regular expressions in AWS's dialect, translated for an engine that runs in linear time.
//!
//! The dialect and its examples: [Supported regular expressions (regex)
//! syntax](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/regex-expressions.html).

use std::fmt;

use regex_automata::meta;

use crate::{
    error::{ParseError, ParseErrorKind},
    lexer::Cursor,
    limits::MAX_REGEX_BYTES,
};

/// A regular expression between percent signs, searched anywhere in a value.
#[derive(Clone, Debug)]
pub struct Regex {
    raw: String,
    compiled: meta::Regex,
}

impl Regex {
    /// Reads an expression from its opening percent sign on.
    pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Result<Self, ParseError> {
        let start = cursor.position();
        cursor.expect("%", "a percent sign")?;
        let raw = cursor
            .take_until("%")
            .ok_or_else(|| ParseError::new(ParseErrorKind::Unclosed("percent sign"), start..start + 1))?;
        Self::compile(raw).map_err(|kind| cursor.error_since(start, kind))
    }

    /// Returns the expression as the pattern writes it, without its percent signs.
    pub fn as_written(&self) -> &str {
        &self.raw
    }

    pub(crate) fn is_match(&self, value: &str) -> bool {
        self.compiled.is_match(value)
    }

    fn compile(raw: &str) -> Result<Self, ParseErrorKind> {
        let translated = Translation::of(raw)?;
        let limits = meta::Config::new().nfa_size_limit(Some(MAX_REGEX_BYTES)).onepass(false);
        let compiled = meta::Regex::builder().configure(limits).build(&translated).map_err(|error| {
            if error.size_limit().is_some() {
                ParseErrorKind::RegexTooLarge
            } else {
                ParseErrorKind::Regex("the expression does not parse")
            }
        })?;
        Ok(Self { raw: raw.to_owned(), compiled })
    }
}

impl PartialEq for Regex {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl Eq for Regex {}

impl fmt::Display for Regex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "%{}%", self.raw)
    }
}

/// The expression in the engine's syntax, as far as it is translated.
struct Translation<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    output: String,
}

impl<'a> Translation<'a> {
    fn of(raw: &'a str) -> Result<String, ParseErrorKind> {
        if raw.is_empty() {
            return Err(ParseErrorKind::Regex("it is empty"));
        }
        if let Some(character) = raw.chars().find(|character| !is_supported(*character)) {
            return Err(ParseErrorKind::RegexCharacter(character));
        }
        let mut translation = Self { rest: raw.chars().peekable(), output: String::new() };
        while let Some(character) = translation.rest.next() {
            translation.item(character)?;
        }
        Ok(translation.output)
    }

    fn item(&mut self, character: char) -> Result<(), ParseErrorKind> {
        match character {
            '\\' => {
                let atom = self.escape()?;
                self.output.push_str(&atom.outside_class());
            }
            '[' => self.class()?,
            '{' => self.repetition()?,
            ']' | '}' => return Err(ParseErrorKind::Regex("a closing bracket or brace without its start")),
            '^' | '$' | '?' | '|' | '*' | '+' | '.' => self.output.push(character),
            _ => self.output.push_str(&literal(character)),
        }
        Ok(())
    }

    /// Reads what follows a backslash.
    fn escape(&mut self) -> Result<Atom, ParseErrorKind> {
        let escaped = self.rest.next().ok_or(ParseErrorKind::Regex("a backslash at its end"))?;
        Ok(match escaped {
            'd' => Atom::Set(r"0-9", false),
            'D' => Atom::Set(r"0-9", true),
            's' => Atom::Set(r"\t\n\x0B\x0C\r ", false),
            'S' => Atom::Set(r"\t\n\x0B\x0C\r ", true),
            'w' => Atom::Set(r"a-zA-Z_0-9", false),
            'W' => Atom::Set(r"a-zA-Z_0-9", true),
            't' => Atom::Character('\t'),
            'n' => Atom::Character('\n'),
            'x' => Atom::Character(self.hexadecimal()?),
            other if other.is_ascii_alphanumeric() => return Err(ParseErrorKind::Regex("an unknown escape")),
            other => Atom::Character(other),
        })
    }

    /// Reads the two hexadecimal digits of an ASCII character.
    fn hexadecimal(&mut self) -> Result<char, ParseErrorKind> {
        let digits = [self.rest.next(), self.rest.next()].map(|digit| digit.and_then(|digit| digit.to_digit(16)));
        match digits {
            [Some(high), Some(low)] if high < 8 => char::from_u32(high * 16 + low),
            _ => None,
        }
        .ok_or(ParseErrorKind::Regex("\\x without two digits of an ASCII character"))
    }

    /// Translates a character class, from after its opening bracket on.
    fn class(&mut self) -> Result<(), ParseErrorKind> {
        self.output.push('[');
        if self.rest.next_if_eq(&'^').is_some() {
            self.output.push('^');
        }
        if self.rest.peek() == Some(&']') {
            return Err(ParseErrorKind::Regex("an empty character class"));
        }
        while self.rest.next_if_eq(&']').is_none() {
            self.class_item()?;
        }
        self.output.push(']');
        Ok(())
    }

    /// Translates one character, range or set inside a class.
    fn class_item(&mut self) -> Result<(), ParseErrorKind> {
        let first = self.class_atom()?;
        self.output.push_str(&first.inside_class());
        if self.rest.peek() != Some(&'-') {
            return Ok(());
        }
        self.rest.next();
        if self.rest.peek() == Some(&']') {
            self.output.push_str("\\-");
            return Ok(());
        }
        match (first, self.class_atom()?) {
            (Atom::Character(first), Atom::Character(last)) if first <= last => {
                self.output.push('-');
                self.output.push_str(&literal(last));
                Ok(())
            }
            _ => Err(ParseErrorKind::Regex("a range out of order")),
        }
    }

    fn class_atom(&mut self) -> Result<Atom, ParseErrorKind> {
        match self.rest.next() {
            Some('\\') => self.escape(),
            Some('[') => Err(ParseErrorKind::Regex("a class within a class")),
            Some(character) => Ok(Atom::Character(character)),
            None => Err(ParseErrorKind::Regex("a character class without its end")),
        }
    }

    /// Translates `{m}`, `{m,n}`, `{m,}` or `{,n}`, from after the brace on; spaces are taken as AWS's page has one.
    fn repetition(&mut self) -> Result<(), ParseErrorKind> {
        let mut bounds = String::new();
        loop {
            match self.rest.next() {
                Some('}') => break,
                Some(' ') => {}
                Some(character) => bounds.push(character),
                None => return Err(ParseErrorKind::Regex("a brace without its end")),
            }
        }
        let (least, most) = bounds.split_once(',').unwrap_or((&bounds, &bounds));
        let is_count = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_count(least) || !is_count(most) || (least.is_empty() && most.is_empty()) {
            return Err(ParseErrorKind::Regex("a repetition without numbers"));
        }
        let least = if least.is_empty() { "0" } else { least };
        let range = if bounds.contains(',') { format!("{{{least},{most}}}") } else { format!("{{{least}}}") };
        self.output.push_str(&range);
        Ok(())
    }
}

/// What an escape, or one character of a class, stands for.
enum Atom {
    Character(char),
    /// The inside of a class, and whether it is negated.
    Set(&'static str, bool),
}

impl Atom {
    fn outside_class(&self) -> String {
        match self {
            Self::Character(character) => literal(*character),
            Self::Set(..) => self.inside_class(),
        }
    }

    fn inside_class(&self) -> String {
        match self {
            Self::Character(character) => literal(*character),
            Self::Set(set, false) => format!("[{set}]"),
            Self::Set(set, true) => format!("[^{set}]"),
        }
    }
}

/// Writes a character so that the engine takes it for itself, inside classes and outside.
fn literal(character: char) -> String {
    if character.is_ascii_alphanumeric() { character.to_string() } else { format!("\\x{:02X}", u32::from(character)) }
}

/// Returns whether AWS takes a character in an expression; the space is not in its list but in its examples.
fn is_supported(character: char) -> bool {
    character.is_ascii_alphanumeric() || r":_#=@/;,- ^$?[]{}|\*+.".contains(character)
}
