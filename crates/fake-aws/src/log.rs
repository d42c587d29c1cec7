//! The call log: who called what, and how it was answered.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::auth::Principal;
use crate::call::Service;
use crate::world::AccountId;

/// An answered call.
#[derive(Debug, Clone)]
pub struct LoggedCall {
    /// The service; `None` for requests to a service that is not modelled.
    pub service: Option<Service>,
    /// The operation; empty when it could not be told.
    pub operation: String,
    /// The Region of the credential scope.
    pub region: String,
    /// Who called; `None` when the caller could not be told.
    pub principal: Option<Arc<Principal>>,
    /// The World's time.
    pub at: Timestamp,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The error code of the answer.
    pub error_code: Option<String>,
}

impl LoggedCall {
    /// The account that the caller acted in.
    pub fn account(&self) -> Option<AccountId> {
        self.principal.as_ref().map(|principal| principal.account)
    }

    /// The IAM action, such as `organizations:ListAccounts`.
    pub fn action(&self) -> String {
        format!("{}:{}", self.service.map_or("unknown", Service::name), self.operation)
    }
}

/// Every call that was answered, in order, and how often each action was called.
#[derive(Debug, Default)]
pub struct CallLog {
    entries: Vec<LoggedCall>,
    counts: BTreeMap<String, u64>,
    /// Whether only the counts are kept, as a benchmark of millions of calls wants.
    pub counts_only: bool,
}

impl CallLog {
    pub(crate) fn push(&mut self, call: LoggedCall) {
        *self.counts.entry(call.action()).or_default() += 1;
        if !self.counts_only {
            self.entries.push(call);
        }
    }

    /// The calls, oldest first; empty when only counts are kept.
    pub fn entries(&self) -> &[LoggedCall] {
        &self.entries
    }

    /// How often each action was called.
    pub const fn counts(&self) -> &BTreeMap<String, u64> {
        &self.counts
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.counts.clear();
    }
}
