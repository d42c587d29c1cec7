//! Why a run cannot begin.

use rootsweep_model::{AccountId, Gap, GapKind};

/// Why a run cannot begin, or cannot list its accounts.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The SDK's conventions led to no credentials.
    #[error(
        "no AWS credentials: set AWS_PROFILE or pass --profile, sign in with `aws sso login`, or run where a role is attached ({0})"
    )]
    NoCredentials(String),
    /// A profile was named, and there is none of that name, or none with credentials.
    #[error(
        "profile {profile:?} gives no AWS credentials ({detail}); `aws configure list-profiles` lists the profiles that there are"
    )]
    Profile {
        /// The profile's name.
        profile: String,
        /// What the SDK says of it.
        detail: String,
    },
    /// An endpoint is written somewhere that is none.
    #[error(
        "{origin} is {url:?}, which is no endpoint: write http:// or https:// and a host, as http://127.0.0.1:4566"
    )]
    Endpoint {
        /// Where it is written.
        origin: String,
        /// What is written there.
        url: String,
    },
    /// Credentials were found, and are expired or not accepted.
    #[error("the AWS credentials are expired or not accepted; sign in again ({0})")]
    CredentialsRejected(String),
    /// Nothing answers at the endpoint.
    #[error("no answer from {url}; check the network, the proxy and the endpoint ({detail})")]
    Unreachable {
        /// The endpoint, or what stands for it.
        url: String,
        /// What went wrong on the way.
        detail: String,
    },
    /// The role that leads to the organization could not be assumed.
    #[error("role {arn} could not be assumed: {detail}")]
    OrganizationRole {
        /// The role.
        arn: String,
        /// What AWS said.
        detail: String,
    },
    /// The caller's account may not list the organization's accounts.
    #[error(
        "account {account} may not list the organization's accounts: {} was denied ({}); pass --organization-role-arn with a role of the \
         management account or of a delegated administrator, or --single-account to sweep this account alone",
        .gap.call, .gap.message
    )]
    NotPermitted {
        /// The caller's account.
        account: AccountId,
        /// The call that was denied.
        gap: Box<Gap>,
    },
    /// A call without which the run cannot begin failed otherwise.
    #[error("{gap}; {}", .gap.remedy)]
    Call {
        /// What is not known, and why.
        gap: Box<Gap>,
    },
}

impl Error {
    pub(crate) fn call(gap: Gap) -> Self {
        Self::Call { gap: Box::new(gap) }
    }

    /// Tells what a failed call means before the run has begun; `url` is the endpoint that was asked.
    pub(crate) fn of_gap(gap: Gap, url: &str) -> Self {
        match gap.kind {
            GapKind::CredentialsRejected => Self::CredentialsRejected(said(&gap)),
            GapKind::Unreachable | GapKind::TimedOut => Self::Unreachable { url: url.to_owned(), detail: gap.message },
            _ => Self::call(gap),
        }
    }
}

fn said(gap: &Gap) -> String {
    match &gap.code {
        Some(code) => format!("{code}: {}", gap.message),
        None => gap.message.clone(),
    }
}

impl From<Error> for Gap {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        match error {
            Error::NoCredentials(_) | Error::Profile { .. } | Error::CredentialsRejected(_) => {
                before(GapKind::CredentialsRejected, text, "whoever runs the sweep signs in again")
            }
            Error::Unreachable { .. } | Error::Endpoint { .. } => {
                before(GapKind::Unreachable, text, "check the network path and the endpoint")
            }
            Error::OrganizationRole { .. } => {
                before(GapKind::NoSession, text, "let the role trust the principal that runs the sweep")
            }
            Error::NotPermitted { gap, .. } => Self { message: text, ..*gap },
            Error::Call { gap } => *gap,
        }
    }
}

fn before(kind: GapKind, message: String, remedy: &str) -> Gap {
    Gap::new(kind, "organizations:ListAccounts", message, remedy)
}
