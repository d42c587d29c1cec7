//! What a root record means, on four axes that stay apart, and the verdict that follows from them.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $word)] $variant,)* }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Returns the word used in reports.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

words! {
    /// Who acted.
    Actor {
        /// Somebody or something that holds the root user's own credentials.
        RootUser = "root-user",
        /// A session that the organization's management made with `sts:AssumeRoot`: root without a password.
        CentralRootSession = "central-root-session",
        /// An AWS service that acted for the account.
        AwsService = "aws-service",
        /// The record does not fit together.
        Unclear = "unclear",
        /// Somebody other than the root user.
        Other = "other",
    }
}

words! {
    /// When the record came, measured against when it happened.
    Delivery {
        /// Within the usual minutes.
        OnTime = "on-time",
        /// Later than usual, by AWS's own word or by the clock.
        Delayed = "delayed",
        /// Long after, because the service could not log at the time (`SERVICE_OUTAGE`).
        Backfilled = "backfilled",
        /// As a correction of an earlier record (`UPDATED_DATA`).
        Correction = "correction",
    }
}

words! {
    /// Whether an expected use covers it.
    Expectation {
        /// An expected use in the configuration covers it.
        Expected = "expected",
        /// Nothing names it.
        Unexpected = "unexpected",
    }
}

words! {
    /// What was done.
    Action {
        /// Something about who can get in: passwords, keys, MFA, the root e-mail.
        CredentialChange = "credential-change",
        /// A sign-in.
        SignIn = "sign-in",
        /// A change of anything else.
        Write = "write",
        /// Nothing was changed.
        Read = "read",
        /// It was tried, and AWS refused.
        Failed = "failed",
    }
}

words! {
    /// What triage says of a record or an episode, the worst first.
    TriageVerdict {
        /// Somebody holds root and did something unexpected that matters.
        Incident = "incident",
        /// Unexpected, and somebody has to look.
        Investigate = "investigate",
        /// Real root use of the past that AWS delivered late; not live.
        Historical = "historical",
        /// An expected use covers it.
        Expected = "expected",
        /// AWS itself made it.
        Explained = "explained",
        /// Not the root user at all.
        NotRoot = "not-root",
    }
}

impl TriageVerdict {
    /// Returns whether somebody has to look: no expected use covers it, and AWS did not make it. What came late was still
    /// done.
    pub const fn wants_attention(self) -> bool {
        matches!(self, Self::Incident | Self::Investigate | Self::Historical)
    }

    /// Returns whether it may still be going on: what AWS delivered late can wait until the morning.
    pub const fn is_urgent(self) -> bool {
        matches!(self, Self::Incident | Self::Investigate)
    }
}

/// One rule that spoke, and the fields that it read: an analyst can check each.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Reason {
    /// The rule's id.
    pub rule: String,
    /// What the rule says, in one sentence.
    pub says: String,
    /// The fields that it read, as JSON paths into the record, each with the value found there: hostile text.
    pub fields: Vec<FieldRead>,
}

/// A field of a record, as a rule found it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct FieldRead {
    /// The path into the record: `userIdentity.invokedBy`.
    pub path: String,
    /// The value, as text; absent where the record has no such field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}
