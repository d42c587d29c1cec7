//! An episode in sentences. Names and addresses in it are hostile text; who renders it has to escape it.

use jiff::Timestamp;
use rootsweep_model::assessment::{Action, Actor, Delivery, TriageVerdict};

use crate::concern::Concern;
use crate::entry::Entry;
use crate::verdict;

/// The most sentences of one story: a console session makes hundreds of records.
const MAX_SENTENCES: usize = 40;

/// Returns one line that says what happened.
pub(super) fn title(entries: &[&Entry], verdict: TriageVerdict) -> String {
    let who = who(super::actor(entries), entries);
    let account = entries.first().map(|entry| entry.account_text()).filter(|id| !id.is_empty());
    let account = account.unwrap_or("an account that the records do not name");
    let when = entries.iter().find_map(|entry| entry.record.event_time).map_or_else(String::new, |time| {
        if verdict == TriageVerdict::Historical { format!(" on {}", day(time)) } else { String::new() }
    });
    format!("{who}: {} in {account}{when}{}", deeds(entries), lateness(entries))
}

fn who(actor: Actor, entries: &[&Entry]) -> String {
    match actor {
        Actor::RootUser => "Root user".to_owned(),
        Actor::CentralRootSession => "Central root session".to_owned(),
        Actor::Unclear => "Root user or AWS, the records do not fit together".to_owned(),
        Actor::Other => "Not the root user".to_owned(),
        Actor::AwsService => entries
            .iter()
            .find_map(|entry| entry.record.user_identity.invoked_by.as_deref())
            .map_or_else(|| "An AWS service".to_owned(), |service| format!("AWS ({service})")),
    }
}

/// Counts what was done, the gravest first.
fn deeds(entries: &[&Entry]) -> String {
    let kinds = [
        (Action::CredentialChange, "credential change"),
        (Action::SignIn, "sign-in"),
        (Action::Write, "change"),
        (Action::Failed, "refused attempt"),
        (Action::Read, "read"),
    ];
    let count = |action: Action| entries.iter().filter(|entry| entry.action == action).count();
    let parts: Vec<String> = kinds
        .into_iter()
        .map(|(action, name)| (count(action), action, name))
        .filter(|(count, ..)| *count > 0)
        .map(|(count, action, name)| {
            let plural = if count == 1 { "" } else { "s" };
            let bare = action == Action::SignIn && has(entries, Concern::WithoutMfa);
            format!("{count} {name}{plural}{}", if bare { " without MFA" } else { "" })
        })
        .collect();
    parts.join(", ")
}

fn lateness(entries: &[&Entry]) -> &'static str {
    match super::delivery(entries) {
        Delivery::OnTime | Delivery::Correction => "",
        Delivery::Delayed => ", delivered late",
        Delivery::Backfilled => ", filled in later by AWS",
    }
}

fn has(entries: &[&Entry], concern: Concern) -> bool {
    entries.iter().any(|entry| entry.concerns.contains(&concern))
}

/// Tells the records in the order in which they happened; the same thing done again and again is told once.
pub(super) fn sentences(entries: &[&Entry]) -> Vec<String> {
    let runs = entries.chunk_by(|one, other| same_deed(one, other));
    let mut sentences: Vec<String> = runs.map(sentence).collect();
    let total = sentences.len();
    if total > MAX_SENTENCES {
        sentences.truncate(MAX_SENTENCES);
        sentences.push(format!("… and {} more steps.", total - MAX_SENTENCES));
    }
    sentences
}

fn same_deed(one: &Entry, other: &Entry) -> bool {
    let key = |entry: &Entry| (entry.action, entry.actor, entry.sign_in, entry.delivery);
    let (left, right) = (&one.record, &other.record);
    let reads = one.action == Action::Read && left.event_source == right.event_source;
    let name = reads || (left.event_name == right.event_name && one.requested == other.requested);
    key(one) == key(other) && name && left.source_ip_address == right.source_ip_address
}

fn sentence(run: &[&Entry]) -> String {
    let Some(entry) = run.first() else { return String::new() };
    let time = entry.record.event_time.map_or_else(|| "At an unknown time".to_owned(), |time| time.to_string());
    let from = entry.record.source_ip_address.as_deref().unwrap_or("an unknown address");
    let seen = seen(entry).unwrap_or_default();
    format!("{time}: {} from {from}{}{seen}.", deed(entry, run.len()), through(entry))
}

fn deed(entry: &Entry, times: usize) -> String {
    let record = &entry.record;
    let name = record.event_name.as_deref().unwrap_or("a call without a name");
    let service = record.event_source.as_deref().unwrap_or("a service that the record does not name");
    let names = entry.requested.names.join(", ");
    let about = if names.is_empty() { String::new() } else { format!(" of {names}") };
    let often = if times > 1 { format!(" {times} times") } else { String::new() };
    match (entry.action, entry.sign_in) {
        (Action::Failed, Some(_)) => format!("a sign-in was refused{often}"),
        (_, Some(sign_in)) => format!("signed in to the console {}{often}", mfa(sign_in.mfa)),
        (Action::Failed, None) => {
            let error = record.error_code.as_deref().or(record.error_message.as_deref()).unwrap_or("an error");
            format!("tried {name}{about} at {service} and was refused{often} ({error})")
        }
        (Action::Read, _) if times > 1 => format!("read from {service}{often}, first {name}"),
        (Action::Read, _) => format!("read {name}{about} from {service}"),
        _ => format!("called {name}{about} at {service}{often}"),
    }
}

const fn mfa(used: Option<bool>) -> &'static str {
    match used {
        Some(true) => "with MFA",
        Some(false) => "without MFA",
        None => "(the record does not tell whether with MFA)",
    }
}

fn through(entry: &Entry) -> String {
    match (&entry.made_key, entry.record.user_identity.invoked_by.as_deref()) {
        (Some(key), _) => format!(", which made the access key {key}"),
        (None, Some(service)) if verdict::judge(entry).0 != TriageVerdict::NotRoot => format!(", through {service}"),
        _ => String::new(),
    }
}

/// Says when a late record was seen, for its time is not the time of the alarm.
fn seen(entry: &Entry) -> Option<String> {
    let reason = entry.record.addendum.as_ref().map(|addendum| addendum.reason.to_string());
    match (entry.delivered_at, reason) {
        (Some(time), Some(reason)) => Some(format!("; seen only at {time} ({reason})")),
        (None, Some(reason)) => Some(format!("; seen later ({reason})")),
        (Some(time), None) if entry.delivery == Delivery::Delayed => Some(format!("; seen only at {time}")),
        _ => None,
    }
}

fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}
