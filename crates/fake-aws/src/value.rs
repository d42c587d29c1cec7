//! One value type for requests and responses, so that a handler is written once and served over every protocol.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;

/// A member name of a structure or a key of a map.
pub type Name = Cow<'static, str>;

/// A request or response value, independent of the wire protocol that carries it.
///
/// Structures and maps are kept apart because awsQuery writes them differently (named elements against `entry` elements), and
/// times are kept apart from numbers because every protocol writes them in its own way.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// An absent member: dropped when a structure is built.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A floating-point number.
    Float(f64),
    /// A string.
    Text(String),
    /// Bytes: base64 in JSON and XML, a byte string in CBOR.
    Blob(Vec<u8>),
    /// A point in time.
    Time(Timestamp),
    /// A list.
    List(Vec<Self>),
    /// A dictionary with free keys.
    Map(Vec<(Name, Self)>),
    /// A structure with named members, in the model's order.
    Structure(Vec<(Name, Self)>),
}

impl Value {
    /// Builds a structure and drops its absent members.
    pub fn structure(members: Vec<(Name, Self)>) -> Self {
        Self::Structure(members.into_iter().filter(|(_, value)| *value != Self::Null).collect())
    }

    /// An empty structure: the answer of the calls that return nothing.
    pub const fn empty() -> Self {
        Self::Structure(Vec::new())
    }

    /// Builds a dictionary from its pairs.
    pub fn map<K: Into<Name>, V: Into<Self>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        Self::Map(pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }

    /// The pairs of a structure or map; nothing for any other kind.
    pub fn members(&self) -> &[(Name, Self)] {
        match self {
            Self::Structure(members) | Self::Map(members) => members,
            _ => &[],
        }
    }

    /// The named member, if it is there.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.members().iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The named member as text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_text()
    }

    /// This value as text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The named member as a whole number; awsQuery sends numbers as text.
    pub fn integer(&self, name: &str) -> Option<i64> {
        match self.get(name)? {
            Self::Integer(number) => Some(*number),
            Self::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// The named member as a floating-point number.
    pub fn float(&self, name: &str) -> Option<f64> {
        self.get(name)?.as_float()
    }

    /// This value as a floating-point number.
    pub fn as_float(&self) -> Option<f64> {
        match self {
            Self::Float(number) => Some(*number),
            #[expect(clippy::cast_precision_loss, reason = "metric values and thresholds are doubles on the wire")]
            Self::Integer(number) => Some(*number as f64),
            Self::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// The named member as a boolean.
    pub fn boolean(&self, name: &str) -> Option<bool> {
        match self.get(name)? {
            Self::Bool(flag) => Some(*flag),
            Self::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// The named member as a time: seconds since the epoch, or ISO 8601.
    pub fn time(&self, name: &str) -> Option<Timestamp> {
        match self.get(name)? {
            Self::Time(time) => Some(*time),
            Self::Integer(seconds) => Timestamp::from_second(*seconds).ok(),
            Self::Float(seconds) => timestamp_from_seconds(*seconds),
            Self::Text(text) => text.parse().ok().or_else(|| timestamp_from_seconds(text.parse().ok()?)),
            _ => None,
        }
    }

    /// The named member as a list; empty when it is absent.
    pub fn list(&self, name: &str) -> &[Self] {
        match self.get(name) {
            Some(Self::List(items)) => items,
            _ => &[],
        }
    }

    /// The named member as a list of strings; items of another kind are left out.
    pub fn texts(&self, name: &str) -> Vec<String> {
        self.list(name).iter().filter_map(Self::as_text).map(str::to_owned).collect()
    }

    /// The named member as a dictionary of strings.
    pub fn text_map(&self, name: &str) -> BTreeMap<String, String> {
        let Some(map) = self.get(name) else { return BTreeMap::new() };
        map.members().iter().filter_map(|(key, value)| Some((key.to_string(), value.as_text()?.to_owned()))).collect()
    }
}

/// Converts seconds since the epoch, as awsJson and CBOR carry them, to a timestamp of millisecond grain.
pub(crate) fn timestamp_from_seconds(seconds: f64) -> Option<Timestamp> {
    #[expect(clippy::cast_possible_truncation, reason = "out-of-range values saturate and are then refused by jiff")]
    Timestamp::from_millisecond((seconds * 1000.0).round() as i64).ok()
}

/// Converts a timestamp to seconds since the epoch with millisecond grain.
pub(crate) fn seconds_from_timestamp(time: Timestamp) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of this era fit a double exactly")]
    let milliseconds = time.as_millisecond() as f64;
    milliseconds / 1000.0
}

macro_rules! value_from {
    ($($source:ty => |$name:ident| $value:expr),* $(,)?) => {$(
        impl From<$source> for Value {
            fn from($name: $source) -> Self {
                $value
            }
        }
    )*};
}

value_from! {
    bool => |flag| Self::Bool(flag),
    i64 => |number| Self::Integer(number),
    u32 => |number| Self::Integer(number.into()),
    f64 => |number| Self::Float(number),
    usize => |number| Self::Integer(i64::try_from(number).unwrap_or(i64::MAX)),
    &str => |text| Self::Text(text.to_owned()),
    String => |text| Self::Text(text),
    &String => |text| Self::Text(text.clone()),
    Timestamp => |time| Self::Time(time),
    &[String] => |items| Self::List(items.iter().map(Self::from).collect()),
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(option: Option<T>) -> Self {
        option.map_or(Self::Null, Into::into)
    }
}

impl<T: Into<Self>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

/// Builds a [`Value::Structure`] from `"Member": value` pairs; absent options leave their member out.
macro_rules! shape {
    ($($name:literal : $value:expr),* $(,)?) => {
        $crate::value::Value::structure(vec![$(($name.into(), $crate::value::Value::from($value))),*])
    };
}
pub(crate) use shape;
