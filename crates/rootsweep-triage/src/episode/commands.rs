//! What to run next, with the real values filled in.
//!
//! The values come out of records, so whoever wrote those could write shell into them: each is quoted.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use rootsweep_model::Partition;
use rootsweep_model::assessment::{Action, Actor, TriageVerdict};

use crate::concern::Concern;
use crate::entry::Entry;
use crate::settings::Settings;

/// How far back `LookupEvents` can see:
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events-cli.html>.
const EVENT_HISTORY: SignedDuration = SignedDuration::from_hours(90 * 24);

/// How long AWS Health keeps events: <https://docs.aws.amazon.com/health/latest/ug/aws-health-concepts-and-terms.html>.
const HEALTH_EVENTS: SignedDuration = SignedDuration::from_hours(90 * 24);

/// How long before and after an episode its surroundings are looked at.
const AROUND: SignedDuration = SignedDuration::from_hours(1);

/// Returns the next commands for an episode, the most urgent first; none where there is nothing to do.
pub(super) fn next(entries: &[&Entry], verdict: TriageVerdict, settings: &Settings) -> Vec<String> {
    let mut commands = Vec::new();
    match verdict {
        TriageVerdict::Incident => {
            commands.extend(contain(entries));
            commands.extend(look_up(entries, settings));
            commands.extend(credentials());
        }
        TriageVerdict::Investigate => {
            commands.extend(look_up(entries, settings));
            commands.extend(credentials());
        }
        TriageVerdict::Historical => {
            commands.extend(look_up(entries, settings));
            commands.extend(outage(entries, settings));
        }
        TriageVerdict::Expected | TriageVerdict::Explained | TriageVerdict::NotRoot => {}
    }
    commands
}

/// Stops what is still going on: keys that were made, and the watch that was stopped.
fn contain(entries: &[&Entry]) -> Vec<String> {
    let keys = entries
        .iter()
        .filter(|entry| entry.action == Action::CredentialChange)
        .filter_map(|entry| Some(end_key(entry, entry.made_key.as_deref()?)));
    let watch = entries
        .iter()
        .filter(|entry| entry.concerns.contains(&Concern::DefenceEvasion))
        .filter_map(|entry| restore(entry));
    let sorted: BTreeSet<String> = keys.chain(watch).collect();
    sorted.into_iter().collect()
}

/// Ends an access key: a user's is made inactive; the root user's can be ended by itself and by a root session alone.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html>
fn end_key(entry: &Entry, key: &str) -> String {
    let key = quote(key);
    match &entry.requested.user {
        Some(user) => {
            format!("aws iam update-access-key --access-key-id {key} --status Inactive --user-name {}", quote(user))
        }
        None => format!(
            "aws sts assume-root --region {} --target-principal {} --task-policy-arn \
             arn=arn:{}:iam::aws:policy/root-task/IAMDeleteRootUserCredentials \
             # in the management account; then, as that session: aws iam delete-access-key --access-key-id {key}",
            home_region(entry),
            quote(entry.account_text()),
            partition(entry)
        ),
    }
}

/// Starts again what was stopped, where one call does it.
fn restore(entry: &Entry) -> Option<String> {
    let region = entry.record.aws_region.as_deref().map_or_else(String::new, |it| format!(" --region {}", quote(it)));
    let name = quote(entry.requested.name()?);
    match entry.record.event_name.as_deref()? {
        "StopLogging" => Some(format!("aws cloudtrail start-logging --name {name}{region}")),
        "UpdateTrail" => Some(format!("aws cloudtrail get-trail --name {name}{region}")),
        "PutEventSelectors" => Some(format!("aws cloudtrail get-event-selectors --trail-name {name}{region}")),
        // What was deleted cannot be asked for: what is left tells whether anything still records.
        "DeleteTrail" => Some(format!("aws cloudtrail describe-trails{region}")),
        "DisableRule" => {
            let bus = entry.requested.event_bus.as_deref();
            let bus = bus.map_or_else(String::new, |bus| format!(" --event-bus-name {}", quote(bus)));
            Some(format!("aws events enable-rule --name {name}{bus}{region}"))
        }
        _ => None,
    }
}

