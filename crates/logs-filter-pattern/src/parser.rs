//! Reads a pattern: decides which of the forms it has, and parses JSON patterns.

use crate::{
    Body,
    ast::{Comparison, Condition, Expression, KeywordCase, Literal, Operand, Selector, Step, Test, is_name_character},
    error::{ParseError, ParseErrorKind},
    lexer::Cursor,
    limits::{
        MAX_NESTED_PARENTHESES, MAX_PATTERN_CHARACTERS, MAX_REGEXES_PER_PATTERN, MAX_WILDCARDS_PER_PATTERN,
        MAX_WILDCARDS_PER_SELECTOR,
    },
    number::{Number, OutOfRange},
    regex::Regex,
    space_delimited::SpaceDelimited,
    terms::Terms,
    text::Text,
};

/// Reads a whole pattern.
pub(crate) fn parse(text: &str) -> Result<Body, ParseError> {
    check_characters(text)?;
    let mut cursor = Cursor::new(text);
    cursor.skip_whitespace();
    let body = match cursor.peek() {
        None => Body::All,
        Some('{') => Body::Json(json_pattern(&mut cursor)?),
        Some('[') => Body::SpaceDelimited(SpaceDelimited::parse(&mut cursor)?),
        Some('%') => Body::Regex(Regex::parse(&mut cursor)?),
        Some(_) => match Terms::parse(&mut cursor)? {
            terms if terms.are_blank() => Body::All,
            terms => Body::Terms(terms),
        },
    };
    cursor.skip_whitespace();
    match (cursor.at_end(), &body) {
        (true, _) => Ok(body),
        (false, Body::Regex(_)) => {
            Err(ParseError::new(ParseErrorKind::RegexBesideTerms, cursor.position()..text.len()))
        }
        (false, _) => Err(cursor.expected("the end of the pattern")),
    }
}

fn check_characters(text: &str) -> Result<(), ParseError> {
    let characters = text.chars().count();
    if characters > MAX_PATTERN_CHARACTERS {
        return Err(ParseError::new(ParseErrorKind::TooLong { characters }, 0..text.len()));
    }
    match text.char_indices().find(|(_, character)| character.is_control() && !character.is_whitespace()) {
        Some((at, control)) => {
            Err(ParseError::new(ParseErrorKind::ControlCharacter(control), at..at + control.len_utf8()))
        }
        None => Ok(()),
    }
}

fn json_pattern(cursor: &mut Cursor<'_>) -> Result<Expression, ParseError> {
    let start = cursor.position();
    let mut counts = Counts::default();
    cursor.expect("{", "an opening brace")?;
    let expression = expression(cursor, 0, &mut |cursor| condition(cursor, &mut counts))?;
    cursor.skip_whitespace();
    if cursor.at_end() {
        return Err(ParseError::new(ParseErrorKind::Unclosed("brace"), start..start + 1));
    }
    cursor.expect("}", "&&, || or a closing brace")?;
    Ok(expression)
}

/// How many things that AWS limits a pattern has so far.
#[derive(Default)]
pub(crate) struct Counts {
    regexes: usize,
    wildcards: usize,
}

/// Reads one condition of a form.
type ReadCondition<'r, C> = dyn FnMut(&mut Cursor<'_>) -> Result<C, ParseError> + 'r;

/// Reads conditions joined by `||` and `&&`, of which the second binds tighter.
pub(crate) fn expression<C>(
    cursor: &mut Cursor<'_>,
    depth: usize,
    condition: &mut ReadCondition<'_, C>,
) -> Result<Expression<C>, ParseError> {
    let mut alternatives = vec![conjunction(cursor, depth, condition)?];
    while eat_operator(cursor, "||") {
        alternatives.push(conjunction(cursor, depth, condition)?);
    }
    Ok(Expression::any(alternatives))
}

fn conjunction<C>(
    cursor: &mut Cursor<'_>,
    depth: usize,
    condition: &mut ReadCondition<'_, C>,
) -> Result<Expression<C>, ParseError> {
    let mut parts = vec![primary(cursor, depth, condition)?];
    while eat_operator(cursor, "&&") {
        parts.push(primary(cursor, depth, condition)?);
    }
    Ok(Expression::all(parts))
}

