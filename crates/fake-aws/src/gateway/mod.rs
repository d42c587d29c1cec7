//! The fake AWS in front of LocalStack: who answers which call, and what is corrected on the way.
//!
//! LocalStack's community edition has no organizations, cloudtrail and account, knows no root posture and evaluates no filter
//! pattern. The World answers those; the rest is forwarded with the caller's account as its credential.

mod correct;
mod outward;
mod rules;

use std::time::Duration;

use axum::body::Bytes;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};

pub(crate) use outward::UpstreamCall;
pub(crate) use rules::{LOCALSTACK_DIFFERS, Rule, route, rules_of};

use crate::answer::Trace;
use crate::call::Service;
use crate::error::{Error, ServiceError};
use crate::living::is_loopback;
use crate::protocol::Encoded;
use crate::value::Value;
use crate::world::AccountId;

/// LocalStack loads a service at its first call, which takes some seconds.
const TIMEOUT: Duration = Duration::from_mins(1);

/// Who answers a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    /// The World.
    Own,
    /// The World, once LocalStack has done the same.
    Both,
    /// LocalStack.
    Upstream,
}

/// The way to LocalStack.
#[derive(Debug)]
pub(crate) struct Gateway {
    upstream: String,
    http: reqwest::Client,
}

/// Puts an answer of this side into the protocol of the request.
type Encode<'a> = dyn Fn(&Result<Value, ServiceError>) -> Encoded + Sync + 'a;

impl Gateway {
    /// Refuses any endpoint that is not on this machine.
    pub(crate) fn to(upstream: &str) -> Result<Self, Error> {
        if !is_loopback(upstream) {
            return Err(Error::NotLoopback(upstream.to_owned()));
        }
        Ok(Self { upstream: upstream.trim_end_matches('/').to_owned(), http: reqwest::Client::new() })
    }

    /// Forwards a request as it came, but for its credential: an access key of twelve digits is the account to LocalStack.
    pub(crate) async fn forward(
        &self,
        account: AccountId,
        trace: &Trace,
        parts: &Parts,
        body: &Bytes,
        encode: &Encode<'_>,
    ) -> Encoded {
        let mut headers = parts.headers.clone();
        for name in ["host", "content-length", "x-amz-security-token", "accept-encoding"] {
            headers.remove(name);
        }
        if let Some(value) = credential_of(&headers, account) {
            headers.insert("authorization", value);
        }
        let path = parts.uri.path_and_query().map_or("/", |it| it.as_str());
        let mut answer = match self.pass(parts, path, headers, body).await {
            Ok(answer) => answer,
            Err(error) => {
                let message = format!("the implementation behind the gateway does not answer: {error}");
                return encode(&Err(ServiceError::new(502, "BadGateway", message)));
            }
        };
        if (trace.service, trace.operation.as_str()) == (Some(Service::Sns), "ListSubscriptionsByTopic") {
            answer.body = correct::pending_subscriptions(self, account, &trace.region, answer.body).await;
        }
        answer
    }

    async fn pass(
        &self,
        parts: &Parts,
        path: &str,
        headers: HeaderMap,
        body: &Bytes,
    ) -> Result<Encoded, reqwest::Error> {
        let request = self.http.request(parts.method.clone(), format!("{}{path}", self.upstream)).timeout(TIMEOUT);
        let response = request.headers(headers).body(body.clone()).send().await?;
        let (status, mut headers) = (response.status().as_u16(), response.headers().clone());
        for name in ["content-length", "transfer-encoding", "connection"] {
            headers.remove(name);
        }
        Ok(Encoded { status, headers, body: response.bytes().await? })
    }

    /// Makes a call in an account's name; the answer is its body.
    async fn call(
        &self,
        account: AccountId,
        service: Service,
        region: &str,
        request: reqwest::RequestBuilder,
    ) -> Result<String, String> {
        let request =
            request.timeout(TIMEOUT).header("authorization", credential(account, region, service.signing_name()));
        let response =
            request.header("x-amz-date", "20260101T000000Z").send().await.map_err(|error| error.to_string())?;
        let status = response.status();
        let body = response.text().await.map_err(|error| error.to_string())?;
        if status.is_success() { Ok(body) } else { Err(format!("HTTP {status}: {body}")) }
    }

    /// Sends what the World has for LocalStack.
    pub(crate) async fn send(&self, call: &UpstreamCall) -> Result<(), String> {
        let (target, content_type) = call.target();
        let request =
            self.http.post(&self.upstream).header("x-amz-target", target).header("content-type", content_type);
        let request = request.body(call.body.to_string());
        let answer = self.call(call.place.account, call.service, &call.place.region, request).await;
        match answer {
            Err(why) if call.may_exist && why.contains("AlreadyExists") => Ok(()),
            other => other.map(|_| ()),
        }
    }
}

/// The credential of an account; LocalStack checks no signature.
fn credential(account: AccountId, region: &str, service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential={account}/20260101/{region}/{service}/aws4_request, SignedHeaders=host, Signature=none"
    )
}

/// The request's own `Authorization` with the account in the place of the access key.
fn credential_of(headers: &HeaderMap, account: AccountId) -> Option<HeaderValue> {
    let header = headers.get("authorization")?.to_str().ok()?;
    let (front, rest) = header.split_once("Credential=")?;
    let (_, scope) = rest.split_once('/')?;
    HeaderValue::from_str(&format!("{front}Credential={account}/{scope}")).ok()
}
