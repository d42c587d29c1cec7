//! Judging a step: what was expected against what came.

use std::collections::BTreeSet;
use std::time::Duration;

use rootsweep_model::Verdict;
use rootsweep_model::report::triage_v1::{Episode, Record, Triage};
use rootsweep_model::report::v1::{Report, Row};
use scenario::{Expect, ExpectedEpisode, ExpectedMessage, ExpectedRecord, ExpectedRow};

use crate::outcome::{Hop, Judged};
use crate::way::{self, Paths};

/// The exit codes with which a run ends that has come to no report.
const ERRORS: [u8; 3] = [1, 2, 3];

/// What came of a step.
#[derive(Debug, Default)]
pub struct Observed {
    /// What was seen on the way, in its order.
    pub hops: Vec<Hop>,
    /// What listens in the organization.
    pub paths: Paths,
    /// Alarms that went into `ALARM`.
    pub alarms: BTreeSet<String>,
    /// Messages that queues received.
    pub messages: Vec<Message>,
    /// The sweep, if there was one.
    pub sweep: Option<Swept>,
    /// What triage says of the records of the whole timeline so far, read from a file.
    pub triage: Option<Triage>,
    /// The event ids of this step's records, in their order.
    pub event_ids: Vec<String>,
    /// The event ids that the sweep could see: in its window, and in one of its sources.
    pub in_sight: BTreeSet<String>,
    /// What went wrong with the step itself, and so with whatever it was to show.
    pub broken: Vec<Judged>,
}

/// A message that a queue received.
#[derive(Clone, Debug)]
pub struct Message {
    /// The queue's name.
    pub queue: String,
    /// The text.
    pub body: String,
}

/// What a sweep left behind.
#[derive(Debug)]
pub struct Swept {
    /// Its exit code.
    pub exit: Option<u8>,
    /// How long it took, in real time.
    pub took: Duration,
    /// Its report; where it wrote none, what it said instead.
    pub report: Result<Report, String>,
}

impl Swept {
    /// Says how it ended, in the words of the narration.
    pub fn told(&self) -> String {
        let exit = self.exit.map_or_else(|| "ended by a signal".to_owned(), |code| format!("exit {code}"));
        let Ok(report) = &self.report else { return format!("{exit}: no report") };
        let count = |verdict: Verdict| report.rows.iter().filter(|row| row.verdict == verdict).count();
        let counted = Verdict::ALL.iter().map(|verdict| (count(*verdict), verdict)).filter(|(count, _)| *count > 0);
        let rows: Vec<String> = counted.map(|(count, verdict)| format!("{count} {verdict}")).collect();
        format!("{exit}: {} rows, {}", report.rows.len(), rows.join(", "))
    }
}

impl Observed {
    /// Says what each episode was found to be: by the sweep, or where there was none by triage of the records from a file.
    pub fn verdicts(&self) -> Vec<String> {
        let report = self.sweep.as_ref().and_then(|swept| swept.report.as_ref().ok());
        let swept = report.map(|report| report.episodes.as_slice());
        let triaged = self.triage.as_ref().map(|triage| triage.episodes.as_slice());
        swept.or(triaged).unwrap_or_default().iter().map(told_short).collect()
    }
}

fn told_short(episode: &Episode) -> String {
    let account = episode.account_id.map_or_else(|| "unknown account".to_owned(), |id| id.to_string());
    format!("{account}: {} {}, {}, {}", episode.verdict, episode.severity, episode.actor, episode.delivery)
}

/// Judges every expectation of a step.
pub fn judge(expect: &Expect, observed: &Observed) -> Vec<Judged> {
    let mut judged = observed.broken.clone();
    judged.extend(expect.alarms.iter().map(|name| alarm_fires(name, observed)));
    judged.extend(expect.silent.iter().map(|name| alarm_is_silent(name, observed)));
    judged.extend(expect.messages.iter().map(|message| message_comes(message, observed)));
    judged.extend(expect.no_messages.iter().map(|queue| no_message_comes(queue, observed)));
    if let Some(sweep) = &observed.sweep {
        judged.extend(expect.exit.map(|code| exit_code(code, sweep.exit)));
        match &sweep.report {
            Ok(report) => judged.extend(report_says(expect, report, observed)),
            Err(said) => judged.extend(no_report(expect, sweep.exit, said)),
        }
    }
    judged.extend(records(expect, observed));
    judged
}

fn report_says(expect: &Expect, report: &Report, observed: &Observed) -> Vec<Judged> {
    let mut judged: Vec<Judged> = expect.rows.iter().map(|row| row_says(row, report)).collect();
    judged.extend(expect.episodes.iter().map(|episode| episode_is_told(episode, &report.episodes)));
    judged.extend(expect.no_other_episodes.then(|| no_other_episode(&expect.episodes, &report.episodes)));
    judged.extend(observed.triage.as_ref().map(|triage| file_agrees(report, triage, &observed.in_sight)));
    judged
}

