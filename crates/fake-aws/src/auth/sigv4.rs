//! Signature Version 4, as far as a server needs it.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use std::fmt::Write as _;
use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::request::Parts;
use hmac::{Hmac, Mac as _};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use sha2::{Digest as _, Sha256};

use super::session::{hex, secret_of, token_of};
use super::{Principal, PrincipalKind};
use crate::call::Service;
use crate::error::ServiceError;
use crate::world::{CallerKey, World};

/// The signature of a request, taken apart.
#[derive(Debug, Clone)]
pub(crate) struct Signature {
    pub(crate) access_key_id: String,
    date: String,
    pub(crate) region: String,
    pub(crate) service: String,
    signed_headers: String,
    value: String,
    pub(crate) signed_at: Timestamp,
}

impl Signature {
    /// Takes the `Authorization` header apart; `None` if the request is not signed in this way.
    pub(crate) fn read(headers: &HeaderMap) -> Option<Self> {
        let header = headers.get("authorization")?.to_str().ok()?;
        let rest = header.strip_prefix("AWS4-HMAC-SHA256")?;
        let field = |name: &str| {
            rest.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('=')).map(str::to_owned)
        };
        let credential = field("Credential")?;
        let mut scope = credential.split('/');
        let mut next = || scope.next().map(str::to_owned);
        Some(Self {
            access_key_id: next()?,
            date: next()?,
            region: next()?,
            service: next()?,
            signed_headers: field("SignedHeaders")?,
            value: field("Signature")?,
            signed_at: signing_time(headers)?,
        })
    }

    /// Finds the principal of the access key, checks the signature, the token and the end of the session.
    pub(crate) fn verify(
        &self,
        world: &World,
        service: Service,
        parts: &Parts,
        body: &[u8],
    ) -> Result<Arc<Principal>, ServiceError> {
        if let Some(session) = world.runtime.sessions.get(&self.access_key_id) {
            self.check(&secret_of(&self.access_key_id), service, parts, body)?;
            let token = parts.headers.get("x-amz-security-token").and_then(|value| value.to_str().ok());
            if token != Some(&token_of(&self.access_key_id)) {
                return Err(ServiceError::unknown_key(service));
            }
            if self.signed_at >= session.expires_at {
                return Err(ServiceError::expired_token(service));
            }
            return Ok(Arc::clone(&session.principal));
        }
        let known = |caller: &&CallerKey| caller.access_key_id == self.access_key_id;
        let caller = world.callers.iter().find(known).ok_or_else(|| ServiceError::unknown_key(service))?;
        self.check(&caller.secret_access_key, service, parts, body)?;
        Ok(Arc::new(principal_of(world, caller)))
    }

    /// The principal of the access key, whoever signed; for services whose requests are only handed on.
    pub(crate) fn principal(&self, world: &World) -> Option<Arc<Principal>> {
        if let Some(session) = world.runtime.sessions.get(&self.access_key_id) {
            return Some(Arc::clone(&session.principal));
        }
        let caller = world.callers.iter().find(|caller| caller.access_key_id == self.access_key_id)?;
        Some(Arc::new(principal_of(world, caller)))
    }

    fn check(&self, secret: &str, service: Service, parts: &Parts, body: &[u8]) -> Result<(), ServiceError> {
        let request = self.canonical_request(parts, body);
        let scope = format!("{}/{}/{}/aws4_request", self.date, self.region, self.service);
        let time = parts.headers.get("x-amz-date").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hex(&Sha256::digest(request)));
        let mut key = format!("AWS4{secret}").into_bytes();
        for part in [self.date.as_str(), &self.region, &self.service, "aws4_request"] {
            key = keyed_hash(&key, part.as_bytes());
        }
        let fits = hex(&keyed_hash(&key, text.as_bytes())) == self.value;
        if fits { Ok(()) } else { Err(ServiceError::signature_mismatch(service)) }
    }

    fn canonical_request(&self, parts: &Parts, body: &[u8]) -> String {
        let headers: String =
            self.signed_headers.split(';').map(|name| canonical_header(&parts.headers, name)).collect();
        let declared = parts.headers.get("x-amz-content-sha256").and_then(|value| value.to_str().ok());
        let payload = declared.map_or_else(|| hex(&Sha256::digest(body)), str::to_owned);
        let (method, path) = (&parts.method, canonical_path(parts.uri.path()));
        let query = canonical_query(parts.uri.query().unwrap_or_default());
        format!("{method}\n{path}\n{query}\n{headers}\n{}\n{payload}", self.signed_headers)
    }
}

fn principal_of(world: &World, caller: &CallerKey) -> Principal {
    let kind = match caller.user.as_str() {
        "root" => PrincipalKind::RootUser,
        name => PrincipalKind::User { name: name.to_owned(), denied: caller.denied.clone() },
    };
    let resource = if caller.user == "root" { "root".to_owned() } else { format!("user/{}", caller.user) };
    let arn = world.arn("iam", "", caller.account, &resource);
    Principal { account: caller.account, arn, access_key_id: caller.access_key_id.clone(), kind }
}

fn signing_time(headers: &HeaderMap) -> Option<Timestamp> {
    let text = headers.get("x-amz-date")?.to_str().ok()?;
    let time = DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

fn canonical_header(headers: &HeaderMap, name: &str) -> String {
    let values: Vec<String> = headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .map(|value| value.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    format!("{name}:{}\n", values.join(","))
}

/// The path as it was sent, encoded once more: every service but S3 signs it so.
fn canonical_path(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                encoded.push(char::from(byte));
            }
            _ => _ = write!(encoded, "%{byte:02X}"),
        }
    }
    encoded
}

fn canonical_query(query: &str) -> String {
    let pair = |part: &str| if part.contains('=') { part.to_owned() } else { format!("{part}=") };
    let mut parts: Vec<String> = query.split('&').filter(|part| !part.is_empty()).map(pair).collect();
    parts.sort_unstable();
    parts.join("&")
}

fn keyed_hash(key: &[u8], data: &[u8]) -> Vec<u8> {
    // HMAC takes keys of any length, so the only error that its constructor knows cannot happen; an empty hash matches no signature.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(data);
    mac.finalize().into_bytes().to_vec()
}
