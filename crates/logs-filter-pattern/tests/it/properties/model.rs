//! A JSON pattern as data, and how it is written.

use std::fmt;

/// A JSON pattern.
#[derive(Clone, Debug)]
pub(crate) enum Model {
    And(Vec<Self>),
    Or(Vec<Self>),
    Leaf(Vec<Segment>, Check),
}

/// A step of a selector.
#[derive(Clone, Debug)]
pub(crate) enum Segment {
    Key(&'static str),
    Index(usize),
    AnyKey,
    AnyIndex,
}

/// A test of one value.
#[derive(Clone, Debug)]
pub(crate) enum Check {
    Text { negated: bool, raw: &'static str },
    Number { operator: &'static str, raw: &'static str },
    Regex { negated: bool, regex: KnownRegex },
    Is(&'static str),
    NotExists,
    LowerCaseNotExists,
}

/// A regular expression, and the same in code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KnownRegex {
    pub(crate) raw: &'static str,
    pub(crate) matches: fn(&str) -> bool,
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let join = |parts: &[Self], joiner: &str| {
            parts.iter().map(|part| format!("({part})")).collect::<Vec<_>>().join(joiner)
        };
        match self {
            Self::And(parts) => f.write_str(&join(parts, "&&")),
            Self::Or(parts) => f.write_str(&join(parts, " || ")),
            Self::Leaf(path, check) => {
                f.write_str("$")?;
                path.iter().try_for_each(|segment| segment.fmt(f))?;
                check.fmt(f)
            }
        }
    }
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) if key.contains('.') => write!(f, "['{key}']"),
            Self::Key(key) => write!(f, ".{key}"),
            Self::Index(index) => write!(f, "[{index}]"),
            Self::AnyKey => f.write_str(".*"),
            Self::AnyIndex => f.write_str("[*]"),
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let equality = |negated: bool| if negated { "!=" } else { "=" };
        match self {
            Self::Text { negated, raw } => write!(f, " {} \"{raw}\"", equality(*negated)),
            Self::Number { operator, raw } => write!(f, "{operator}{raw}"),
            Self::Regex { negated, regex } => write!(f, "{}%{}%", equality(*negated), regex.raw),
            Self::Is(literal) => write!(f, " IS {literal}"),
            Self::NotExists => f.write_str(" NOT EXISTS "),
            Self::LowerCaseNotExists => f.write_str(" not exists"),
        }
    }
}
