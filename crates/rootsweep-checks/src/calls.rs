//! The calls that the checks rest on, in the form of IAM actions: what they need, and what their findings name.

/// The account summary.
pub(crate) const ACCOUNT_SUMMARY: &str = "iam:GetAccountSummary";
/// The credential report.
pub(crate) const CREDENTIAL_REPORT: &str = "iam:GetCredentialReport";
/// Makes the credential report.
pub(crate) const GENERATE_REPORT: &str = "iam:GenerateCredentialReport";
/// The root user's keys, in an `AssumeRoot` session.
pub(crate) const LIST_KEYS: &str = "iam:ListAccessKeys";
/// The root user's MFA devices, in an `AssumeRoot` session.
pub(crate) const LIST_DEVICES: &str = "iam:ListMFADevices";
/// The virtual MFA devices.
pub(crate) const LIST_VIRTUAL_DEVICES: &str = "iam:ListVirtualMFADevices";
/// The account's alias.
pub(crate) const LIST_ALIASES: &str = "iam:ListAccountAliases";
/// The central root features of the organization.
pub(crate) const LIST_FEATURES: &str = "iam:ListOrganizationsFeatures";
/// The enabled Regions.
pub(crate) const LIST_REGIONS: &str = "account:ListRegions";
/// The trails that cover an account in a Region.
pub(crate) const DESCRIBE_TRAILS: &str = "cloudtrail:DescribeTrails";
/// The trails of all Regions.
pub(crate) const LIST_TRAILS: &str = "cloudtrail:ListTrails";
/// Whether a trail logs and delivers.
pub(crate) const TRAIL_STATUS: &str = "cloudtrail:GetTrailStatus";
/// Which events a trail records.
pub(crate) const EVENT_SELECTORS: &str = "cloudtrail:GetEventSelectors";
/// The metric filters.
pub(crate) const DESCRIBE_FILTERS: &str = "logs:DescribeMetricFilters";
/// The alarms.
pub(crate) const DESCRIBE_ALARMS: &str = "cloudwatch:DescribeAlarms";
/// The mute rules.
pub(crate) const LIST_MUTE_RULES: &str = "cloudwatch:ListAlarmMuteRules";
/// What a mute rule mutes, and when.
pub(crate) const GET_MUTE_RULE: &str = "cloudwatch:GetAlarmMuteRule";
/// The subscriptions of a topic.
pub(crate) const LIST_SUBSCRIPTIONS: &str = "sns:ListSubscriptionsByTopic";
/// The filter of a subscription.
pub(crate) const SUBSCRIPTION_ATTRIBUTES: &str = "sns:GetSubscriptionAttributes";
/// The policy of a topic.
pub(crate) const TOPIC_ATTRIBUTES: &str = "sns:GetTopicAttributes";
/// The event rules.
pub(crate) const LIST_RULES: &str = "events:ListRules";
/// The targets of an event rule.
pub(crate) const LIST_TARGETS: &str = "events:ListTargetsByRule";
