//! What happens to the World between two calls: a role is removed while somebody is at work with it.

use std::fmt;

use super::{AccountId, World};
use crate::log::LoggedCall;
use crate::policy::glob;

/// Something that happens once, right after a call has been answered and before the caller has the answer.
pub struct Interlude {
    action: String,
    account: Option<AccountId>,
    happens: Box<dyn FnOnce(&mut World) + Send>,
}

impl Interlude {
    /// Something that happens after the first call whose action fits, such as `iam:GetAccountSummary` or `logs:*`, in this
    /// account or in any.
    pub fn after(
        action: impl Into<String>,
        account: Option<AccountId>,
        happens: impl FnOnce(&mut World) + Send + 'static,
    ) -> Self {
        Self { action: action.into(), account, happens: Box::new(happens) }
    }

    fn follows(&self, call: &LoggedCall) -> bool {
        let in_account = self.account.is_none_or(|account| call.account() == Some(account));
        in_account && glob(self.action.as_bytes(), call.action().as_bytes())
    }
}

impl fmt::Debug for Interlude {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Interlude")
            .field("action", &self.action)
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

impl World {
    /// Logs a call and lets happen what waits for it.
    pub(crate) fn answered(&mut self, call: LoggedCall) {
        let due: Vec<Interlude> = self.interludes.extract_if(.., |it| it.follows(&call)).collect();
        self.calls.push(call);
        for interlude in due {
            (interlude.happens)(self);
        }
    }
}
