//! The state of the fake AWS: an organization, its accounts, and what lives in each Region.
//!
//! A [`World`] is built in code or read from YAML or JSON. Every structure refuses unknown keys, so that a misspelt key in a
//! scenario is an error and not a silently healthy account.

mod account;
mod alarm;
mod athena;
mod events;
mod hop;
mod ids;
mod interlude;
mod logs;
mod messaging;
mod mute;
mod organization;
pub(crate) mod region;
mod root;
mod trail;

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de::Error as _};

pub use account::{Account, AccountState, IamUser, JoinedMethod, Role};
pub use alarm::{
    Actions, AlarmHistoryItem, AlarmState, ComparisonOperator, CompositeAlarm, MetricAlarm, MetricQuery, MetricStat,
    MuteRule, StateValue, Suppressor, TreatMissingData,
};
pub use athena::{AthenaResult, QueryExecution};
pub use events::{EventTarget, Rule, RuleState};
pub use hop::{Hop, HopKind, Place};
pub use ids::AccountId;
use ids::IdSource;
pub use interlude::Interlude;
pub use logs::{LogEvent, LogGroup, MetricFilter, MetricTransformation};
pub use messaging::{Queue, QueueMessage, Subscription, Topic};
pub use mute::MuteStatus;
pub use organization::{AccountFields, DelegatedAdministrator, Organization, OrganizationalUnit, RootFeature};
pub use region::Region;
pub use root::{AccessKey, CredentialReport, KeyUse, MfaDevice, MfaKind, ReportProgress, RootUser, SigningCertificate};
pub use trail::{AdvancedEventSelector, DataResource, EventRecord, EventSelector, FieldSelector, Trail, TrailStatus};

use crate::auth::Sessions;
use crate::clock::Clock;
use crate::error::{Error, ServiceError};
use crate::fault::FaultRule;
use crate::gateway::UpstreamCall;
use crate::living::{HttpMessage, Mail, Timeline};
use crate::log::CallLog;
use crate::service::confirm_by_token;
use crate::value::Value;

/// Everything that the fake AWS knows.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct World {
    /// The partition of every ARN; empty means `aws`.
    pub partition: String,
    /// The organization, if the accounts are in one.
    pub organization: Option<Organization>,
    /// The accounts by id; a list of accounts with an `id` each in a file.
    #[serde(deserialize_with = "accounts_by_id")]
    #[schemars(with = "Vec<account::AccountEntry>")]
    pub accounts: BTreeMap<AccountId, Account>,
    /// Long-lived access keys that may call.
    pub callers: Vec<CallerKey>,
    /// Faults that are injected into calls, the first match winning.
    pub faults: Vec<FaultRule>,
    /// Time added to every answer, in milliseconds.
    pub latency_ms: u64,
    /// `LookupEvents` calls allowed a second, account and Region; AWS allows two. Unlimited when absent.
    pub lookup_events_per_second: Option<u32>,
    /// Seconds from a root session's call to the delivery of its CloudTrail record; five minutes when absent.
    pub trail_delay_seconds: Option<u32>,
    /// Where the time comes from.
    #[serde(skip)]
    pub clock: Clock,
    /// Every call that was answered.
    #[serde(skip)]
    pub calls: CallLog,
    /// What waits for a call to happen after it.
    #[serde(skip)]
    pub interludes: Vec<Interlude>,
    /// What Athena answers to which queries, the first match winning.
    pub athena_results: Vec<AthenaResult>,
    /// Findings that Security Hub took in, as they came.
    #[serde(skip)]
    pub findings: Vec<Value>,
    /// How records became messages, in the order in which it happened.
    #[serde(skip)]
    pub hops: Vec<Hop>,
    /// Messages that reached people.
    #[serde(skip)]
    pub mailbox: Vec<Mail>,
    /// The endpoint of the server, which queue URLs and confirmation links begin with.
    #[serde(skip)]
    pub endpoint: String,
    /// What goes on inside: sessions, the timeline, counters.
    #[serde(skip)]
    pub runtime: Runtime,
}

/// What goes on inside a World; it starts empty.
#[derive(Debug, Default)]
pub struct Runtime {
    pub(crate) outbox: Vec<HttpMessage>,
    pub(crate) timeline: Timeline,
    pub(crate) sessions: Sessions,
    pub(crate) ids: IdSource,
    /// Whether another implementation stands behind this World.
    pub(crate) is_gateway: bool,
    /// Athena queries that were started, by id.
    pub(crate) queries: BTreeMap<String, QueryExecution>,
    /// Calls that wait to be sent to that implementation.
    pub(crate) upstream: Vec<UpstreamCall>,
    /// `LookupEvents` calls of the running second.
    lookups: BTreeMap<(AccountId, String), (i64, u32)>,
}

/// A long-lived access key, and the principal that it stands for.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CallerKey {
    /// The access key id, starting with `AKIA`.
    pub access_key_id: String,
    /// The secret that requests are signed with.
    pub secret_access_key: String,
    /// The account of the principal.
    pub account: AccountId,
    /// The IAM user's name, or `root` for the root user.
    #[serde(default = "default_user")]
    pub user: String,
    /// Actions that are refused to this principal, such as `organizations:*`.
    #[serde(default)]
    pub denied: Vec<String>,
}

fn default_user() -> String {
    "auditor".to_owned()
}

impl CallerKey {
    /// The access key id of [`CallerKey::default_for`].
    pub const DEFAULT_ID: &'static str = "AKIAFAKEAWSCALLER001";
    /// The secret of [`CallerKey::default_for`].
    pub const DEFAULT_SECRET: &'static str = "fake-aws-secret-access-key";

