//! The way of an incident: from hop to hop, and where it ended.

use crate::outcome::Hop;

/// The way from a record to an alarm.
const TO_ALARM: [&str; 5] = ["record written", "delivered", "filter matched", "metric", "alarm"];

/// The way through an alarm to a message, and the one through a rule.
const THROUGH_ALARM: [&str; 7] =
    ["record written", "delivered", "filter matched", "metric", "alarm", "message sent", "message received"];
const THROUGH_RULE: [&str; 5] = ["record written", "delivered", "rule matched", "message sent", "message received"];

/// The way from a record to what triage says of it.
const TO_VERDICT: [&str; 3] = ["record written", "delivered", "verdict"];

/// What listens in the organization, and what the backend does not tell.
#[derive(Clone, Copy, Debug, Default)]
pub struct Paths {
    /// Whether a metric filter or an alarm does.
    pub alarm: bool,
    /// Whether an event rule does.
    pub rule: bool,
    /// Whether the backend does not tell that a message was sent.
    pub sending_is_hidden: bool,
}

/// Names the hop at which an alarm that should have fired was not reached.
pub fn parted_before_alarm(hops: &[Hop], alarm: &str) -> &'static str {
    let own = |hop: &&Hop| hop.kind != "alarm" || hop.subject.starts_with(&format!("{alarm}:"));
    first_missing(&TO_ALARM, &hops.iter().filter(own).collect::<Vec<_>>()).1
}

/// Names the hop at which a message that should have come was lost: of two ways that could bring it the one that got further.
pub fn parted_before_message(hops: &[Hop], paths: Paths) -> &'static str {
    let ways = [(paths.alarm || !paths.rule, &THROUGH_ALARM[..]), (paths.rule, &THROUGH_RULE[..])];
    let seen: Vec<&Hop> = hops.iter().collect();
    let parted = ways.into_iter().filter(|(open, _)| *open).map(|(_, way)| {
        let told = |link: &&str| !(paths.sending_is_hidden && *link == "message sent");
        let way: Vec<&'static str> = way.iter().copied().filter(told).collect();
        first_missing(&way, &seen)
    });
    parted.min_by_key(|(left, _)| *left).map_or("message received", |(_, link)| link)
}

/// Names the hop at which a record was lost that triage should have listed.
pub fn parted_before_verdict(hops: &[Hop]) -> &'static str {
    first_missing(&TO_VERDICT, &hops.iter().collect::<Vec<_>>()).1
}

/// Finds the link behind the last one that held, and how many are left from there.
///
/// A record may have been written in a step before: what lies before a link that held has held too.
fn first_missing(way: &[&'static str], hops: &[&Hop]) -> (usize, &'static str) {
    let holds = |link: &&str| hops.iter().any(|hop| hop.kind == *link && hop.leads_on);
    let reached = way.iter().rposition(holds).map_or(0, |last| last + 1).min(way.len().saturating_sub(1));
    (way.len() - reached, way.get(reached).copied().unwrap_or("verdict"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: Paths = Paths { alarm: true, rule: true, sending_is_hidden: false };
    const RULE: Paths = Paths { alarm: false, rule: true, sending_is_hidden: false };

    fn hops(hops: &[(&'static str, bool)]) -> Vec<Hop> {
        let hop = |(kind, leads_on): &(&'static str, bool)| {
            let subject = "root-usage: …".to_owned();
            Hop { at_ms: 0, after_ms: 0, kind, subject, leads_on: *leads_on }
        };
        hops.iter().map(hop).collect()
    }

    #[test]
    fn the_first_link_that_is_missing_or_negative_is_named() {
        let mut way = Vec::new();
        for (index, kind) in TO_ALARM.into_iter().enumerate() {
            assert_eq!(parted_before_alarm(&hops(&way), "root-usage"), kind, "{index} links hold");
            way.push((kind, false));
            assert_eq!(parted_before_alarm(&hops(&way), "root-usage"), kind, "link {index} is negative");
            way.pop();
            way.push((kind, true));
        }
        assert_eq!(parted_before_alarm(&hops(&way), "another"), "alarm", "another one fired");
    }

    #[test]
    fn a_record_of_a_step_before_was_written() {
        assert_eq!(parted_before_alarm(&hops(&[("delivered", true)]), "root-usage"), "filter matched");
        assert_eq!(parted_before_verdict(&hops(&[("delivered", true)])), "verdict");
        assert_eq!(parted_before_verdict(&hops(&[("record written", true)])), "delivered");
    }

    #[test]
    fn a_message_is_lost_on_the_way_that_got_further() {
        let delivered = [("record written", true), ("delivered", true)];
        assert_eq!(parted_before_message(&hops(&delivered), RULE), "rule matched");
        let matched = [&delivered[..], &[("filter matched", false), ("rule matched", true)]].concat();
        assert_eq!(parted_before_message(&hops(&matched), BOTH), "message sent");
        let hidden = Paths { sending_is_hidden: true, ..BOTH };
        assert_eq!(parted_before_message(&hops(&matched), hidden), "message received");
        assert_eq!(parted_before_message(&[], Paths::default()), "record written");
    }
}
