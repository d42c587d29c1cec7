//! The list of all checks.

use crate::check::Check;
use crate::checks::{
    root_access_keys::RootAccessKeys, root_activity::RootActivity, root_alarm::RootAlarm,
    root_alarm_noise::RootAlarmNoise, root_credentials_managed::RootCredentialsManaged, root_last_used::RootLastUsed,
    root_mfa::RootMfa, root_mfa_hardware::RootMfaHardware, root_signing_certificates::RootSigningCertificates,
    root_trail::RootTrail,
};

/// Every check, in the order of the report.
pub static CHECKS: &[&dyn Check] = &[
    &RootMfa,
    &RootMfaHardware,
    &RootAccessKeys,
    &RootSigningCertificates,
    &RootCredentialsManaged,
    &RootTrail,
    &RootAlarm,
    &RootAlarmNoise,
    &RootActivity,
    &RootLastUsed,
];
