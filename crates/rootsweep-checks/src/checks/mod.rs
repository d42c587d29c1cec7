//! One folder per check.

#[path = "root_access_keys/check.rs"]
pub(crate) mod root_access_keys;
#[path = "root_activity/check.rs"]
pub(crate) mod root_activity;
#[path = "root_alarm/check.rs"]
pub(crate) mod root_alarm;
#[path = "root_alarm_noise/check.rs"]
pub(crate) mod root_alarm_noise;
#[path = "root_credentials_managed/check.rs"]
pub(crate) mod root_credentials_managed;
#[path = "root_last_used/check.rs"]
pub(crate) mod root_last_used;
#[path = "root_mfa/check.rs"]
pub(crate) mod root_mfa;
#[path = "root_mfa_hardware/check.rs"]
pub(crate) mod root_mfa_hardware;
#[path = "root_signing_certificates/check.rs"]
pub(crate) mod root_signing_certificates;
#[path = "root_trail/check.rs"]
pub(crate) mod root_trail;
