//! The members of a field's list: values and match expressions.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::error::{ParseError, Reason};
use crate::json::{Json, Node};
use crate::matcher::{AnythingBut, Comparison, Matcher, NumericRange, parse_address};
use crate::number::NumberLiteral;
use crate::text::Wildcard;

/// Reads one member of a field's list.
pub(crate) fn matcher(node: Node<'_>, path: &str) -> Result<Matcher, ParseError> {
    Ok(match node.read(path)? {
        Json::Null => Matcher::Null,
        Json::Bool(wanted) => Matcher::Bool(wanted),
        Json::Number(text) => Matcher::Number(NumberLiteral::new(text)),
        Json::String(text) => match parse_address(&text) {
            Some(address) => Matcher::Address { text, address },
            None => Matcher::String(text),
        },
        Json::Array(_) => return Err(node.error(Reason::NestedArray, path)),
        Json::Object(members) => {
            let (operator, operand) = only_member(node, members, Reason::NoMatchType, path)?;
            expression(&operator, Operand { node: operand, path })?
        }
    })
}

/// Returns the one member that a match expression has.
fn only_member<'a>(
    node: Node<'a>,
    members: Vec<(String, Node<'a>)>,
    if_empty: Reason,
    path: &str,
) -> Result<(String, Node<'a>), ParseError> {
    let mut members = members.into_iter();
    match (members.next(), members.next()) {
        (Some(member), None) => Ok(member),
        (Some(_), Some((_, second))) => Err(second.error(Reason::SeveralKeys, path)),
        (None, _) => Err(node.error(if_empty, path)),
    }
}

fn expression(operator: &str, operand: Operand<'_>) -> Result<Matcher, ParseError> {
    match operator {
        "exactly" => operand.string("exact").map(Matcher::Exactly),
        "prefix" => operand.affix("prefix").map(|(text, ignore_case)| Matcher::Prefix { text, ignore_case }),
        "suffix" => operand.affix("suffix").map(|(text, ignore_case)| Matcher::Suffix { text, ignore_case }),
        "equals-ignore-case" => operand.string("equals-ignore-case").map(Matcher::EqualsIgnoreCase),
        "wildcard" => operand.wildcard().map(Matcher::Wildcard),
        "anything-but" => operand.anything_but().map(Matcher::AnythingBut),
        "numeric" => operand.numeric().map(Matcher::Numeric),
        "cidr" => operand.cidr().map(Matcher::Cidr),
        "exists" => match operand.read()? {
            Json::Bool(wanted) => Ok(Matcher::Exists(wanted)),
            _ => operand.fail(Reason::NotABoolean),
        },
        other => operand.fail(Reason::UnknownMatchType(other.to_owned())),
    }
}

/// What stands after an operator.
#[derive(Clone, Copy)]
struct Operand<'a> {
    node: Node<'a>,
    path: &'a str,
}