fn primary<C>(
    cursor: &mut Cursor<'_>,
    depth: usize,
    condition: &mut ReadCondition<'_, C>,
) -> Result<Expression<C>, ParseError> {
    cursor.skip_whitespace();
    let start = cursor.position();
    if !cursor.eat("(") {
        return condition(cursor).map(Expression::Condition);
    }
    if depth >= MAX_NESTED_PARENTHESES {
        return Err(cursor.error_since(start, ParseErrorKind::TooDeep));
    }
    let inner = expression(cursor, depth + 1, condition)?;
    cursor.skip_whitespace();
    if cursor.at_end() {
        return Err(ParseError::new(ParseErrorKind::Unclosed("parenthesis"), start..start + 1));
    }
    cursor.expect(")", "&&, || or a closing parenthesis")?;
    Ok(inner)
}

fn eat_operator(cursor: &mut Cursor<'_>, operator: &str) -> bool {
    cursor.skip_whitespace();
    cursor.eat(operator)
}

fn condition(cursor: &mut Cursor<'_>, counts: &mut Counts) -> Result<Condition, ParseError> {
    let selector = selector(cursor, counts)?;
    cursor.skip_whitespace();
    let test = match comparison(cursor) {
        Some(comparison) => Test::Compare(comparison, operand(cursor, comparison, counts)?),
        None => keyword_test(cursor)?,
    };
    Ok(Condition::new(selector, test))
}

fn selector(cursor: &mut Cursor<'_>, counts: &mut Counts) -> Result<Selector, ParseError> {
    let start = cursor.position();
    cursor.expect("$", "a selector that begins with $")?;
    let mut steps = Vec::new();
    while let Some(step) = step(cursor)? {
        steps.push(step);
    }
    let selector = match steps.first() {
        None => return Err(cursor.expected("a property after $")),
        Some(Step::Element(_) | Step::AnyElement) => {
            return Err(cursor.error_since(start, ParseErrorKind::ElementOfRoot));
        }
        Some(_) => Selector::new(steps),
    };
    if selector.wildcards() > MAX_WILDCARDS_PER_SELECTOR {
        return Err(cursor.error_since(start, ParseErrorKind::WildcardsInSelector));
    }
    counts.wildcards += selector.wildcards();
    if counts.wildcards > MAX_WILDCARDS_PER_PATTERN {
        return Err(cursor.error_since(start, ParseErrorKind::WildcardsInPattern));
    }
    Ok(selector)
}

fn step(cursor: &mut Cursor<'_>) -> Result<Option<Step>, ParseError> {
    let start = cursor.position();
    if cursor.eat(".['") || cursor.eat("['") {
        let key = cursor
            .take_until("']")
            .ok_or_else(|| ParseError::new(ParseErrorKind::Unclosed("quoted key"), start..start + 1))?;
        return Ok(Some(Step::Property(key.to_owned())));
    }
    if cursor.eat(".") {
        return property(cursor).map(Some);
    }
    if cursor.eat("[") {
        let step = element(cursor)?;
        cursor.expect("]", "a closing bracket")?;
        return Ok(Some(step));
    }
    Ok(None)
}

fn property(cursor: &mut Cursor<'_>) -> Result<Step, ParseError> {
    if cursor.eat("*") {
        return Ok(Step::AnyProperty);
    }
    match cursor.take_while(is_name_character) {
        "" => Err(cursor.expected("a property's name (letters, digits, - and _; others as ['name'])")),
        name => Ok(Step::Property(name.to_owned())),
    }
}

fn element(cursor: &mut Cursor<'_>) -> Result<Step, ParseError> {
    if cursor.eat("*") {
        return Ok(Step::AnyElement);
    }
    let digits = cursor.take_while(|character| character.is_ascii_digit());
    digits.parse().map(Step::Element).map_err(|_| cursor.expected("an array index, * or a key in single quotes"))
}

