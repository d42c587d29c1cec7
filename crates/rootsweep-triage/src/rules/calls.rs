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
    // The session that it opens acts under a name of its own.
    ("sts.amazonaws.com", &["GetFederationToken"]),
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
    ("ec2.amazonaws.com", &["DeleteFlowLogs"]),
    ("account.amazonaws.com", &["CloseAccount"]),
    ("organizations.amazonaws.com", &["CloseAccount", "LeaveOrganization"]),
];

/// First words of the names of calls that look and do not touch.
const READS: &[&str] = &[
    "AdminGet",
    "AdminList",
    "BatchDescribe",
    "BatchGet",
    "BatchList",
    "Browse",
    "Calculate",
    "Check",
    "Compare",
    "Count",
    "Decode",
    "Decrypt",
    "Describe",
    "Detect",
    "Discover",
    "Download",
    "Estimate",
    "Filter",
    "Find",
    "GenerateCredentialReport",
    "GenerateDataKey",
    "GenerateServiceLastAccessedDetails",
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
    "Scan",
    "Search",
    "Select",
    "Show",
    "Simulate",
    "TransactGet",
    "Validate",
    "View",
];

/// First words of the names of calls that touch, whatever `readOnly` says.
const CHANGES: &[&str] = &[
    "Accept",
    "Add",
    "Allocate",
    "Associate",
    "Attach",
    "Authorize",
    "Cancel",
    "Close",
    "Create",
    "Deactivate",
    "Delete",
    "Deregister",
    "Detach",
    "Disable",
    "Enable",
    "Import",
    "MakePayment",
    "Modify",
    "Pay",
    "Purchase",
    "Put",
    "Register",
    "Remove",
    "Replace",
    "Reset",
    "Restore",
    "Revoke",
    "Rotate",
    "Run",
    "Send",
    "Set",
    "Stop",
    "Submit",
    "Tag",
    "Terminate",
    "Transfer",
    "Untag",
    "Update",
    "Upload",
];

/// Returns whether the event belongs to a sign-in.
pub(crate) fn is_sign_in(record: &Record) -> bool {
    const STEPS: [&str; 5] =
        ["ConsoleLogin", "CheckMfa", "GetSigninToken", "AuthorizeOAuth2Access", "CreateOAuth2Token"];
    is_from(record, "signin.amazonaws.com") && record.event_name.as_deref().is_some_and(|name| STEPS.contains(&name))
}

/// Returns whether the event is the sign-in to the console itself.
pub(crate) fn is_console_login(record: &Record) -> bool {
    is_sign_in(record) && record.event_name.as_deref() == Some("ConsoleLogin")
}

/// Returns whether the event is the check of a second factor, which comes before the sign-in proper and opens nothing.
pub(crate) fn is_mfa_check(record: &Record) -> bool {
    is_sign_in(record) && record.event_name.as_deref() == Some("CheckMfa")
}

/// Returns whether the call changes who can get in.
pub(crate) fn is_credential_change(record: &Record) -> bool {
    is_listed(record, CREDENTIAL_CHANGES)
}

/// Returns whether the call stops or blinds what watches the account.
pub(crate) fn is_defence_evasion(record: &Record) -> bool {
    is_listed(record, DEFENCE_EVASIONS)
}

/// Returns whether the call leaves the root user's own credentials as they are: it names another user, or handles a
/// virtual device that is nobody's yet or no longer.
///
/// Calls of the root user about itself name nobody, `AWS ROOT USER`, or the account's alias, which then is the caller's
/// own user name as well.
pub(crate) fn is_about_somebody_else(record: &Record) -> bool {
    const NOT_ROOTS: [&str; 3] = ["CreateVirtualMFADevice", "DeleteVirtualMFADevice", "GetFederationToken"];
    if record.event_name.as_deref().is_some_and(|name| NOT_ROOTS.contains(&name)) {
        return true;
    }
    let own = |name: &str| {
        ["root", "aws root user"].contains(&name.to_ascii_lowercase().as_str())
            || record.user_identity.user_name.as_deref() == Some(name)
    };
    record.request(&["userName"]).is_some_and(|name| !name.is_empty() && !own(name))
}

/// Returns whether the call only reads. Where CloudTrail does not say, the name has to; `readOnly` on a name that says
/// the opposite (`Instruments_Create`), or on a call that blinds what watches the account, is not believed.
pub(crate) fn is_read(record: &Record) -> bool {
    if is_defence_evasion(record) {
        return false;
    }
    let name = record.event_name.as_deref().unwrap_or_default();
    match record.read_only {
        Some(true) => !says(name, CHANGES),
        Some(false) => false,
        None => says(name, READS) && !says(name, CHANGES),
    }
}

/// Returns whether one of the name's parts begins with one of the words: consoles put a page or a type before the
/// verb, with a dot or an underscore (`Instruments_Create`).
fn says(name: &str, words: &[&str]) -> bool {
    name.split(['_', '.']).any(|part| words.iter().any(|word| begins_with_word(part, word)))
}

/// Returns whether the part begins with the word, and not merely with its letters: `Issue…` is no `Is`.
fn begins_with_word(part: &str, word: &str) -> bool {
    let Some((start, rest)) = part.split_at_checked(word.len()) else { return false };
    start.eq_ignore_ascii_case(word) && !rest.starts_with(|next: char| next.is_ascii_lowercase())
}

fn is_listed(record: &Record, table: &[(&str, &[&str])]) -> bool {
    let Some(name) = record.event_name.as_deref() else { return false };
    table.iter().any(|(service, names)| is_from(record, service) && names.contains(&name))
}

/// Returns whether a service told of the event.
pub(crate) fn is_from(record: &Record, service: &str) -> bool {
    record.event_source.as_deref().is_some_and(|source| source.strip_suffix(".cn").unwrap_or(source) == service)
}
