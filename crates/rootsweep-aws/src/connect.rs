//! Who the caller is, and what it can enter.

use std::sync::Arc;

use aws_config::SdkConfig;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::sts::AssumeRoleProvider;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_credential_types::provider::error::CredentialsError;
use rootsweep_model::facts::OrganizationFacts;
use rootsweep_model::{Account, AccountId, Arn, Gap, GapKind, Partition};

use crate::assume::{SessionIssuer, SessionTarget};
use crate::calls::{GET_CALLER_IDENTITY, Principal, session_policy};
use crate::error::Error;
use crate::gap::{chain, missing};
use crate::gather::Queried;
use crate::options::Options;
use crate::organization::{self, Units};
use crate::session::Session;
use crate::{config, endpoint};

/// A connection to AWS: the caller, its organization, and the way into each account.
pub struct Aws {
    pub(crate) options: Options,
    pub(crate) caller: Session,
    pub(crate) organization: OrganizationFacts,
    pub(crate) units: Units,
    pub(crate) queried: Queried,
    /// The configuration of whoever started the run: the organization role may read only.
    pub(crate) home: SdkConfig,
    issuer: Arc<SessionIssuer>,
}

impl Aws {
    /// Finds out who the caller is and which organization it sees. Credentials, Region, endpoint and profile follow the
    /// SDK's conventions wherever the options are silent.
    pub async fn connect(options: Options) -> Result<Self, Error> {
        let base = config::load(config::loader(&options)).await;
        Box::pin(Self::connect_with(base, options)).await
    }

    /// Connects with a configuration that is loaded already.
    pub(crate) async fn connect_with(mut base: SdkConfig, options: Options) -> Result<Self, Error> {
        endpoint::check(&base, &options)?;
        check_credentials(&base, &options).await?;
        let home = base.clone();
        if let Some(role) = &options.organization_role_arn {
            base = through_role(&base, role, &options).await?;
        }
        let url = first_endpoint(&base);
        let caller = caller(base.clone()).await.map_err(|gap| Error::of_gap(gap, &url))?;
        let partition = Partition::of_arn(&caller.arn).unwrap_or_default();
        let organization = Box::pin(organization::describe(&caller, partition, &options)).await?;
        let issuer = Arc::new(SessionIssuer::new(base, partition, &options));
        Ok(Self { options, caller, organization, units: Units::default(), queried: Queried::default(), home, issuer })
    }

    /// What is known of the organization and of the caller.
    pub const fn organization(&self) -> &OrganizationFacts {
        &self.organization
    }

    pub(crate) const fn partition(&self) -> Partition {
        self.organization.partition
    }

    /// Opens a session of the audit role in an account. The caller's own account is read as the caller; no other is ever
    /// read that way.
    pub(crate) async fn enter(&self, account: AccountId) -> Result<AccountSession<'_>, Gap> {
        if account == self.caller.account {
            return Ok(AccountSession::Own(&self.caller));
        }
        let mut refused = no_role_names();
        for name in &self.options.role_names {
            let target = SessionTarget::Role { account, name: name.clone() };
            match self.open(target).await {
                Ok(session) => return Ok(AccountSession::Assumed(Box::new(session))),
                // Only a refusal says that another name might do.
                Err(gap) if gap.kind == GapKind::AccessDenied => refused = gap,
                Err(gap) => return Err(gap),
            }
        }
        Err(no_session(refused, account, &self.options.role_names))
    }

    /// Opens a session of the account's root user, for reading its credentials alone.
    pub(crate) async fn enter_as_root(&self, account: AccountId) -> Result<Session, Gap> {
        self.open(SessionTarget::Root { account }).await
    }

    async fn open(&self, target: SessionTarget) -> Result<Session, Gap> {
        let (credentials, arn) = self.issuer.assume(&target).await?;
        Ok(Session::assumed(Arc::clone(&self.issuer), target, arn, credentials))
    }

    /// Whether `AssumeRoot` is worth a try: the caller asked for it, the feature is not known to be off, and the account
    /// is a member.
    pub(crate) fn wants_root_session(&self, account: &Account) -> bool {
        let off = self.organization.root_features.known().is_ok_and(|on| !on.iter().any(|it| it == "RootSessions"));
        self.options.central_root && !off && !account.is_management && account.id != self.caller.account
    }
}