    /// The caller that a World without configured callers gives to the management account.
    pub fn default_for(account: AccountId) -> Self {
        Self {
            access_key_id: Self::DEFAULT_ID.to_owned(),
            secret_access_key: Self::DEFAULT_SECRET.to_owned(),
            account,
            user: default_user(),
            denied: Vec::new(),
        }
    }
}

impl World {
    /// Reads a World from YAML, of which JSON is a subset.
    pub fn from_yaml(text: &str) -> Result<Self, Error> {
        let mut world: Self = serde_saphyr::from_str(text).map_err(|error| Error::ReadWorld(error.to_string()))?;
        world.complete()?;
        Ok(world)
    }

    /// Generates an organization of `count` accounts in good health, as cheap in memory as accounts can be.
    ///
    /// The management account is `100000000000`, and every account has the role `role_name` that trusts it.
    pub fn generated(count: u32, role_name: &str) -> Self {
        let management = AccountId::new(100_000_000_000);
        let account = |index: u32| {
            let mut account = Account::named(format!("account-{index:05}"), format!("account-{index:05}@example.com"));
            account.root.mfa_devices.push(MfaDevice::hardware("GAHT12345678"));
            if index > 0 {
                account.roles.push(Role::named(role_name));
            }
            (AccountId::new(management.number() + u64::from(index)), account)
        };
        let mut world = Self {
            organization: Some(Organization::managed_by(management)),
            accounts: (0..count.max(1)).map(account).collect(),
            ..Self::default()
        };
        world.add_default_caller();
        world
    }

    /// Checks references between the parts and fills in what was left to its default.
    pub fn complete(&mut self) -> Result<(), Error> {
        if let Some(organization) = &self.organization {
            organization.check(&self.accounts)?;
        }
        for caller in &self.callers {
            if !self.accounts.contains_key(&caller.account) {
                return Err(Error::UnknownAccount { what: "caller", account: caller.account });
            }
        }
        for rule in self.accounts.values().flat_map(|it| it.regions.values()).flat_map(|it| &it.mute_rules) {
            rule.check()?;
        }
        self.add_default_caller();
        Ok(())
    }

    fn add_default_caller(&mut self) {
        let home = self.organization.as_ref().map(|it| it.management_account);
        if let (true, Some(account)) = (self.callers.is_empty(), home.or_else(|| self.accounts.keys().next().copied()))
        {
            self.callers.push(CallerKey::default_for(account));
        }
    }

    /// The partition of every ARN.
    pub fn partition(&self) -> &str {
        if self.partition.is_empty() { "aws" } else { &self.partition }
    }

    /// Confirms a subscription by the token of its confirmation, as a person does who follows the link.
    pub fn confirm_subscription(&mut self, topic_arn: &str, token: &str) -> Result<(), ServiceError> {
        confirm_by_token(self, topic_arn, token).map(|_| ())
    }

    /// Builds an ARN in this World's partition.
    pub fn arn(&self, service: &str, region: &str, account: AccountId, resource: &str) -> String {
        format!("arn:{}:{service}:{region}:{account}:{resource}", self.partition())
    }

    /// The time of the World.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Counts a `LookupEvents` call and tells whether it exceeds the rate; the rate is kept in the machine's seconds, for a
    /// scenario's clock stands still.
    pub(crate) fn lookup_is_too_fast(&mut self, account: AccountId, region: &str) -> bool {
        let Some(allowed) = self.lookup_events_per_second else { return false };
        let second = Timestamp::now().as_second();
        let entry = self.runtime.lookups.entry((account, region.to_owned())).or_insert((second, 0));
        if entry.0 != second {
            *entry = (second, 0);
        }
        entry.1 += 1;
        entry.1 > allowed
    }

    /// The Regions that every account of this partition has.
    pub(crate) fn default_regions(&self) -> &'static [&'static str] {
        match self.partition() {
            "aws-us-gov" => &["us-gov-east-1", "us-gov-west-1"],
            "aws-cn" => &["cn-north-1", "cn-northwest-1"],
            _ => &region::DEFAULT_REGIONS,
        }
    }

    /// Whether the Region is enabled in the account.
    pub fn has_region(&self, account: AccountId, region: &str) -> bool {
        let opted_in =
            || self.accounts.get(&account).is_some_and(|it| it.opt_in_regions.iter().any(|name| name == region));
        self.default_regions().contains(&region) || opted_in()
    }

    /// What lives in an account's Region; an empty Region where nothing was placed.
    pub fn region(&self, account: AccountId, region: &str) -> &Region {
        self.accounts.get(&account).and_then(|it| it.regions.get(region)).unwrap_or_else(|| Region::nothing())
    }

    /// What lives in an account's Region, to be changed; `None` when the account does not exist.
    pub fn region_mut(&mut self, account: AccountId, region: &str) -> Option<&mut Region> {
        Some(self.accounts.get_mut(&account)?.regions.entry(region.to_owned()).or_default())
    }
}

fn accounts_by_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<AccountId, Account>, D::Error> {
    let mut accounts = BTreeMap::new();
    for account in Vec::<account::AccountEntry>::deserialize(deserializer)? {
        let (id, account) = account.into_parts();
        if accounts.insert(id, account).is_some() {
            return Err(D::Error::custom(format!("account {id} is listed twice")));
        }
    }
    Ok(accounts)
}
