//! AWS's wire protocols: from a request to an operation with its parameters, and from an answer to a response.

mod cbor;
mod json;
mod query;
mod rest_json;

use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::call::Service;
use crate::error::ServiceError;
use crate::value::Value;

/// A wire protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// awsQuery: a form in, XML out.
    Query,
    /// awsJson 1.0.
    Json10,
    /// awsJson 1.1.
    Json11,
    /// restJson.
    RestJson,
    /// rpc-v2-cbor.
    Cbor,
}

/// What a request asks for.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) operation: String,
    pub(crate) input: Value,
}

/// An answer in its protocol's form.
#[derive(Debug)]
pub(crate) struct Encoded {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Tells the protocol of a request by its own marks: the CBOR path, the JSON target, the form; REST otherwise.
pub(crate) fn recognize(parts: &Parts) -> Protocol {
    let content_type = header(parts, CONTENT_TYPE.as_str());
    if parts.uri.path().starts_with("/service/") {
        Protocol::Cbor
    } else if parts.headers.contains_key("x-amz-target") {
        if content_type.ends_with("json-1.0") { Protocol::Json10 } else { Protocol::Json11 }
    } else if content_type.starts_with("application/x-www-form-urlencoded") {
        Protocol::Query
    } else {
        Protocol::RestJson
    }
}

/// Takes the protocol off a request.
pub(crate) fn decode(service: Service, parts: &Parts, body: &[u8]) -> Result<Request, ServiceError> {
    let (operation, input) = match recognize(parts) {
        // SQS left awsQuery in 2023, and its lists had another form there.
        Protocol::Query if service == Service::Sqs => return Err(ServiceError::not_modelled("awsQuery for sqs")),
        Protocol::Query => query::decode(body)?,
        Protocol::Json10 | Protocol::Json11 => json::decode(header(parts, "x-amz-target"), body)?,
        Protocol::RestJson => rest_json::decode(service, &parts.method, parts.uri.path(), body)?,
        Protocol::Cbor => cbor::decode(parts.uri.path(), body)?,
    };
    Ok(Request { operation, input })
}

/// Puts an answer into its protocol.
pub(crate) fn encode(
    protocol: Protocol,
    service: Option<Service>,
    operation: &str,
    answer: &Result<Value, ServiceError>,
    request_id: &str,
) -> Encoded {
    let mut headers = HeaderMap::new();
    insert(&mut headers, "x-amzn-requestid", request_id);
    let body = match (protocol, answer) {
        (Protocol::Query, Ok(value)) => query::encode(service, operation, value, request_id).into(),
        (Protocol::Query, Err(error)) => query::encode_error(service, error, request_id).into(),
        (Protocol::Json10 | Protocol::Json11 | Protocol::RestJson, Ok(value)) => json::encode(value),
        (Protocol::Json10 | Protocol::Json11, Err(error)) => {
            mark_query_error(&mut headers, service, error);
            json::encode_error(&shape_name(service, error), error)
        }
        (Protocol::RestJson, Err(error)) => {
            insert(&mut headers, "x-amzn-errortype", &error.code);
            rest_json::encode_error(error)
        }
        (Protocol::Cbor, Ok(value)) => cbor::encode(value),
        (Protocol::Cbor, Err(error)) => {
            mark_query_error(&mut headers, service, error);
            cbor::encode_error(&shape_name(service, error), error)
        }
    };
    insert(&mut headers, "content-type", content_type(protocol));
    if protocol == Protocol::Cbor {
        insert(&mut headers, "smithy-protocol", "rpc-v2-cbor");
    }
    Encoded { status: answer.as_ref().map_or_else(|error| error.status, |_| 200), headers, body: Bytes::from(body) }
}

const fn content_type(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Query => "text/xml",
        Protocol::Json10 => "application/x-amz-json-1.0",
        Protocol::Json11 => "application/x-amz-json-1.1",
        Protocol::RestJson => "application/json",
        Protocol::Cbor => "application/cbor",
    }
}

/// Services that left awsQuery behind still name the error's old code in a header.
///
/// Source: <https://smithy.io/2.0/aws/protocols/aws-query-protocol.html>
fn mark_query_error(headers: &mut HeaderMap, service: Option<Service>, error: &ServiceError) {
    if matches!(service, Some(Service::CloudWatch | Service::Sqs)) {
        let fault = if error.status < 500 { "Sender" } else { "Receiver" };
        insert(headers, "x-amzn-query-error", &format!("{};{fault}", error.code));
    }
}

/// The name of an error's shape, where it differs from the error's awsQuery code.
fn shape_name(service: Option<Service>, error: &ServiceError) -> String {
    let name = match (service, &*error.code) {
        (Some(Service::CloudWatch), "InvalidParameterValue") => "InvalidParameterValueException",
        (Some(Service::CloudWatch), "InvalidParameterCombination") => "InvalidParameterCombinationException",
        (Some(Service::CloudWatch), "MissingParameter") => "MissingRequiredParameterException",
        (Some(Service::Sqs), "AWS.SimpleQueueService.NonExistentQueue") => "QueueDoesNotExist",
        (_, code) => code,
    };
    match service {
        Some(Service::CloudWatch) => format!("com.amazonaws.cloudwatch#{name}"),
        Some(Service::Sqs) => format!("com.amazonaws.sqs#{name}"),
        _ => name.to_owned(),
    }
}

pub(crate) fn header<'a>(parts: &'a Parts, name: &str) -> &'a str {
    parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn insert(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}

/// An error for a body that is not of its protocol.
fn unreadable(why: impl std::fmt::Display) -> ServiceError {
    ServiceError::new(400, "SerializationException", format!("the request body cannot be read: {why}"))
}
