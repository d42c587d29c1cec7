//! What a run tells whoever watches it.

use rootsweep_model::{AccountId, Gap};

/// A step of the run, for a progress bar or a log. Nothing in a report depends on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Accounts were taken from the checkpoint of an interrupted run.
    Resumed {
        /// How many.
        accounts: usize,
    },
    /// A page of accounts was listed.
    Listed {
        /// How many accounts of it the selection keeps.
        accounts: usize,
    },
    /// The listing came to its end, or broke off.
    ListingEnded {
        /// Why it is incomplete, if it is.
        gap: Option<Gap>,
    },
    /// An account is being read.
    Started(AccountId),
    /// An account was read.
    Finished {
        /// Which.
        account_id: AccountId,
        /// Why nothing of it could be read, if that is how it went.
        gap: Option<Gap>,
    },
    /// An account that others are watched from is being read.
    AskingOwner(AccountId),
}
