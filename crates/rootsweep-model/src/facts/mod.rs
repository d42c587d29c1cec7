//! What was gathered of one account: every field a fact or a gap.

pub mod alarm;
pub mod logs;
pub mod notify;
pub mod organization;
pub mod records;
pub mod root;
pub mod rule;
pub mod trail;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use alarm::{
    Alarm, AlarmHistoryItem, AlarmKind, CompositeAlarm, Dimension, EvaluationWindow, LogAlarm, MetricAlarm,
    MetricQuery, MuteRule, Mutes,
};
pub use logs::{LogGroup, MetricFilter, MetricTransformation};
pub use notify::{Subscription, SubscriptionFilter, Topic, TopicAttributes};
pub use organization::OrganizationFacts;
pub use records::{RawRecord, RecordSource, RecordSourceKind};
pub use root::{AccountSummary, CredentialReport, MfaDevice, RootAccessKey, RootFacts, RootReportKey};
pub use rule::{EventRule, RuleState, RuleTarget};
pub use trail::{AdvancedEventSelector, AdvancedFieldSelector, BasicEventSelector, EventSelectors, Trail, TrailStatus};

use crate::{Account, Fact, Gap};

/// Everything that was gathered of one account. Gathering never fails as a whole: each field is a fact or a gap.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountFacts {
    /// The account, as its organization lists it.
    pub account: Account,
    /// How the account was entered: the ARN of the session, or why there is none.
    pub session: Fact<String>,
    /// The root user's credentials.
    pub root: RootFacts,
    /// The account's aliases: a root record's `userName` is one of them where one is set.
    pub aliases: Fact<Vec<String>>,
    /// The Regions that are enabled for the account.
    pub enabled_regions: Fact<Vec<String>>,
    /// Trails, log groups, alarms, topics and rules.
    pub monitoring: MonitoringFacts,
    /// Root records of the window, by source and Region.
    pub records: Vec<RecordSource>,
    /// Transitions of the account's alarms in the window, by Region.
    pub alarm_history: BTreeMap<String, Fact<Vec<AlarmHistoryItem>>>,
}

impl AccountFacts {
    /// Makes the facts of an account of which nothing could be learnt, each field with the same gap.
    pub fn unreachable(account: Account, gap: &Gap) -> Self {
        Self {
            account,
            session: Fact::Gap(gap.clone()),
            root: RootFacts::unreachable(gap),
            aliases: Fact::Gap(gap.clone()),
            enabled_regions: Fact::Gap(gap.clone()),
            monitoring: MonitoringFacts::unreachable(gap),
            records: Vec::new(),
            alarm_history: BTreeMap::new(),
        }
    }
}

/// What listens for root events in one account. A member under an organization trail is judged with its owner's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MonitoringFacts {
    /// The trails that cover the account, shadow trails and organization trails among them.
    pub trails: Fact<Vec<Trail>>,
    /// Why trails of other single Regions may be missing from the list. Trails of all Regions never are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unlisted_trails: Option<Gap>,
    /// The account's own log groups that a trail of it delivers to, by ARN without the trailing `:*`.
    pub log_groups: BTreeMap<String, LogGroup>,
    /// The account's alarms, by Region; only Regions that hold a log group of a trail are asked.
    pub alarms: BTreeMap<String, Fact<Vec<Alarm>>>,
    /// The alarm mute rules, by Region likewise.
    pub mute_rules: BTreeMap<String, Fact<Vec<MuteRule>>>,
    /// The topics that alarms and rules of the account act on, by ARN.
    pub topics: BTreeMap<String, Fact<Topic>>,
    /// The rules of the default event bus and of buses reached from it, by Region.
    pub event_rules: BTreeMap<String, Fact<Vec<EventRule>>>,
}

impl MonitoringFacts {
    /// Makes the facts of an account of which nothing could be learnt.
    pub fn unreachable(gap: &Gap) -> Self {
        Self {
            trails: Fact::Gap(gap.clone()),
            unlisted_trails: None,
            log_groups: BTreeMap::new(),
            alarms: BTreeMap::new(),
            mute_rules: BTreeMap::new(),
            topics: BTreeMap::new(),
            event_rules: BTreeMap::new(),
        }
    }
}
