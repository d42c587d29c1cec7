//! A client that speaks the wire protocols by hand, signed by the SDK's own signer.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use fake_aws::FakeAws;
use fake_aws::world::{CallerKey, World};
use serde_json::Value as Json;

pub(crate) const MANAGEMENT: &str = "111111111111";
pub(crate) const MEMBER: &str = "222222222222";
pub(crate) const ROLE_ARN: &str = "arn:aws:iam::222222222222:role/rootsweep-audit";

/// An organization of a management account and one member, with `extra` YAML put behind it.
pub(crate) fn world(extra: &str) -> World {
    let text = format!(
        r#"
organization:
  management_account: "{MANAGEMENT}"
  features: [RootCredentialsManagement, RootSessions]
accounts:
  - id: "{MANAGEMENT}"
    name: Management
    roles: [{{ name: hub, trusts: ["*"] }}]
  - id: "{MEMBER}"
    name: Member
    roles: [{{ name: rootsweep-audit }}]
    root: {{ mfa_devices: [{{ kind: virtual, serial: any-name }}] }}
  - {{ id: "333333333333", name: Other, roles: [{{ name: rootsweep-audit, trusts: ["444444444444"] }}] }}
{extra}"#
    );
    World::from_yaml(&text).unwrap()
}

#[derive(Debug, Clone)]
pub(crate) struct Client {
    url: String,
    credentials: Credentials,
    http: reqwest::Client,
    pub(crate) region: String,
    /// How far this client's clock is ahead, in seconds.
    ahead: u64,
}

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub(crate) fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The text of the first XML element of that name.
    pub(crate) fn xml(&self, element: &str) -> String {
        let text = self.text();
        let start = text.find(&format!("<{element}>")).unwrap_or_else(|| panic!("no {element} in {text}"));
        let rest = &text[start + element.len() + 2..];
        rest[..rest.find(&format!("</{element}>")).unwrap()].to_owned()
    }
}

impl Client {
    /// The World's first caller.
    pub(crate) fn of(fake: &FakeAws) -> Self {
        let CallerKey { access_key_id, secret_access_key, .. } = fake.world().callers[0].clone();
        Self::with(fake, Credentials::new(access_key_id, secret_access_key, None, None, "test"))
    }

    pub(crate) fn with(fake: &FakeAws, credentials: Credentials) -> Self {
        Self { url: fake.url(), credentials, http: reqwest::Client::new(), region: "us-east-1".to_owned(), ahead: 0 }
    }

    /// The same client with the credentials of an STS answer.
    pub(crate) fn assumed(&self, answer: &Reply) -> Self {
        let credentials = Credentials::new(
            answer.xml("AccessKeyId"),
            answer.xml("SecretAccessKey"),
            Some(answer.xml("SessionToken")),
            None,
            "test",
        );
        Self { credentials, ..self.clone() }
    }

    /// The same client with its clock so many seconds ahead.
    pub(crate) fn signing_in(&self, seconds: u64) -> Self {
        Self { ahead: seconds, ..self.clone() }
    }

    pub(crate) fn in_region(&self, region: &str) -> Self {
        Self { region: region.to_owned(), ..self.clone() }
    }

    pub(crate) async fn json(&self, service: &str, operation: &str, body: Json) -> Reply {
        let headers =
            [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", &format!("Prefix_1.{operation}"))];
        self.send(service, "/", &headers, body.to_string().into_bytes()).await.unwrap()
    }

    pub(crate) async fn query(&self, service: &str, action: &str, parameters: &[(&str, &str)]) -> Reply {
        self.try_query(service, action, parameters).await.unwrap()
    }

    pub(crate) async fn try_query(
        &self,
        service: &str,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Reply, reqwest::Error> {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("Action", action).append_pair("Version", "2010-05-08").extend_pairs(parameters);
        let headers = [("content-type", "application/x-www-form-urlencoded; charset=utf-8")];
        self.send(service, "/", &headers, form.finish().into_bytes()).await
    }

    pub(crate) async fn rest(&self, service: &str, path: &str, body: Json) -> Reply {
        self.send(service, path, &[("content-type", "application/json")], body.to_string().into_bytes()).await.unwrap()
    }

    /// Calls CloudWatch as its SDK client does.
    pub(crate) async fn cbor(&self, operation: &str, body: Json) -> (Reply, Json) {
        let mut bytes = Vec::new();
        ciborium::into_writer(&body, &mut bytes).unwrap();
        let path = format!("/service/GraniteServiceVersion20100801/operation/{operation}");
        let headers = [("content-type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor")];
        let reply = self.send("monitoring", &path, &headers, bytes).await.unwrap();
        let value: ciborium::Value = ciborium::from_reader(reply.body.as_slice()).unwrap();
        let json = plain(value);
        (reply, json)
    }

    async fn send(
        &self,
        service: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Reply, reqwest::Error> {
        let url = format!("{}{path}", self.url);
        let identity = self.credentials.clone().into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(service)
            .time(SystemTime::now() + Duration::from_secs(self.ahead))
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let signable =
            SignableRequest::new("POST", url.as_str(), headers.iter().copied(), SignableBody::Bytes(&body)).unwrap();
        let (instructions, _) = sign(signable, &parameters).unwrap().into_parts();
        let mut request = self.http.post(&url).body(body);
        for (name, value) in headers.iter().copied().chain(instructions.headers()) {
            request = request.header(name, value);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Reply { status, headers, body: response.bytes().await?.to_vec() })
    }
}

/// Assumes the audit role of the member account.
pub(crate) async fn assume(client: &Client, parameters: &[(&str, &str)]) -> Reply {
    let mut all = vec![("RoleArn", ROLE_ARN), ("RoleSessionName", "sweep")];
    all.extend(parameters);
    client.query("sts", "AssumeRole", &all).await
}

fn plain(value: ciborium::Value) -> Json {
    match value {
        ciborium::Value::Tag(1, inner) => plain(*inner),
        ciborium::Value::Array(items) => items.into_iter().map(plain).collect(),
        ciborium::Value::Map(pairs) => {
            pairs.into_iter().map(|(key, value)| (key.into_text().unwrap(), plain(value))).collect()
        }
        other => serde_json::to_value(other).unwrap(),
    }
}
