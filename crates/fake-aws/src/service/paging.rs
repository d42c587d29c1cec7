//! Pages and their tokens.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::Context;
use crate::error::ServiceError;
use crate::value::Value;

/// The names of an operation's paging parameters, and its page sizes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paging {
    /// The parameter with the token.
    pub(crate) token: &'static str,
    /// The parameter with the page size; empty when the operation has none.
    pub(crate) limit: &'static str,
    /// The page size when none is asked for.
    pub(crate) default: usize,
    /// The largest page size.
    pub(crate) max: usize,
}

/// Where a page begins and how long it is.
#[derive(Debug)]
pub(crate) struct Page {
    offset: usize,
    limit: usize,
    fingerprint: u64,
    empty: bool,
}

impl Page {
    /// Reads the page that the call asks for; a token is good for the parameters that it was given for.
    pub(crate) fn of(context: &Context<'_>, paging: Paging) -> Result<Self, ServiceError> {
        let (input, service) = (context.input(), context.call.service);
        let limit = match input.integer(paging.limit) {
            None => paging.default,
            Some(asked) => match usize::try_from(asked) {
                Ok(limit) if (1..=paging.max).contains(&limit) => limit,
                _ => return Err(ServiceError::invalid_limit(service, asked, paging.max)),
            },
        };
        let fingerprint = fingerprint(context, paging);
        let offset = match input.text(paging.token) {
            None => 0,
            Some(token) => read(token, fingerprint).ok_or_else(|| ServiceError::invalid_token(service))?,
        };
        Ok(Self { offset, limit, fingerprint, empty: context.empty_page })
    }

    /// Cuts the page out of all items, and makes the token of the next one.
    pub(crate) fn cut<T>(&self, items: impl IntoIterator<Item = T>) -> (Vec<T>, Option<String>) {
        if self.empty {
            return (Vec::new(), Some(self.token(self.offset)));
        }
        let mut items = items.into_iter().skip(self.offset);
        let page: Vec<T> = items.by_ref().take(self.limit).collect();
        let token = items.next().map(|_| self.token(self.offset + self.limit));
        (page, token)
    }

    fn token(&self, offset: usize) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(format!("{offset}.{:x}", self.fingerprint))
    }
}

fn read(token: &str, fingerprint: u64) -> Option<usize> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (offset, mark) = text.split_once('.')?;
    (u64::from_str_radix(mark, 16).ok()? == fingerprint).then(|| offset.parse().ok())?
}

/// FNV-1a over everything that must not change between the pages: caller, Region, operation and the other parameters.
fn fingerprint(context: &Context<'_>, paging: Paging) -> u64 {
    let others: Vec<_> =
        context.input().members().iter().filter(|(name, _)| *name != paging.token && *name != paging.limit).collect();
    let text = format!("{} {} {} {others:?}", context.account_id(), context.region_name(), context.call.operation);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The members that IAM puts on every page.
pub(crate) fn iam_page(name: &'static str, items: Value, marker: Option<String>) -> Value {
    Value::structure(vec![
        (name.into(), items),
        ("IsTruncated".into(), marker.is_some().into()),
        ("Marker".into(), marker.into()),
    ])
}
