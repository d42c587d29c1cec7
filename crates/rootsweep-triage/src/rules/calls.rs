//! What calls do, told by the service and the name.

use rootsweep_cloudtrail::Record;

/// Calls about credentials, by service. Names are those of the services' API references and, for `signin`, of the page
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html>.
const CREDENTIAL_CHANGES: &[(&str, &[&str])] = &[
    (
        "iam.amazonaws.com",
        &[
            "ChangePassword",
            "CreateAccessKey",
            "CreateLoginProfile",
            "CreateServiceSpecificCredential",
            "CreateVirtualMFADevice",
            "DeactivateMFADevice",
            "DeleteAccessKey",
            "DeleteLoginProfile",
            "DeleteSSHPublicKey",
            "DeleteServiceSpecificCredential",
            "DeleteSigningCertificate",
            "DeleteVirtualMFADevice",
            "DisableOrganizationsRootCredentialsManagement",
            "DisableOrganizationsRootSessions",
            "EnableMFADevice",
            "EnableOrganizationsRootCredentialsManagement",
            "EnableOrganizationsRootSessions",
            "ResetServiceSpecificCredential",
            "ResyncMFADevice",
            "UpdateAccessKey",
            "UpdateLoginProfile",
            "UpdateSSHPublicKey",
            "UpdateServiceSpecificCredential",
            "UpdateSigningCertificate",
            "UploadSSHPublicKey",
            "UploadSigningCertificate",
        ],
    ),
    (
        "signin.amazonaws.com",
        &["EmailUpdated", "PasswordRecoveryCompleted", "PasswordRecoveryRequested", "PasswordUpdated"],
    ),
    ("account.amazonaws.com", &["AcceptPrimaryEmailUpdate", "StartPrimaryEmailUpdate"]),
];

/// Calls that stop or blind what watches an account, by service.
const DEFENCE_EVASIONS: &[(&str, &[&str])] = &[
    (
        "cloudtrail.amazonaws.com",
        &[
            "DeleteEventDataStore",
            "DeleteTrail",
            "PutEventSelectors",
            "StopEventDataStoreIngestion",
            "StopLogging",
            "UpdateTrail",
        ],
    ),
    (
        "logs.amazonaws.com",
        &[
            "DeleteLogGroup",
            "DeleteLogStream",
            "DeleteMetricFilter",
            "DeleteSubscriptionFilter",
            "PutMetricFilter",
            "PutRetentionPolicy",
        ],
    ),
    ("monitoring.amazonaws.com", &["DeleteAlarms", "DisableAlarmActions", "PutAlarmMuteRule", "SetAlarmState"]),
    ("events.amazonaws.com", &["DeleteRule", "DisableRule", "RemoveTargets"]),
    ("sns.amazonaws.com", &["DeleteTopic", "Unsubscribe"]),
    ("config.amazonaws.com", &["DeleteConfigurationRecorder", "DeleteDeliveryChannel", "StopConfigurationRecorder"]),
    (
        "guardduty.amazonaws.com",
        &[
            "DeleteDetector",
            "DisassociateFromAdministratorAccount",
            "DisassociateFromMasterAccount",
            "StopMonitoringMembers",
            "UpdateDetector",
        ],
    ),
    ("securityhub.amazonaws.com", &["BatchDisableStandards", "DisableSecurityHub"]),
    ("access-analyzer.amazonaws.com", &["DeleteAnalyzer"]),
    ("organizations.amazonaws.com", &["LeaveOrganization"]),
];

/// First words of the names of calls that look and do not touch.
const READS: &[&str] = &[
    "BatchDescribe",
    "BatchGet",
    "BatchList",
    "Browse",
    "Check",
    "Count",
    "Describe",
    "Discover",
    "Estimate",
    "Filter",
    "Find",
    "Get",
    "Has",
    "Head",
    "Is",
    "List",
    "Lookup",
    "Poll",
    "Preview",
    "Query",
    "Read",
    "Retrieve",
    "Scan",
    "Search",
    "Select",
    "Show",
    "Simulate",
    "Validate",
    "Verify",
    "View",
];

/// First words of the names of calls that touch, whatever `readOnly` says.
const CHANGES: &[&str] = &[
    "Add",
    "Associate",
    "Attach",
    "Cancel",
    "Close",
    "Create",
    "Delete",
    "Deregister",
    "Detach",
    "Disable",
    "Enable",
    "Import",
    "Modify",
    "Put",
    "Register",
    "Remove",
    "Reset",
    "Restore",
    "Revoke",
    "Run",
    "Set",
    "Terminate",
    "Update",
];

/// Returns whether the event belongs to a sign-in.
pub(crate) fn is_sign_in(record: &Record) -> bool {
    const STEPS: [&str; 3] = ["ConsoleLogin", "CheckMfa", "GetSigninToken"];
    is_from(record, "signin.amazonaws.com") && record.event_name.as_deref().is_some_and(|name| STEPS.contains(&name))
}

/// Returns whether the event is the sign-in to the console itself.
pub(crate) fn is_console_login(record: &Record) -> bool {
    is_sign_in(record) && record.event_name.as_deref() == Some("ConsoleLogin")
}

/// Returns whether the call changes who can get in.
pub(crate) fn is_credential_change(record: &Record) -> bool {
    is_listed(record, CREDENTIAL_CHANGES)
}

/// Returns whether the call stops or blinds what watches the account.
pub(crate) fn is_defence_evasion(record: &Record) -> bool {
    is_listed(record, DEFENCE_EVASIONS)
}

/// Returns whether the call names a user other than the root user.
///
/// Calls of the root user about itself name nobody, `AWS ROOT USER`, or the account's alias, which then is the caller's
/// own user name as well.
pub(crate) fn is_about_another_user(record: &Record) -> bool {
    let own = |name: &str| {
        ["root", "aws root user"].contains(&name.to_ascii_lowercase().as_str())
            || record.user_identity.user_name.as_deref() == Some(name)
    };
    record.request(&["userName"]).is_some_and(|name| !name.is_empty() && !own(name))
}

/// Returns whether the call only reads. Where CloudTrail does not say, the name has to; `readOnly` on a name that says
/// the opposite (`Instruments_Create`) is not believed.
pub(crate) fn is_read(record: &Record) -> bool {
    let Some(name) = record.event_name.as_deref() else { return false };
    match record.read_only {
        Some(true) => !name.split('_').any(|part| begins_with_word(part, CHANGES)),
        Some(false) => false,
        None => begins_with_word(name, READS),
    }
}

/// Returns whether the name begins with one of the words, and not merely with its letters: `Issue…` is no `Is`.
fn begins_with_word(name: &str, words: &[&str]) -> bool {
    let ends = |rest: &str| !rest.starts_with(|next: char| next.is_ascii_lowercase());
    words.iter().any(|word| name.strip_prefix(word).is_some_and(ends))
}

fn is_listed(record: &Record, table: &[(&str, &[&str])]) -> bool {
    let Some(name) = record.event_name.as_deref() else { return false };
    table.iter().any(|(service, names)| is_from(record, service) && names.contains(&name))
}

fn is_from(record: &Record, service: &str) -> bool {
    record.event_source.as_deref() == Some(service)
}
