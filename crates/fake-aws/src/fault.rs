//! Faults: what goes wrong on purpose, decided in one place.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::Response;
use futures::stream;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::auth::denial;
use crate::call::Call;
use crate::error::ServiceError;
use crate::skew::ClockSkew;
use crate::world::AccountId;

/// A rule that makes calls fail.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// Only calls in this account.
    pub account: Option<AccountId>,
    /// Only calls whose action fits this pattern, such as `iam:GetAccountSummary` or `logs:*`.
    pub action: Option<String>,
    /// Only calls in this Region.
    pub region: Option<String>,
    /// The first matching call that fails, counted from 1.
    #[serde(default = "one")]
    pub nth: u32,
    /// How many matching calls fail from there on; all of them when absent.
    pub times: Option<u32>,
    /// Only every so-manieth of those calls.
    #[serde(default = "one")]
    pub every: u32,
    /// What happens.
    pub effect: Effect,
    /// How many matching calls there were so far.
    #[serde(skip)]
    pub seen: u32,
}

const fn one() -> u32 {
    1
}

/// What a fault does.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// The call is refused for want of a permission.
    AccessDenied,
    /// The call is refused by a service control policy.
    AccessDeniedByScp,
    /// The call is throttled.
    Throttling,
    /// The session is over.
    ExpiredToken,
    /// The service fails with HTTP 500.
    InternalError,
    /// The answer comes late by so many milliseconds.
    Latency(u64),
    /// The answer never comes.
    Hang,
    /// The answer's body is not of the protocol.
    MalformedBody,
    /// The answer's body ends in the middle.
    TruncatedBody,
    /// The answer is a page of HTML that claims success.
    WrongContentType,
    /// The page is empty and carries a token for the page that should have come.
    EmptyPage,
    /// The connection breaks before an answer.
    ConnectionReset,
    /// The endpoint's clock is apart from the machine's: it refuses what is signed too far from its own time.
    ClockSkew(ClockSkew),
}

impl FaultRule {
    /// A rule that makes every call of an action fail.
    pub fn new(action: impl Into<String>, effect: Effect) -> Self {
        Self {
            account: None,
            action: Some(action.into()),
            region: None,
            nth: 1,
            times: None,
            every: 1,
            effect,
            seen: 0,
        }
    }

    /// Narrows the rule to an account.
    #[must_use]
    pub const fn in_account(mut self, account: AccountId) -> Self {
        self.account = Some(account);
        self
    }

    /// Narrows the rule to the first `times` matching calls.
    #[must_use]
    pub const fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    fn covers(&self, call: &Call) -> bool {
        self.account.is_none_or(|account| account == call.account())
            && self.region.as_ref().is_none_or(|it| *it == call.region)
            && self
                .action
                .as_ref()
                .is_none_or(|pattern| crate::policy::glob(pattern.as_bytes(), call.action().as_bytes()))
    }

    /// Counts a matching call and tells whether it is one of those that fail.
    fn strikes(&mut self) -> bool {
        self.seen += 1;
        let Some(index) = self.seen.checked_sub(self.nth.max(1)) else { return false };
        index % self.every.max(1) == 0 && self.times.is_none_or(|times| index / self.every.max(1) < times)
    }
}

/// The effect of the first rule that strikes; rules behind it do not count the call.
pub(crate) fn decide(rules: &mut [FaultRule], call: &Call) -> Option<Effect> {
    let covering = rules.iter_mut().filter(|rule| rule.covers(call));
    covering.into_iter().find_map(|rule| rule.strikes().then(|| rule.effect.clone()))
}

/// Refuses the call if the effect is an error of AWS's own making.
pub(crate) fn refuse(effect: Option<&Effect>, call: &Call) -> Result<(), ServiceError> {
    let denied = |why: &str| ServiceError::access_denied(call.service, denial(call, why));
    Err(match effect {
        Some(Effect::AccessDenied) => denied("because no identity-based policy allows the action"),
        Some(Effect::AccessDeniedByScp) => denied("with an explicit deny in a service control policy"),
        Some(Effect::Throttling) => ServiceError::throttled(call.service),
        Some(Effect::ExpiredToken) => ServiceError::expired_token(call.service),
        Some(Effect::InternalError) => {
            ServiceError::new(500, "InternalFailure", "We encountered an internal error. Please try again.")
        }
        Some(Effect::ClockSkew(skew)) => return skew.check(call.service, call.signed_at, Timestamp::now()),
        _ => return Ok(()),
    })
}

/// Spoils an answer on its way out.
pub(crate) async fn spoil(effect: Option<&Effect>, response: Response, body: Bytes) -> Response {
    match effect {
        Some(Effect::Latency(milliseconds)) => tokio::time::sleep(Duration::from_millis(*milliseconds)).await,
        Some(Effect::Hang) => std::future::pending().await,
        _ => (),
    }
    let (mut parts, ()) = response.map(|_| ()).into_parts();
    if let Some(Effect::ClockSkew(skew)) = effect {
        parts.headers.extend(skew.date(Timestamp::now()).map(|date| (header::DATE, date)));
    }
    let body = match effect {
        Some(Effect::MalformedBody) => Body::from("\u{1}{<not of any protocol"),
        Some(Effect::WrongContentType) => {
            parts.headers.insert("content-type", axum::http::HeaderValue::from_static("text/html"));
            Body::from("<html><body>Sign in to the network</body></html>")
        }
        Some(Effect::TruncatedBody) => {
            parts.headers.insert("content-length", body.len().max(2).into());
            broken_off(body.slice(..body.len() / 2))
        }
        Some(Effect::ConnectionReset) => {
            parts.headers.insert("content-length", 1.into());
            broken_off(Bytes::new())
        }
        _ => Body::from(body),
    };
    Response::from_parts(parts, body)
}

/// A body that breaks off after its first bytes; the server then drops the connection.
///
/// Without first bytes the error comes before the head of the answer is flushed, so that the client gets nothing at all.
fn broken_off(first: Bytes) -> Body {
    let reset = || std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    if first.is_empty() {
        return Body::from_stream(stream::once(async move { Err::<Bytes, _>(reset()) }));
    }
    Body::from_stream(stream::unfold(Some(first), move |state| async move {
        match state {
            Some(bytes) if !bytes.is_empty() => Some((Ok(bytes), Some(Bytes::new()))),
            Some(_) => {
                // The first part must be on its way before the connection drops.
                tokio::time::sleep(Duration::from_millis(20)).await;
                Some((Err(reset()), None))
            }
            None => None,
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_strikes_from_the_nth_call_as_often_as_it_says() {
        let mut rule = FaultRule { nth: 2, times: Some(2), every: 3, ..FaultRule::new("*", Effect::Throttling) };
        let struck: Vec<u32> = (1..=12).filter(|_| rule.strikes()).collect();
        assert_eq!(struck, [2, 5]);
    }
}
