//! The parts of a parsed JSON pattern, and how each is written.

use std::fmt;

use crate::{number::Number, outcome::Outcome, regex::Regex, text::Text};

/// A condition, or conditions joined by `&&` or `||`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression<C = Condition> {
    /// All of at least two parts; none of them is an `All` itself.
    All(Vec<Self>),
    /// Any of at least two parts; none of them is an `Any` itself.
    Any(Vec<Self>),
    /// One condition.
    Condition(C),
}

impl<C> Expression<C> {
    /// Joins parts by `&&`; parts that are conjunctions themselves are taken apart.
    pub(crate) fn all(parts: Vec<Self>) -> Self {
        let take_apart = |part| match part {
            Self::All(inner) => inner,
            other => vec![other],
        };
        join(parts.into_iter().flat_map(take_apart).collect(), Self::All)
    }

    /// Joins parts by `||`; parts that are disjunctions themselves are taken apart.
    pub(crate) fn any(parts: Vec<Self>) -> Self {
        let take_apart = |part| match part {
            Self::Any(inner) => inner,
            other => vec![other],
        };
        join(parts.into_iter().flat_map(take_apart).collect(), Self::Any)
    }

    /// Returns every condition, in the order of the pattern.
    pub fn conditions(&self) -> Vec<&C> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::conditions).collect(),
            Self::Condition(condition) => vec![condition],
        }
    }

    /// Judges every condition that the verdict still hangs on, and joins the verdicts.
    pub(crate) fn judge<'e>(&'e self, condition: &impl Fn(&'e C) -> Outcome) -> Outcome {
        match self {
            Self::All(parts) => {
                fold_until(parts, Outcome::Match, Outcome::NoMatch, |verdict, part| verdict.and(part.judge(condition)))
            }
            Self::Any(parts) => {
                fold_until(parts, Outcome::NoMatch, Outcome::Match, |verdict, part| verdict.or(part.judge(condition)))
            }
            Self::Condition(leaf) => condition(leaf),
        }
    }
}

/// Returns the one part alone, or several parts wrapped.
fn join<T>(mut parts: Vec<T>, wrap: impl Fn(Vec<T>) -> T) -> T {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            wrap(parts)
        }
        None => wrap(parts),
    }
}

/// Folds parts from `start` on and stops at the verdict that no further part can change.
fn fold_until<'e, T>(
    parts: &'e [T],
    start: Outcome,
    stop: Outcome,
    fold: impl Fn(Outcome, &'e T) -> Outcome,
) -> Outcome {
    let mut verdict = start;
    for part in parts {
        verdict = fold(verdict, part);
        if verdict == stop {
            break;
        }
    }
    verdict
}

impl<C: fmt::Display> fmt::Display for Expression<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any(parts) => write_joined(f, parts, " || "),
            Self::All(parts) => {
                let grouped = parts.iter().map(|part| match part {
                    Self::Any(_) => format!("({part})"),
                    _ => part.to_string(),
                });
                write_joined(f, grouped, " && ")
            }
            Self::Condition(condition) => condition.fmt(f),
        }
    }
}

/// Writes parts with a joiner between them.
pub(crate) fn write_joined<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    parts: impl IntoIterator<Item = T>,
    joiner: &str,
) -> fmt::Result {
    for (position, part) in parts.into_iter().enumerate() {
        if position > 0 {
            f.write_str(joiner)?;
        }
        part.fmt(f)?;
    }
    Ok(())
}

/// A test of what one selector finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    selector: Selector,
    test: Test,
}

impl Condition {
    pub(crate) fn new(selector: Selector, test: Test) -> Self {
        Self { selector, test }
    }

    /// Returns the property selector.
    pub fn selector(&self) -> &Selector {
        &self.selector
    }

    /// Returns the test of what it finds.
    pub fn test(&self) -> &Test {
        &self.test
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.selector, self.test)
    }
}

