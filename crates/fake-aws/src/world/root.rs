//! The root user of an account and the credential report that tells of it.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

/// The root user.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RootUser {
    /// When the account was made.
    pub created_at: Timestamp,
    /// Whether the root user has a password; without one and without keys its credentials are centrally removed.
    pub password: bool,
    /// The last sign-in.
    pub password_last_used: Option<Timestamp>,
    /// The last change of the password.
    pub password_last_changed: Option<Timestamp>,
    /// MFA devices, at most eight.
    pub mfa_devices: Vec<MfaDevice>,
    /// Access keys, at most two.
    pub access_keys: Vec<AccessKey>,
    /// X.509 signing certificates.
    pub signing_certificates: Vec<SigningCertificate>,
    /// Keys that `GetAccountSummary` leaves out, such as `AccountPasswordPresent` on older answers.
    pub summary_omits: Vec<String>,
    /// The credential report.
    pub credential_report: CredentialReport,
}

impl Default for RootUser {
    fn default() -> Self {
        Self {
            created_at: Timestamp::UNIX_EPOCH,
            password: true,
            password_last_used: None,
            password_last_changed: None,
            mfa_devices: Vec::new(),
            access_keys: Vec::new(),
            signing_certificates: Vec::new(),
            summary_omits: Vec::new(),
            credential_report: CredentialReport::default(),
        }
    }
}

/// An MFA device.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MfaDevice {
    /// What kind of device it is.
    pub kind: MfaKind,
    /// The serial number of a hardware device, or the free name that ends the ARN of the others.
    #[serde(default = "default_device_name")]
    pub serial: String,
    /// When it was enabled.
    #[serde(default)]
    pub enabled_at: Timestamp,
}

fn default_device_name() -> String {
    "root-account-mfa-device".to_owned()
}

impl MfaDevice {
    /// A hardware device of that serial number.
    pub fn hardware(serial: impl Into<String>) -> Self {
        Self { kind: MfaKind::Hardware, serial: serial.into(), enabled_at: Timestamp::UNIX_EPOCH }
    }
}

/// The kind of an MFA device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MfaKind {
    /// An authenticator application.
    Virtual,
    /// A hardware token with a plain serial number.
    Hardware,
    /// A security key or passkey.
    Fido,
}

/// An access key.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessKey {
    /// The access key id.
    pub id: String,
    /// Whether it is active.
    #[serde(default = "yes")]
    pub active: bool,
    /// When it was made.
    #[serde(default)]
    pub created_at: Timestamp,
    /// Its last use.
    pub last_used: Option<KeyUse>,
}

const fn yes() -> bool {
    true
}

/// The last use of an access key.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyUse {
    /// When.
    pub at: Timestamp,
    /// The signing name of the service, such as `s3`.
    pub service: String,
    /// The Region.
    pub region: String,
}

/// An X.509 signing certificate.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SigningCertificate {
    /// The certificate id.
    pub id: String,
    /// Whether it is active.
    #[serde(default = "yes")]
    pub active: bool,
    /// When it was uploaded.
    #[serde(default)]
    pub uploaded_at: Timestamp,
}

/// The account's credential report.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CredentialReport {
    /// When the newest report was made; none yet when absent.
    pub generated_at: Option<Timestamp>,
    /// How many `GenerateCredentialReport` calls answer `STARTED` or `INPROGRESS` before a new report is complete.
    pub polls_until_complete: u32,
    /// Columns that the report lacks, as older reports do.
    pub omits_columns: Vec<String>,
    /// How far the running generation is, and the newest report.
    #[serde(skip)]
    pub progress: ReportProgress,
}

/// How far a credential report is; nothing is generated at first.
#[derive(Debug, Clone, Default)]
pub struct ReportProgress {
    /// Answers given since the running generation began.
    pub(crate) polls: Option<u32>,
    /// The text of the newest report, as of its generation.
    pub(crate) content: Option<String>,
}