/// Looks up what else the session did, in each Region that it was seen in.
fn look_up(entries: &[&Entry], settings: &Settings) -> Vec<String> {
    let times = || entries.iter().filter_map(|entry| entry.record.event_time);
    let (Some(first), Some(last)) = (times().min(), times().max()) else { return Vec::new() };
    let regions: BTreeSet<&str> = entries.iter().filter_map(|entry| entry.record.aws_region.as_deref()).collect();
    if settings.now.duration_since(last) > EVENT_HISTORY {
        // Event history does not go back that far: the trail's bucket does.
        let bucket = |region: &&str| format!("aws cloudtrail describe-trails --region {}", quote(region));
        return regions.iter().map(bucket).take(1).collect();
    }
    let window = format!("--start-time {} --end-time {}", around(first, -AROUND), around(last, AROUND));
    let command = |region: &&str, attribute: &str| {
        format!("aws cloudtrail lookup-events --region {} {window} --lookup-attributes {attribute}", quote(region))
    };
    let attribute = attribute(entries);
    regions.iter().map(|region| command(region, &attribute)).collect()
}

/// Returns the one attribute that `LookupEvents` takes: what finds the session best. A session of the console goes
/// through many keys, and a sign-in has none: then it is whoever the records call the root user.
fn attribute(entries: &[&Entry]) -> String {
    if super::actor(entries) == Actor::CentralRootSession {
        return "AttributeKey=EventName,AttributeValue=AssumeRoot # in the management account".to_owned();
    }
    let of_root = || entries.iter().filter(|entry| entry.is_root_use() || entry.forwarded);
    let keys: BTreeSet<Option<&str>> = of_root().map(|entry| entry.access_key()).collect();
    if let (1, Some(Some(key))) = (keys.len(), keys.first()) {
        return format!("AttributeKey=AccessKeyId,AttributeValue={}", quote(key));
    }
    // An account with an alias has that for the root user's name.
    let name = of_root().find_map(|entry| entry.record.user_identity.user_name.as_deref()).unwrap_or("root");
    format!("AttributeKey=Username,AttributeValue={}", quote(name))
}

/// Reads what state the root user's credentials are in now.
fn credentials() -> [String; 3] {
    [
        "aws iam get-account-summary".to_owned(),
        "aws iam generate-credential-report".to_owned(),
        "aws iam get-credential-report".to_owned(),
    ]
}

/// Asks AWS Health what went wrong on the day of the event, while it still knows.
fn outage(entries: &[&Entry], settings: &Settings) -> Option<String> {
    let first = entries.iter().filter_map(|entry| entry.record.event_time).min()?;
    let last = entries.iter().filter_map(|entry| entry.record.event_time).max()?;
    if settings.now.duration_since(last) > HEALTH_EVENTS {
        return None;
    }
    let window = format!("startTimes=[{{from={},to={}}}]", around(first, -AROUND), around(last, AROUND));
    let region = entries.first().map_or("us-east-1", |entry| home_region(entry));
    Some(format!("aws health describe-events --region {region} --filter {} # with a support plan", quote(&window)))
}

fn partition(entry: &Entry) -> Partition {
    Partition::of_region(entry.record.aws_region.as_deref().unwrap_or_default())
}

/// Returns the Region that answers for a whole partition.
fn home_region(entry: &Entry) -> &'static str {
    partition(entry).sign_in_regions().first().copied().unwrap_or("us-east-1")
}

fn around(time: Timestamp, shift: SignedDuration) -> String {
    time.checked_add(shift).unwrap_or(time).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Quotes a word for a POSIX shell; what needs no quotes gets none.
///
/// Control characters are left out: none belongs in a name, and a terminal that shows the command would obey them.
fn quote(word: &str) -> String {
    let word: String = word.chars().filter(|it| !it.is_control()).collect();
    let plain = |it: char| it.is_ascii_alphanumeric() || "-_./:=@,+".contains(it);
    if !word.is_empty() && !word.starts_with('-') && word.chars().all(plain) {
        return word;
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_words_stay_words() {
        assert_eq!(quote("AKIAEXAMPLE"), "AKIAEXAMPLE");
        assert_eq!(quote("x; rm -rf ~"), "'x; rm -rf ~'");
        assert_eq!(quote("it's $(id)"), r"'it'\''s $(id)'");
        assert_eq!(quote("a\u{1b}[2J\nb"), "'a[2Jb'");
        assert_eq!(quote(""), "''");
        assert_eq!(quote("-rf"), "'-rf'");
    }
}
