//! Sessions in accounts, of roles and of root users, each proved to lead where it was meant to.

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_sdk_sts::types::PolicyDescriptorType;
use rootsweep_model::{AccountId, Arn, Gap, GapKind, Partition};

use crate::calls::{ASSUME_ROLE, ASSUME_ROOT, Call, GET_CALLER_IDENTITY, Principal, session_policy};
use crate::gap::{gap_of, missing};
use crate::options::Options;

/// Where a session leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SessionTarget {
    /// The audit role of this name.
    Role { account: AccountId, name: String },
    /// A session of the root user, for reading its credentials.
    Root { account: AccountId },
}

impl SessionTarget {
    pub(crate) const fn account(&self) -> AccountId {
        match self {
            Self::Role { account, .. } | Self::Root { account } => *account,
        }
    }

    const fn call(&self) -> Call {
        match self {
            Self::Role { .. } => ASSUME_ROLE,
            Self::Root { .. } => ASSUME_ROOT,
        }
    }
}

/// Whoever opens sessions in accounts: the caller, or the role that it assumed first.
pub(crate) struct SessionIssuer {
    /// The caller's configuration, of which sessions take everything but the credentials.
    pub(crate) base: SdkConfig,
    sts: aws_sdk_sts::Client,
    partition: Partition,
    external_id: Option<String>,
    session_name: String,
    policy: String,
}

impl SessionIssuer {
    pub(crate) fn new(base: SdkConfig, partition: Partition, options: &Options) -> Self {
        Self {
            // One client for all accounts: STS counts these calls against the caller, so they slow down together.
            sts: aws_sdk_sts::Client::new(&base),
            base,
            partition,
            external_id: options.external_id.clone(),
            session_name: options.session_name.clone(),
            policy: session_policy(&[Principal::AuditRole]),
        }
    }

    /// Opens a session, and proves whose it is before anything is read with it.
    pub(crate) async fn assume(&self, target: &SessionTarget) -> Result<(Credentials, String), Gap> {
        let (credentials, arn) = match target {
            SessionTarget::Role { account, name } => self.assume_role(*account, name).await?,
            SessionTarget::Root { account } => self.assume_root(*account).await?,
        };
        let arn = match arn {
            Some(arn) => arn,
            None => self.identity(credentials.clone()).await?,
        };
        verify(target, &arn)?;
        Ok((credentials, arn))
    }

    async fn assume_role(&self, account: AccountId, name: &str) -> Result<(Credentials, Option<String>), Gap> {
        let answer = self
            .sts
            .assume_role()
            .role_arn(format!("arn:{}:iam::{account}:role/{name}", self.partition))
            .role_session_name(&self.session_name)
            .set_external_id(self.external_id.clone())
            .policy(&self.policy)
            .send()
            .await
            .map_err(|error| gap_of(&ASSUME_ROLE, Principal::Caller, None, &error))?;
        let arn = answer.assumed_role_user.map(|user| user.arn);
        Ok((credentials(ASSUME_ROLE, answer.credentials)?, arn))
    }

    async fn assume_root(&self, account: AccountId) -> Result<(Credentials, Option<String>), Gap> {
        let task = format!("arn:{}:iam::aws:policy/root-task/IAMAuditRootUserCredentials", self.partition);
        let answer = self
            .sts
            .assume_root()
            .target_principal(account.to_string())
            .task_policy_arn(PolicyDescriptorType::builder().arn(task).build())
            .send()
            .await
            .map_err(|error| gap_of(&ASSUME_ROOT, Principal::Caller, None, &error))?;
        Ok((credentials(ASSUME_ROOT, answer.credentials)?, None))
    }

    /// Asks a new session who it is; `AssumeRoot` does not tell.
    async fn identity(&self, credentials: Credentials) -> Result<String, Gap> {
        let config = aws_sdk_sts::config::Builder::from(&self.base).credentials_provider(credentials).build();
        let answer = aws_sdk_sts::Client::from_conf(config).get_caller_identity().send().await;
        let answer = answer.map_err(|error| gap_of(&GET_CALLER_IDENTITY, Principal::RootSession, None, &error))?;
        answer.arn.ok_or_else(|| missing(&GET_CALLER_IDENTITY, "Arn"))
    }
}

fn credentials(call: Call, given: Option<aws_sdk_sts::types::Credentials>) -> Result<Credentials, Gap> {
    let given = given.ok_or_else(|| missing(&call, "Credentials"))?;
    let expiry = given.expiration.try_into().ok();
    let token = Some(given.session_token);
    Ok(Credentials::new(given.access_key_id, given.secret_access_key, token, expiry, "rootsweep"))
}

/// A session in another account than the one asked for would fill that account's row with the wrong facts.
fn verify(target: &SessionTarget, arn: &str) -> Result<(), Gap> {
    let wanted = target.account();
    match Arn::parse(arn).and_then(Arn::account) {
        Some(account) if account == wanted => Ok(()),
        _ => Err(Gap::new(
            GapKind::WrongAccount,
            target.call().action,
            format!("the session for account {wanted} was opened as {}", crate::gap::bounded(arn, 200)),
            "check the endpoint: AWS opens a session in the account that was asked for",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(account: &str) -> SessionTarget {
        SessionTarget::Role {
            account: account.parse().unwrap_or_else(|error| panic!("{error}")),
            name: "audit".to_owned(),
        }
    }

    #[test]
    fn a_session_of_the_asked_account_is_taken() {
        assert_eq!(verify(&target("111122223333"), "arn:aws:sts::111122223333:assumed-role/audit/rootsweep"), Ok(()));
    }

    #[test]
    fn a_session_of_another_account_is_a_gap() {
        for arn in ["arn:aws:sts::444455556666:assumed-role/audit/rootsweep", "", "arn:aws:sts:::x", "111122223333"] {
            let kind = verify(&target("111122223333"), arn).map_err(|gap| gap.kind);
            assert_eq!(kind, Err(GapKind::WrongAccount), "{arn:?}");
        }
    }
}