/// A session that was opened for one account, or the caller's own.
pub(crate) enum AccountSession<'a> {
    Own(&'a Session),
    Assumed(Box<Session>),
}

impl AccountSession<'_> {
    pub(crate) const fn session(&self) -> &Session {
        match self {
            Self::Own(session) => session,
            Self::Assumed(session) => session,
        }
    }
}

fn no_role_names() -> Gap {
    Gap::new(GapKind::NoSession, "sts:AssumeRole", "no role name was given", "name the audit role with --role-name")
}

fn no_session(refused: Gap, account: AccountId, names: &[String]) -> Gap {
    let remedy = format!(
        "the administrator of account {account} makes the role {} there (rootsweep kit audit-role) and lets it trust the \
         principal that runs the sweep, with its external id",
        names.join(" or ")
    );
    Gap { kind: GapKind::NoSession, remedy, ..refused }
}

/// Loads credentials once before any call, since a missing profile and a refused key need different words.
async fn check_credentials(config: &SdkConfig, options: &Options) -> Result<(), Error> {
    let Some(provider) = config.credentials_provider() else {
        return Err(Error::NoCredentials("no provider is configured".to_owned()));
    };
    match provider.provide_credentials().await {
        Ok(_) => Ok(()),
        Err(error @ (CredentialsError::CredentialsNotLoaded(_) | CredentialsError::InvalidConfiguration(_))) => {
            Err(no_credentials(&error, options).await)
        }
        Err(error) => Err(Error::CredentialsRejected(chain(&error))),
    }
}

/// Tells why there are no credentials. Where a profile is named, that is what counts, and not all else that the SDK tried.
async fn no_credentials(error: &CredentialsError, options: &Options) -> Error {
    let from_environment = || std::env::var("AWS_PROFILE").ok().filter(|name| !name.is_empty());
    let Some(profile) = options.profile.clone().or_else(from_environment) else {
        return Error::NoCredentials(chain(error));
    };
    let provider = ProfileFileCredentialsProvider::builder().profile_name(&profile).build();
    let detail = provider.provide_credentials().await.err().map_or_else(|| chain(error), |error| chain(&error));
    Error::Profile { profile, detail }
}

/// Assumes the role that leads to the organization; the SDK keeps its credentials fresh for as long as the run takes.
async fn through_role(base: &SdkConfig, role: &str, options: &Options) -> Result<SdkConfig, Error> {
    let policy = session_policy(&[Principal::Caller, Principal::AuditRole, Principal::Athena]);
    let mut builder =
        AssumeRoleProvider::builder(role).session_name(&options.session_name).policy(policy).configure(base);
    if let Some(external_id) = &options.external_id {
        builder = builder.external_id(external_id);
    }
    let provider = SharedCredentialsProvider::new(builder.build().await);
    let failed = |detail| Error::OrganizationRole { arn: role.to_owned(), detail };
    provider.provide_credentials().await.map_err(|error| failed(chain(&error)))?;
    let config = base.to_builder().credentials_provider(provider).build();
    let session = caller(config.clone()).await.map_err(|gap| failed(gap.message))?;
    match Arn::parse(role).and_then(Arn::account) {
        Some(account) if account != session.account => {
            Err(failed(format!("the session was opened in account {} instead", session.account)))
        }
        _ => Ok(config),
    }
}

async fn caller(config: SdkConfig) -> Result<Session, Gap> {
    let answer = aws_sdk_sts::Client::new(&config).get_caller_identity().send().await;
    let answer = answer.map_err(|error| crate::gap::gap_of(&GET_CALLER_IDENTITY, Principal::Caller, None, &error))?;
    let account = answer.account.and_then(|id| id.parse().ok());
    let account = account.ok_or_else(|| missing(&GET_CALLER_IDENTITY, "Account"))?;
    let arn = answer.arn.ok_or_else(|| missing(&GET_CALLER_IDENTITY, "Arn"))?;
    Ok(Session::of_caller(account, arn, config))
}

/// Names the endpoint that the first call goes to.
fn first_endpoint(config: &SdkConfig) -> String {
    let own = std::env::var("AWS_ENDPOINT_URL_STS").ok();
    let region = config.region().map_or("us-east-1", AsRef::as_ref);
    own.filter(|_| config.endpoint_url().is_none())
        .or_else(|| config.endpoint_url().map(str::to_owned))
        .unwrap_or_else(|| format!("the AWS Security Token Service in {region}"))
}
