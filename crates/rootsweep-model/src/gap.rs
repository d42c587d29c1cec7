//! What could not be learnt, and why: the difference between "no" and "not known".

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a call told us, or why we do not know it.
///
/// There is no third state and no default: whoever reads a fact has to say what its absence means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact<T> {
    /// The call answered, and the answer was understood.
    Known(T),
    /// Nothing is known.
    Gap(Gap),
}

impl<T> Fact<T> {
    /// Returns the known value, or the gap in its place; `?` on it hands the gap to the caller.
    pub const fn known(&self) -> Result<&T, &Gap> {
        match self {
            Self::Known(value) => Ok(value),
            Self::Gap(gap) => Err(gap),
        }
    }

    /// Returns the gap, if that is what it is.
    pub const fn gap(&self) -> Option<&Gap> {
        match self {
            Self::Known(_) => None,
            Self::Gap(gap) => Some(gap),
        }
    }

    /// Turns the known value into another one, and keeps a gap as it is.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Fact<U> {
        match self {
            Self::Known(value) => Fact::Known(f(value)),
            Self::Gap(gap) => Fact::Gap(gap),
        }
    }
}

impl<T> From<Result<T, Gap>> for Fact<T> {
    fn from(result: Result<T, Gap>) -> Self {
        match result {
            Ok(value) => Self::Known(value),
            Err(gap) => Self::Gap(gap),
        }
    }
}

impl<T> From<Fact<T>> for Result<T, Gap> {
    fn from(fact: Fact<T>) -> Self {
        match fact {
            Fact::Known(value) => Ok(value),
            Fact::Gap(gap) => Err(gap),
        }
    }
}

/// Why something is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GapKind {
    /// AWS refused the call: a policy, a service control policy, or a session policy.
    AccessDenied,
    /// No audit role could be assumed in the account.
    NoSession,
    /// The session opened in another account than the one asked for.
    WrongAccount,
    /// The account is suspended, closed or not yet active.
    AccountNotActive,
    /// AWS went on throttling after every retry.
    Throttled,
    /// No answer came within the time limit.
    TimedOut,
    /// AWS answered with an error of its own.
    ServiceError,
    /// The endpoint could not be reached.
    Unreachable,
    /// The credentials had expired, or were not accepted.
    CredentialsRejected,
    /// The endpoint does not know the call, or the Region does not offer the service.
    NotSupported,
    /// What was asked for does not exist.
    NotFound,
    /// The answer was not understood.
    MalformedAnswer,
    /// The answer came without the field that was asked for.
    MissingField,
    /// The answer is too old to tell.
    Stale,
    /// The listing never ended, and was given up.
    TooManyPages,
    /// What it depends on lies outside what this run could read.
    OutOfReach,
    /// AWS does not document how it behaves here.
    Undocumented,
    /// Two answers of AWS contradict each other, and nothing tells which of them holds.
    Conflicting,
    /// The run was interrupted before it came to this.
    Interrupted,
    /// The sweep itself failed here; a defect worth reporting.
    Panicked,
}

impl GapKind {
    /// Returns the word used in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccessDenied => "access-denied",
            Self::NoSession => "no-session",
            Self::WrongAccount => "wrong-account",
            Self::AccountNotActive => "account-not-active",
            Self::Throttled => "throttled",
            Self::TimedOut => "timed-out",
            Self::ServiceError => "service-error",
            Self::Unreachable => "unreachable",
            Self::CredentialsRejected => "credentials-rejected",
            Self::NotSupported => "not-supported",
            Self::NotFound => "not-found",
            Self::MalformedAnswer => "malformed-answer",
            Self::MissingField => "missing-field",
            Self::Stale => "stale",
            Self::TooManyPages => "too-many-pages",
            Self::OutOfReach => "out-of-reach",
            Self::Undocumented => "undocumented",
            Self::Conflicting => "conflicting",
            Self::Interrupted => "interrupted",
            Self::Panicked => "panicked",
        }
    }
}

impl fmt::Display for GapKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why one thing is not known: the call, what AWS said, and who can fix it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Gap {
    /// The reason, in one word.
    pub kind: GapKind,
    /// The call that failed, in the form of an IAM action: `iam:GetAccountSummary`.
    pub call: String,
    /// The Region that was asked, for regional calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// AWS's error code, as it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What AWS said, as it came: hostile text.
    pub message: String,
    /// AWS's id of the request, for a support case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// What can be done about it, and by whom.
    pub remedy: String,
}

impl Gap {
    /// Makes a gap that no AWS error stands behind.
    pub fn new(kind: GapKind, call: impl Into<String>, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            kind,
            call: call.into(),
            region: None,
            code: None,
            message: message.into(),
            request_id: None,
            remedy: remedy.into(),
        }
    }

    /// Names the Region that was asked.
    #[must_use]
    pub fn in_region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", self.kind, self.call)?;
        if let Some(region) = &self.region {
            write!(f, " in {region}")?;
        }
        write!(f, "): {}", self.message)
    }
}
