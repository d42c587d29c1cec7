//! Root activity in Markdown: episodes, alarms, records.

use jiff::Timestamp;
use rootsweep_model::report::triage_v1::{Episode, Record, Skipped, Triage};
use rootsweep_model::report::v1::AlarmTransition;

use super::page::{Page, code, escape};
use crate::digest::{Span, count_of, span, time};
use crate::text;

pub(super) fn triage_head(page: &mut Page, triage: &Triage) {
    let counts = &triage.counts;
    page.line(&format!("# Root triage: {}", count_of(counts.root_records, "root record")));
    page.blank();
    page.line(
        "| incident | investigate | historical | expected | explained | not root | duplicates | corrected | not read |",
    );
    page.line("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    page.line(&format!(
        "| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
        counts.incident,
        counts.investigate,
        counts.historical,
        counts.expected,
        counts.explained,
        counts.not_root,
        counts.duplicates,
        counts.corrected,
        counts.skipped
    ));
}

pub(super) fn episodes(page: &mut Page, title: &str, episodes: &[Episode]) {
    page.heading(title);
    if episodes.is_empty() {
        page.line("No root activity was found in what could be read.");
    }
    for it in episodes.iter().take(page.limit) {
        episode(page, it);
    }
    page.more("", episodes.len().saturating_sub(page.limit), "episode");
}

fn episode(page: &mut Page, episode: &Episode) {
    let Episode { verdict, severity, actor, delivery, expectation, .. } = episode;
    page.line(&format!("### {verdict}, {severity}: {}", escape(&episode.title, 200)));
    page.blank();
    let account = episode.account_id.map_or_else(|| "unknown account".to_owned(), |id| code(&id.to_string()));
    page.line(&format!("- account {account}, {actor}, {delivery}, {expectation}"));
    page.line(&format!("- happened {}", in_words(span(episode.first_event_time, episode.last_event_time))));
    page.line(&format!("- delivered {}", in_words(span(episode.first_delivered_at, episode.last_delivered_at))));
    if !episode.source_ip_addresses.is_empty() {
        page.line(&format!("- from {}", escape(&episode.source_ip_addresses.join(", "), 300)));
    }
    page.blank();
    for (number, sentence) in episode.story.iter().enumerate() {
        // The hyphen keeps hostile text off the beginning of the item, where Markdown would read structure.
        page.line(&format!("{}. – {}", number + 1, escape(sentence, 600)));
    }
    for reason in &episode.reasons {
        page.line(&format!("- why: {} ({})", escape(&reason.says, 300), escape(&reason.rule, 60)));
    }
    page.commands(&episode.next_commands);
    page.blank();
}

fn in_words(span: Option<Span>) -> String {
    match span {
        Some((first, last)) if first != last => format!("{} to {}", time(first), time(last)),
        Some((at, _)) => time(at),
        None => "at a time that the records do not tell".to_owned(),
    }
}

pub(super) fn alarms(page: &mut Page, alarms: &[AlarmTransition]) {
    if alarms.is_empty() {
        return;
    }
    page.heading("Alarms");
    for alarm in alarms.iter().take(page.limit) {
        let right = text::justified_words(alarm.justified);
        let (name, why) = (escape(&alarm.alarm, 100), escape(&alarm.explanation, 400));
        page.line(&format!("- {} {} {name}: **{right}**. {why}", time(alarm.at), code(&alarm.account_id.to_string())));
    }
    page.more("- ", alarms.len().saturating_sub(page.limit), "transition");
}

pub(super) fn records(page: &mut Page, records: &[Record]) {
    if records.is_empty() {
        return;
    }
    page.heading("Records");
    page.line("| happened | delivered | verdict | event | actor | from |");
    page.line("| --- | --- | --- | --- | --- | --- |");
    for record in records.iter().take(page.limit) {
        let at = |at: Option<Timestamp>| at.map_or_else(|| "not told".to_owned(), time);
        let event = escape(record.event_name.as_deref().unwrap_or("(no name)"), 80);
        let from = escape(record.source_ip_address.as_deref().unwrap_or(""), 80);
        let verdict = format!("{}, {}", record.verdict, record.severity);
        let (happened, delivered) = (at(record.event_time), at(record.delivered_at));
        page.line(&format!("| {happened} | {delivered} | {verdict} | {event} | {} | {from} |", record.actor));
    }
    page.blank();
    page.more("", records.len().saturating_sub(page.limit), "record");
}

pub(super) fn skipped(page: &mut Page, skipped: &[Skipped]) {
    if skipped.is_empty() {
        return;
    }
    page.heading("Could not be read");
    for it in skipped.iter().take(page.limit) {
        let offset = it.offset.map_or_else(String::new, |offset| format!(" at byte {offset}"));
        page.line(&format!("- file {}{offset}: {}", escape(&it.file, 200), escape(&it.reason, 300)));
    }
    page.more("- ", skipped.len().saturating_sub(page.limit), "file or record");
}
