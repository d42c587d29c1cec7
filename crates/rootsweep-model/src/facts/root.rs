//! The root user's credentials, as IAM tells them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Fact, Gap};

/// What is known of the root user's credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootFacts {
    /// `iam:GetAccountSummary`.
    pub summary: Fact<AccountSummary>,
    /// The virtual MFA devices that are assigned to the root user (`iam:ListVirtualMFADevices`), told by `User.Arn`.
    pub virtual_mfa_devices: Fact<Vec<MfaDevice>>,
    /// The root user's row of the credential report.
    pub credential_report: Fact<CredentialReport>,
    /// All MFA devices of the root user (`iam:ListMFADevices`): only an `AssumeRoot` session can ask.
    pub mfa_devices: Option<Fact<Vec<MfaDevice>>>,
    /// The root user's access keys (`iam:ListAccessKeys`): only an `AssumeRoot` session can ask.
    pub access_keys: Option<Fact<Vec<RootAccessKey>>>,
}

impl RootFacts {
    /// Makes the facts of a root user of whom nothing could be learnt.
    pub fn unreachable(gap: &Gap) -> Self {
        Self {
            summary: Fact::Gap(gap.clone()),
            virtual_mfa_devices: Fact::Gap(gap.clone()),
            credential_report: Fact::Gap(gap.clone()),
            mfa_devices: None,
            access_keys: None,
        }
    }
}

/// The entries of `GetAccountSummary` that speak of the root user; absent where the answer lacks the key.
///
/// The values are 0 or 1 in AWS's samples; their meaning beyond 1 is not spelled out, so they are kept as numbers:
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html>.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSummary {
    /// `AccountMFAEnabled`.
    pub mfa_enabled: Option<i32>,
    /// `AccountAccessKeysPresent`.
    pub access_keys_present: Option<i32>,
    /// `AccountSigningCertificatesPresent`.
    pub signing_certificates_present: Option<i32>,
    /// `AccountPasswordPresent`: newer than the others, and often missing.
    pub password_present: Option<i32>,
}

/// An MFA device of the root user.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MfaDevice {
    /// Its serial number or ARN; names are free, so it tells nothing of whose device it is.
    pub serial_number: String,
}

/// An access key of the root user, seen by an `AssumeRoot` session.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RootAccessKey {
    /// The access key id.
    pub access_key_id: String,
    /// Whether it is active.
    pub active: bool,
}

/// The root user's row of the credential report.
///
/// A report is made at most every four hours, so it can be that old:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html>. A field is absent where the
/// report says `N/A`, `not_supported` or `no_information`, or lacks the column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialReport {
    /// When the report was made.
    pub generated_at: Option<Timestamp>,
    /// `password_enabled` of the root user: `Some(false)` only where the report says so.
    pub password_enabled: Option<bool>,
    /// When the password was last used to sign in, to within five minutes.
    pub password_last_used: Option<Timestamp>,
    /// Whether the root user has MFA.
    pub mfa_active: Option<bool>,
    /// Access keys 1 and 2.
    pub access_keys: Vec<RootReportKey>,
    /// Whether signing certificates 1 and 2 are active.
    pub certificates_active: Vec<Option<bool>>,
}

/// An access key of the credential report's root row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootReportKey {
    /// Whether it is active; absent where the report does not say.
    pub active: Option<bool>,
    /// When it was created or last rotated; a time on an inactive key means that the key exists.
    pub last_rotated: Option<Timestamp>,
    /// When it was last used, to within fifteen minutes.
    pub last_used: Option<Timestamp>,
    /// The service that it was last used on.
    pub last_used_service: Option<String>,
    /// The Region that it was last used in.
    pub last_used_region: Option<String>,
}
