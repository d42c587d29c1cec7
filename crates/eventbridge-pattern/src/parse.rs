//! From text to the tree of a pattern.

mod expression;

use std::sync::Arc;

use crate::complexity;
use crate::error::{MAX_CHARACTERS, MAX_DEPTH, ParseError, Reason, Span};
use crate::json::{Json, Node};
use crate::matcher::Matcher;
use crate::tree::{Block, Entry};

/// The operator between the members of one list of objects.
const OR: &str = "$or";

/// The names that no field may have inside `$or`, from event-ruler's `Constants`.
const RESERVED_IN_OR: [&str; 25] = [
    "exactly",
    "equals-ignore-case",
    "prefix",
    "suffix",
    "anything-but",
    "exists",
    "wildcard",
    "numeric",
    "cidr",
    "html",
    "=",
    "<",
    "<=",
    ">",
    ">=",
    "regex",
    "not-wildcard",
    "not-equals-ignore-case",
    "date-after",
    "date-on-or-after",
    "date-before",
    "date-on-or-before",
    "in-date-range",
    "ip-address-in-range",
    "ip-address-not-in-range",
];

/// Reads the text of a pattern.
///
/// A pattern whose `$or` cannot be the operator is read again with `$or` as a field's name, as the README of
/// event-ruler describes for patterns older than the operator; a pattern that fails both ways gets the first error.
pub(crate) fn pattern(text: &str) -> Result<Block, ParseError> {
    let characters = text.chars().count();
    if characters > MAX_CHARACTERS {
        return Err(ParseError::new(Reason::TooLong(characters), "", Span::new(text, 0, text.len())));
    }
    let root = Node::parse(text)?;
    let with_or = Reader { or_is_operator: true }.root(root);
    match with_or {
        Err(error) if error.reason().concerns_or() => Reader { or_is_operator: false }.root(root).map_err(|_| error),
        read => read,
    }
}

/// Reads objects, with `$or` as operator or as a field's name like any other.
struct Reader {
    or_is_operator: bool,
}

/// Where in a pattern an object stands.
struct Place<'p> {
    /// The names on the way, joined by dots.
    path: &'p str,
    /// How many objects are around.
    depth: usize,
    /// Whether `$or` is among them.
    inside_or: bool,
}

impl Reader {
    fn root(&self, root: Node<'_>) -> Result<Block, ParseError> {
        match root.read("")? {
            Json::Object(members) => self.block(root, members, &Place { path: "", depth: 1, inside_or: false }),
            _ => Err(root.error(Reason::NotAnObject, "")),
        }
    }

    fn block(&self, node: Node<'_>, members: Vec<(String, Node<'_>)>, place: &Place<'_>) -> Result<Block, ParseError> {
        if members.is_empty() {
            return Err(node.error(Reason::EmptyObject, place.path));
        }
        if place.depth > MAX_DEPTH {
            return Err(node.error(Reason::TooDeep, place.path));
        }
        members.into_iter().map(|(name, value)| self.entry(name, value, place)).collect()
    }

    fn entry(&self, name: String, value: Node<'_>, place: &Place<'_>) -> Result<Entry, ParseError> {
        if name == OR && self.or_is_operator {
            return self.or(value, place);
        }
        let path = join(place.path, &name);
        if place.inside_or && RESERVED_IN_OR.contains(&name.as_str()) {
            return Err(value.error(Reason::OrReservedName(name), &path));
        }
        match value.read(&path)? {
            Json::Object(members) => {
                let inner = Place { path: &path, depth: place.depth + 1, inside_or: place.inside_or };
                Ok(Entry::Object { name, block: self.block(value, members, &inner)? })
            }
            Json::Array(items) => Ok(Entry::Leaf { name, matchers: matchers(value, &items, &path)? }),
            _ => Err(value.error(Reason::NotAnObjectOrArray(name), &path)),
        }
    }

    fn or(&self, value: Node<'_>, place: &Place<'_>) -> Result<Entry, ParseError> {
        let path = join(place.path, OR);
        let Json::Array(items) = value.read(&path)? else { return Err(value.error(Reason::OrNotAnArray, &path)) };
        let inner = Place { path: place.path, depth: place.depth + 1, inside_or: true };
        let blocks: Vec<_> = items
            .iter()
            .map(|item| match item.read(&path)? {
                Json::Object(members) => self.block(*item, members, &inner),
                _ => Err(item.error(Reason::OrMember, &path)),
            })
            .collect::<Result<_, _>>()?;
        if blocks.len() < 2 { Err(value.error(Reason::OrTooFew, &path)) } else { Ok(Entry::Or(blocks)) }
    }
}

/// Joins a name to a path, as EventBridge does when it compiles a pattern (user guide, eb-create-pattern).
pub(crate) fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// Reads a field's list of values and match expressions.
fn matchers(list: Node<'_>, items: &[Node<'_>], path: &str) -> Result<Arc<[Matcher]>, ParseError> {
    if items.is_empty() {
        return Err(list.error(Reason::EmptyArray, path));
    }
    let matchers: Arc<[Matcher]> =
        items.iter().map(|item| expression::matcher(*item, path)).collect::<Result<_, _>>()?;
    if complexity::is_too_complex(&matchers) { Err(list.error(Reason::TooComplex, path)) } else { Ok(matchers) }
}
