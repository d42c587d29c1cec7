//! A root record with what is known of it so far, and the board on which all of them lie.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rootsweep_cloudtrail::{Addendum, AddendumReason, Record};
use rootsweep_model::assessment::{Action, Actor, Delivery, Expectation, FieldRead, Reason};
use rootsweep_model::report::triage_v1::Source;
use rootsweep_model::{AccountId, Severity};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::arrival::Arrival;
use crate::concern::Concern;
use crate::episode::group::Groups;
use crate::field::read_fields;
use crate::requested::Requested;
use crate::rules::expectation::Announcement;
use crate::rules::{self, Judge, Rule, Stage};
use crate::settings::Settings;

/// A record with what is known of it so far.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// The record, without its parameters and answers: what was needed of those is in the other fields.
    pub(crate) record: Record,
    pub(crate) source: Source,
    pub(crate) delivered_at: Option<Timestamp>,
    pub(crate) account: Option<AccountId>,
    /// Tells records apart that share an event id.
    pub(crate) fingerprint: Fingerprint,
    pub(crate) actor: Actor,
    pub(crate) action: Action,
    /// How bad the action is by itself.
    pub(crate) action_severity: Severity,
    pub(crate) delivery: Delivery,
    /// Whether AWS itself delivered it long after it happened, so that it is not live.
    pub(crate) past: bool,
    pub(crate) expectation: Expectation,
    pub(crate) concerns: BTreeSet<Concern>,
    pub(crate) reasons: Vec<Reason>,
    /// Whether a service acted with its caller's session.
    pub(crate) forwarded: bool,
    /// How a sign-in went.
    pub(crate) sign_in: Option<SignIn>,
    /// The access key that the call made.
    pub(crate) made_key: Option<String>,
    /// What the call asked for.
    pub(crate) requested: Requested,
    /// Where the correction lies that has taken its place.
    pub(crate) replaced_by: Option<usize>,
    /// Whether it takes the place of a record that named the root user.
    pub(crate) corrects_root: bool,
}

/// A digest of what tells one event from another.
pub(crate) type Fingerprint = [u8; 16];

/// A sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SignIn {
    pub(crate) succeeded: bool,
    pub(crate) mfa: Option<bool>,
}

impl Entry {
    /// Makes an entry, and asks the rules that need nothing but the record.
    pub(crate) fn new(record: Record, source: Source, delivered_at: Option<Timestamp>) -> Self {
        let account = record.account_id().and_then(|id| id.parse().ok());
        let mut entry = Self {
            fingerprint: fingerprint(&record),
            forwarded: false,
            sign_in: sign_in(&record),
            made_key: record.response(&["accessKey", "accessKeyId"]).map(ToOwned::to_owned),
            requested: Requested::by(&record),
            record,
            source,
            delivered_at,
            account,
            actor: Actor::Unclear,
            action: Action::Write,
            action_severity: Severity::High,
            delivery: Delivery::OnTime,
            past: false,
            expectation: Expectation::Unexpected,
            concerns: BTreeSet::new(),
            reasons: Vec::new(),
            replaced_by: None,
            corrects_root: false,
        };
        entry.judge_record();
        entry.record.request_parameters = None;
        entry.record.response_elements = None;
        entry.record.additional_event_data = None;
        entry
    }

    /// Asks the rules about the actor, the action, and what makes it worse.
    fn judge_record(&mut self) {
        let mut decided = BTreeSet::new();
        for rule in rules::all_rules() {
            let concerns_nobody = rule.stage() == Stage::Concern && !self.is_root_use() && !self.forwarded;
            if decided.contains(&rule.stage()) || concerns_nobody {
                continue;
            }
            let spoke = match rule.judge {
                Judge::Actor(judge) => judge(&self.record).map(|actor| {
                    self.actor = actor;
                    self.forwarded = rule.id == "forward-access-session";
                }),
                Judge::Action(judge) => judge(&self.record).map(|(action, severity)| {
                    (self.action, self.action_severity) = (action, severity);
                }),
                Judge::Concern(judge) => judge(&self.record).map(|concern| {
                    self.concerns.insert(concern);
                }),
                Judge::Delivery(_) | Judge::Expectation(_) | Judge::Together(_) => None,
            };
            if spoke.is_some() {
                self.add_rule_reason(rule);
                if rule.stage() != Stage::Concern {
                    decided.insert(rule.stage());
                }
            }
        }
    }

