//! Where the two backends tell the same scenario differently, each with its reason.

use crate::outcome::Hop;

/// What a scenario is told differently about on `LocalStack`, and why; what is expected is met on both.
#[derive(Clone, Copy, Debug)]
pub struct Difference {
    /// The scenario.
    pub scenario: &'static str,
    /// Why its hops differ.
    pub why: &'static str,
}

/// The scenarios whose hops differ. A test compares every scenario on both backends, and fails for one that differs and is
/// not here as well as for one that is here and does not differ.
pub const DIFFERENCES: &[Difference] = &[
    Difference {
        scenario: "live-intruder-in-a-backfill",
        why: "in real time a record is delivered in the step that writes it; on the embedded AWS CloudTrail takes its five minutes, \
              and the flood of the first step arrives in the second",
    },
    Difference {
        scenario: "sign-in-then-key-then-use-from-elsewhere",
        why: "in real time a record is delivered in the step that writes it, and the alarm fires in each of the three; on the \
              embedded AWS CloudTrail takes its five minutes, and the records of the first two steps arrive in the third",
    },
    Difference {
        scenario: "subscriber-never-confirmed",
        why: "LocalStack does not tell that a message was not delivered; on the embedded AWS a hop says so",
    },
];

/// What is not seen on `LocalStack`, and why.
pub const NOT_SEEN: &str = "that a message was sent, and of an alarm anything but its going into ALARM: LocalStack is asked for the \
                            states of alarms and for the messages of queues, and does not tell the way between; nor how often an alarm \
                            fired within a step, for it evaluates them by its own clock too";

/// Whether a hop is one that both backends see; [`NOT_SEEN`] has the others in words.
pub fn is_seen(hop: &Hop) -> bool {
    match hop.kind {
        "message sent" => false,
        "alarm" => hop.subject.ends_with("→ ALARM"),
        _ => true,
    }
}

/// Whether both backends see as many hops of this kind as there are; of the others, only that there are any.
pub fn is_counted(hop: &Hop) -> bool {
    !matches!(hop.kind, "alarm" | "message received")
}
