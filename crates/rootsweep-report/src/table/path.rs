//! An alert path, link by link from the event to the person.

use rootsweep_model::Arn;
use rootsweep_model::report::v1::{AlertPath, AlertPathKind, Link, LinkState, ProbeOutcome};

use super::page::{Page, Tone};
use crate::text;

/// Writes the path; the mark before a link says whether it holds.
pub(super) fn draw(page: &mut Page, path: &AlertPath) {
    let kind = match path.kind {
        AlertPathKind::MetricAlarm => "alarm",
        AlertPathKind::EventRule => "event rule",
    };
    let state = page.tone(tone(path.state), state_word(path.state));
    let name = text::fitted(&path.name, 40);
    let place = format!("{} {}", path.account_id, text::fitted(&path.region, 16));
    page.wrapped("      ", "        ", &format!("by {kind} {name} ({place}): {state}"));
    for it in &path.links {
        link(page, path, it);
    }
    page.raw(match path.state {
        LinkState::Holds => "        a person hears of it",
        LinkState::Broken => "        nobody hears of it",
        LinkState::Unknown => "        whether a person hears of it is not known",
    });
    probes(page, &path.probes);
}

/// Writes a link, with its mark and what was seen of it.
fn link(page: &mut Page, path: &AlertPath, link: &Link) {
    let mark = match link.state {
        LinkState::Broken => "[XX]",
        LinkState::Holds => "[ok]",
        LinkState::Unknown => "[??]",
    };
    let mark = page.tone(tone(link.state), mark);
    let word = match link.state {
        LinkState::Holds => String::new(),
        state => format!("{}: ", page.tone(tone(state), state_word(state))),
    };
    let (name, subject) = (text::fitted(&link.link, 16), text::clipped(&short(path, link), 300).into_owned());
    let detail = text::clipped(&link.detail, 300);
    let says = format!("{name} {}: {word}{}", text::line(&subject), text::line(&detail));
    page.wrapped(&format!("        {mark} "), &" ".repeat(13), &says);
}

/// Leaves out of an ARN what the heading of the path and the name of the link say.
fn short(path: &AlertPath, link: &Link) -> String {
    let subject = &link.subject;
    let Some(begin) = subject.find("arn:") else { return subject.clone() };
    let (before, arn) = subject.split_at(begin);
    match Arn::parse(arn) {
        Some(arn) if arn.region() == Some(&*path.region) && arn.account() == Some(path.account_id) => {
            let kind = arn.resource.strip_prefix(&*link.link).and_then(|it| it.strip_prefix([':', '/']));
            format!("{before}{}", kind.unwrap_or(arn.resource))
        }
        _ => subject.clone(),
    }
}

fn probes(page: &mut Page, probes: &[ProbeOutcome]) {
    for state in [LinkState::Broken, LinkState::Unknown, LinkState::Holds] {
        let named: Vec<_> = probes.iter().filter(|it| it.outcome == state).map(|it| it.id.as_str()).collect();
        let label = match state {
            LinkState::Holds => "probes that wake someone: ",
            LinkState::Broken => "probes that wake nobody: ",
            LinkState::Unknown => "probes of which this is not known: ",
        };
        match named.len() {
            0 => {}
            all if all == probes.len() && all > 1 => page.labelled(8, label, &format!("all {all}")),
            _ => page.labelled(8, label, &named.join(", ")),
        }
    }
}

const fn tone(state: LinkState) -> Tone {
    match state {
        LinkState::Holds => Tone::Good,
        LinkState::Broken => Tone::Bad,
        LinkState::Unknown => Tone::Warning,
    }
}

const fn state_word(state: LinkState) -> &'static str {
    match state {
        LinkState::Holds => "holds",
        LinkState::Broken => "BROKEN",
        LinkState::Unknown => "UNKNOWN",
    }
}
