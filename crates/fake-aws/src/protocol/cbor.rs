//! rpc-v2-cbor, which CloudWatch's SDK client speaks.
//!
//! Source: <https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html>

use ciborium::Value as Cbor;

use super::unreadable;
use crate::error::ServiceError;
use crate::value::{Value, seconds_from_timestamp, timestamp_from_seconds};

/// The tag of seconds since the epoch.
const EPOCH: u64 = 1;

/// Reads the operation from `/service/NAME/operation/OPERATION` and the parameters from the body.
pub(super) fn decode(path: &str, body: &[u8]) -> Result<(String, Value), ServiceError> {
    let operation = path.rsplit_once("/operation/").map(|(_, operation)| operation);
    let operation = operation.ok_or_else(|| ServiceError::not_modelled(format!("the path {path}")))?;
    if body.is_empty() {
        return Ok((operation.to_owned(), Value::empty()));
    }
    let value: Cbor = ciborium::from_reader(body).map_err(unreadable)?;
    Ok((operation.to_owned(), from_cbor(value)))
}

fn from_cbor(cbor: Cbor) -> Value {
    match cbor {
        Cbor::Bool(flag) => Value::Bool(flag),
        Cbor::Integer(number) => Value::Integer(i64::try_from(number).unwrap_or(i64::MAX)),
        Cbor::Float(number) => Value::Float(number),
        Cbor::Text(text) => Value::Text(text),
        Cbor::Bytes(bytes) => Value::Blob(bytes),
        Cbor::Tag(EPOCH, seconds) => {
            from_cbor(*seconds).as_float().and_then(timestamp_from_seconds).map_or(Value::Null, Value::Time)
        }
        Cbor::Array(items) => Value::List(items.into_iter().map(from_cbor).collect()),
        Cbor::Map(pairs) => Value::structure(
            pairs
                .into_iter()
                .filter_map(|(key, value)| Some((key.into_text().ok()?.into(), from_cbor(value))))
                .collect(),
        ),
        _ => Value::Null,
    }
}

/// Writes a value.
pub(super) fn encode(value: &Value) -> Vec<u8> {
    write(&to_cbor(value))
}

/// Writes an error.
pub(super) fn encode_error(shape: &str, error: &ServiceError) -> Vec<u8> {
    let pairs = [("__type", shape), ("message", error.message.as_str())];
    write(&Cbor::Map(pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect()))
}

fn write(cbor: &Cbor) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing to memory cannot fail.
    let _ = ciborium::into_writer(cbor, &mut bytes);
    bytes
}

fn to_cbor(value: &Value) -> Cbor {
    match value {
        Value::Null => Cbor::Null,
        Value::Bool(flag) => Cbor::Bool(*flag),
        Value::Integer(number) => (*number).into(),
        Value::Float(number) => (*number).into(),
        Value::Text(text) => Cbor::Text(text.clone()),
        Value::Blob(bytes) => Cbor::Bytes(bytes.clone()),
        Value::Time(time) => Cbor::Tag(EPOCH, Box::new(seconds_from_timestamp(*time).into())),
        Value::List(items) => Cbor::Array(items.iter().map(to_cbor).collect()),
        Value::Map(members) | Value::Structure(members) => {
            Cbor::Map(members.iter().map(|(name, value)| (Cbor::Text(name.to_string()), to_cbor(value))).collect())
        }
    }
}
