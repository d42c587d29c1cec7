//! Temporary credentials.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use super::{Principal, PrincipalKind};
use crate::error::ServiceError;
use crate::policy::SessionPolicy;
use crate::world::AccountId;

/// The sessions that were handed out, and the policies that they share.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    issued: u64,
    live: BTreeMap<String, Session>,
    last_policy: Option<(String, Arc<SessionPolicy>)>,
}

/// A session.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) principal: Arc<Principal>,
    pub(crate) expires_at: Timestamp,
}

/// The credentials of a new session.
#[derive(Debug)]
pub(crate) struct Grant {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    pub(crate) session_token: String,
    pub(crate) expires_at: Timestamp,
}

impl Sessions {
    /// Opens a session; its access key id carries the account and a counter, so that a trace can be read by eye.
    ///
    /// The end is reckoned from the caller's own clock, which may not be the World's.
    pub(crate) fn open(
        &mut self,
        account: AccountId,
        arn: String,
        kind: PrincipalKind,
        from: Timestamp,
        seconds: i64,
    ) -> Grant {
        let access_key_id = format!("ASIA{account}{}", base32(self.issued));
        self.issued += 1;
        let expires_at = from.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX);
        let principal = Arc::new(Principal { account, arn, access_key_id: access_key_id.clone(), kind });
        self.live.insert(access_key_id.clone(), Session { principal, expires_at });
        Grant {
            secret_access_key: secret_of(&access_key_id),
            session_token: token_of(&access_key_id),
            access_key_id,
            expires_at,
        }
    }

    /// The session of an access key id.
    pub(crate) fn get(&self, access_key_id: &str) -> Option<&Session> {
        self.live.get(access_key_id)
    }

    /// Reads a session policy; a sweep sends the same text for every account, so the last one is kept.
    pub(crate) fn policy(&mut self, text: &str) -> Result<Arc<SessionPolicy>, ServiceError> {
        if let Some((known, policy)) = &self.last_policy
            && known == text
        {
            return Ok(Arc::clone(policy));
        }
        let policy = Arc::new(SessionPolicy::parse(text)?);
        self.last_policy = Some((text.to_owned(), Arc::clone(&policy)));
        Ok(policy)
    }
}

/// The secret of a session, derived from its access key id.
pub(crate) fn secret_of(access_key_id: &str) -> String {
    hex(&Sha256::digest(format!("secret/{access_key_id}"))).chars().take(40).collect()
}

/// The token of a session, derived from its access key id.
pub(crate) fn token_of(access_key_id: &str) -> String {
    format!("FakeAwsSessionToken{}", hex(&Sha256::digest(format!("token/{access_key_id}"))))
}

/// Writes bytes in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Writes a counter in the alphabet of access key ids, at least four characters long.
fn base32(mut number: u64) -> String {
    const ALPHABET: [char; 32] = [
        'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U', 'V',
        'W', 'X', 'Y', 'Z', '2', '3', '4', '5', '6', '7',
    ];
    let mut digits: Vec<char> = Vec::new();
    while number > 0 || digits.len() < 4 {
        digits.extend(ALPHABET.get(usize::try_from(number % 32).unwrap_or(0)));
        number /= 32;
    }
    digits.iter().rev().collect()
}
