//! A page of text: wrapping, headings, colour.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use owo_colors::{OwoColorize as _, Style};
use rootsweep_model::{Severity, Verdict};

use crate::digest::{as_u64, plural};
use crate::{Options, text};

/// How many characters of one hostile text the table shows before it cuts.
const LONGEST_TEXT: usize = 600;

/// What a word means, for those who see colours. The words themselves say the same.
#[derive(Clone, Copy)]
pub(super) enum Tone {
    Bad,
    Warning,
    Good,
    Muted,
    Strong,
}

impl Tone {
    const fn style(self) -> Style {
        match self {
            Self::Bad => Style::new().red().bold(),
            Self::Warning => Style::new().yellow(),
            Self::Good => Style::new().green(),
            Self::Muted => Style::new().dimmed(),
            Self::Strong => Style::new().bold(),
        }
    }

    pub(super) const fn of_severity(severity: Severity) -> Self {
        match severity {
            Severity::Critical | Severity::High => Self::Bad,
            Severity::Medium => Self::Warning,
            Severity::Low | Severity::Informational => Self::Strong,
        }
    }

    pub(super) const fn of_verdict(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Fail => Self::Bad,
            Verdict::Unknown => Self::Warning,
            Verdict::Pass => Self::Good,
            Verdict::Accepted | Verdict::NotApplicable => Self::Muted,
        }
    }
}

/// The page under the pen.
pub(super) struct Page {
    out: String,
    width: usize,
    color: bool,
    /// How many rows a section lists before it counts the rest.
    pub(super) limit: usize,
}

impl Page {
    pub(super) fn new(options: &Options) -> Self {
        Self { out: String::new(), width: options.width.max(60), color: options.color, limit: options.rows_per_section }
    }

    pub(super) const fn width(&self) -> usize {
        self.width
    }

    /// Returns the words in their tone. Pass only words of our own, or text that has been made visible.
    pub(super) fn tone(&self, tone: Tone, words: &str) -> String {
        if self.color { words.style(tone.style()).to_string() } else { words.to_owned() }
    }

    pub(super) fn blank(&mut self) {
        self.out.push('\n');
    }

    /// Writes one line as it is.
    pub(super) fn raw(&mut self, line: &str) {
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }

    /// Writes a section's heading and what it holds.
    pub(super) fn heading(&mut self, title: &str, tone: Tone, rest: &str) {
        self.blank();
        let title = self.tone(tone, title);
        self.wrapped("", "  ", &format!("{title}  {rest}"));
    }

    /// Writes text of our own, wrapped, with hanging indents.
    pub(super) fn wrapped(&mut self, first: &str, rest: &str, words: &str) {
        let options = textwrap::Options::new(self.width)
            .initial_indent(first)
            .subsequent_indent(rest)
            .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        for line in textwrap::wrap(words, options) {
            self.raw(&line);
        }
    }

    /// Writes hostile text after a label, wrapped, with the following lines under the first word of the text.
    pub(super) fn labelled(&mut self, indent: usize, label: &str, hostile: &str) {
        let hang = " ".repeat(indent + textwrap::core::display_width(label));
        let first = format!("{}{label}", " ".repeat(indent));
        let shown = text::clipped(hostile, LONGEST_TEXT);
        self.wrapped(&first, &hang, &text::line(&shown));
    }

    /// Writes that a section goes on.
    pub(super) fn more(&mut self, indent: usize, hidden: usize, what: &str) {
        if hidden > 0 {
            let what = plural(as_u64(hidden), what);
            let words = format!("... and {hidden} more {what}; json, csv and html have them all");
            let pad = " ".repeat(indent);
            let words = self.tone(Tone::Muted, &words);
            self.wrapped(&pad, &pad, &words);
        }
    }

    /// Writes a table whose columns after the first are numbers.
    pub(super) fn numbers(&mut self, header: &[&str], rows: Vec<Vec<String>>) {
        let mut table = Table::new();
        table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(header.iter().copied());
        table.add_rows(rows);
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        for line in table.lines() {
            self.raw(&format!(" {line}"));
        }
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.out.into_bytes()
    }
}
