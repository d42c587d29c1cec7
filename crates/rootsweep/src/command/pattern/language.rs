//! Both languages behind one face.

use eventbridge_pattern::{EventPattern, Reason};
use logs_filter_pattern::{FilterPattern, Outcome};
use rootsweep_checks::pattern_advice::{Review, Trial, review_event_pattern, review_filter_pattern};
use serde::Serialize;
use serde_json::Value;

use super::event::Event;
use super::invalid::Invalid;
use super::tree::{self, Node};
use crate::arguments::pattern::Language;

/// The most reasons that are given: a pattern with many alternatives has one for each.
const MAX_REASONS: usize = 50;

/// A pattern of either language.
pub(super) enum Pattern {
    Logs(FilterPattern),
    EventBridge(EventPattern),
}

/// Why a pattern has its verdict on an event: a part of it, and what the event has there.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Why {
    /// The part.
    pub(super) part: String,
    /// Its verdict; absent where AWS does not document it.
    pub(super) matched: Option<bool>,
    /// The values that it looked at; empty where there is nothing.
    pub(super) found: Vec<Value>,
    /// What else there is to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) note: Option<String>,
}

/// The verdict on an event.
pub(super) struct Explained {
    /// Whether it matches; absent where AWS does not document it.
    pub(super) matched: Option<bool>,
    /// The parts that decided.
    pub(super) why: Vec<Why>,
}

/// Tells the language of a pattern by its form: no filter pattern has a quote or nothing at all after its first brace, and
/// no event pattern has anything else there.
pub(super) fn detect(text: &str) -> Language {
    let rest = text.trim_start().strip_prefix('{').map(str::trim_start);
    if rest.is_some_and(|rest| rest.starts_with(['"', '}'])) { Language::Eventbridge } else { Language::Logs }
}

impl Pattern {
    pub(super) fn parse(language: Language, text: &str) -> Result<Self, Invalid> {
        match language {
            Language::Logs => FilterPattern::parse(text).map(Self::Logs).map_err(|error| {
                let aws_message = (!error.is_own_limit()).then(|| error.aws_message().to_owned());
                Invalid::new(text, error.span(), error.to_string(), aws_message)
            }),
            Language::Eventbridge => EventPattern::parse(text).map(Self::EventBridge).map_err(|error| {
                let span = error.span();
                let is_own_limit = matches!(error.reason(), Reason::TooDeep);
                let aws_message = (!is_own_limit).then(|| error.aws_message());
                Invalid::new(text, span.start..span.end, error.to_string(), aws_message)
            }),
        }
    }

    /// Returns the pattern on the probes, with advice.
    pub(super) fn review(&self) -> anyhow::Result<Review> {
        Ok(match self {
            Self::Logs(pattern) => review_filter_pattern(&pattern.to_string())?,
            Self::EventBridge(pattern) => review_event_pattern(&pattern.to_string())?,
        })
    }

    pub(super) fn tree(&self) -> Node {
        match self {
            Self::Logs(pattern) => tree::of_filter(pattern),
            Self::EventBridge(pattern) => tree::of_event(pattern),
        }
    }

    /// Returns what else has to be said of the pattern, which was tried on the probes.
    pub(super) fn notes(&self, trials: &[Trial]) -> Vec<String> {
        let Self::EventBridge(pattern) = self else { return Vec::new() };
        let note = |path| format!("{path} is given more than once, and EventBridge silently takes the last");
        pattern.overridden().iter().map(note).chain(on_reads(trials)).collect()
    }

    pub(super) fn explain(&self, event: &Event) -> Explained {
        match self {
            Self::Logs(pattern) => explain_filter(pattern, event),
            Self::EventBridge(pattern) => explain_event(pattern, &event.enveloped()),
        }
    }
}

/// Says what a rule needs for the reads that its pattern matches
/// (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html>).
fn on_reads(trials: &[Trial]) -> Option<String> {
    let caught = trials.iter().filter(|it| it.wanted && it.matched == Some(true) && it.probe.is_read_only());
    let reads: Vec<_> = caught.map(|it| it.probe.id.as_str()).collect();
    let note = "reach only a rule in state ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS: one that is ENABLED is sent no \
                read-only management event";
    (!reads.is_empty()).then(|| format!("{} {note}", reads.join(", ")))
}

