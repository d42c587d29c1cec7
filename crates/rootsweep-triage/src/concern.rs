//! What makes a record worse than its axes tell.

/// What makes a record worse than its axes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Concern {
    /// A sign-in for which nothing shows MFA.
    WithoutMfa,
    /// A root access key that does not expire.
    LongTermKey,
    /// A user agent that claims to be a service.
    Disguise,
    /// A call that stops or blinds what watches the account.
    DefenceEvasion,
    /// One of many refused sign-ins.
    SignInStorm,
    /// A sign-in that came right after many refused ones.
    SignInAfterStorm,
    /// A call with a key that the root user had just made.
    CreatedKeyUsed,
    /// A correction whose original is not among the records, or that does not fit it.
    OriginalUnknown,
    /// A service acted with a root session that is not among the records.
    SessionUnknown,
    /// A service did for an announced root session what only its own name excuses.
    DeedNotNamed,
    /// A record of the past, in an account in which something is live.
    LiveBeside,
}