    /// Asks the rules about the delivery and about what was announced.
    pub(crate) fn judge_circumstances(&mut self, settings: &Settings) {
        for rule in rules::all_rules().iter().filter(|rule| rule.stage() == Stage::Delivery) {
            let Judge::Delivery(judge) = rule.judge else { continue };
            if let Some(delivery) = judge(&self.arrival(settings)) {
                self.delivery = delivery;
                self.add_rule_reason(rule);
                break;
            }
        }
        self.past = self.arrival(settings).is_of_the_past();
        self.judge_expectation(settings);
    }

    fn judge_expectation(&mut self, settings: &Settings) {
        if !matches!(self.actor, Actor::RootUser | Actor::CentralRootSession) {
            return;
        }
        for rule in rules::all_rules().iter().filter(|rule| rule.stage() == Stage::Expectation) {
            let Judge::Expectation(judge) = rule.judge else { continue };
            if let Some(finding) = judge(&Announcement { entry: self, settings }) {
                self.expectation = finding.expectation;
                let fields = read_fields(&self.record, self.delivered_at, rule.reads);
                self.add_reason(rule.id, finding.says, fields);
                break;
            }
        }
    }

    fn arrival<'a>(&'a self, settings: &'a Settings) -> Arrival<'a> {
        let (event_time, delivered_at) = (self.record.event_time, self.delivered_at);
        Arrival { event_time, delivered_at, addendum: self.record.addendum.as_ref(), settings }
    }

    fn add_rule_reason(&mut self, rule: &Rule) {
        let fields = read_fields(&self.record, self.delivered_at, rule.reads);
        self.add_reason(rule.id, rule.says.to_owned(), fields);
    }

    /// Adds a reason; a rule gives each reason once.
    pub(crate) fn add_reason(&mut self, rule: &str, says: String, fields: Vec<FieldRead>) {
        let reason = Reason { rule: rule.to_owned(), says, fields };
        if !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
    }

    /// Returns whether somebody used root, as far as is known: everything but AWS's own work and other users.
    pub(crate) fn is_root_use(&self) -> bool {
        matches!(self.actor, Actor::RootUser | Actor::CentralRootSession | Actor::Unclear)
    }

    /// Returns whether the entry stands in the list of root records.
    pub(crate) fn is_root_record(&self) -> bool {
        self.record.is_root()
    }

    /// Returns the account as its record spells it: samples and redacted records have no proper id.
    pub(crate) fn account_text(&self) -> &str {
        self.record.account_id().unwrap_or_default()
    }

    /// Returns the access key that signed the request.
    pub(crate) fn access_key(&self) -> Option<&str> {
        self.record.user_identity.access_key_id.as_deref()
    }

    /// Returns when the session's credentials were issued.
    pub(crate) fn session_start(&self) -> Option<Timestamp> {
        self.record.user_identity.session_context?.creation_date
    }

    /// Returns whether the entry is a sign-in that went as given.
    pub(crate) fn is_sign_in(&self, succeeded: bool) -> bool {
        self.sign_in.is_some_and(|sign_in| sign_in.succeeded == succeeded)
    }

    /// Returns what the entries of an answer are ordered by.
    pub(crate) fn order(&self) -> (Option<Timestamp>, Option<&str>, Fingerprint, &Source) {
        (self.record.event_time, self.record.event_id.as_deref(), self.fingerprint, &self.source)
    }

    /// Takes over what another copy of the same record knows: the time of the one that came first, and that one was
    /// not late. Which of the copies came before the other in the input shows nowhere.
    pub(crate) fn merge_copy(&mut self, mut other: Self) {
        if other.source < self.source {
            std::mem::swap(self, &mut other);
        }
        self.delivered_at = match (self.delivered_at, other.delivered_at) {
            (Some(mine), Some(theirs)) => Some(mine.min(theirs)),
            (mine, theirs) => mine.or(theirs),
        };
        if calming(other.record.addendum.as_ref()) < calming(self.record.addendum.as_ref()) {
            self.record.addendum = other.record.addendum;
        }
    }
}

