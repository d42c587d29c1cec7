//! The rules, one file each: what each reads, what it says, and why.

use std::fmt;

use rootsweep_cloudtrail::Record;
use rootsweep_model::Severity;
use rootsweep_model::assessment::{Action, Actor, Delivery};

use crate::arrival::Arrival;
use crate::concern::Concern;
use crate::entry::Board;
use crate::rules::expectation::Announcement;

pub(crate) mod calls;
pub(crate) mod expectation;

macro_rules! registry {
    ($($module:ident),* $(,)?) => {
        $(mod $module;)*

        /// Every rule, in the order in which they are asked and in which their reasons stand.
        static RULES: &[Rule] = &[$($module::RULE),*];

        #[cfg(test)]
        pub(crate) const FILES: &[&str] = &[$(stringify!($module)),*];
    };
}

registry![
    // Who acted: the first one that speaks decides.
    service_event,
    not_root,
    central_root_session,
    invoked_by_sign_in,
    forward_access_session,
    service_invoked,
    service_claim_contradicted,
    root_federated_session,
    console_through_aws,
    root_credentials,
    // What was done: the first one that speaks decides.
    failed_sign_in,
    failed_call,
    console_sign_in,
    credential_change,
    read_only_call,
    change,
    // What makes it worse: each one that speaks counts.
    sign_in_without_mfa,
    long_term_root_key,
    disguised_user_agent,
    defence_evasion,
    // How it came: the first one that speaks decides.
    updated_data,
    service_outage,
    delivery_delay,
    unknown_addendum,
    late_by_the_clock,
    // Whether it was announced: the first one that speaks decides.
    expected_use,
    expected_use_falls_short,
    // What the records say of each other, in this order.
    correction,
    event_id_reused,
    assume_root_caller,
    created_key_used,
    session_behind_service,
    sign_in_storm,
    live_session,
    live_beside_backfill,
];

/// A rule of triage.
pub struct Rule {
    /// Its id: the name of its file, with hyphens.
    pub id: &'static str,
    /// What it says of a record, in one sentence.
    pub says: &'static str,
    /// The fields that it reads, as paths into the record.
    pub reads: &'static [&'static str],
    /// Why it is so.
    pub why: &'static str,
    /// The page that it rests on.
    pub source: &'static str,
    pub(crate) judge: Judge,
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rule").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What a rule judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Who acted.
    Actor,
    /// What was done.
    Action,
    /// What makes it worse.
    Concern,
    /// How the record came.
    Delivery,
    /// Whether it was announced.
    Expectation,
    /// What the records say of each other.
    Together,
}

/// The function behind a rule. A rule that has nothing to say returns nothing.
pub(crate) enum Judge {
    Actor(fn(&Record) -> Option<Actor>),
    Action(fn(&Record) -> Option<(Action, Severity)>),
    Concern(fn(&Record) -> Option<Concern>),
    Delivery(fn(&Arrival<'_>) -> Option<Delivery>),
    Expectation(fn(&Announcement<'_>) -> Option<expectation::Finding>),
    Together(fn(&mut Board<'_>)),
}

impl Rule {
    /// Returns what the rule judges.
    pub const fn stage(&self) -> Stage {
        match self.judge {
            Judge::Actor(_) => Stage::Actor,
            Judge::Action(_) => Stage::Action,
            Judge::Concern(_) => Stage::Concern,
            Judge::Delivery(_) => Stage::Delivery,
            Judge::Expectation(_) => Stage::Expectation,
            Judge::Together(_) => Stage::Together,
        }
    }
}

/// Returns every rule, in the order in which they are asked.
pub fn all_rules() -> &'static [Rule] {
    RULES
}

/// Returns a rule's place in the order.
pub(crate) fn rank(id: &str) -> usize {
    RULES.iter().position(|rule| rule.id == id).unwrap_or(RULES.len())
}

#[cfg(test)]
mod tests;
