//! Text that attackers write into account names, user agents and error messages, in every field that they reach.

use rootsweep_model::report::triage_v1::{Episode, Triage};
use rootsweep_model::report::v1::{Report, Row};

use super::small;

/// A text, and why it is dangerous.
pub(crate) const TEXTS: [(&str, &str); 16] = [
    ("script tag", "<script>alert(1)</script><img src=x onerror=alert(1)>"),
    ("end of a data block", "</script><!--<script>\u{2028}\u{2029}-->"),
    ("attribute", "\" onmouseover=\"alert(1)\" x=' onfocus='alert(1)"),
    ("formula", "=HYPERLINK(\"https://evil.example\",\"click\")"),
    ("formula by plus", "+1+cmd|' /C calc'!A0"),
    ("formula by at", "@SUM(1+1)*cmd"),
    ("formula by minus", "-2+3"),
    ("formula by tab", "\t=1+1"),
    ("terminal escape", "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{8}\u{8}pass"),
    ("right to left", "\u{202e}ssap\u{202c} \u{2067}חשבון\u{2069}"),
    ("slack link", "<https://evil.example|here> <!channel> <@U024BE7LH>"),
    ("markdown", "[x](https://evil.example) ![i](https://evil.example/i.png) **b** `c` | d | <b>e</b> $x$ @org/team"),
    ("bare link", "see HTTPS://evil.example and www.evil.example or a@evil.example"),
    ("lines", "one\ntwo\r\n## three\n| four |\n```\nfive\u{0}"),
    ("invisible", "a\u{200b}b\u{feff}c\u{e0041}d\u{00ad}e"),
    ("xml", "]]>&amp;<!DOCTYPE x [<!ENTITY a \"b\">]>&a;\u{fffe}"),
];

/// Returns the small report with the text in every field that somebody outside can write.
pub(crate) fn report(text: &str) -> Report {
    let text = || text.to_owned();
    let mut report = small::small();
    report.run.caller_arn = Some(text());
    for account in &mut report.accounts {
        account.name = text();
        account.ou_path = Some(text());
    }
    for row in &mut report.rows {
        poison_row(row, &text);
    }
    for episode in &mut report.episodes {
        poison_episode(episode, &text);
    }
    for alarm in &mut report.alarms {
        alarm.alarm = text();
        alarm.region = text();
        alarm.explanation = text();
        alarm.event_ids = vec![text()];
    }
    for exception in &mut report.exceptions {
        exception.owner = text();
        exception.reason = text();
    }
    for item in report.changes.iter_mut().flat_map(|changes| &mut changes.items) {
        item.summary = text();
    }
    report
}

fn poison_row(row: &mut Row, text: &impl Fn() -> String) {
    row.summary = text();
    for evidence in &mut row.evidence {
        evidence.label = text().into();
        evidence.value = text();
    }
    for path in &mut row.alert_paths {
        path.name = text();
        path.region = text();
        for link in &mut path.links {
            link.subject = text();
            link.detail = text();
        }
    }
    if let Some(gap) = &mut row.gap {
        gap.message = text();
        gap.code = Some(text());
        gap.request_id = Some(text());
        gap.region = Some(text());
    }
    if let Some(exception) = &mut row.exception {
        exception.owner = text();
        exception.reason = text();
    }
    row.remediation = row.remediation.take().map(|_| text().into());
}

fn poison_episode(episode: &mut Episode, text: &impl Fn() -> String) {
    episode.title = text();
    episode.story = vec![text(), text()];
    episode.source_ip_addresses = vec![text()];
    episode.user_agents = vec![text()];
    episode.event_ids = vec![text()];
    episode.next_commands = vec![text()];
    for action in &mut episode.actions {
        action.event_name = text();
        action.event_source = text();
    }
    for field in episode.reasons.iter_mut().flat_map(|reason| &mut reason.fields) {
        field.value = Some(text());
    }
}

/// Returns the triage with the text in every field that somebody outside can write.
pub(crate) fn triage(text: &str) -> Triage {
    let text = || text.to_owned();
    let mut triage = small::triage();
    for episode in &mut triage.episodes {
        poison_episode(episode, &text);
    }
    for record in &mut triage.records {
        record.event_id = Some(text());
        record.event_name = Some(text());
        record.event_source = Some(text());
        record.source_ip_address = Some(text());
        record.aws_region = Some(text());
        record.user_agent = Some(text());
        record.error_code = Some(text());
        record.source.file = text();
        record.reasons.clone_from(&triage.episodes[0].reasons);
    }
    for skipped in &mut triage.skipped {
        skipped.file = text();
        skipped.reason = text();
    }
    triage
}