/// Reads a comparison operator if one comes next.
pub(crate) fn comparison(cursor: &mut Cursor<'_>) -> Option<Comparison> {
    Comparison::ALL.into_iter().find(|comparison| cursor.eat(comparison.symbol()))
}

/// Reads what a value is compared with.
pub(crate) fn operand(
    cursor: &mut Cursor<'_>,
    comparison: Comparison,
    counts: &mut Counts,
) -> Result<Operand, ParseError> {
    cursor.skip_whitespace();
    let start = cursor.position();
    let operand = match cursor.peek() {
        Some('"') => Operand::Text(Text::new(cursor.quoted()?)),
        Some('%') => Operand::Regex(counted_regex(cursor, counts)?),
        _ => word(cursor)?,
    };
    match operand {
        Operand::Text(text) if comparison.is_order() => {
            Err(cursor.error_since(start, ParseErrorKind::NotANumber(text.as_written().to_owned())))
        }
        Operand::Regex(regex) if comparison.is_order() => {
            Err(cursor.error_since(start, ParseErrorKind::NotANumber(regex.to_string())))
        }
        operand => Ok(operand),
    }
}

fn counted_regex(cursor: &mut Cursor<'_>, counts: &mut Counts) -> Result<Regex, ParseError> {
    counts.regexes += 1;
    if counts.regexes > MAX_REGEXES_PER_PATTERN {
        let at = cursor.position();
        return Err(ParseError::new(ParseErrorKind::TooManyRegexes, at..at + 1));
    }
    Regex::parse(cursor)
}

/// Reads an unquoted number or word.
fn word(cursor: &mut Cursor<'_>) -> Result<Operand, ParseError> {
    let start = cursor.position();
    let ends_word = |character: char| character.is_whitespace() || "(){}[]&|,\"".contains(character);
    let word = cursor.take_while(|character| !ends_word(character));
    if word.is_empty() {
        return Err(cursor.expected("a value"));
    }
    match Number::parse(word) {
        Ok(Some(number)) => Ok(Operand::Number(number)),
        Err(OutOfRange) => Err(cursor.error_since(start, ParseErrorKind::NumberOutOfRange(word.to_owned()))),
        Ok(None) if word.chars().all(is_word_character) => Ok(Operand::Text(Text::new(word))),
        Ok(None) => Err(cursor.error_since(start, ParseErrorKind::NeedsQuotes(word.to_owned()))),
    }
}

/// Returns whether a character can stand in an unquoted value: AWS's page names letters, digits and the underscore,
/// and its examples add the asterisk and the full stop.
fn is_word_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '*' | '.')
}

/// Reads `IS NULL`, `IS TRUE`, `IS FALSE` or `NOT EXISTS`.
fn keyword_test(cursor: &mut Cursor<'_>) -> Result<Test, ParseError> {
    let start = cursor.position();
    let first = keyword(cursor);
    if first.eq_ignore_ascii_case("EXISTS") {
        return Err(cursor.error_since(start, ParseErrorKind::UnsupportedKeyword("EXISTS")));
    }
    let after_first = *cursor;
    let second = keyword(cursor);
    let case = KeywordCase::of(&[first, second]);
    match (first.to_ascii_uppercase().as_str(), second.to_ascii_uppercase().as_str()) {
        ("NOT", "EXISTS") => Ok(Test::NotExists(case)),
        ("NOT", _) => Err(after_first.expected("EXISTS")),
        ("IS", "NOT") => Err(cursor.error_since(start, ParseErrorKind::UnsupportedKeyword("IS NOT"))),
        ("IS", word) => {
            let literal = Literal::ALL.into_iter().find(|literal| literal.keyword() == word);
            literal.map(|literal| Test::Is(literal, case)).ok_or_else(|| after_first.expected("NULL, TRUE or FALSE"))
        }
        _ => Err(ParseError::new(
            ParseErrorKind::Expected("a comparison operator, IS or NOT EXISTS"),
            start..after_first.position(),
        )),
    }
}

fn keyword<'a>(cursor: &mut Cursor<'a>) -> &'a str {
    cursor.skip_whitespace();
    cursor.take_while(|character| character.is_ascii_alphabetic())
}