/// A sweep may end without a report where that is what is expected of it: an error by its exit code, and nothing else.
fn no_report(expect: &Expect, exit: Option<u8>, said: &str) -> Option<Judged> {
    let is_error = exit.is_some_and(|code| ERRORS.contains(&code));
    let wanted = is_error && expect.exit == exit && !expect.needs_report();
    let came = exit.map_or_else(|| "none".to_owned(), |code| format!("none, but exit code {code}"));
    (!wanted).then(|| Judged::failed("the sweep writes a report", format!("{came}: {}", said.trim()), "sweep"))
}

fn verdict(met: bool, expected: String, came: String, hop: &'static str) -> Judged {
    Judged { met, expected, came, parted_at: (!met).then_some(hop) }
}

fn alarm_fires(name: &str, observed: &Observed) -> Judged {
    let came = format!("alarms that did: {}", listed(observed.alarms.iter()));
    let parted = way::parted_before_alarm(&observed.hops, name);
    verdict(observed.alarms.contains(name), format!("alarm {name} goes into ALARM"), came, parted)
}

fn alarm_is_silent(name: &str, observed: &Observed) -> Judged {
    let fired = observed.alarms.contains(name);
    let came = if fired { "it fired" } else { "it stayed silent" };
    verdict(!fired, format!("alarm {name} stays silent"), came.to_owned(), "alarm")
}

fn message_comes(wanted: &ExpectedMessage, observed: &Observed) -> Judged {
    let bodies = || observed.messages.iter().filter(|message| message.queue == wanted.to).map(|message| &message.body);
    let met = bodies().any(|body| wanted.contains.iter().all(|piece| body.contains(piece.as_str())));
    let expected = format!("{} receives a message with {}", wanted.to, listed(wanted.contains.iter()));
    let parted = way::parted_before_message(&observed.hops, observed.paths);
    verdict(met, expected, format!("{} messages: {}", bodies().count(), listed(bodies())), parted)
}

fn no_message_comes(queue: &str, observed: &Observed) -> Judged {
    let bodies: Vec<&String> =
        observed.messages.iter().filter(|message| message.queue == queue).map(|message| &message.body).collect();
    let came = format!("{} messages: {}", bodies.len(), listed(bodies.iter()));
    verdict(bodies.is_empty(), format!("{queue} receives nothing"), came, "message received")
}

fn exit_code(wanted: u8, came: Option<u8>) -> Judged {
    let text = came.map_or_else(|| "a signal ended it".to_owned(), |code| format!("it exits with {code}"));
    verdict(came == Some(wanted), format!("the sweep exits with {wanted}"), text, "sweep")
}

fn row_says(wanted: &ExpectedRow, report: &Report) -> Judged {
    let row = report.rows.iter().find(|row| row.account_id == wanted.account && row.check_id == wanted.check);
    let gap = wanted.gap.map(|gap| format!(" ({gap})")).unwrap_or_default();
    let expected = format!("{} of {} is {}{gap}", wanted.check, wanted.account, wanted.verdict);
    let Some(row) = row else { return verdict(false, expected, "no such row".to_owned(), "verdict") };
    verdict(row_fits(wanted, row), expected, format!("{}: {}", row.verdict, row.summary), "verdict")
}

fn row_fits(wanted: &ExpectedRow, row: &Row) -> bool {
    let gap = wanted.gap.is_none_or(|kind| row.gap.as_ref().is_some_and(|gap| gap.kind == kind));
    let says = wanted.says.as_ref().is_none_or(|text| row.summary.contains(text.as_str()));
    row.verdict == wanted.verdict && gap && says
}

fn episode_is_told(wanted: &ExpectedEpisode, episodes: &[Episode]) -> Judged {
    let fits = episodes.iter().any(|episode| episode_fits(wanted, episode));
    let severity = wanted.severity.map(|severity| format!(" {severity}")).unwrap_or_default();
    let expected = format!("an episode of {} is {}{severity}", wanted.account, wanted.verdict);
    verdict(fits, expected, listed(episodes.iter().map(told)), "verdict")
}

fn told(episode: &Episode) -> String {
    let account = episode.account_id.map(|id| id.to_string()).unwrap_or_default();
    let rules: BTreeSet<&str> = episode.reasons.iter().map(|reason| reason.rule.as_str()).collect();
    format!(
        "{account} {} {} {} {} [{}]",
        episode.verdict,
        episode.severity,
        episode.actor,
        episode.delivery,
        listed(rules.iter())
    )
}

