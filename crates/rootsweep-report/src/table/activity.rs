//! Root activity: episodes with their timeline, alarms, records.

use jiff::Timestamp;
use rootsweep_model::Severity;
use rootsweep_model::assessment::{Reason, TriageVerdict};
use rootsweep_model::report::triage_v1::{Episode, Record, Skipped, Triage};
use rootsweep_model::report::v1::AlarmTransition;

use super::page::{Page, Tone};
use crate::digest::{Span, as_u64, count_of, span, time};
use crate::text;

/// Writes how much was read, and what came of it.
pub(super) fn triage_head(page: &mut Page, triage: &Triage) {
    let counts = &triage.counts;
    let title = page.tone(Tone::Strong, "Root triage");
    let read = format!(
        "{} in {}, {} of the root user",
        count_of(counts.records, "record"),
        count_of(counts.files, "file"),
        counts.root_records
    );
    page.wrapped("", "  ", &format!("{title}  {read}"));
    page.blank();
    let numbers = [
        (counts.incident, "INCIDENT", Tone::Bad),
        (counts.investigate, "INVESTIGATE", Tone::Warning),
        (counts.historical, "historical", Tone::Strong),
        (counts.expected, "expected", Tone::Muted),
        (counts.explained, "explained", Tone::Muted),
        (counts.not_root, "not root", Tone::Muted),
        (counts.duplicates, "duplicates", Tone::Muted),
        (counts.corrected, "corrected", Tone::Muted),
        (counts.skipped, "could not be read", Tone::Warning),
    ];
    for (count, word, tone) in numbers {
        let word = page.tone(tone, word);
        page.raw(&format!("{count:>7} {word}"));
    }
}

/// Writes each episode as a story, with its times and the commands to run next.
pub(super) fn episodes(page: &mut Page, title: &str, episodes: &[Episode]) {
    if episodes.is_empty() {
        page.heading("NO ROOT ACTIVITY", Tone::Strong, "was found in what could be read");
        return;
    }
    page.heading(title, Tone::Strong, &count_of(as_u64(episodes.len()), "episode"));
    for it in episodes.iter().take(page.limit) {
        episode(page, it);
    }
    page.more(2, episodes.len().saturating_sub(page.limit), "episode");
}

fn episode(page: &mut Page, episode: &Episode) {
    page.blank();
    let verdict = verdict_words(page, episode.verdict, episode.severity);
    page.wrapped("  ", "    ", &format!("{verdict}  {}", text::line(&text::clipped(&episode.title, 300))));
    let account = episode.account_id.map_or_else(|| "unknown account".to_owned(), |id| format!("account {id}"));
    let axes = format!("{account}, {}, {}, {}", episode.actor, episode.delivery, episode.expectation);
    page.wrapped("    ", "    ", &axes);
    page.labelled(4, "MFA: ", mfa(episode.mfa));
    list(page, "from: ", &episode.source_ip_addresses);
    list(page, "with: ", &episode.user_agents);
    timeline(page, episode);
    for (number, sentence) in episode.story.iter().enumerate() {
        page.labelled(4, &format!("{}. ", number + 1), sentence);
    }
    reasons(page, &episode.reasons);
    next_commands(page, &episode.next_commands);
}

fn verdict_words(page: &Page, verdict: TriageVerdict, severity: Severity) -> String {
    let tone = match verdict {
        TriageVerdict::Incident => Tone::Bad,
        TriageVerdict::Investigate => Tone::Warning,
        _ => Tone::Strong,
    };
    page.tone(tone, &format!("{} {severity}", verdict.as_str().to_uppercase()))
}

const fn mfa(mfa: Option<bool>) -> &'static str {
    match mfa {
        Some(true) => "yes",
        Some(false) => "NO",
        None => "the records do not tell",
    }
}

fn list(page: &mut Page, label: &str, values: &[String]) {
    if !values.is_empty() {
        page.labelled(4, label, &values.join(", "));
    }
}

fn reasons(page: &mut Page, reasons: &[Reason]) {
    for reason in reasons {
        page.labelled(4, &format!("why ({}): ", text::fitted(&reason.rule, 40)), &reason.says);
        for field in &reason.fields {
            let value = field.value.as_deref().unwrap_or("(absent)");
            page.labelled(6, &format!("{} = ", text::fitted(&field.path, 50)), &text::clipped(value, 200));
        }
    }
}

/// Writes the commands unbroken, so that they can be copied.
fn next_commands(page: &mut Page, commands: &[String]) {
    if !commands.is_empty() {
        page.raw("    next:");
    }
    for command in commands {
        page.raw(&format!("      $ {}", text::visible(command)));
    }
}

