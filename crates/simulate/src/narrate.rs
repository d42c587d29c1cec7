//! What the harness tells while it plays.

use std::fmt::Display;

use jiff::SignedDuration;
use owo_colors::OwoColorize as _;

/// How much is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Narrator {
    /// Every hop, as it happens.
    Hops,
    /// A line for each scenario.
    Summary,
}

impl Narrator {
    /// Tells that a scenario begins.
    pub fn scenario(self, name: &str, why: &str) {
        if self == Self::Hops {
            anstream::println!("{}\n{}\n", name.bold(), why.trim());
        }
    }

    /// Tells a hop: when, measured from the scenario's start, what, and how long after the hop before it.
    pub fn hop(self, at: SignedDuration, after: SignedDuration, what: &str, subject: impl Display) {
        if self == Self::Hops {
            let delay = if after.is_zero() { String::new() } else { format!("+{}", human(after)) };
            anstream::println!("  {}  {:>7}  {:<18} {subject}", clock(at).dimmed(), delay.dimmed(), what);
        }
    }

    /// Tells what a step does.
    pub fn step(self, at: SignedDuration, does: &str) {
        if self == Self::Hops {
            anstream::println!("{}  {}", clock(at), does.bold());
        }
    }

    /// Tells whether an expectation was met.
    pub fn expectation(self, met: bool, text: &str) {
        if self == Self::Hops {
            let mark = if met { "met    ".green().to_string() } else { "NOT MET".red().bold().to_string() };
            anstream::println!("  {mark}  {text}");
        }
    }
}

/// Tells something about the harness itself, on standard error.
pub fn note(text: &str) {
    anstream::eprintln!("{} {text}", "·".dimmed());
}

/// Writes a time since the start as `HH:MM:SS`, and one long before it in days.
pub fn clock(at: SignedDuration) -> String {
    let seconds = at.as_secs();
    if seconds < 0 {
        return format!("{:>8}", format!("-{}", human(at.abs())));
    }
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Writes a delay in the largest unit that keeps it readable.
pub fn human(duration: SignedDuration) -> String {
    let millis = duration.as_millis();
    match millis {
        0..1_000 => format!("{millis}ms"),
        1_000..60_000 => format!("{}.{}s", millis / 1_000, millis % 1_000 / 100),
        60_000..3_600_000 => format!("{}m{:02}s", millis / 60_000, millis / 1_000 % 60),
        3_600_000..172_800_000 => format!("{}h{:02}m", millis / 3_600_000, millis / 60_000 % 60),
        _ => format!("{}d", millis / 86_400_000),
    }
}
