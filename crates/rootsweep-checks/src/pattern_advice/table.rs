//! Patterns that are handed around for the root alarm, tried on the probes.

use std::fmt::Write as _;

use eventbridge_pattern::EventPattern;
use logs_filter_pattern::FilterPattern;

use super::{Trial, try_event_pattern, try_filter_pattern};
use crate::probes;

/// The language of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// A CloudWatch Logs filter pattern.
    FilterPattern,
    /// An EventBridge event pattern.
    EventPattern,
}

/// A pattern that somebody recommends, or that a tool accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownPattern {
    /// Whose it is, or which tool accepts it.
    pub origin: &'static str,
    /// Its language.
    pub language: Language,
    /// Its text.
    pub text: &'static str,
}

/// A known pattern on the probes, by their ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The pattern.
    pub pattern: KnownPattern,
    /// The root probes that it catches.
    pub catches: Vec<&'static str>,
    /// The root probes that it misses.
    pub misses: Vec<&'static str>,
    /// The noise that it matches.
    pub false_positives: Vec<&'static str>,
    /// Probes of which AWS does not document what the pattern does.
    pub undocumented: Vec<&'static str>,
}

const KNOWN: &[KnownPattern] = &[
    filter(
        "CIS AWS Foundations 1.4 (4.3) and Security Hub CloudWatch.1",
        r#"{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType !="AwsServiceEvent"}"#,
    ),
    filter(
        "CIS AWS Foundations 3.0 (4.3)",
        r#"{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }"#,
    ),
    filter(
        "Trend Micro Conformity CWL-014",
        r#"{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }"#,
    ),
    filter("an article on the backfill alert of 2026", r#"{ $.userIdentity.type = "Root" }"#),
    filter(
        "that article's, silenced for backfill in the obvious way",
        r#"{ $.userIdentity.type = "Root" && $.addendum.reason != "SERVICE_OUTAGE" }"#,
    ),
    filter(
        "what AWS's knowledge article of 2016 comes to: look at invokedBy",
        r#"{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS }"#,
    ),
    filter(
        "accepted by Prowler's expression, narrowed to one address",
        r#"{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" && $.sourceIPAddress = "203.0.113.10" }"#,
    ),
    filter(
        "refused by Prowler's expression for the order of its clauses",
        r#"{ $.eventType != "AwsServiceEvent" && $.userIdentity.invokedBy NOT EXISTS && $.userIdentity.type = "Root" }"#,
    ),
    event(
        "a tutorial on a root monitor by Lambda",
        r#"{"source":["aws.cloudtrail"],"detail-type":["AWS API Call via CloudTrail"],"detail":{"userIdentity":{"type":["Root"]}}}"#,
    ),
    event(
        "sign-ins, with the detail type as AWS's user guide spells it",
        r#"{"detail-type":["AWS Console Signin via CloudTrail"],"detail":{"userIdentity":{"type":["Root"]}}}"#,
    ),
    event(
        "API calls and sign-ins, as public rule sets have it",
        r#"{"detail-type":["AWS API Call via CloudTrail","AWS Console Sign In via CloudTrail"],"detail":{"userIdentity":{"type":["Root"]}}}"#,
    ),
    event(
        "the corrected form of it",
        r#"{"detail":{"eventType":[{"anything-but":"AwsServiceEvent"}],"userIdentity":{"type":["Root"],"invokedBy":[{"exists":false}]}}}"#,
    ),
];

const fn filter(origin: &'static str, text: &'static str) -> KnownPattern {
    KnownPattern { origin, language: Language::FilterPattern, text }
}

const fn event(origin: &'static str, text: &'static str) -> KnownPattern {
    KnownPattern { origin, language: Language::EventPattern, text }
}

/// Returns the known patterns with what each catches, misses and matches falsely.
pub fn known_patterns() -> Vec<Row> {
    KNOWN.iter().map(|pattern| row(*pattern)).collect()
}

fn row(pattern: KnownPattern) -> Row {
    let trials = match pattern.language {
        Language::FilterPattern => FilterPattern::parse(pattern.text).map(|it| try_filter_pattern(&it)).ok(),
        Language::EventPattern => EventPattern::parse(pattern.text).map(|it| try_event_pattern(&it)).ok(),
    };
    let trials = trials.unwrap_or_default();
    let ids = |wanted: bool, matched: bool| {
        let of_kind = trials.iter().filter(|it: &&Trial| it.wanted == wanted && it.matched == Some(matched));
        of_kind.map(|it| it.probe.id.as_str()).collect()
    };
    Row {
        pattern,
        catches: ids(true, true),
        misses: ids(true, false),
        false_positives: ids(false, true),
        undocumented: trials.iter().filter(|it| it.matched.is_none()).map(|it| it.probe.id.as_str()).collect(),
    }
}

/// Renders the known patterns and the probe records as Markdown tables.
pub fn markdown() -> String {
    let mut text =
        "| pattern | of | catches | misses | false positives | not documented |\n|---|---|---|---|---|---|\n"
            .to_owned();
    for row in known_patterns() {
        let cells = [&row.catches, &row.misses, &row.false_positives, &row.undocumented].map(|ids| list(ids));
        let pattern = row.pattern.text.replace('|', "\\|");
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| `{pattern}` | {} | {} |", row.pattern.origin, cells.join(" | "));
    }
    text += "\n## The probe records\n\nEach root record has to wake someone; nobody has to be woken for noise.\n\n";
    text += "| probe | kind | what it is | why it is there |\n|---|---|---|---|\n";
    let noise = probes::noise().iter().chain(probes::people()).map(|it| ("noise", it));
    for (kind, probe) in probes::root().iter().map(|it| ("root", it)).chain(noise) {
        let _ = writeln!(text, "| `{}` | {kind} | {} | {} |", probe.id, probe.title, probe.why);
    }
    text
}

fn list(ids: &[&str]) -> String {
    if ids.is_empty() { "–".to_owned() } else { ids.join(", ") }
}