fn episode_fits(wanted: &ExpectedEpisode, episode: &Episode) -> bool {
    let rules: BTreeSet<&str> = episode.reasons.iter().map(|reason| reason.rule.as_str()).collect();
    episode.account_id == Some(wanted.account)
        && episode.verdict == wanted.verdict
        && wanted.severity.is_none_or(|severity| severity == episode.severity)
        && wanted.actor.is_none_or(|actor| actor == episode.actor)
        && wanted.delivery.is_none_or(|delivery| delivery == episode.delivery)
        && wanted.reasons.iter().all(|rule| rules.contains(rule.as_str()))
}

fn no_other_episode(wanted: &[ExpectedEpisode], episodes: &[Episode]) -> Judged {
    let others: Vec<String> =
        episodes.iter().filter(|episode| !wanted.iter().any(|it| episode_fits(it, episode))).map(told).collect();
    verdict(others.is_empty(), "no other episode is told".to_owned(), listed(others.iter()), "verdict")
}

/// The sweep and the triage of a file have to say the same of the same records: neither has an episode that the other could
/// have and has not.
fn file_agrees(report: &Report, triage: &Triage, in_sight: &BTreeSet<String>) -> Judged {
    let of_file = |episode: &Episode| triage.episodes.iter().find(|it| it.event_ids == episode.event_ids);
    let differing = report.episodes.iter().filter_map(|episode| match of_file(episode) {
        None => Some(format!("{}: the file has no such episode", told(episode))),
        Some(it) if (it.verdict, it.severity) == (episode.verdict, episode.severity) => None,
        Some(it) => Some(format!("{}: the file has {}", told(episode), told(it))),
    });
    let lost = triage.episodes.iter().filter(|episode| is_lost(episode, report, in_sight));
    let lost = lost.map(|episode| format!("{}: the sweep has no such episode", told(episode)));
    let differing: Vec<String> = differing.chain(lost).collect();
    let expected = "triage of the records from a file agrees with the sweep".to_owned();
    verdict(differing.is_empty(), expected, listed(differing.iter()), "verdict")
}

/// Whether an episode of the file has a record that the sweep could see and does not tell, of an account that it judged.
fn is_lost(episode: &Episode, report: &Report, in_sight: &BTreeSet<String>) -> bool {
    let of_account = |row: &&Row| Some(row.account_id) == episode.account_id && row.check_id == "root-activity";
    let judged = report.rows.iter().find(of_account).is_some_and(|row| row.verdict != Verdict::Unknown);
    let told = |id: &&String| report.episodes.iter().any(|it| it.event_ids.contains(id));
    judged && episode.event_ids.iter().filter(|id| in_sight.contains(*id)).any(|id| !told(&id))
}

fn records(expect: &Expect, observed: &Observed) -> Vec<Judged> {
    let records = observed.triage.as_ref().map_or(&[][..], |triage| triage.records.as_slice());
    let of_step = |index: usize| {
        let id = observed.event_ids.get(index)?;
        records.iter().find(|record| record.event_id.as_ref() == Some(id))
    };
    let says = |(index, wanted)| record_says(wanted, of_step(index), &observed.hops);
    expect.records.iter().enumerate().map(says).collect()
}

fn record_says(wanted: &ExpectedRecord, record: Option<&Record>, hops: &[Hop]) -> Judged {
    let severity = wanted.severity.map(|severity| format!(" {severity}")).unwrap_or_default();
    let expected = format!("{} is {}{severity}", wanted.event, wanted.verdict);
    let Some(record) = record else {
        return Judged::failed(expected, "triage does not list it", way::parted_before_verdict(hops));
    };
    let rules: BTreeSet<&str> = record.reasons.iter().map(|reason| reason.rule.as_str()).collect();
    let met = record.event_name.as_deref() == Some(wanted.event.as_str())
        && record.verdict == wanted.verdict
        && wanted.severity.is_none_or(|it| it == record.severity)
        && wanted.actor.is_none_or(|it| it == record.actor)
        && wanted.delivery.is_none_or(|it| it == record.delivery)
        && wanted.expectation.is_none_or(|it| it == record.expectation)
        && wanted.action.is_none_or(|it| it == record.action)
        && wanted.reasons.iter().all(|rule| rules.contains(rule.as_str()));
    let came = format!(
        "{} {} {} {} {} {} [{}]",
        record.verdict,
        record.severity,
        record.actor,
        record.delivery,
        record.expectation,
        record.action,
        listed(rules.iter())
    );
    verdict(met, expected, came, "verdict")
}

fn listed(items: impl Iterator<Item = impl std::fmt::Display>) -> String {
    let text = items.map(|item| item.to_string()).collect::<Vec<_>>().join(", ");
    if text.is_empty() { "none".to_owned() } else { text }
}
