//! restJson, for the few REST operations that are modelled.
//!
//! Source: <https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html>

use axum::http::Method;
use serde_json::json;

use super::json::decode_body;
use crate::call::Service;
use crate::error::ServiceError;
use crate::value::Value;

/// Finds the operation of a method and path, and reads the parameters from the body.
pub(super) fn decode(
    service: Service,
    method: &Method,
    path: &str,
    body: &[u8],
) -> Result<(String, Value), ServiceError> {
    let operation = match (service, method, path) {
        (Service::Account, &Method::POST, "/listRegions") => "ListRegions",
        (Service::SecurityHub, &Method::POST, "/findings/import") => "BatchImportFindings",
        _ => return Err(ServiceError::not_modelled(format!("{} {method} {path}", service.name()))),
    };
    Ok((operation.to_owned(), decode_body(body)?))
}

/// Writes an error; its code goes into a header.
pub(super) fn encode_error(error: &ServiceError) -> Vec<u8> {
    json!({ "message": error.message }).to_string().into_bytes()
}
