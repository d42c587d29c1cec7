//! What the harness tells while it plays.

use jiff::SignedDuration;
use owo_colors::OwoColorize as _;

use crate::outcome::Hop;

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
            anstream::println!("{}\n{}\n", name.bold(), wrapped(why, ""));
        }
    }

    /// Tells a hop: when, measured from the scenario's start, what, and how long after the hop before it.
    pub fn hop(self, hop: &Hop) {
        if self == Self::Hops {
            let [at, after] = [hop.at_ms, hop.after_ms].map(milliseconds);
            let delay = if after.is_positive() { format!("+{}", human(after)) } else { String::new() };
            anstream::println!("  {}  {:>7}  {:<18} {}", clock(at).dimmed(), delay.dimmed(), hop.kind, hop.subject);
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

/// Returns the width to write in: the terminal's, or 100 columns where there is none.
pub fn width() -> usize {
    terminal_size::terminal_size().map_or(100, |(columns, _)| usize::from(columns.0).clamp(40, 120))
}

/// Wraps text at the width, every line behind the indent.
pub fn wrapped(text: &str, indent: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    textwrap::fill(&words, hanging(width(), indent, indent))
}

/// Wraps at a width with indents, breaking each line where it is full: the crate's default depends on the features that
/// other crates of a build happen to ask of it.
pub(crate) fn hanging<'a>(width: usize, first: &'a str, rest: &'a str) -> textwrap::Options<'a> {
    let algorithm = textwrap::WrapAlgorithm::FirstFit;
    textwrap::Options::new(width).initial_indent(first).subsequent_indent(rest).wrap_algorithm(algorithm)
}

/// Tells something about the harness itself, on standard error.
pub fn note(text: &str) {
    anstream::eprintln!("{} {text}", "·".dimmed());
}

fn milliseconds(count: i128) -> SignedDuration {
    SignedDuration::from_millis(i64::try_from(count).unwrap_or(i64::MAX))
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
