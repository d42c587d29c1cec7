//! Calls to AWS on the wire, for what a scenario does by itself: everything that it judges goes through the product.
//!
//! Only loopback endpoints are spoken to, with credentials that exist nowhere else.

use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result, ensure};
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use reqwest::Client;
use scenario::Call;
use serde_json::{Map, Value};

/// A caller of AWS at one endpoint.
#[derive(Clone)]
pub struct Wire {
    endpoint: String,
    http: Client,
    /// What the clock of the endpoint says: signatures carry it.
    now: SystemTime,
}

/// How a service is spoken to.
enum Speech {
    /// awsJson: the target's prefix and the version.
    Json(&'static str, &'static str),
    /// awsQuery: the version of the API.
    Query(&'static str),
}

fn speech(service: &str) -> Result<Speech> {
    Ok(match service {
        "logs" => Speech::Json("Logs_20140328", "1.1"),
        "events" => Speech::Json("AWSEvents", "1.1"),
        "sqs" => Speech::Json("AmazonSQS", "1.0"),
        "monitoring" => Speech::Query("2010-08-01"),
        "sns" => Speech::Query("2010-03-31"),
        other => anyhow::bail!("{other:?} is not a service that a scenario can call: {}", Call::SERVICES.join(", ")),
    })
}

impl Wire {
    /// Makes a caller for an endpoint, which has to be on this machine.
    pub fn new(endpoint: &str) -> Result<Self> {
        crate::localstack::ensure_loopback(endpoint)?;
        let http = Client::builder().timeout(Duration::from_secs(30)).build()?;
        Ok(Self { endpoint: endpoint.trim_end_matches('/').to_owned(), http, now: SystemTime::now() })
    }

    /// Signs with another time than the machine's: an embedded AWS has a clock of its own.
    #[must_use]
    pub fn at(&self, now: jiff::Timestamp) -> Self {
        Self { now: now.into(), ..self.clone() }
    }

    /// Makes a call and returns the answer; answers that are no JSON come as text.
    pub async fn call(&self, key: &Key, service: &str, operation: &str, input: &Value) -> Result<Value> {
        let what = || format!("{service}:{operation}");
        let (headers, body) = match speech(service)? {
            Speech::Json(prefix, version) => json_request(prefix, version, operation, input),
            Speech::Query(version) => query_request(version, operation, input),
        };
        let headers = self.signed(key, service, headers, &body).with_context(what)?;
        let mut request = self.http.post(format!("{}/", self.endpoint)).body(body);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let response = request.send().await.with_context(what)?;
        let status = response.status();
        let text = response.text().await.with_context(what)?;
        ensure!(status.is_success(), "{} answered {status}: {text}", what());
        Ok(serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    fn signed(
        &self,
        key: &Key,
        service: &str,
        mut headers: Vec<(String, String)>,
        body: &str,
    ) -> Result<Vec<(String, String)>> {
        let url = format!("{}/", self.endpoint);
        let identity = Credentials::new(&key.id, &key.secret, None, None, "scenario").into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&key.region)
            .name(service)
            .time(self.now)
            .settings(SigningSettings::default())
            .build()?
            .into();
        let visible = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let signable = SignableRequest::new("POST", &url, visible, SignableBody::Bytes(body.as_bytes()))?;
        let (instructions, _) = sign(signable, &parameters)?.into_parts();
        headers.extend(instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())));
        Ok(headers)
    }
}

/// An access key, and the Region that it is used in.
#[derive(Clone, Debug)]
pub struct Key {
    /// The access key id.
    pub id: String,
    /// The secret.
    pub secret: String,
    /// The Region.
    pub region: String,
}

fn json_request(prefix: &str, version: &str, operation: &str, input: &Value) -> (Vec<(String, String)>, String) {
    let headers = [
        ("content-type", format!("application/x-amz-json-{version}")),
        ("x-amz-target", format!("{prefix}.{operation}")),
    ];
    let body = if input.is_null() { "{}".to_owned() } else { input.to_string() };
    (headers.map(|(name, value)| (name.to_owned(), value)).to_vec(), body)
}

fn query_request(version: &str, operation: &str, input: &Value) -> (Vec<(String, String)>, String) {
    let mut pairs = vec![("Action".to_owned(), operation.to_owned()), ("Version".to_owned(), version.to_owned())];
    flatten(String::new(), input, &mut pairs);
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let headers = vec![("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
    (headers, body)
}

/// Writes nested parameters as awsQuery does: `Dimensions.member.1.Name`.
fn flatten(prefix: String, value: &Value, pairs: &mut Vec<(String, String)>) {
    let join = |name: &str| if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
    match value {
        Value::Null => {}
        Value::Object(map) => flatten_map(map, join, pairs),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                flatten(join(&format!("member.{}", index + 1)), item, pairs);
            }
        }
        Value::String(text) => pairs.push((prefix, text.clone())),
        other => pairs.push((prefix, other.to_string())),
    }
}

fn flatten_map(map: &Map<String, Value>, join: impl Fn(&str) -> String, pairs: &mut Vec<(String, String)>) {
    for (name, value) in map {
        flatten(join(name), value, pairs);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_that_a_scenario_can_call_is_spoken_to() {
        assert!(Call::SERVICES.into_iter().all(|service| speech(service).is_ok()));
    }
}
