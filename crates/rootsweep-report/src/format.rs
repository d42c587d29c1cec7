//! The names of the formats, and what a caller may choose about them.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use rootsweep_model::report::v1::{Counts, Coverage, Report};
use rootsweep_model::{AccountId, Severity, Verdict};
use serde::{Deserialize, Serialize};

/// An output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Text for a terminal, 80 columns wide, readable without colour.
    Table,
    /// The frozen JSON that every other format is made from.
    Json,
    /// One self-contained web page.
    Html,
    /// RFC 4180, one line for every row.
    Csv,
    /// GitHub-flavoured Markdown within the limits of a step summary and of a Slack message.
    Markdown,
    /// Findings of the Open Cybersecurity Schema Framework, as a JSON array.
    Ocsf,
    /// Findings in the AWS Security Finding Format, as a JSON array.
    Asff,
    /// `JUnit` XML: a suite for every check, a case for every account.
    Junit,
}

impl Format {
    /// Every format, in the order in which help texts name them.
    pub const ALL: [Self; 8] =
        [Self::Table, Self::Json, Self::Html, Self::Csv, Self::Markdown, Self::Ocsf, Self::Asff, Self::Junit];

    /// Returns the word used on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Html => "html",
            Self::Csv => "csv",
            Self::Markdown => "markdown",
            Self::Ocsf => "ocsf",
            Self::Asff => "asff",
            Self::Junit => "junit",
        }
    }

    /// Returns whether the format can tell what `rootsweep triage` found; the others keep findings by account and check.
    pub const fn tells_triage(self) -> bool {
        matches!(self, Self::Table | Self::Json | Self::Csv | Self::Markdown)
    }

    /// Returns the media type, for uploads and downloads.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Table => "text/plain; charset=utf-8",
            Self::Json | Self::Ocsf | Self::Asff => "application/json",
            Self::Html => "text/html; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Markdown => "text/markdown; charset=utf-8; variant=GFM",
            Self::Junit => "application/xml",
        }
    }

    /// Returns the end of a file's name, without a leading dot; formats that share a syntax keep apart by it.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Table => "txt",
            Self::Json => "json",
            Self::Html => "html",
            Self::Csv => "csv",
            Self::Markdown => "md",
            Self::Ocsf => "ocsf.json",
            Self::Asff => "asff.json",
            Self::Junit => "junit.xml",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A word that names no format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown output format {0:?}; use table, json, html, csv, markdown, ocsf, asff or junit")]
pub struct ParseFormatError(String);

impl FromStr for Format {
    type Err = ParseFormatError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|it| it.as_str() == text).ok_or_else(|| ParseFormatError(text.to_owned()))
    }
}

/// What a caller may choose. The defaults fit a file that nobody looks at through a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// How many columns the table may use; fewer than 60 are treated as 60.
    pub width: usize,
    /// Whether the table may use terminal colours.
    pub color: bool,
    /// How many rows each section of the table and of the Markdown lists before it counts the rest.
    pub rows_per_section: usize,
    /// How many bytes the Markdown may have: 40,000 unless something else is said, which is what a Slack message holds; a
    /// GitHub step summary holds 1 MiB.
    pub markdown_bytes: usize,
    /// The kept runs before this one, the oldest first.
    pub trend: Vec<TrendPoint>,
    /// Where Security Hub takes the findings; absent where the report itself has to tell.
    pub security_hub: Option<SecurityHub>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            width: 80,
            color: false,
            rows_per_section: 50,
            markdown_bytes: 40_000,
            trend: Vec::new(),
            security_hub: None,
        }
    }
}

/// The account and Region whose Security Hub the findings are imported into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityHub {
    /// The account that calls `BatchImportFindings`: with the default product, every finding has to carry its id.
    pub account_id: AccountId,
    /// The Region of that Security Hub.
    pub region: String,
}

/// One kept run, as a point of the trend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrendPoint {
    /// The run's id.
    pub run_id: String,
    /// When the run began.
    pub started_at: Timestamp,
    /// Rows by verdict.
    pub by_verdict: BTreeMap<Verdict, u64>,
    /// Failed rows by severity.
    pub failed_by_severity: BTreeMap<Severity, u64>,
    /// Accounts that were listed.
    pub accounts: u64,
    /// Accounts for which every check has an answer.
    pub accounts_fully_checked: u64,
}

impl TrendPoint {
    /// Takes the point from a kept report.
    pub fn of(report: &Report) -> Self {
        let Counts { by_verdict, failed_by_severity, .. } = report.counts.clone();
        let Coverage { accounts, accounts_fully_checked, .. } = report.coverage;
        let (run_id, started_at) = (report.run.id.clone(), report.run.started_at);
        Self { run_id, started_at, by_verdict, failed_by_severity, accounts, accounts_fully_checked }
    }
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn every_format_reads_back_from_its_word() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse(), Ok(format));
        }
        assert!("pdf".parse::<Format>().is_err());
    }

    /// Two outputs of one run in one directory must not overwrite each other.
    #[test]
    fn no_two_formats_share_an_extension() {
        let extensions: std::collections::BTreeSet<_> = Format::ALL.map(Format::extension).into();
        assert_eq!(extensions.len(), Format::ALL.len());
    }
}
