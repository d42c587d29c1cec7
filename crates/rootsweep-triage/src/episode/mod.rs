//! Records told as stories: one episode for each root session, or each actor in an account.

mod commands;
pub(crate) mod group;
mod story;

use std::collections::{BTreeMap, BTreeSet};

use rootsweep_model::Severity;
use rootsweep_model::assessment::{Action, Actor, Delivery, Expectation, Reason, TriageVerdict};
use rootsweep_model::report::triage_v1::{ActionCount, Episode};
use sha2::{Digest as _, Sha256};

use crate::concern::Concern;
use crate::entry::Entry;
use crate::settings::Settings;
use crate::{rules, verdict};

/// Tells one episode. The entries stand in the order in which they happened.
pub(crate) fn tell(entries: &[&Entry], settings: &Settings) -> Episode {
    let (verdict, severity) = judge(entries);
    let texts = |pick: fn(&Entry) -> Option<&str>| -> Vec<String> {
        let sorted: BTreeSet<&str> = entries.iter().filter_map(|entry| pick(entry)).collect();
        sorted.into_iter().map(ToOwned::to_owned).collect()
    };
    let times = || entries.iter().filter_map(|entry| entry.record.event_time);
    let deliveries = || entries.iter().filter_map(|entry| entry.delivered_at);
    Episode {
        id: id(entries),
        account_id: entries.iter().find_map(|entry| entry.account),
        verdict,
        severity,
        title: story::title(entries, verdict),
        story: story::sentences(entries),
        actor: actor(entries),
        delivery: delivery(entries),
        expectation: expectation(entries),
        first_event_time: times().min(),
        last_event_time: times().max(),
        first_delivered_at: deliveries().min(),
        last_delivered_at: deliveries().max(),
        mfa: mfa(entries),
        source_ip_addresses: texts(|entry| entry.record.source_ip_address.as_deref()),
        user_agents: texts(|entry| entry.record.user_agent.as_deref()),
        actions: actions(entries),
        event_ids: entries.iter().filter_map(|entry| entry.record.event_id.clone()).collect(),
        reasons: reasons(entries),
        next_commands: commands::next(entries, verdict, settings),
    }
}

/// Says what the records come to when they are seen together.
///
/// What services did with a root session counts as the session's own deed, and blinding the watch makes any incident
/// a critical one.
fn judge(entries: &[&Entry]) -> (TriageVerdict, Severity) {
    let judged = || entries.iter().map(|entry| verdict::judge(entry));
    let mut worst = judged().map(|(verdict, _)| verdict).min().unwrap_or(TriageVerdict::NotRoot);
    let mut severity = judged()
        .filter(|(verdict, _)| *verdict == worst)
        .map(|(_, severity)| severity)
        .max()
        .unwrap_or(Severity::Informational);
    for deed in entries.iter().filter(|entry| entry.forwarded && verdict::matters(entry)) {
        match worst {
            TriageVerdict::Incident | TriageVerdict::Investigate => {
                severity = severity.max(verdict::live_severity(deed));
                let own = entries.iter().any(|entry| entry.actor != Actor::AwsService);
                worst = if own { TriageVerdict::Incident } else { worst };
            }
            TriageVerdict::Historical => severity = severity.max(verdict::calmed(deed)),
            TriageVerdict::Expected | TriageVerdict::Explained | TriageVerdict::NotRoot => {}
        }
    }
    let blinded = entries.iter().any(|entry| entry.concerns.contains(&Concern::DefenceEvasion));
    if blinded && worst == TriageVerdict::Incident {
        severity = Severity::Critical;
    }
    (worst, severity)
}

/// Returns who acted: whoever is behind the services, and the least clear one of several.
fn actor(entries: &[&Entry]) -> Actor {
    let order = [Actor::Unclear, Actor::RootUser, Actor::CentralRootSession, Actor::AwsService];
    let has = |actor: &Actor| entries.iter().any(|entry| entry.actor == *actor);
    order.into_iter().find(has).unwrap_or(Actor::Other)
}

/// Returns how the records came: on time as soon as one of them did.
fn delivery(entries: &[&Entry]) -> Delivery {
    entries.iter().map(|entry| entry.delivery).min().unwrap_or(Delivery::OnTime)
}

/// Returns whether everything that anybody did with root was announced.
fn expectation(entries: &[&Entry]) -> Expectation {
    let mut own = entries.iter().filter(|entry| entry.is_root_use()).peekable();
    let all = own.peek().is_some() && own.all(|entry| entry.expectation == Expectation::Expected);
    if all { Expectation::Expected } else { Expectation::Unexpected }
}

/// Returns whether the session had MFA, where the records tell: one record without it is enough.
fn mfa(entries: &[&Entry]) -> Option<bool> {
    let told = |entry: &&Entry| {
        let session = entry.record.user_identity.session_context.and_then(|session| session.mfa_authenticated);
        entry.sign_in.filter(|sign_in| sign_in.succeeded).and_then(|sign_in| sign_in.mfa).or(session)
    };
    entries.iter().filter(|entry| entry.is_root_use()).filter_map(told).reduce(|all, one| all && one)
}

fn actions(entries: &[&Entry]) -> Vec<ActionCount> {
    let mut counts: BTreeMap<(&str, &str, Action), u64> = BTreeMap::new();
    for entry in entries {
        let source = entry.record.event_source.as_deref().unwrap_or_default();
        let event = entry.record.event_name.as_deref().unwrap_or_default();
        *counts.entry((source, event, entry.action)).or_default() += 1;
    }
    let count = |((source, name, action), count): ((&str, &str, Action), u64)| ActionCount {
        event_source: source.to_owned(),
        event_name: name.to_owned(),
        action,
        count,
    };
    counts.into_iter().map(count).collect()
}

/// Returns each reason once, with the fields of the first record that gives it, in the order of the rules.
fn reasons(entries: &[&Entry]) -> Vec<Reason> {
    let mut first: BTreeMap<(usize, &str), &Reason> = BTreeMap::new();
    for reason in entries.iter().flat_map(|entry| &entry.reasons) {
        first.entry((rules::rank(&reason.rule), reason.says.as_str())).or_insert(reason);
    }
    first.into_values().cloned().collect()
}

/// Returns an id that stays the same from run to run: it is made of the episode's first record.
fn id(entries: &[&Entry]) -> String {
    let mut digest = Sha256::new();
    if let Some(entry) = entries.first() {
        digest.update(entry.account_text());
        digest.update(entry.fingerprint);
    }
    let short = digest.finalize().iter().take(6).fold(0_u64, |all, byte| (all << 8) | u64::from(*byte));
    format!("episode-{short:012x}")
}
