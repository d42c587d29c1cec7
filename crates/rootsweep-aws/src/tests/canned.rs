//! A server with canned answers, and a connection to it as a lone account.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_credential_types::Credentials;
use wiremock::matchers::body_string_contains;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::options;
use crate::{Aws, Error, Options, config};

/// An operation of a service that speaks the query protocol.
pub(super) struct Query(pub(super) &'static str);

/// Answers every call of an operation.
pub(super) fn answers(Query(operation): Query, answer: ResponseTemplate) -> Mock {
    Mock::given(body_string_contains(format!("Action={operation}&"))).respond_with(answer)
}

/// Serves the answers, and the identity that every run asks for first.
pub(super) async fn serve(server: &MockServer, mocks: Vec<Mock>) {
    let identity = "<GetCallerIdentityResponse><GetCallerIdentityResult>\
        <Arn>arn:aws:iam::111122223333:user/auditor</Arn><UserId>AIDAEXAMPLE</UserId><Account>111122223333</Account>\
        </GetCallerIdentityResult></GetCallerIdentityResponse>";
    let identity = ResponseTemplate::new(200).set_body_raw(identity, "text/xml");
    answers(Query("GetCallerIdentity"), identity).with_priority(10).mount(server).await;
    for mock in mocks {
        mock.mount(server).await;
    }
}

/// Connects as a lone account, with one retry and short waits.
pub(super) async fn connect(url: &str, limit: Duration) -> Result<Aws, Error> {
    let alone = Options { single_account: true, regions: vec!["us-east-1".to_owned()], ..options(url) };
    connect_with(Options { call_time_limit: limit, ..alone }).await
}

/// Connects with one retry and short waits.
pub(super) async fn connect_with(options: Options) -> Result<Aws, Error> {
    let retries = RetryConfig::adaptive().with_max_attempts(2).with_initial_backoff(Duration::from_millis(20));
    let credentials = Credentials::new("AKIAEXAMPLE", "secret", None, None, "test");
    let loader = config::loader(&options).credentials_provider(credentials).retry_config(retries);
    Box::pin(Aws::connect_with(config::load(loader).await, options)).await
}
