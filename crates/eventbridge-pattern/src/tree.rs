//! A pattern as it is written, and its printing.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::matcher::{AnythingBut, Matcher, NumericRange};

/// The members of one object of a pattern, in the order in which they are written.
///
/// The order is kept because of two members for one field EventBridge uses the last.
pub(crate) type Block = Vec<Entry>;

/// One member of an object of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    /// A field and what it may be.
    Leaf { name: String, matchers: Arc<[Matcher]> },
    /// Fields below a field.
    Object { name: String, block: Block },
    /// The operator `$or`.
    Or(Vec<Block>),
}

/// A string in JSON's quotes.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Value::from(self.0).fmt(f)
    }
}

/// Prints the members of an object.
pub(crate) struct Printed<'a>(pub(crate) &'a [Entry]);

impl fmt::Display for Printed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        separated(f, '{', self.0, '}')
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Leaf { name, matchers } => write!(f, "{}:{}", Quoted(name), PrintedList(matchers)),
            Self::Object { name, block } => write!(f, "{}:{}", Quoted(name), Printed(block)),
            Self::Or(blocks) => {
                let blocks: Vec<_> = blocks.iter().map(|block| Printed(block)).collect();
                write!(f, "\"$or\":{}", PrintedList(&blocks))
            }
        }
    }
}

/// Prints a list.
pub(crate) struct PrintedList<'a, T>(pub(crate) &'a [T]);

impl<T: fmt::Display> fmt::Display for PrintedList<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        separated(f, '[', self.0, ']')
    }
}

fn separated<T: fmt::Display>(f: &mut fmt::Formatter<'_>, open: char, items: &[T], close: char) -> fmt::Result {
    write!(f, "{open}")?;
    for (at, item) in items.iter().enumerate() {
        write!(f, "{}{item}", if at == 0 { "" } else { "," })?;
    }
    write!(f, "{close}")
}

/// Prints the JSON that the matcher is written as.
impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let affix = |f: &mut fmt::Formatter<'_>, operator, text: &str, ignore_case| {
            if ignore_case {
                write!(f, "{{\"{operator}\":{{\"equals-ignore-case\":{}}}}}", Quoted(text))
            } else {
                write!(f, "{{\"{operator}\":{}}}", Quoted(text))
            }
        };
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(wanted) => write!(f, "{wanted}"),
            Self::Number(wanted) => write!(f, "{wanted}"),
            Self::String(text) | Self::Address { text, .. } => write!(f, "{}", Quoted(text)),
            Self::Exactly(text) => write!(f, "{{\"exactly\":{}}}", Quoted(text)),
            Self::Prefix { text, ignore_case } => affix(f, "prefix", text, *ignore_case),
            Self::Suffix { text, ignore_case } => affix(f, "suffix", text, *ignore_case),
            Self::EqualsIgnoreCase(text) => write!(f, "{{\"equals-ignore-case\":{}}}", Quoted(text)),
            Self::Wildcard(wildcard) => write!(f, "{{\"wildcard\":{}}}", Quoted(&wildcard.escaped())),
            Self::AnythingBut(excluded) => write!(f, "{{\"anything-but\":{excluded}}}"),
            Self::Numeric(range) => write!(f, "{{\"numeric\":{range}}}"),
            Self::Cidr(net) => write!(f, "{{\"cidr\":\"{net}\"}}"),
            Self::Exists(wanted) => write!(f, "{{\"exists\":{wanted}}}"),
        }
    }
}

impl fmt::Display for AnythingBut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |texts: &[String]| one_or_list(texts.iter().map(|text| Quoted(text).to_string()));
        match self {
            Self::Strings(texts) => f.write_str(&quoted(texts)),
            Self::Numbers(numbers) => f.write_str(&one_or_list(numbers.iter().map(ToString::to_string))),
            Self::Prefix(texts) => write!(f, "{{\"prefix\":{}}}", quoted(texts)),
            Self::Suffix(texts) => write!(f, "{{\"suffix\":{}}}", quoted(texts)),
            Self::EqualsIgnoreCase(texts) => write!(f, "{{\"equals-ignore-case\":{}}}", quoted(texts)),
            Self::Wildcard(wildcards) => {
                let texts: Vec<_> = wildcards.iter().map(crate::text::Wildcard::escaped).collect();
                write!(f, "{{\"wildcard\":{}}}", quoted(&texts))
            }
        }
    }
}

/// Returns a single item alone and several as a list, which mean the same under `anything-but`.
fn one_or_list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<_> = items.collect();
    if let [item] = items.as_slice() { item.clone() } else { PrintedList(&items).to_string() }
}

impl fmt::Display for NumericRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (comparison, limit) = &self.first;
        write!(f, "[\"{}\",{limit}", comparison.sign())?;
        if let Some((comparison, limit)) = &self.upper {
            write!(f, ",\"{}\",{limit}", comparison.sign())?;
        }
        f.write_str("]")
    }
}
