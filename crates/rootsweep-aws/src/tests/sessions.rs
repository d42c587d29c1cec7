//! Sessions that expire, and sessions that are not what was asked for.

use std::time::Duration;

use fake_aws::FakeAws;
use fake_aws::fault::{Effect, FaultRule};
use fake_aws::world::{AccountId, World};
use rootsweep_model::{Account, AccountState, GapKind};
use wiremock::matchers::body_string_contains;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::canned::{self, serve};
use super::{connect, id, listed, options};

const MEMBER: &str = "100000000001";

async fn gathered_with(fault: FaultRule) -> (FakeAws, rootsweep_model::AccountFacts) {
    let mut world = World::generated(2, "rootsweep-audit");
    world.faults.push(fault.in_account(AccountId::new(100_000_000_001)));
    let fake = Box::pin(FakeAws::start(world)).await.unwrap();
    let aws = Box::pin(connect(options(&fake.url()))).await.unwrap();
    let accounts = listed(&aws).await;
    let facts = Box::pin(aws.gather(&accounts[&id(MEMBER)])).await;
    (fake, facts)
}

fn assumptions(fake: &FakeAws) -> usize {
    fake.world().calls.entries().iter().filter(|call| call.action() == "sts:AssumeRole").count()
}

#[tokio::test]
async fn a_session_that_expires_is_renewed_once() {
    let (fake, facts) = gathered_with(FaultRule::new("iam:*", Effect::ExpiredToken).times(3)).await;
    assert!(facts.root.summary.known().is_ok() && facts.aliases.known().is_ok(), "{:?}", facts.root.summary);
    assert_eq!(assumptions(&fake), 2);
}

#[tokio::test]
async fn a_session_that_goes_on_expiring_is_a_gap() {
    let (fake, facts) = gathered_with(FaultRule::new("iam:GetAccountSummary", Effect::ExpiredToken)).await;
    assert_eq!(facts.root.summary.gap().map(|gap| gap.kind), Some(GapKind::CredentialsRejected));
    assert_eq!(assumptions(&fake), 2);
}

#[tokio::test]
async fn nothing_is_read_with_a_session_of_another_account() {
    let server = MockServer::start().await;
    let wrong = "<AssumeRoleResponse><AssumeRoleResult><AssumedRoleUser>\
        <Arn>arn:aws:sts::111122223333:assumed-role/rootsweep-audit/rootsweep</Arn><AssumedRoleId>AROA:x</AssumedRoleId>\
        </AssumedRoleUser><Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
        <SessionToken>t</SessionToken><Expiration>2036-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult>\
        </AssumeRoleResponse>";
    let assume = Mock::given(body_string_contains("Action=AssumeRole&"))
        .respond_with(ResponseTemplate::new(200).set_body_raw(wrong, "text/xml"));
    let nothing_else =
        Mock::given(wiremock::matchers::any()).respond_with(ResponseTemplate::new(200)).with_priority(250);
    serve(&server, vec![assume, nothing_else.expect(0)]).await;
    let aws = canned::connect(&server.uri(), Duration::from_secs(5)).await.unwrap();
    let account = Account {
        id: id("999988887777"),
        name: "other".to_owned(),
        state: AccountState::Active,
        ou_path: None,
        ou_ids: Vec::new(),
        is_management: false,
    };
    let facts = aws.gather(&account).await;
    assert_eq!(facts.session.gap().map(|gap| gap.kind), Some(GapKind::WrongAccount));
}