/// Draws two lanes on one scale: when it happened, and when AWS delivered the news of it.
fn timeline(page: &mut Page, episode: &Episode) {
    let happened = span(episode.first_event_time, episode.last_event_time);
    let delivered = span(episode.first_delivered_at, episode.last_delivered_at);
    let times = [happened, delivered].into_iter().flatten();
    let Some(scale) = times.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))) else {
        page.raw("    when: the records do not tell");
        return;
    };
    lane(page, "happened ", happened, scale);
    lane(page, "delivered", delivered, scale);
}

fn lane(page: &mut Page, label: &str, span: Option<Span>, scale: Span) {
    let Some((first, last)) = span else {
        page.raw(&format!("    {label} not told by the records"));
        return;
    };
    let columns = page.width().saturating_sub(18).min(60);
    let (from, to) = (column(first, scale, columns), column(last, scale, columns));
    let drawn: String = (0..columns).map(|at| if (from..=to).contains(&at) { '#' } else { '.' }).collect();
    page.raw(&format!("    {label} |{drawn}|"));
    let until = if first == last { String::new() } else { format!(" to {}", time(last)) };
    page.raw(&format!("              {}{until}", time(first)));
}

/// Returns the column of a time between the ends of the scale, from 0.
fn column(at: Timestamp, scale: Span, columns: usize) -> usize {
    let total = scale.1.as_second().saturating_sub(scale.0.as_second()).max(1);
    let passed = at.as_second().saturating_sub(scale.0.as_second()).clamp(0, total);
    let last = i64::try_from(columns.saturating_sub(1)).unwrap_or(0);
    usize::try_from(passed.saturating_mul(last) / total).unwrap_or(0)
}

/// Writes each transition of a root alarm, and whether the alarm was right.
pub(super) fn alarms(page: &mut Page, alarms: &[AlarmTransition]) {
    if alarms.is_empty() {
        return;
    }
    page.heading("ALARMS", Tone::Strong, &count_of(as_u64(alarms.len()), "transition"));
    for alarm in alarms.iter().take(page.limit) {
        let tone = match alarm.justified {
            Some(true) => Tone::Bad,
            Some(false) => Tone::Good,
            None => Tone::Warning,
        };
        let right = page.tone(tone, text::justified_words(alarm.justified));
        let name = text::fitted(&alarm.alarm, 40);
        page.wrapped("  ", "    ", &format!("{}  {name}: {right}", time(alarm.at)));
        page.labelled(4, &format!("{} {}: ", alarm.account_id, text::fitted(&alarm.region, 16)), &alarm.explanation);
    }
    page.more(2, alarms.len().saturating_sub(page.limit), "transition");
}

/// Writes each record in one or two lines.
pub(super) fn records(page: &mut Page, records: &[Record]) {
    if records.is_empty() {
        return;
    }
    page.heading("RECORDS", Tone::Strong, &count_of(as_u64(records.len()), "record"));
    for it in records.iter().take(page.limit) {
        record(page, it);
    }
    page.more(2, records.len().saturating_sub(page.limit), "record");
}

fn record(page: &mut Page, record: &Record) {
    let at = record.event_time.map_or_else(|| "time not told".to_owned(), time);
    let verdict = verdict_words(page, record.verdict, record.severity);
    let name = record.event_name.as_deref().unwrap_or("(no event name)");
    page.wrapped("  ", "    ", &format!("{at}  {verdict}  {}", text::fitted(name, 40)));
    let delivered = record.delivered_at.map_or_else(String::new, |at| format!(", delivered {}", time(at)));
    let Record { actor, delivery, expectation, action, source, .. } = record;
    page.wrapped("    ", "    ", &format!("{actor}, {delivery}{delivered}, {expectation}, {action}"));
    let id = record.event_id.as_deref().unwrap_or("without event id");
    page.labelled(4, "", &format!("{id} in {} #{}", source.file, source.index));
}

/// Writes what could not be read.
pub(super) fn skipped(page: &mut Page, skipped: &[Skipped]) {
    if skipped.is_empty() {
        return;
    }
    page.heading("COULD NOT BE READ", Tone::Warning, "whatever stood there is not in the numbers above");
    for it in skipped.iter().take(page.limit) {
        let offset = it.offset.map_or_else(String::new, |offset| format!(" at byte {offset}"));
        page.labelled(2, "", &format!("{}{offset}: {}", it.file, it.reason));
    }
    page.more(2, skipped.len().saturating_sub(page.limit), "file or record");
}
