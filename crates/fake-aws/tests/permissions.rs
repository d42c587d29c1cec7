//! Who may call what.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod common;

use aws_credential_types::Credentials;
use common::{Client, MEMBER, ROLE_ARN, assume, world};
use fake_aws::FakeAws;
use fake_aws::world::{AccountId, CallerKey, Interlude};
use serde_json::json;
use test_case::test_case;

/// A key with a wrong secret is refused in the words of each protocol.
#[tokio::test]
async fn mis_signed_requests_are_refused() {
    let fake = FakeAws::start(world("")).await.unwrap();
    let credentials = Credentials::new(CallerKey::DEFAULT_ID, "wrong", None, None, "test");
    let client = Client::with(&fake, credentials);
    let reply = client.query("sts", "GetCallerIdentity", &[]).await;
    assert_eq!((reply.status, reply.xml("Code")), (403, "SignatureDoesNotMatch".to_owned()));
    let reply = client.json("organizations", "ListAccounts", json!({})).await;
    assert_eq!(reply.json()["__type"], "InvalidSignatureException");
    let (reply, _) = client.cbor("DescribeAlarms", json!({})).await;
    assert_eq!(reply.header("x-amzn-query-error"), "SignatureDoesNotMatch;Sender");
}

#[tokio::test]
async fn unknown_keys_and_foreign_tokens_are_refused() {
    let fake = FakeAws::start(world("")).await.unwrap();
    let stranger = Client::with(&fake, Credentials::new("AKIASTRANGER00000001", "x", None, None, "test"));
    let reply = stranger.query("iam", "GetAccountSummary", &[]).await;
    assert_eq!((reply.status, reply.xml("Code")), (403, "InvalidClientTokenId".to_owned()));
    let client = Client::of(&fake);
    let session = assume(&client, &[]).await;
    let (id, secret) = (session.xml("AccessKeyId"), session.xml("SecretAccessKey"));
    let tampered = Client::with(&fake, Credentials::new(id, secret, Some("other".to_owned()), None, "test"));
    assert_eq!(tampered.query("iam", "GetAccountSummary", &[]).await.xml("Code"), "InvalidClientTokenId");
}

#[tokio::test]
async fn unsigned_requests_are_refused() {
    let fake = FakeAws::start(world("")).await.unwrap();
    let reply = reqwest::Client::new().post(fake.url()).body("Action=GetCallerIdentity").send().await.unwrap();
    assert_eq!(reply.status().as_u16(), 403);
}

/// Another account's topic is refused, not "not found".
#[tokio::test]
async fn another_accounts_resources_are_refused() {
    let fake = FakeAws::start(world("")).await.unwrap();
    let arn = format!("arn:aws:sns:us-east-1:{MEMBER}:security");
    let reply = Client::of(&fake).query("sns", "GetTopicAttributes", &[("TopicArn", &arn)]).await;
    assert_eq!((reply.status, reply.xml("Code")), (403, "AuthorizationError".to_owned()));
}

#[tokio::test]
async fn a_session_acts_in_its_own_account_and_says_so() {
    let fake = FakeAws::start(world("")).await.unwrap();
    let client = Client::of(&fake);
    let session = assume(&client, &[]).await;
    assert!(session.xml("AccessKeyId").starts_with("ASIA222222222222"));
    let identity = client.assumed(&session).query("sts", "GetCallerIdentity", &[]).await;
    assert_eq!(identity.xml("Account"), MEMBER);
    assert_eq!(identity.xml("Arn"), "arn:aws:sts::222222222222:assumed-role/rootsweep-audit/sweep");
}

#[test_case("arn:aws:iam::222222222222:role/absent"; "absent role")]
#[test_case("arn:aws:iam::333333333333:role/rootsweep-audit"; "role that trusts another account")]
#[test_case("arn:aws:iam::999999999999:role/rootsweep-audit"; "account that does not exist")]
#[test_case("arn:aws:iam::222222222222:role/path/rootsweep-audit"; "role under another path")]
#[tokio::test]
async fn roles_that_cannot_be_assumed_look_alike(arn: &str) {
    let fake = FakeAws::start(world("")).await.unwrap();
    let reply = Client::of(&fake).query("sts", "AssumeRole", &[("RoleArn", arn), ("RoleSessionName", "sweep")]).await;
    assert_eq!((reply.status, reply.xml("Code")), (403, "AccessDenied".to_owned()));
    assert!(reply.xml("Message").ends_with(arn));
}

#[test_case(&[], 403; "none")]
#[test_case(&[("ExternalId", "wrong")], 403; "a wrong one")]
#[test_case(&[("ExternalId", "right")], 200; "the right one")]
#[tokio::test]
async fn the_external_id_must_fit(parameters: &[(&str, &str)], status: u16) {
    let mut world = world("");
    world.accounts.get_mut(&MEMBER.parse().unwrap()).unwrap().roles[0].external_id = Some("right".to_owned());
    let fake = FakeAws::start(world).await.unwrap();
    assert_eq!(assume(&Client::of(&fake), parameters).await.status, status);
}