/// What a condition asks of the value that its selector finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// `=`, `!=`, `<`, `>`, `<=` or `>=` with an operand.
    Compare(Comparison, Operand),
    /// `IS NULL`, `IS TRUE` or `IS FALSE`.
    Is(Literal, KeywordCase),
    /// `NOT EXISTS`.
    NotExists(KeywordCase),
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Compare(comparison, operand) => write!(f, "{comparison} {operand}"),
            Self::Is(literal, case) => f.write_str(&case.write(&format!("IS {literal}"))),
            Self::NotExists(case) => f.write_str(&case.write("NOT EXISTS")),
        }
    }
}

/// The operator of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `!=`; false where the property is missing.
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparison {
    /// Every operator, those first whose text begins with another's.
    pub(crate) const ALL: [Self; 6] =
        [Self::NotEqual, Self::LessOrEqual, Self::GreaterOrEqual, Self::Equal, Self::Less, Self::Greater];

    /// Returns the operator as it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    /// Returns whether the operator is one of `<`, `<=`, `>` and `>=`, which take numbers alone.
    pub fn is_order(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }

    /// Returns whether an ordering of value and operand fulfils the operator.
    pub(crate) fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}

/// What a value is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    /// A quoted text or an unquoted word, with asterisks as wildcards.
    Text(Text),
    /// An unquoted number.
    Number(Number),
    /// A regular expression between percent signs.
    Regex(Regex),
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => text.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Regex(regex) => regex.fmt(f),
        }
    }
}

/// The word after `IS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Literal {
    /// `NULL`
    Null,
    /// `TRUE`
    True,
    /// `FALSE`
    False,
}

impl Literal {
    /// Every word that can follow `IS`.
    pub(crate) const ALL: [Self; 3] = [Self::Null, Self::True, Self::False];

    /// Returns the word in capitals.
    pub fn keyword(self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::True => "TRUE",
            Self::False => "FALSE",
        }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.keyword())
    }
}

/// How a keyword is written; AWS's documents show capitals alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeywordCase {
    /// In capitals throughout.
    Capitals,
    /// Any other way; the verdict of such a condition is undocumented.
    Other,
}

impl KeywordCase {
    pub(crate) fn of(words: &[&str]) -> Self {
        let capitals = words.iter().all(|word| word.bytes().all(|byte| byte.is_ascii_uppercase()));
        if capitals { Self::Capitals } else { Self::Other }
    }

    fn write(self, keywords: &str) -> String {
        match self {
            Self::Capitals => keywords.to_owned(),
            Self::Other => keywords.to_ascii_lowercase(),
        }
    }
}

/// The path from the event's root to the value that a condition tests.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Selector {
    steps: Vec<Step>,
}

/// One step of a selector.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A property: `.name`, or `.['name']` where the name has characters that need it.
    Property(String),
    /// An array's element, counted from zero: `[0]`.
    Element(usize),
    /// Any property of an object: `.*`.
    AnyProperty,
    /// Any element of an array: `[*]`.
    AnyElement,
}

impl Selector {
    pub(crate) fn new(steps: Vec<Step>) -> Self {
        Self { steps }
    }

    /// Returns the steps from the event's root on.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Returns whether the selector can find several values.
    pub fn has_wildcard(&self) -> bool {
        self.wildcards() > 0
    }

    pub(crate) fn wildcards(&self) -> usize {
        self.steps.iter().filter(|step| matches!(step, Step::AnyProperty | Step::AnyElement)).count()
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        write_joined(f, &self.steps, "")
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Property(name) if is_plain_name(name) => write!(f, ".{name}"),
            Self::Property(name) => write!(f, ".['{name}']"),
            Self::Element(index) => write!(f, "[{index}]"),
            Self::AnyProperty => f.write_str(".*"),
            Self::AnyElement => f.write_str("[*]"),
        }
    }
}

/// Returns whether a property name can be written without brackets and quotes.
fn is_plain_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(is_name_character)
}

/// Returns whether a character can stand in a plain property or field name: alphanumeric, hyphen or underscore.
pub(crate) fn is_name_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_')
}
