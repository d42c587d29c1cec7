//! An alert path, drawn link by link from the event to the person.

use rootsweep_model::report::v1::{AlertPath, AlertPathKind, Link, LinkState, ProbeOutcome};

use super::page::{Page, Tone};
use crate::text;

/// Draws the path; the mark before a link says whether it holds.
pub(super) fn draw(page: &mut Page, path: &AlertPath) {
    let kind = match path.kind {
        AlertPathKind::MetricAlarm => "alarm",
        AlertPathKind::EventRule => "event rule",
    };
    let state = page.tone(tone(path.state), state_word(path.state));
    let name = text::fitted(&path.name, 40);
    let place = format!("{} {}", path.account_id, text::fitted(&path.region, 16));
    page.wrapped("      ", "        ", &format!("by {kind} {name} ({place}): {state}"));
    page.raw("        root event");
    let mut reached = true;
    for it in &path.links {
        link(page, it, reached);
        reached &= it.state != LinkState::Broken;
    }
    page.raw(if reached { "          |" } else { "          :" });
    page.raw(match path.state {
        LinkState::Holds => "        a person hears of it",
        LinkState::Broken => "        nobody hears of it",
        LinkState::Unknown => "        whether a person hears of it is not known",
    });
    probes(page, &path.probes);
}

/// Draws a link; behind a broken one, the line is dotted.
fn link(page: &mut Page, link: &Link, reached: bool) {
    let (mark, bar) = match link.state {
        LinkState::Broken => ("[XX]", "X"),
        LinkState::Holds => ("[ok]", "|"),
        LinkState::Unknown => ("[??]", "?"),
    };
    page.raw(&format!("          {}", if reached { bar } else { ":" }));
    let mark = page.tone(tone(link.state), mark);
    let word = match link.state {
        LinkState::Holds => String::new(),
        state => format!("{}: ", page.tone(tone(state), state_word(state))),
    };
    let label = format!("        {mark} {}", text::fitted(&link.link, 16));
    let fits = text::width(&link.link) + text::width(&link.subject) + 14 <= page.width();
    if fits {
        page.raw(&format!("{label} {}", text::line(&link.subject)));
    } else {
        page.raw(&label);
        page.labelled(13, "", &link.subject);
    }
    let hang = " ".repeat(13);
    let detail = text::clipped(&link.detail, 300);
    page.wrapped(&hang, &hang, &format!("{word}{}", text::line(&detail)));
}

fn probes(page: &mut Page, probes: &[ProbeOutcome]) {
    for state in [LinkState::Broken, LinkState::Unknown, LinkState::Holds] {
        let named: Vec<_> = probes.iter().filter(|it| it.outcome == state).map(|it| it.id.as_str()).collect();
        if !named.is_empty() {
            let label = match state {
                LinkState::Holds => "probes that wake someone: ",
                LinkState::Broken => "probes that wake nobody: ",
                LinkState::Unknown => "probes of which this is not known: ",
            };
            page.labelled(8, label, &named.join(", "));
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
