//! Why a run cannot begin.

use std::time::Duration;

use futures::TryStreamExt as _;
use rootsweep_model::{Account, Gap, GapKind};
use wiremock::matchers::header;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::canned::{self, Query, answers, connect_with, serve};
use super::options;
use crate::{Error, Options};

fn refused(code: &str) -> ResponseTemplate {
    let body = format!("<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>");
    ResponseTemplate::new(403).set_body_raw(body, "text/xml")
}

fn organizations(operation: &str, status: u16, body: &str) -> Mock {
    let answer = ResponseTemplate::new(status).set_body_raw(body.to_owned(), "application/x-amz-json-1.1");
    Mock::given(header("x-amz-target", format!("AWSOrganizationsV20161128.{operation}").as_str())).respond_with(answer)
}

async fn failure(mocks: Vec<Mock>) -> Error {
    let server = MockServer::start().await;
    serve(&server, mocks).await;
    let aws = match connect_with(options(&server.uri())).await {
        Ok(aws) => aws,
        Err(error) => return error,
    };
    let listed: Result<Vec<Vec<Account>>, Error> = aws.accounts().try_collect().await;
    listed.expect_err("the run cannot begin")
}

#[tokio::test]
async fn an_endpoint_that_nobody_listens_on_is_named() {
    let limit = Duration::from_secs(2);
    let error = canned::connect("http://127.0.0.1:9", limit).await.err().unwrap();
    assert!(matches!(&error, Error::Unreachable { url, .. } if url == "http://127.0.0.1:9"), "{error:?}");
}

#[tokio::test]
async fn an_expired_token_asks_for_a_new_sign_in() {
    for code in ["ExpiredToken", "InvalidClientTokenId"] {
        let error = failure(vec![answers(Query("GetCallerIdentity"), refused(code))]).await;
        assert!(matches!(&error, Error::CredentialsRejected(said) if said.contains(code)), "{error:?}");
    }
}

#[tokio::test]
async fn a_member_that_may_not_list_learns_the_call_and_the_ways_out() {
    let organization = r#"{"Organization":{"Id":"o-a1","MasterAccountId":"999999999999"}}"#;
    let denied =
        r#"{"__type":"AccessDeniedException","Message":"You don't have permissions to access this resource."}"#;
    let error = failure(vec![
        organizations("DescribeOrganization", 200, organization),
        organizations("ListAccounts", 400, denied),
    ])
    .await;
    assert!(matches!(error, Error::NotPermitted { .. }), "{error:?}");
    let text = error.to_string();
    for part in ["organizations:ListAccounts", "--organization-role-arn", "--single-account", "111122223333"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert_eq!(Gap::from(error).kind, GapKind::AccessDenied);
}

#[tokio::test]
async fn a_role_that_cannot_be_assumed_is_named() {
    let server = MockServer::start().await;
    serve(&server, vec![answers(Query("AssumeRole"), refused("AccessDenied"))]).await;
    let role = "arn:aws:iam::999999999999:role/organization";
    let error = connect_with(Options { organization_role_arn: Some(role.to_owned()), ..options(&server.uri()) }).await;
    let error = error.err().unwrap();
    assert!(matches!(&error, Error::OrganizationRole { arn, .. } if arn == role), "{error:?}");
}
