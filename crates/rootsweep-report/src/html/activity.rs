//! Episodes with their timeline, and the alarms of the window.

use jiff::Timestamp;
use rootsweep_model::report::{triage_v1, v1};

use crate::digest::{Digest, Span, span, time};
use crate::text;

/// How many episodes the page tells.
pub(super) const EPISODES: usize = 60;
/// How many episodes stand at the top of the page.
const URGENT: usize = 3;
/// How many transitions of alarms the page tells.
pub(super) const ALARMS: usize = 100;
const WIDTH: i64 = 600;
/// Where the lanes begin: the labels stand before them.
const LEFT: i64 = 90;

/// One episode.
pub(super) struct Episode {
    pub(super) number: usize,
    pub(super) id: String,
    pub(super) verdict: &'static str,
    pub(super) severity: &'static str,
    /// Whether somebody has to look at it now: then it stands open.
    pub(super) urgent: bool,
    pub(super) title: String,
    pub(super) account_id: String,
    pub(super) account_name: String,
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) story: Vec<String>,
    pub(super) reasons: Vec<Reason>,
    pub(super) commands: Vec<String>,
    pub(super) timeline: Option<Timeline>,
}

/// A rule that spoke, with what it read.
pub(super) struct Reason {
    pub(super) rule: String,
    pub(super) says: String,
    pub(super) fields: Vec<String>,
}

/// Two lanes on one scale.
pub(super) struct Timeline {
    pub(super) lanes: Vec<Lane>,
    pub(super) from: String,
    pub(super) until: String,
    /// The timeline in words.
    pub(super) says: String,
}

/// When it happened, or when AWS delivered the news of it.
pub(super) struct Lane {
    pub(super) label: &'static str,
    pub(super) y: i64,
    /// Where the bar stands, and how wide it is; absent where the records do not tell.
    pub(super) bar: Option<(i64, i64)>,
    pub(super) says: String,
}

/// Returns the episodes, the worst first as the report has them.
pub(super) fn episodes(digest: &Digest<'_>) -> Vec<Episode> {
    let episodes = digest.report.episodes.iter().take(EPISODES).enumerate();
    episodes.map(|(number, it)| episode(digest, number, it)).collect()
}

/// Returns the first of the episodes that somebody has to look at now, and how many more there are.
pub(super) fn urgent(digest: &Digest<'_>) -> (Vec<Episode>, usize) {
    let all = digest.report.episodes.iter().enumerate().filter(|(_, it)| it.verdict.is_urgent());
    let left_out = all.clone().count().saturating_sub(URGENT);
    (all.take(URGENT).map(|(number, it)| episode(digest, number, it)).collect(), left_out)
}

fn episode(digest: &Digest<'_>, number: usize, episode: &triage_v1::Episode) -> Episode {
    Episode {
        number,
        id: shown(&episode.id),
        verdict: episode.verdict.as_str(),
        severity: episode.severity.as_str(),
        urgent: episode.verdict.is_urgent(),
        title: shown(&episode.title),
        account_id: episode.account_id.map_or_else(String::new, |id| id.to_string()),
        account_name: episode.account_id.map_or_else(String::new, |id| shown(digest.account_name(id))),
        facts: facts(episode),
        story: episode.story.iter().map(|it| shown(it)).collect(),
        reasons: episode.reasons.iter().map(reason).collect(),
        commands: episode.next_commands.iter().map(|it| shown(it)).collect(),
        timeline: timeline(episode),
    }
}

fn facts(episode: &triage_v1::Episode) -> Vec<(&'static str, String)> {
    let mfa = match episode.mfa {
        Some(true) => "yes",
        Some(false) => "no",
        None => "the records do not tell",
    };
    let actions = episode.actions.iter().map(|it| format!("{} × {}", it.count, it.event_name));
    vec![
        ("Actor", episode.actor.to_string()),
        ("Delivery", episode.delivery.to_string()),
        ("Expectation", episode.expectation.to_string()),
        ("MFA", mfa.to_owned()),
        ("From", shown(&episode.source_ip_addresses.join(", "))),
        ("With", shown(&episode.user_agents.join(", "))),
        ("Did", shown(&actions.collect::<Vec<_>>().join(", "))),
    ]
}

fn reason(reason: &rootsweep_model::assessment::Reason) -> Reason {
    let fields = reason.fields.iter();
    let fields = fields.map(|it| shown(&format!("{} = {}", it.path, it.value.as_deref().unwrap_or("(absent)"))));
    Reason { rule: shown(&reason.rule), says: shown(&reason.says), fields: fields.collect() }
}

fn timeline(episode: &triage_v1::Episode) -> Option<Timeline> {
    let happened = span(episode.first_event_time, episode.last_event_time);
    let delivered = span(episode.first_delivered_at, episode.last_delivered_at);
    let scale = [happened, delivered].into_iter().flatten().reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))?;
    let lanes = vec![lane("happened", 24, happened, scale), lane("delivered", 58, delivered, scale)];
    let says = lanes.iter().map(|lane| format!("{} {}.", lane.label, lane.says)).collect::<Vec<_>>().join(" ");
    Some(Timeline { lanes, from: time(scale.0), until: time(scale.1), says })
}

fn lane(label: &'static str, y: i64, span: Option<Span>, scale: Span) -> Lane {
    let Some((first, last)) = span else {
        return Lane { label, y, bar: None, says: "at a time that the records do not tell".to_owned() };
    };
    let (from, until) = (place(first, scale), place(last, scale));
    // A bar narrower than this would not be seen, and one at the right end would stand outside.
    let width = (until - from).max(6);
    let from = from.min(LEFT + WIDTH - width);
    let says = if first == last { time(first) } else { format!("{} to {}", time(first), time(last)) };
    Lane { label, y, bar: Some((from, width)), says }
}

fn place(at: Timestamp, scale: Span) -> i64 {
    let total = scale.1.as_second().saturating_sub(scale.0.as_second()).max(1);
    let passed = at.as_second().saturating_sub(scale.0.as_second()).clamp(0, total);
    LEFT + passed.saturating_mul(WIDTH) / total
}

/// A transition of an alarm.
pub(super) struct Alarm {
    pub(super) at: String,
    pub(super) account_id: String,
    pub(super) region: String,
    pub(super) name: String,
    pub(super) judged: &'static str,
    pub(super) explanation: String,
}

/// Returns the transitions of root alarms.
pub(super) fn alarms(digest: &Digest<'_>) -> Vec<Alarm> {
    digest.report.alarms.iter().take(ALARMS).map(alarm).collect()
}

fn alarm(it: &v1::AlarmTransition) -> Alarm {
    Alarm {
        at: time(it.at),
        account_id: it.account_id.to_string(),
        region: shown(&it.region),
        name: shown(&it.alarm),
        judged: text::justified_words(it.justified),
        explanation: shown(&it.explanation),
    }
}

fn shown(hostile: &str) -> String {
    text::clipped(hostile, 2_000).into_owned()
}