fn explain_filter(pattern: &FilterPattern, event: &Event) -> Explained {
    let Some(message) = event.message() else { return explain_without_text(pattern, event) };
    explain_text(pattern, message)
}

/// Explains the verdict on an event of which only the JSON is known, not how it is written.
fn explain_without_text(pattern: &FilterPattern, event: &Event) -> Explained {
    let outcome = pattern.evaluate_json(event.value());
    let explained = explain_text(pattern, &event.value().to_string());
    if explained.matched == verdict(outcome) {
        return explained;
    }
    let why =
        Why { part: pattern.to_string(), matched: verdict(outcome), found: Vec::new(), note: open_question(outcome) };
    Explained { matched: verdict(outcome), why: vec![why] }
}

fn explain_text(pattern: &FilterPattern, message: &str) -> Explained {
    let explanation = pattern.explain(message);
    let why = explanation.deciding().into_iter().take(MAX_REASONS).map(|part| Why {
        part: part.text.clone(),
        matched: verdict(part.outcome),
        found: part.found.clone(),
        note: part.note.map(str::to_owned).or_else(|| open_question(part.outcome)),
    });
    Explained { matched: verdict(explanation.outcome), why: why.collect() }
}

const fn verdict(outcome: Outcome) -> Option<bool> {
    match outcome {
        Outcome::Match => Some(true),
        Outcome::NoMatch => Some(false),
        Outcome::Undocumented(_) => None,
    }
}

fn open_question(outcome: Outcome) -> Option<String> {
    match outcome {
        Outcome::Undocumented(behaviour) => Some(format!("AWS does not document {}", behaviour.question())),
        Outcome::Match | Outcome::NoMatch => None,
    }
}

/// Of alternatives, the one that matches decided; where none does, in each of them the fields that do not.
fn explain_event(pattern: &EventPattern, event: &Value) -> Explained {
    let explanation = pattern.explain(event);
    let matched = explanation.matched;
    let mut why = Vec::new();
    for alternative in explanation.alternatives.iter().filter(|it| it.matched == matched) {
        let note = alternative.split_over_array.then(|| "no one member of the array matches in all fields".to_owned());
        let decided = |field: &&_| -> bool { is_decisive(field, matched, alternative.split_over_array) };
        why.extend(alternative.fields.iter().filter(decided).map(|field| Why {
            part: format!("{}: {}", field.path, field.wanted),
            matched: Some(field.matched),
            found: field.found.clone(),
            note: note.clone(),
        }));
        if matched {
            break;
        }
    }
    why.truncate(MAX_REASONS);
    Explained { matched: Some(matched), why }
}

const fn is_decisive(field: &eventbridge_pattern::FieldExplanation, matched: bool, split: bool) -> bool {
    split || field.matched == matched
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A regular expression sees the JSON as it is written, and hangs on that where it is not known.
    #[test]
    fn a_pattern_on_the_text_is_not_judged_on_json_that_is_written_anew() {
        let pattern = Pattern::parse(Language::Logs, "%eventName.*Root%").unwrap_or_else(|it| panic!("{it}"));
        let explained =
            pattern.explain(&Event::from(serde_json::json!({ "type": "Root", "eventName": "ConsoleLogin" })));
        assert_eq!((explained.matched, explained.why.len()), (None, 1));
        assert!(explained.why[0].note.as_ref().is_some_and(|it| it.contains("raw text")), "{:?}", explained.why);
    }

    #[test]
    fn the_form_tells_the_language() {
        for text in ["{}", " { }", "{\"source\": []}", "\n{\n  \"detail\": 1", "{\"a\""] {
            assert_eq!(detect(text), Language::Eventbridge, "{text}");
        }
        for text in ["", "{ $.a = 1 }", "{($.a = 1)}", "[ip, user]", "?a ?b", "\"phrase\"", "%x%", "{"] {
            assert_eq!(detect(text), Language::Logs, "{text}");
        }
    }
}
