//! The SDK's configuration: its own conventions, one HTTP client, one way to retry.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, ConnectorBuilder};
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::retry::RetrySpec;

use crate::options::Options;

/// The attempts of one call, the first included.
const MAX_ATTEMPTS: u32 = 6;

/// The longest wait between two attempts of one call.
const MAX_BACKOFF: Duration = Duration::from_secs(8);

/// The longest that a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long an answer may stall before it counts as broken.
const STALL_GRACE: Duration = Duration::from_secs(10);

/// The Region that global services are asked through where no convention names one.
const DEFAULT_REGION: &str = "us-east-1";

/// Begins the caller's configuration; what the options do not say, the SDK's own conventions do.
pub(crate) fn loader(options: &Options) -> ConfigLoader {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client())
        .timeout_config(timeouts(options.call_time_limit))
        .stalled_stream_protection(StalledStreamProtectionConfig::enabled().grace_period(STALL_GRACE).build());
    if let Some(profile) = &options.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = &options.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(url) = &options.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    loader
}

/// Loads the caller's configuration.
pub(crate) async fn load(loader: ConfigLoader) -> SdkConfig {
    let config = loader.load().await;
    let region = config.region().cloned().unwrap_or(Region::from_static(DEFAULT_REGION));
    let retries = retries(config.retry_config());
    config.into_builder().region(region).retry_config(retries).build()
}

/// Keeps what the environment or the profile says of retries; where they say nothing, the SDK's default comes back.
fn retries(configured: Option<&RetryConfig>) -> RetryConfig {
    let standard = RetryConfig::standard();
    let is_default = |it: &&RetryConfig| it.mode() == standard.mode() && it.max_attempts() == standard.max_attempts();
    let own = || RetryConfig::adaptive().with_max_attempts(MAX_ATTEMPTS).with_max_backoff(MAX_BACKOFF);
    // Without the newer rules, a retry in adaptive mode costs five tokens of a bucket that holds one in a client of few
    // calls: after one throttled answer it waits until the time limit (https://github.com/smithy-lang/smithy-rs/pull/4749).
    configured.filter(|it| !is_default(it)).cloned().unwrap_or_else(own).with_retry_spec(RetrySpec::v2_1())
}

/// Makes the one HTTP client of a run, so that all sessions share a pool of connections and one set of root
/// certificates. Proxies are taken from the environment, as the SDK's own client does.
fn http_client() -> SharedHttpClient {
    let client = Builder::new().build_with_connector_fn(|settings, components| {
        let mut connector = ConnectorBuilder::default().tls_provider(Provider::Rustls(CryptoMode::AwsLc));
        connector.set_connector_settings(settings.cloned());
        if let Some(components) = components {
            connector.set_sleep_impl(components.sleep_impl());
        }
        connector.set_proxy_config(Some(ProxyConfig::from_env()));
        connector.build()
    });
    SharedHttpClient::new(OneClient(client))
}

/// The one HTTP client, without what the SDK's own does for each service client that is made of it: it builds a connector
/// with every root certificate of the machine and drops it again, only to find out early whether that can be done.
#[derive(Debug)]
struct OneClient(SharedHttpClient);

impl HttpClient for OneClient {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        self.0.http_connector(settings, components)
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.0.connector_metadata()
    }
}

/// Limits how long one call may take, its retries included.
pub(crate) fn timeouts(call_time_limit: Duration) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT.min(call_time_limit))
        .operation_attempt_timeout(call_time_limit / 2)
        .operation_timeout(call_time_limit)
        .build()
}
