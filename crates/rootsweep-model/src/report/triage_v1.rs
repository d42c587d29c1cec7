//! `rootsweep/triage/v1`: the JSON of `rootsweep triage`, frozen. Episodes stand in the sweep's report too.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::v1::AlarmTransition;
use crate::assessment::{Action, Actor, Delivery, Expectation, Reason, TriageVerdict};
use crate::{AccountId, Severity};

/// The value of [`Triage::schema`].
pub const SCHEMA: &str = "rootsweep/triage/v1";

/// What `rootsweep triage` found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Triage {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// Each root record, by time of the event; with `--all` the others too.
    pub records: Vec<Record>,
    /// The records told as stories, the worst first.
    pub episodes: Vec<Episode>,
    /// The transitions of the alarm that was asked about, explained; absent where none was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alarms: Vec<AlarmTransition>,
    /// What could not be read.
    pub skipped: Vec<Skipped>,
    /// How much of each there was.
    pub counts: Counts,
}

/// A record, and what it means.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Record {
    /// CloudTrail's id of the event, where the record has one.
    pub event_id: Option<String>,
    /// Where the record was read.
    pub source: Source,
    /// When it happened, by the record.
    #[schemars(with = "Option<String>")]
    pub event_time: Option<Timestamp>,
    /// When it was delivered, where the envelope tells.
    #[schemars(with = "Option<String>")]
    pub delivered_at: Option<Timestamp>,
    /// The account whose root user it is about.
    pub account_id: Option<AccountId>,
    /// The service that was called.
    pub event_source: Option<String>,
    /// The call, or the event's name.
    pub event_name: Option<String>,
    /// The Region that recorded it.
    pub aws_region: Option<String>,
    /// From where, as the record says: hostile text.
    pub source_ip_address: Option<String>,
    /// With what, as it called itself: hostile text.
    pub user_agent: Option<String>,
    /// AWS's error code, where the call failed.
    pub error_code: Option<String>,
    /// Who acted.
    pub actor: Actor,
    /// When the record came.
    pub delivery: Delivery,
    /// Whether an expected use covers it.
    pub expectation: Expectation,
    /// What was done.
    pub action: Action,
    /// What triage says.
    pub verdict: TriageVerdict,
    /// How bad it is.
    pub severity: Severity,
    /// The episode that it belongs to; absent for records that are not the root user's.
    pub episode_id: Option<String>,
    /// The rules that spoke, in the order in which they did.
    pub reasons: Vec<Reason>,
}

/// Where a record was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    /// The file, `-` for standard input, or the AWS call with its Region: `cloudtrail:LookupEvents us-east-1`.
    pub file: String,
    /// The record's number in it, from 0.
    pub index: u64,
}

/// The records of one root session, or of one actor in one account, told as one story.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Episode {
    /// An id that stays the same from run to run.
    pub id: String,
    /// The account.
    pub account_id: Option<AccountId>,
    /// The worst verdict of its records, seen together.
    pub verdict: TriageVerdict,
    /// How bad it is.
    pub severity: Severity,
    /// One line: what happened.
    pub title: String,
    /// The story in sentences, in the order in which it happened.
    pub story: Vec<String>,
    /// Who acted.
    pub actor: Actor,
    /// How its records came.
    pub delivery: Delivery,
    /// Whether an expected use covers it.
    pub expectation: Expectation,
    /// When the first of it happened.
    #[schemars(with = "Option<String>")]
    pub first_event_time: Option<Timestamp>,
    /// When the last of it happened.
    #[schemars(with = "Option<String>")]
    pub last_event_time: Option<Timestamp>,
    /// When the first of it was delivered, where that is known.
    #[schemars(with = "Option<String>")]
    pub first_delivered_at: Option<Timestamp>,
    /// When the last of it was delivered, where that is known.
    #[schemars(with = "Option<String>")]
    pub last_delivered_at: Option<Timestamp>,
    /// Whether the session had MFA; absent where the records do not tell.
    pub mfa: Option<bool>,
    /// From where, sorted.
    pub source_ip_addresses: Vec<String>,
    /// With what, as it called itself, sorted.
    pub user_agents: Vec<String>,
    /// What was done: the event names with how often.
    pub actions: Vec<ActionCount>,
    /// The ids of its records, by time of the event.
    pub event_ids: Vec<String>,
    /// Why the verdict is what it is.
    pub reasons: Vec<Reason>,
    /// What to run next, with the real values filled in.
    pub next_commands: Vec<String>,
}

/// How often something was done.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct ActionCount {
    /// The service that was called.
    pub event_source: String,
    /// The call.
    pub event_name: String,
    /// What kind of thing it is.
    pub action: Action,
    /// How many records say so.
    pub count: u64,
}

/// A file or record that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Skipped {
    /// The file, or `-`.
    pub file: String,
    /// The offset in bytes of the uncompressed text, where it is known.
    pub offset: Option<u64>,
    /// Why.
    pub reason: String,
}

/// How much there was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// Files that were opened.
    pub files: u64,
    /// Records that were read, of any kind.
    pub records: u64,
    /// Records of the root user, each event once.
    pub root_records: u64,
    /// Records of the root user left out because the same event had come before.
    pub duplicates: u64,
    /// Records of the root user that a correction has replaced.
    pub corrected: u64,
    /// Files and records that could not be read.
    pub skipped: u64,
    /// Records whose verdict is `incident`.
    pub incident: u64,
    /// Records whose verdict is `investigate`.
    pub investigate: u64,
    /// Records whose verdict is `historical`.
    pub historical: u64,
    /// Records whose verdict is `expected`.
    pub expected: u64,
    /// Records whose verdict is `explained`: besides root records, the service events that name no user at all.
    pub explained: u64,
    /// Records that are not the root user's.
    pub not_root: u64,
}