impl<'a> Operand<'a> {
    fn read(self) -> Result<Json<'a>, ParseError> {
        self.node.read(self.path)
    }

    fn at(self, node: Node<'a>) -> Self {
        Self { node, ..self }
    }

    fn fail<T>(self, reason: Reason) -> Result<T, ParseError> {
        Err(self.node.error(reason, self.path))
    }

    fn string(self, operator: &'static str) -> Result<String, ParseError> {
        match self.read()? {
            Json::String(text) => Ok(text),
            _ => self.fail(Reason::NotAString(operator)),
        }
    }

    /// Reads the operand of `prefix` or `suffix`, and whether letters match in either case.
    fn affix(self, operator: &'static str) -> Result<(String, bool), ParseError> {
        let Json::Object(members) = self.read()? else { return Ok((self.string(operator)?, false)) };
        let none = Reason::UnsupportedAffix { operator, found: String::new() };
        let (found, inner) = only_member(self.node, members, none, self.path)?;
        if found == "equals-ignore-case" {
            Ok((self.at(inner).string("equals-ignore-case")?, true))
        } else {
            self.at(inner).fail(Reason::UnsupportedAffix { operator, found })
        }
    }

    fn wildcard(self) -> Result<Wildcard, ParseError> {
        let text = self.string("wildcard")?;
        Wildcard::parse(&text).or_else(|reason| self.fail(reason))
    }

    fn number(self, text: &str) -> Result<NumberLiteral, ParseError> {
        NumberLiteral::comparable(text).or_else(|reason| self.fail(reason))
    }

    fn anything_but(self) -> Result<AnythingBut, ParseError> {
        match self.read()? {
            Json::String(text) => Ok(AnythingBut::Strings(vec![text])),
            Json::Number(text) => Ok(AnythingBut::Numbers(vec![self.number(text)?])),
            Json::Array(items) => self.anything_but_list(&items),
            Json::Object(members) => {
                let (operator, inner) = only_member(self.node, members, Reason::NoAnythingButType, self.path)?;
                self.at(inner).anything_but_expression(&operator)
            }
            Json::Null | Json::Bool(_) => self.fail(Reason::AnythingButValue),
        }
    }

    fn anything_but_list(self, items: &[Node<'a>]) -> Result<AnythingBut, ParseError> {
        let (mut strings, mut numbers) = (Vec::new(), Vec::new());
        for item in items.iter().map(|item| self.at(*item)) {
            match item.read()? {
                Json::String(text) => strings.push(text),
                Json::Number(text) => numbers.push(item.number(text)?),
                _ => return item.fail(Reason::AnythingButMember),
            }
        }
        match (strings.is_empty(), numbers.is_empty()) {
            (false, true) => Ok(AnythingBut::Strings(strings)),
            (true, false) => Ok(AnythingBut::Numbers(numbers)),
            _ => self.fail(Reason::AnythingButMixed),
        }
    }

    fn anything_but_expression(self, operator: &str) -> Result<AnythingBut, ParseError> {
        match operator {
            "prefix" => self.each(Operand::excluded_affix).map(AnythingBut::Prefix),
            "suffix" => self.each(Operand::excluded_affix).map(AnythingBut::Suffix),
            "equals-ignore-case" => self.each(Operand::excluded_text).map(AnythingBut::EqualsIgnoreCase),
            "wildcard" => self.each(Operand::wildcard).map(AnythingBut::Wildcard),
            other => self.fail(Reason::UnsupportedAnythingBut(other.to_owned())),
        }
    }

    /// Reads one operand, or each of a list.
    ///
    /// An empty list is refused: it would exclude nothing, and what EventBridge makes of it is not documented.
    fn each<T>(self, read: impl Fn(Self) -> Result<T, ParseError>) -> Result<Vec<T>, ParseError> {
        match self.read()? {
            Json::Array(items) if items.is_empty() => self.fail(Reason::EmptyArray),
            Json::Array(items) => items.into_iter().map(|item| read(self.at(item))).collect(),
            Json::String(_) | Json::Number(_) => Ok(vec![read(self)?]),
            _ => self.fail(Reason::AnythingButValue),
        }
    }

    fn excluded_affix(self) -> Result<String, ParseError> {
        let text = self.string("prefix/suffix")?;
        if text.is_empty() { self.fail(Reason::EmptyAffix) } else { Ok(text) }
    }

    fn excluded_text(self) -> Result<String, ParseError> {
        match self.read()? {
            Json::String(text) => Ok(text),
            _ => self.fail(Reason::AnythingButIgnoreCaseMember),
        }
    }

    fn numeric(self) -> Result<NumericRange, ParseError> {
        let Json::Array(items) = self.read()? else { return self.fail(Reason::NumericNotAnArray) };
        let mut items = items.into_iter().map(|item| self.at(item));
        let Some(sign) = items.next() else { return self.fail(Reason::NumericMember("]".to_owned())) };
        let first = self.comparison(sign, items.next())?;
        let is_lower_end = matches!(first.0, Comparison::Greater | Comparison::GreaterOrEqual);
        let upper = match items.next() {
            None => None,
            Some(sign) if is_lower_end => Some(self.upper_end(sign, items.next())?),
            Some(extra) => return extra.fail(Reason::NumericTooMany),
        };
        if let Some(extra) = items.next() {
            return extra.fail(Reason::NumericTooManyTerms);
        }
        match &upper {
            Some((_, top)) if first.1.value() >= top.value() => self.fail(Reason::NumericEmptyRange),
            _ => Ok(NumericRange { first, upper }),
        }
    }

    fn comparison(self, sign: Self, limit: Option<Self>) -> Result<(Comparison, NumberLiteral), ParseError> {
        let Json::String(text) = sign.read()? else {
            return sign.fail(Reason::NumericMember(sign.node.text().to_owned()));
        };
        match Comparison::parse(&text) {
            Some(comparison) => Ok((comparison, self.limit(comparison, limit)?)),
            None => sign.fail(Reason::NumericOperator(text)),
        }
    }

    fn upper_end(self, sign: Self, limit: Option<Self>) -> Result<(Comparison, NumberLiteral), ParseError> {
        let Json::String(text) = sign.read()? else {
            return sign.fail(Reason::NumericRangeValue(sign.node.text().to_owned()));
        };
        match Comparison::parse(&text) {
            Some(comparison @ (Comparison::Less | Comparison::LessOrEqual)) => {
                Ok((comparison, self.limit(comparison, limit)?))
            }
            _ => sign.fail(Reason::NumericRangeOperator(text)),
        }
    }

    /// Reads the number after a comparison; where none stands, the fault is the whole list's.
    fn limit(self, comparison: Comparison, limit: Option<Self>) -> Result<NumberLiteral, ParseError> {
        let name = if comparison == Comparison::Equal { "equals" } else { comparison.sign() };
        let Some(limit) = limit else { return self.fail(Reason::NumericOperand(name)) };
        match limit.read()? {
            Json::Number(text) => limit.number(text),
            _ => limit.fail(Reason::NumericOperand(name)),
        }
    }

    fn cidr(self) -> Result<IpNet, ParseError> {
        // EventBridge speaks of a prefix here too.
        let text = self.string("prefix")?;
        net(&text).or_else(|reason| self.fail(reason))
    }
}

/// Reads a CIDR, in the order in which event-ruler's `CIDR` checks it.
fn net(text: &str) -> Result<IpNet, Reason> {
    let (address, mask) = text.split_once('/').ok_or(Reason::CidrSlash)?;
    if mask.contains('/') || mask.is_empty() {
        return Err(Reason::CidrSlash);
    }
    let bits: i32 = mask.parse().map_err(|_| Reason::CidrMask)?;
    let bits = u8::try_from(bits.min(i32::from(u8::MAX))).map_err(|_| Reason::CidrNegative)?;
    let address = parse_address(address).ok_or_else(|| Reason::CidrAddress(address.to_owned()))?;
    let (most, too_long) = match address {
        IpAddr::V4(_) => (31, Reason::CidrMaskV4),
        IpAddr::V6(_) => (127, Reason::CidrMaskV6),
    };
    if bits > most { Err(too_long) } else { IpNet::new(address, bits).map_err(|_| Reason::CidrMask) }
}
