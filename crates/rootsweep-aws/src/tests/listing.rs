//! Listing accounts where the listing is odd.

use futures::TryStreamExt as _;
use rootsweep_model::{Account, AccountState, GapKind};
use serde_json::{Value, json};
use wiremock::matchers::{body_partial_json, header};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::canned::{connect_with, serve};
use super::options;
use crate::{Error, Options};

fn on(operation: &str) -> wiremock::MockBuilder {
    Mock::given(header("x-amz-target", format!("AWSOrganizationsV20161128.{operation}").as_str()))
}

fn json_answer(body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.to_string(), "application/x-amz-json-1.1")
}

fn account(id: &str) -> Value {
    json!({ "Id": id, "Name": format!("account {id}"), "Status": "ACTIVE" })
}

/// An organization with a root and one unit.
fn organization() -> Vec<Mock> {
    let described = json!({ "Organization": { "Id": "o-a1", "MasterAccountId": "111122223333" } });
    let root = json!({ "Roots": [{ "Id": "r-b2", "Name": "Root" }] });
    let units = json!({ "OrganizationalUnits": [{ "Id": "ou-b2-c3", "Name": "Prod" }] });
    vec![
        on("DescribeOrganization").respond_with(json_answer(&described)),
        on("ListRoots").respond_with(json_answer(&root)),
        on("ListOrganizationalUnitsForParent")
            .and(body_partial_json(json!({ "ParentId": "r-b2" })))
            .respond_with(json_answer(&units)),
        on("ListOrganizationalUnitsForParent")
            .respond_with(json_answer(&json!({ "OrganizationalUnits": [] })))
            .with_priority(9),
    ]
}

/// A page of the listing: the one that comes for a token, or the first.
fn page(token: Option<&str>, body: &Value) -> Mock {
    match token {
        None => on("ListAccounts").respond_with(json_answer(body)).with_priority(9),
        Some(token) => {
            on("ListAccounts").and(body_partial_json(json!({ "NextToken": token }))).respond_with(json_answer(body))
        }
    }
}

async fn list(pages: Vec<Mock>, more: Vec<Mock>) -> Result<Vec<Account>, Error> {
    let server = MockServer::start().await;
    serve(&server, [organization(), pages, more].concat_all()).await;
    let aws = connect_with(Options { place_accounts: true, ..options(&server.uri()) }).await?;
    let pages: Vec<Vec<Account>> = aws.accounts().try_collect().await?;
    Ok(pages.into_iter().flatten().collect())
}

/// `concat` for what cannot be cloned.
trait ConcatAll {
    fn concat_all(self) -> Vec<Mock>;
}

impl<const N: usize> ConcatAll for [Vec<Mock>; N] {
    fn concat_all(self) -> Vec<Mock> {
        self.into_iter().flatten().collect()
    }
}

#[tokio::test]
async fn empty_pages_are_passed_and_accounts_come_once() {
    let accounts = list(
        vec![
            page(None, &json!({ "Accounts": [account("111111111111")], "NextToken": "two" })),
            page(Some("two"), &json!({ "Accounts": [], "NextToken": "three" })),
            page(Some("three"), &json!({ "Accounts": [account("111111111111"), account("222222222222")] })),
        ],
        Vec::new(),
    )
    .await
    .unwrap();
    let ids: Vec<_> = accounts.iter().map(|account| account.id.to_string()).collect();
    assert_eq!(ids, ["111111111111", "222222222222"]);
}

#[tokio::test]
async fn a_listing_that_turns_in_circles_ends_with_an_error() {
    let turning = json!({ "Accounts": [], "NextToken": "again" });
    let error = list(vec![page(None, &turning)], Vec::new()).await.unwrap_err();
    assert!(matches!(&error, Error::Call { gap } if gap.kind == GapKind::TooManyPages), "{error:?}");
}

#[tokio::test]
async fn an_answer_without_accounts_is_not_an_empty_organization() {
    let error = list(vec![page(None, &json!({}))], Vec::new()).await.unwrap_err();
    assert!(matches!(&error, Error::Call { gap } if gap.kind == GapKind::MissingField), "{error:?}");
}

#[tokio::test]
async fn the_unit_comes_from_the_path_and_its_names_from_the_tree() {
    let mut placed = account("222222222222");
    placed["Paths"] = json!(["o-a1/r-b2/ou-b2-c3/222222222222/"]);
    placed["State"] = json!("PENDING_CLOSURE");
    let accounts = list(vec![page(None, &json!({ "Accounts": [placed] }))], Vec::new()).await.unwrap();
    let [account] = &accounts[..] else { panic!("one account") };
    assert_eq!(account.ou_path.as_deref(), Some("Root/Prod"));
    assert_eq!(account.ou_ids, ["r-b2", "ou-b2-c3"]);
    assert_eq!(account.state, AccountState::PendingClosure);
}

#[tokio::test]
async fn without_paths_the_units_are_asked_for_their_accounts() {
    let in_unit = on("ListAccountsForParent")
        .and(body_partial_json(json!({ "ParentId": "ou-b2-c3" })))
        .respond_with(json_answer(&json!({ "Accounts": [account("222222222222")] })));
    let in_root = on("ListAccountsForParent").respond_with(json_answer(&json!({ "Accounts": [] }))).with_priority(9);
    let listing = page(None, &json!({ "Accounts": [account("222222222222")] }));
    let accounts = list(vec![listing], vec![in_unit, in_root]).await.unwrap();
    assert_eq!(accounts[0].ou_path.as_deref(), Some("Root/Prod"));
}