/// Orders addenda by how much they calm: none at all, one of an unknown reason, and the others by name.
fn calming(addendum: Option<&Addendum>) -> Option<(bool, &str)> {
    let reason = &addendum?.reason;
    Some((!matches!(reason, AddendumReason::Other(_)), reason.as_str()))
}

/// Returns how a sign-in went, if the record is one to the console.
fn sign_in(record: &Record) -> Option<SignIn> {
    rules::calls::is_console_login(record).then(|| SignIn { succeeded: !record.has_failed(), mfa: record.mfa_used() })
}

/// Returns a digest of what tells one event from another: two records with the same id and the same digest are copies.
fn fingerprint(record: &Record) -> Fingerprint {
    let identity = &record.user_identity;
    let session = identity.session_context.and_then(|session| session.creation_date).map(|time| time.to_string());
    let time = record.event_time.map(|time| time.to_string());
    let flags = format!("{:?} {}", record.read_only, record.is_correction());
    let [request, response, more] =
        [&record.request_parameters, &record.response_elements, &record.additional_event_data]
            .map(|value| value.as_ref().map(|value| level(value).to_string()));
    let parts = [
        record.event_id.as_deref(),
        time.as_deref(),
        record.event_source.as_deref(),
        record.event_name.as_deref(),
        record.account_id(),
        record.aws_region.as_deref(),
        record.request_id.as_deref(),
        record.source_ip_address.as_deref(),
        record.user_agent.as_deref(),
        record.error_code.as_deref(),
        record.error_message.as_deref(),
        record.event_type.as_deref(),
        request.as_deref(),
        response.as_deref(),
        more.as_deref(),
        identity.kind.as_deref(),
        identity.invoked_by.as_deref(),
        identity.access_key_id.as_deref(),
        session.as_deref(),
        Some(&flags),
    ];
    let mut digest = Sha256::new();
    for part in parts {
        let text = part.unwrap_or("\u{0}");
        digest.update(text.len().to_le_bytes());
        digest.update(text);
    }
    let mut short = Fingerprint::default();
    short.iter_mut().zip(digest.finalize()).for_each(|(to, from)| *to = from);
    short
}

/// Levels what copies of one event differ in: CloudTrail writes a number of bytes as `0` and as `0.0`.
fn level(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::from(number.to_string().trim_end_matches(".0")),
        Value::Array(values) => values.iter().map(level).collect(),
        Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), level(value))).collect(),
        Value::Null | Value::Bool(_) | Value::String(_) => value.clone(),
    }
}

/// A call of `sts:AssumeRoot` by the organization's management.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct AssumeRootCall {
    pub(crate) caller: String,
    /// The account that the session is for: its id, or the ARN of its root user.
    pub(crate) target: Option<String>,
    pub(crate) task_policy: Option<String>,
    pub(crate) event_id: Option<String>,
}

/// All entries, and what they say of each other.
pub(crate) struct Board<'a> {
    /// The entries in the order of [`Entry::order`].
    pub(crate) entries: Vec<Entry>,
    pub(crate) groups: Groups,
    /// Calls of `sts:AssumeRoot`, by the access key that they issued.
    pub(crate) assume_root_calls: BTreeMap<String, BTreeSet<AssumeRootCall>>,
    pub(crate) settings: &'a Settings,
}

impl Board<'_> {
    /// Returns the entries that count, with their places.
    pub(crate) fn live_entries(&self) -> impl Iterator<Item = (usize, &Entry)> {
        self.entries.iter().enumerate().filter(|(_, entry)| entry.replaced_by.is_none())
    }

    /// Adds a concern to an entry, with the reason of the rule that found it.
    pub(crate) fn raise(&mut self, at: usize, rule: &Rule, concern: Concern, says: String) {
        if let Some(entry) = self.entries.get_mut(at) {
            entry.concerns.insert(concern);
        }
        self.explain(at, rule, says);
    }

    /// Adds a reason to an entry.
    pub(crate) fn explain(&mut self, at: usize, rule: &Rule, says: String) {
        if let Some(entry) = self.entries.get_mut(at) {
            let fields = read_fields(&entry.record, entry.delivered_at, rule.reads);
            entry.add_reason(rule.id, says, fields);
        }
    }
}
