//! Every API call that a sweep may make: one table, from which policies and documentation are made.

use std::collections::BTreeSet;
use std::fmt;

/// Who makes a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Principal {
    /// The principal that the sweep runs as, once a run.
    Caller,
    /// A session of the audit role, in every account.
    AuditRole,
    /// An `AssumeRoot` session, where `--central-root` asks for it; AWS's own task policy narrows it.
    RootSession,
    /// The caller, where the records come from Athena.
    Athena,
    /// The caller, where the report is sent somewhere.
    Sink,
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Caller => "the caller",
            Self::AuditRole => "the audit role",
            Self::RootSession => "a root session",
            Self::Athena => "the caller, with Athena",
            Self::Sink => "the caller, to notify",
        })
    }
}

/// An API call that a sweep may make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Call {
    /// The service, as the scope of a `SigV4` signature names it.
    pub service: &'static str,
    /// The operation.
    pub operation: &'static str,
    /// The IAM action that allows it.
    pub action: &'static str,
    /// Who makes it.
    pub principal: Principal,
    /// What the answer is needed for.
    pub why: &'static str,
}

/// Declares the calls as constants, and the table of them all.
macro_rules! calls {
    ($(#[$doc:meta])* $table:ident $($name:ident: $principal:ident $service:literal $prefix:literal $operation:literal $why:literal;)*) => {
        $(pub(crate) const $name: Call = Call {
            service: $service,
            operation: $operation,
            action: concat!($prefix, ":", $operation),
            principal: Principal::$principal,
            why: $why,
        };)*

        $(#[$doc])*
        pub const $table: &[Call] = &[$($name),*];
    };
}

calls! {
    /// Every API call that a sweep may make. None of them changes anything; Athena alone writes, its own results.
    READ_CALLS
    GET_CALLER_IDENTITY: Caller "sts" "sts" "GetCallerIdentity" "to know the own account and partition, and to verify sessions";
    ASSUME_ROLE: Caller "sts" "sts" "AssumeRole" "to enter each account as its audit role";
    ASSUME_ROOT: Caller "sts" "sts" "AssumeRoot" "with --central-root alone: to read the root user's own credentials";
    DESCRIBE_ORGANIZATION: Caller "organizations" "organizations" "DescribeOrganization" "the organization's id and management account";
    LIST_ACCOUNTS: Caller "organizations" "organizations" "ListAccounts" "the accounts to sweep";
    LIST_ROOTS: Caller "organizations" "organizations" "ListRoots" "the top of the tree of organizational units";
    LIST_ORGANIZATIONAL_UNITS: Caller "organizations" "organizations" "ListOrganizationalUnitsForParent" "names of organizational units";
    LIST_ACCOUNTS_FOR_PARENT: Caller "organizations" "organizations" "ListAccountsForParent" "each account's unit, where ListAccounts does not tell it";
    LIST_DELEGATED_ADMINISTRATORS: Caller "organizations" "organizations" "ListDelegatedAdministrators" "accounts that may hold the trail's log group";
    LIST_ORGANIZATIONS_FEATURES: Caller "iam" "iam" "ListOrganizationsFeatures" "whether root credentials are managed centrally";
    LIST_REGIONS: AuditRole "account" "account" "ListRegions" "the Regions in which root activity can happen";
    GET_ACCOUNT_SUMMARY: AuditRole "iam" "iam" "GetAccountSummary" "root MFA, access keys, signing certificates, password";
    LIST_VIRTUAL_MFA_DEVICES: AuditRole "iam" "iam" "ListVirtualMFADevices" "whether the root user's MFA device is a virtual one";
    GENERATE_CREDENTIAL_REPORT: AuditRole "iam" "iam" "GenerateCredentialReport" "when the root user's credentials were last used";
    GET_CREDENTIAL_REPORT: AuditRole "iam" "iam" "GetCredentialReport" "when the root user's credentials were last used";
    LIST_ACCOUNT_ALIASES: AuditRole "iam" "iam" "ListAccountAliases" "the user name that root records carry where an alias is set";
    DESCRIBE_TRAILS: AuditRole "cloudtrail" "cloudtrail" "DescribeTrails" "the trails that record root activity";
    LIST_TRAILS: AuditRole "cloudtrail" "cloudtrail" "ListTrails" "trails of single Regions, where no trail records all of them";
    GET_TRAIL_STATUS: AuditRole "cloudtrail" "cloudtrail" "GetTrailStatus" "whether a trail is logging";
    GET_EVENT_SELECTORS: AuditRole "cloudtrail" "cloudtrail" "GetEventSelectors" "whether a trail records management events";
    LOOKUP_EVENTS: AuditRole "cloudtrail" "cloudtrail" "LookupEvents" "recent root activity";
    DESCRIBE_METRIC_FILTERS: AuditRole "logs" "logs" "DescribeMetricFilters" "whether a filter matches root records";
    FILTER_LOG_EVENTS: AuditRole "logs" "logs" "FilterLogEvents" "root activity that was delivered late";
    DESCRIBE_ALARMS: AuditRole "monitoring" "cloudwatch" "DescribeAlarms" "whether an alarm watches the filter's metric";
    DESCRIBE_ALARM_HISTORY: AuditRole "monitoring" "cloudwatch" "DescribeAlarmHistory" "when alarms fired, to explain why";
    LIST_ALARM_MUTE_RULES: AuditRole "monitoring" "cloudwatch" "ListAlarmMuteRules" "whether an alarm is muted";
    GET_ALARM_MUTE_RULE: AuditRole "monitoring" "cloudwatch" "GetAlarmMuteRule" "which alarms a rule mutes";
    LIST_RULES: AuditRole "events" "events" "ListRules" "whether an EventBridge rule matches root records";
    LIST_TARGETS_BY_RULE: AuditRole "events" "events" "ListTargetsByRule" "where a matching rule sends them";
    LIST_SUBSCRIPTIONS_BY_TOPIC: AuditRole "sns" "sns" "ListSubscriptionsByTopic" "whether anybody hears the alarm";
    GET_SUBSCRIPTION_ATTRIBUTES: AuditRole "sns" "sns" "GetSubscriptionAttributes" "whether a subscription is confirmed, and which messages it filters out";
    GET_TOPIC_ATTRIBUTES: AuditRole "sns" "sns" "GetTopicAttributes" "whether an alarm may publish to the topic";
    ROOT_GET_ACCOUNT_SUMMARY: RootSession "iam" "iam" "GetAccountSummary" "root MFA, access keys, signing certificates, password";
    LIST_MFA_DEVICES: RootSession "iam" "iam" "ListMFADevices" "the kind of each of the root user's MFA devices";
    LIST_ACCESS_KEYS: RootSession "iam" "iam" "ListAccessKeys" "the root user's access keys";
    START_QUERY_EXECUTION: Athena "athena" "athena" "StartQueryExecution" "root activity of the whole organization in one query";
    GET_QUERY_EXECUTION: Athena "athena" "athena" "GetQueryExecution" "whether the query is done";
    GET_QUERY_RESULTS: Athena "athena" "athena" "GetQueryResults" "the records that it found";
}

calls! {
    /// Every API call that sends a report somewhere; none is made unless the run names where to.
    SINK_CALLS
    PUBLISH: Sink "sns" "sns" "Publish" "to tell a topic what was found";
    PUT_OBJECT: Sink "s3" "s3" "PutObject" "to keep the report in a bucket";
    BATCH_IMPORT_FINDINGS: Sink "securityhub" "securityhub" "BatchImportFindings" "to file the findings with Security Hub";
}

/// The calls that need no permission: AWS lets every principal make them.
const NEED_NO_PERMISSION: &[&str] = &["sts:GetCallerIdentity"];

/// Returns the IAM actions that the calls of some principals need, sorted.
pub fn actions(principals: &[Principal]) -> BTreeSet<&'static str> {
    let calls = READ_CALLS.iter().filter(|call| principals.contains(&call.principal));
    calls.map(|call| call.action).filter(|action| !NEED_NO_PERMISSION.contains(action)).collect()
}

/// Renders a policy that allows some actions on everything, without a space to spare.
///
/// The plain text of a session policy may have 2,048 characters:
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>.
pub(crate) fn session_policy(principals: &[Principal]) -> String {
    policy_document(principals).to_string()
}

/// Renders the policy that the audit role has to have in every account, for people to read.
pub fn audit_role_policy() -> String {
    format!("{:#}\n", policy_document(&[Principal::AuditRole]))
}

/// Renders the policy that the caller has to have in the management account or a delegated administrator.
pub fn caller_policy() -> String {
    format!("{:#}\n", policy_document(&[Principal::Caller]))
}

fn policy_document(principals: &[Principal]) -> serde_json::Value {
    serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": actions(principals), "Resource": "*" }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The limit on the plain text of a session policy:
    /// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>.
    const SESSION_POLICY_LIMIT: usize = 2_048;

    #[test]
    fn session_policies_fit() {
        for principals in [&[Principal::AuditRole][..], &[Principal::Caller, Principal::AuditRole, Principal::Athena]] {
            let policy = session_policy(principals);
            assert!(policy.len() <= SESSION_POLICY_LIMIT, "{} characters: {policy}", policy.len());
        }
    }

    #[test]
    fn every_call_reads() {
        const READING: &[&str] = &["Get", "List", "Describe", "Lookup", "Filter", "Assume", "Generate"];
        let others = READ_CALLS.iter().filter(|call| !READING.iter().any(|verb| call.operation.starts_with(verb)));
        assert_eq!(others.map(|call| call.action).collect::<Vec<_>>(), ["athena:StartQueryExecution"]);
    }

    #[test]
    fn no_call_is_listed_twice_for_one_principal() {
        let distinct: BTreeSet<_> = READ_CALLS.iter().map(|call| (call.principal, call.action)).collect();
        assert_eq!(distinct.len(), READ_CALLS.len());
    }

    #[test]
    fn the_audit_role_cannot_enter_other_accounts() {
        assert!(actions(&[Principal::AuditRole]).iter().all(|action| !action.starts_with("sts:")));
        assert!(!audit_role_policy().contains('*') || audit_role_policy().matches('*').count() == 1);
    }
}