/// A call outside of the inline session policy is refused even though the role is an administrator.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session>
#[tokio::test]
async fn the_session_policy_is_enforced() {
    let fake = FakeAws::start(world("")).await.unwrap();
    let client = Client::of(&fake);
    let policy = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": ["iam:GetAccountSummary"], "Resource": "*" },
    ] });
    let member = client.assumed(&assume(&client, &[("Policy", &policy.to_string())]).await);
    assert_eq!(member.query("iam", "GetAccountSummary", &[]).await.status, 200);
    let refused = member.query("iam", "ListAccountAliases", &[]).await;
    assert_eq!((refused.status, refused.xml("Code")), (403, "AccessDenied".to_owned()));
    assert!(refused.xml("Message").contains("no session policy allows"));
    let refused = member.json("cloudtrail", "LookupEvents", json!({})).await;
    assert_eq!((refused.status, &refused.json()["__type"]), (400, &json!("AccessDeniedException")));
    assert_eq!(member.query("sts", "GetCallerIdentity", &[]).await.status, 200, "needs no permission");
}

#[tokio::test]
async fn a_role_that_is_removed_leaves_its_sessions_without_rights() {
    let fake = FakeAws::start(world("")).await.unwrap();
    let client = Client::of(&fake);
    let member = client.assumed(&assume(&client, &[]).await);
    fake.world().accounts.get_mut(&MEMBER.parse().unwrap()).unwrap().roles.clear();
    assert_eq!(member.query("iam", "GetAccountSummary", &[]).await.status, 403);
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/security-iam-awsmanpol.html>
#[tokio::test]
async fn an_audit_session_as_root_reads_root_credentials_and_nothing_else() {
    let fake = FakeAws::start(world("")).await.unwrap();
    let client = Client::of(&fake);
    let task = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials";
    let session = client.query("sts", "AssumeRoot", &[("TargetPrincipal", MEMBER), ("TaskPolicyArn.arn", task)]).await;
    let root = client.assumed(&session);
    let devices = root.query("iam", "ListMFADevices", &[]).await;
    assert_eq!(devices.xml("SerialNumber"), "arn:aws:iam::222222222222:mfa/any-name");
    assert_eq!(root.query("iam", "GetAccountSummary", &[]).await.status, 200);
    assert_eq!(root.query("iam", "ListVirtualMFADevices", &[]).await.status, 403);
    assert_eq!(root.query("iam", "GenerateCredentialReport", &[]).await.status, 403);
    let own = client
        .query("sts", "AssumeRoot", &[("TargetPrincipal", common::MANAGEMENT), ("TaskPolicyArn.arn", task)])
        .await;
    assert_eq!(own.status, 403, "the management account has no such sessions");
}

#[tokio::test]
async fn members_may_not_list_the_organization_but_may_describe_it() {
    let fake = FakeAws::start(world("")).await.unwrap();
    let client = Client::of(&fake);
    let member = client.assumed(&assume(&client, &[]).await);
    assert_eq!(member.json("organizations", "DescribeOrganization", json!({})).await.status, 200);
    let refused = member.json("organizations", "ListAccounts", json!({})).await;
    assert_eq!(refused.json()["__type"], "AccessDeniedException");
}

#[tokio::test]
async fn a_service_control_policy_denies_members_alone() {
    let mut world = world("");
    for account in world.accounts.values_mut() {
        account.scp_denied = vec!["iam:*".to_owned()];
    }
    let fake = FakeAws::start(world).await.unwrap();
    let client = Client::of(&fake);
    assert_eq!(client.query("iam", "GetAccountSummary", &[]).await.status, 200);
    let member = client.assumed(&assume(&client, &[]).await);
    let refused = member.query("iam", "GetAccountSummary", &[]).await;
    assert!(refused.xml("Message").ends_with("with an explicit deny in a service control policy"));
}

#[tokio::test]
async fn opt_in_regions_are_closed_until_they_are_enabled() {
    let fake = FakeAws::start(world("")).await.unwrap();
    let client = Client::of(&fake).in_region("af-south-1");
    let reply = client.json("cloudtrail", "DescribeTrails", json!({})).await;
    assert_eq!(reply.json()["__type"], "UnrecognizedClientException");
    fake.world()
        .accounts
        .get_mut(&common::MANAGEMENT.parse().unwrap())
        .unwrap()
        .opt_in_regions
        .push("af-south-1".to_owned());
    assert_eq!(client.json("cloudtrail", "DescribeTrails", json!({})).await.status, 200);
}

#[tokio::test]
async fn closed_accounts_cannot_be_entered() {
    let mut world = world("");
    world.accounts.get_mut(&MEMBER.parse().unwrap()).unwrap().state = fake_aws::world::AccountState::Closed;
    let fake = FakeAws::start(world).await.unwrap();
    let reply = assume(&Client::of(&fake), &[]).await;
    assert!(reply.xml("Message").ends_with(ROLE_ARN));
}

#[tokio::test]
async fn a_role_that_is_removed_between_two_calls_leaves_its_session_without_permissions() {
    let mut world = world("");
    let member: AccountId = MEMBER.parse().unwrap();
    world.interludes.push(Interlude::after("iam:GetAccount*", Some(member), move |world| {
        world.accounts.get_mut(&member).unwrap().roles.clear();
    }));
    let fake = FakeAws::start(world).await.unwrap();
    let client = Client::of(&fake);
    let session = client.assumed(&assume(&client, &[]).await);
    assert_eq!(client.query("iam", "GetAccountSummary", &[]).await.status, 200, "another account's call");
    assert_eq!(session.query("iam", "ListAccountAliases", &[]).await.status, 200, "another call");
    assert_eq!(session.query("iam", "GetAccountSummary", &[]).await.status, 200, "the call itself");
    assert_eq!(session.query("iam", "GetAccountSummary", &[]).await.xml("Code"), "AccessDenied");
    assert!(fake.world().interludes.is_empty(), "it happens once");
}
