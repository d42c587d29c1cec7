//! awsJson 1.0 and 1.1.
//!
//! Source: <https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html>

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::{Value as Json, json};

use super::unreadable;
use crate::error::ServiceError;
use crate::value::{Value, seconds_from_timestamp};

/// Reads the operation from the target and the parameters from the body.
pub(super) fn decode(target: &str, body: &[u8]) -> Result<(String, Value), ServiceError> {
    let operation = target.rsplit_once('.').map_or(target, |(_, operation)| operation);
    Ok((operation.to_owned(), decode_body(body)?))
}

/// Reads a JSON body; an empty one has no parameters.
pub(super) fn decode_body(body: &[u8]) -> Result<Value, ServiceError> {
    if body.is_empty() {
        return Ok(Value::empty());
    }
    serde_json::from_slice(body).map(from_json).map_err(unreadable)
}

fn from_json(json: Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(flag),
        Json::Number(number) => number.as_i64().map_or_else(|| Value::from(number.as_f64()), Value::Integer),
        Json::String(text) => Value::Text(text),
        Json::Array(items) => Value::List(items.into_iter().map(from_json).collect()),
        Json::Object(members) => {
            Value::structure(members.into_iter().map(|(key, value)| (key.into(), from_json(value))).collect())
        }
    }
}

/// Writes a value.
pub(super) fn encode(value: &Value) -> Vec<u8> {
    serde_json::to_vec(&Encode(value)).unwrap_or_default()
}

/// Writes an error.
pub(super) fn encode_error(shape: &str, error: &ServiceError) -> Vec<u8> {
    json!({ "__type": shape, "message": error.message }).to_string().into_bytes()
}

struct Encode<'a>(&'a Value);

impl Serialize for Encode<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null => serializer.serialize_none(),
            Value::Bool(flag) => serializer.serialize_bool(*flag),
            Value::Integer(number) => serializer.serialize_i64(*number),
            Value::Float(number) => serializer.serialize_f64(*number),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Blob(bytes) => serializer.serialize_str(&BASE64_STANDARD.encode(bytes)),
            Value::Time(time) => serializer.serialize_f64(seconds_from_timestamp(*time)),
            Value::List(items) => serializer.collect_seq(items.iter().map(Encode)),
            Value::Map(members) | Value::Structure(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, &Encode(value))?;
                }
                map.end()
            }
        }
    }
}
