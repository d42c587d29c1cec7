//! A call, as it is once the protocol is taken off.

use std::sync::Arc;

use jiff::Timestamp;

use crate::auth::Principal;
use crate::value::Value;
use crate::world::AccountId;

/// The services of the fake AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// AWS Account Management.
    Account,
    /// Amazon Athena.
    Athena,
    /// AWS CloudTrail.
    CloudTrail,
    /// Amazon CloudWatch.
    CloudWatch,
    /// Amazon EventBridge.
    Events,
    /// AWS Identity and Access Management.
    Iam,
    /// Amazon CloudWatch Logs.
    Logs,
    /// AWS Organizations.
    Organizations,
    /// AWS Security Hub.
    SecurityHub,
    /// Amazon SNS.
    Sns,
    /// Amazon SQS.
    Sqs,
    /// AWS Security Token Service.
    Sts,
}

/// How a family of services names and numbers its errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// Services that began with awsQuery.
    Query,
    /// Services that began with awsJson.
    Json,
    /// Services that speak restJson.
    Rest,
}

impl Service {
    pub(crate) const ALL: [Self; 12] = [
        Self::Account,
        Self::Athena,
        Self::CloudTrail,
        Self::CloudWatch,
        Self::Events,
        Self::Iam,
        Self::Logs,
        Self::Organizations,
        Self::SecurityHub,
        Self::Sns,
        Self::Sqs,
        Self::Sts,
    ];

    /// The prefix of the service's IAM actions, which is also how the call log names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Athena => "athena",
            Self::CloudTrail => "cloudtrail",
            Self::CloudWatch => "cloudwatch",
            Self::Events => "events",
            Self::Iam => "iam",
            Self::Logs => "logs",
            Self::Organizations => "organizations",
            Self::SecurityHub => "securityhub",
            Self::Sns => "sns",
            Self::Sqs => "sqs",
            Self::Sts => "sts",
        }
    }

    /// The name in a `SigV4` credential scope.
    pub const fn signing_name(self) -> &'static str {
        match self {
            Self::CloudWatch => "monitoring",
            other => other.name(),
        }
    }

    /// Finds the service of a credential scope.
    pub fn from_signing_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.signing_name() == name)
    }

    pub(crate) const fn family(self) -> Family {
        match self {
            Self::Sts | Self::Iam | Self::Sns | Self::CloudWatch => Family::Query,
            Self::Account | Self::SecurityHub => Family::Rest,
            _ => Family::Json,
        }
    }
}

/// A call whose signature was checked.
#[derive(Debug, Clone)]
pub struct Call {
    /// The service.
    pub service: Service,
    /// The operation, such as `ListAccounts`.
    pub operation: String,
    /// The Region of the credential scope.
    pub region: String,
    /// Who calls.
    pub principal: Arc<Principal>,
    /// The parameters.
    pub input: Value,
    /// The `User-Agent` header.
    pub user_agent: String,
    /// The caller's own time, from the signature.
    pub signed_at: Timestamp,
}

impl Call {
    /// The account that the caller acts in.
    pub fn account(&self) -> AccountId {
        self.principal.account
    }

    /// The IAM action, such as `organizations:ListAccounts`.
    pub fn action(&self) -> String {
        format!("{}:{}", self.service.name(), self.operation)
    }
}
