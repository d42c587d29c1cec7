//! A session in one account: its credentials, its clients, and the one way to make a call with them.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use aws_config::{Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_sdk_iam::config::IdentityCache;
use aws_sdk_iam::config::retry::RetryPartition;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use rootsweep_model::{AccountId, Gap, GapKind};
use tokio::sync::OnceCell;

use crate::assume::{SessionIssuer, SessionTarget};
use crate::calls::{Call, Principal};
use crate::gap::gap_of;

/// A session in one account.
pub(crate) struct Session {
    /// The account, proved by what STS said.
    pub(crate) account: AccountId,
    /// The principal that the session acts as.
    pub(crate) arn: String,
    config: SdkConfig,
    renewal: Option<Renewal>,
}

/// How a session that expires in the middle of its work is opened again, once.
struct Renewal {
    issuer: Arc<SessionIssuer>,
    target: SessionTarget,
    credentials: SessionCredentials,
    renewed: OnceCell<bool>,
}

/// Credentials that can be replaced under the clients that use them.
#[derive(Clone)]
struct SessionCredentials(Arc<RwLock<Credentials>>);

impl fmt::Debug for SessionCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionCredentials")
    }
}

impl ProvideCredentials for SessionCredentials {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let current = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        future::ProvideCredentials::ready(Ok(current))
    }
}

impl SessionCredentials {
    fn replace(&self, credentials: Credentials) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = credentials;
    }
}

impl Session {
    /// Makes the session of a principal whose credentials the SDK itself keeps fresh.
    pub(crate) const fn of_caller(account: AccountId, arn: String, config: SdkConfig) -> Self {
        Self { account, arn, config, renewal: None }
    }

    /// Makes a session from what STS gave for an account.
    pub(crate) fn assumed(
        issuer: Arc<SessionIssuer>,
        target: SessionTarget,
        arn: String,
        credentials: Credentials,
    ) -> Self {
        let credentials = SessionCredentials(Arc::new(RwLock::new(credentials)));
        let config = issuer
            .base
            .to_builder()
            .credentials_provider(SharedCredentialsProvider::new(credentials.clone()))
            // The SDK's cache would keep an entry for every account of the run.
            .identity_cache(IdentityCache::no_cache())
            .build();
        let account = target.account();
        Self { account, arn, config, renewal: Some(Renewal { issuer, target, credentials, renewed: OnceCell::new() }) }
    }

    /// The Region through which global services are asked.
    pub(crate) fn region(&self) -> &str {
        self.config.region().map_or("", Region::as_ref)
    }

    /// Makes a call, and once more where the session had expired and could be renewed. Retries after throttling and
    /// broken connections are the SDK's.
    pub(crate) async fn call<T, E, F>(&self, call: Call, region: Option<&str>, send: impl Fn() -> F) -> Result<T, Gap>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        let gap = match send().await {
            Ok(answer) => return Ok(answer),
            Err(error) => gap_of(&call, self.principal(&call), region, &error),
        };
        tracing::debug!(account = %self.account, call = call.action, region, kind = %gap.kind, code = gap.code, "call failed");
        if gap.kind != GapKind::CredentialsRejected || !self.renew().await {
            return Err(gap);
        }
        send().await.map_err(|error| gap_of(&call, self.principal(&call), region, &error))
    }

    /// Who makes a call with this session: the caller itself, where it reads its own account.
    const fn principal(&self, call: &Call) -> Principal {
        match call.principal {
            Principal::AuditRole if self.renewal.is_none() => Principal::Caller,
            principal => principal,
        }
    }

    /// Opens the session again, unless that was done before; calls that expire together wait for the same renewal.
    async fn renew(&self) -> bool {
        let Some(renewal) = &self.renewal else { return false };
        let renew = || async {
            match renewal.issuer.assume(&renewal.target).await {
                Ok((credentials, _)) => {
                    renewal.credentials.replace(credentials);
                    true
                }
                Err(_) => false,
            }
        };
        *renewal.renewed.get_or_init(renew).await
    }
}

/// Declares a client per service. Each has a retry partition of its own, so that throttling in one account, service and
/// Region slows nothing else; a named partition would be kept for the life of the process.
macro_rules! clients {
    ($($service:ident: $crate_name:ident;)*) => {
        impl Session {
            $(pub(crate) fn $service(&self, region: &str) -> $crate_name::Client {
                let config = $crate_name::config::Builder::from(&self.config)
                    .region(Region::new(region.to_owned()))
                    .retry_partition(RetryPartition::custom(stringify!($service)).build())
                    .build();
                $crate_name::Client::from_conf(config)
            })*
        }
    };
}

clients! {
    account: aws_sdk_account;
    athena: aws_sdk_athena;
    cloudtrail: aws_sdk_cloudtrail;
    cloudwatch: aws_sdk_cloudwatch;
    events: aws_sdk_eventbridge;
    iam: aws_sdk_iam;
    logs: aws_sdk_cloudwatchlogs;
    organizations: aws_sdk_organizations;
    sns: aws_sdk_sns;
}
