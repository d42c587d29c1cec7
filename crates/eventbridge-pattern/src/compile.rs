//! From the tree of a pattern to the alternatives that EventBridge makes of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use crate::error::{MAX_ALTERNATIVES, Reason};
use crate::matcher::Matcher;
use crate::parse::join;
use crate::tree::{Entry, PrintedList};

/// One way for an event to match: all of these fields match. A pattern without `$or` has one alternative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    fields: Vec<Field>,
}

impl Alternative {
    /// Returns the fields, in the order of their paths.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Returns the field at a path, its names joined by dots: `detail.userIdentity.type`.
    pub fn field(&self, path: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.path() == path)
    }
}

/// A field that has to be in an event, or out of it, and what its value may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    path: String,
    matchers: Arc<[Matcher]>,
}

impl Field {
    /// Returns the names on the way to the field joined by dots: `detail.userIdentity.type`.
    ///
    /// EventBridge compares paths in this form too, so a dot inside a name and between names are the same to it.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns what the value may be; one of these has to match.
    pub fn matchers(&self) -> &[Matcher] {
        &self.matchers
    }

    /// Returns whether the field matches where an event has no value for it, that is, by `{"exists": false}`.
    pub fn matches_absence(&self) -> bool {
        self.matchers.contains(&Matcher::Exists(false))
    }

    /// Returns whether a value matches; each member of an array is a value of its own.
    pub fn matches_value(&self, value: &serde_json::Value) -> bool {
        self.matchers.iter().any(|matcher| matcher.matches(value))
    }
}

/// Prints the list of the field's matchers as JSON.
impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        PrintedList(&self.matchers).fmt(f)
    }
}

/// The alternatives of a pattern, and the fields given more than once.
pub(crate) struct Compiled {
    pub(crate) alternatives: Vec<Alternative>,
    pub(crate) overridden: BTreeSet<String>,
}

/// What an alternative asks, by path.
type Conjunction = BTreeMap<String, Arc<[Matcher]>>;

/// Multiplies the `$or` of a pattern out.
pub(crate) fn compile(root: &[Entry]) -> Result<Compiled, Reason> {
    let mut overridden = BTreeSet::new();
    let mut conjunctions = vec![Conjunction::new()];
    expand(root, "", &mut conjunctions, &mut overridden)?;
    let alternative = |conjunction: Conjunction| Alternative {
        fields: conjunction.into_iter().map(|(path, matchers)| Field { path, matchers }).collect(),
    };
    Ok(Compiled { alternatives: conjunctions.into_iter().map(alternative).collect(), overridden })
}

/// Adds the members of an object to every alternative so far, in the order in which they are written.
///
/// Of two members for one path the last is used (user guide, eb-create-pattern).
fn expand(
    block: &[Entry],
    path: &str,
    conjunctions: &mut Vec<Conjunction>,
    overridden: &mut BTreeSet<String>,
) -> Result<(), Reason> {
    for entry in block {
        match entry {
            Entry::Leaf { name, matchers } => {
                let path = join(path, name);
                for conjunction in conjunctions.iter_mut() {
                    if conjunction.insert(path.clone(), Arc::clone(matchers)).is_some() {
                        overridden.insert(path.clone());
                    }
                }
            }
            Entry::Object { name, block } => expand(block, &join(path, name), conjunctions, overridden)?,
            Entry::Or(blocks) => *conjunctions = multiply(blocks, path, conjunctions, overridden)?,
        }
    }
    Ok(())
}

fn multiply(
    blocks: &[Vec<Entry>],
    path: &str,
    before: &[Conjunction],
    overridden: &mut BTreeSet<String>,
) -> Result<Vec<Conjunction>, Reason> {
    let mut all = Vec::new();
    for block in blocks {
        let mut conjunctions = before.to_vec();
        expand(block, path, &mut conjunctions, overridden)?;
        all.append(&mut conjunctions);
        if all.len() > MAX_ALTERNATIVES {
            return Err(Reason::TooManyAlternatives);
        }
    }
    Ok(all)
}
