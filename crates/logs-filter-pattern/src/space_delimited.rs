//! Space-delimited patterns: names and conditions for the fields of a line, in order.
//!
//! The rules: [Using filter patterns to match terms in space-delimited log
//! events](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-space-delimited-log-events.html).

use std::fmt;

use crate::{
    ast::{Comparison, Expression, Operand, is_name_character, write_joined},
    error::{ParseError, ParseErrorKind},
    fields::EventFields,
    lexer::Cursor,
    outcome::{Outcome, UndocumentedBehaviour},
    parser::{Counts, comparison, expression, operand},
};

/// The fields of a space-delimited pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SpaceDelimited {
    /// The fields before the ellipsis, or all of them.
    leading: Vec<Field>,
    /// The fields after the ellipsis, if there is one.
    trailing: Option<Vec<Field>>,
}

impl SpaceDelimited {
    /// Reads a pattern from its opening bracket on.
    pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Result<Self, ParseError> {
        let start = cursor.position();
        let mut pattern = Self { leading: Vec::new(), trailing: None };
        let mut counts = Counts::default();
        cursor.expect("[", "an opening bracket")?;
        loop {
            pattern.read_field(cursor, &mut counts)?;
            cursor.skip_whitespace();
            if cursor.at_end() {
                return Err(ParseError::new(ParseErrorKind::Unclosed("bracket"), start..start + 1));
            }
            if cursor.eat("]") {
                return Ok(pattern);
            }
            cursor.expect(",", "a comma or a closing bracket")?;
        }
    }

    fn read_field(&mut self, cursor: &mut Cursor<'_>, counts: &mut Counts) -> Result<(), ParseError> {
        cursor.skip_whitespace();
        let start = cursor.position();
        if !cursor.eat("...") {
            let field = Field::parse(cursor, counts)?;
            self.trailing.as_mut().unwrap_or(&mut self.leading).push(field);
            return Ok(());
        }
        if self.trailing.is_some() {
            return Err(cursor.error_since(start, ParseErrorKind::SecondEllipsis));
        }
        self.trailing = Some(Vec::new());
        Ok(())
    }

    /// Judges a line.
    pub(crate) fn judge(&self, message: &str) -> Outcome {
        let fields = EventFields::split(message);
        let outcome = self.assign(&fields).iter().map(Assignment::judge).fold(Outcome::Match, Outcome::and);
        fields.weigh(outcome)
    }

    /// Pairs every field of the pattern with the part of the line that it stands for.
    pub(crate) fn assign<'p>(&'p self, fields: &EventFields<'p>) -> Vec<Assignment<'p>> {
        let trailing = self.trailing.as_deref().unwrap_or_default();
        let enough = fields.count() >= self.leading.len() + trailing.len();
        let last = (self.trailing.is_none() && fields.count() > self.leading.len())
            .then(|| self.leading.len().saturating_sub(1));
        let leading = self.leading.iter().enumerate().map(|(position, field)| {
            let value = if last == Some(position) { fields.remainder(position) } else { fields.get(position) };
            Assignment { field, value, is_remainder: last == Some(position), is_trailing: false }
        });
        let first_trailing = fields.count().saturating_sub(trailing.len());
        let trailing = trailing.iter().enumerate().map(|(position, field)| {
            let value = if enough { fields.get(first_trailing + position) } else { None };
            Assignment { field, value, is_remainder: false, is_trailing: true }
        });
        leading.chain(trailing).collect()
    }
}

impl fmt::Display for SpaceDelimited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let leading = self.leading.iter().map(ToString::to_string);
        let trailing = self
            .trailing
            .iter()
            .flat_map(|fields| std::iter::once("...".to_owned()).chain(fields.iter().map(ToString::to_string)));
        f.write_str("[")?;
        write_joined(f, leading.chain(trailing), ", ")?;
        f.write_str("]")
    }
}

/// One position of the pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// A position that is only named, or empty.
    Free(String),
    /// A position with conditions.
    Conditional { name: String, expression: Expression<FieldCondition> },
}

impl Field {
    fn parse(cursor: &mut Cursor<'_>, counts: &mut Counts) -> Result<Self, ParseError> {
        let mut ahead = *cursor;
        let free = ahead.take_while(is_name_character);
        ahead.skip_whitespace();
        if matches!(ahead.peek(), Some(',' | ']')) {
            *cursor = ahead;
            return Ok(Self::Free(free.to_owned()));
        }
        let mut first_name = None;
        let expression = expression(cursor, 0, &mut |cursor| {
            let condition = FieldCondition::parse(cursor, counts)?;
            first_name.get_or_insert_with(|| condition.name.clone());
            Ok(condition)
        })?;
        Ok(Self::Conditional { name: first_name.unwrap_or_default(), expression })
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Free(name) => f.write_str(name),
            Self::Conditional { expression, .. } => expression.fmt(f),
        }
    }
}

/// A comparison of a field's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FieldCondition {
    name: String,
    comparison: Comparison,
    operand: Operand,
}

impl FieldCondition {
    fn parse(cursor: &mut Cursor<'_>, counts: &mut Counts) -> Result<Self, ParseError> {
        cursor.skip_whitespace();
        let name = match cursor.take_while(is_name_character) {
            "" => return Err(cursor.expected("a field's name")),
            name => name.to_owned(),
        };
        cursor.skip_whitespace();
        let comparison = comparison(cursor).ok_or_else(|| cursor.expected("a comparison operator or a comma"))?;
        Ok(Self { name, comparison, operand: operand(cursor, comparison, counts)? })
    }

    fn judge(&self, field: &str, value: &str) -> Outcome {
        if self.name != field {
            return Outcome::Undocumented(UndocumentedBehaviour::ConditionOnOtherField);
        }
        let equal = match &self.operand {
            Operand::Number(number) if self.comparison.is_order() => {
                return number.judge_text(value, |ordering| self.comparison.holds(ordering));
            }
            Operand::Number(number) => Outcome::from(value == number.as_written()).unless_read_as(
                number.judge_text(value, std::cmp::Ordering::is_eq),
                UndocumentedBehaviour::NumberSpelling,
            ),
            Operand::Text(text) => text.judge(value),
            Operand::Regex(regex) => regex.is_match(value).into(),
        };
        if self.comparison == Comparison::NotEqual { !equal } else { equal }
    }
}

impl fmt::Display for FieldCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.name, self.comparison, self.operand)
    }
}

/// A field of the pattern and what it stands for in one line.
pub(crate) struct Assignment<'p> {
    pub(crate) field: &'p Field,
    /// The text of the field, absent where the line has too few.
    pub(crate) value: Option<&'p str>,
    /// Whether this is the last field of the pattern and takes all the rest of the line.
    is_remainder: bool,
    /// Whether the field is counted from the line's end.
    is_trailing: bool,
}

impl Assignment<'_> {
    /// Judges the field's conditions on its text.
    pub(crate) fn judge(&self) -> Outcome {
        match (self.field, self.value) {
            (Field::Free(_), Some(_)) => Outcome::Match,
            (Field::Conditional { name, expression }, Some(value)) => {
                let outcome = expression.judge(&|condition: &FieldCondition| condition.judge(name, value));
                if self.is_remainder {
                    outcome.match_hangs_on(UndocumentedBehaviour::ConditionOnRemainder)
                } else {
                    outcome
                }
            }
            (Field::Conditional { .. }, None) if !self.is_trailing => Outcome::NoMatch,
            (_, None) => Outcome::Undocumented(UndocumentedBehaviour::TooFewFields),
        }
    }
}
