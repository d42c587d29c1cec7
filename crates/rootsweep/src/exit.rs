//! Exit codes, and the one place that decides on them.

use std::process::ExitCode;

use rootsweep_model::report::triage_v1::{Episode, Triage};
use rootsweep_model::report::v1::Report;
use rootsweep_model::{Severity, Verdict};

/// How the program ends. The numbers are part of the command line's contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// The report is complete, and nothing in it reaches `--fail-on`.
    Clean = 0,
    /// The tool failed, and there is no report.
    Failed = 1,
    /// The arguments, the configuration, the credentials or the endpoint are wrong, and nothing was swept.
    Usage = 2,
    /// The selection keeps no account.
    NothingSelected = 3,
    /// There are findings at or above `--fail-on`.
    Findings = 10,
    /// There is no such finding, but not everything could be checked.
    Incomplete = 11,
    /// There are such findings, and not everything could be checked.
    FindingsAndIncomplete = 12,
    /// The run was interrupted; what it had by then is reported.
    Interrupted = 130,
}

impl Exit {
    /// Returns how a program ends that has written its report.
    const fn of(findings: bool, incomplete: bool) -> Self {
        match (findings, incomplete) {
            (false, false) => Self::Clean,
            (true, false) => Self::Findings,
            (false, true) => Self::Incomplete,
            (true, true) => Self::FindingsAndIncomplete,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// What the caller wants to be told by the exit code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Policy {
    /// The least severity of a failed row that counts as a finding.
    pub(crate) fail_on: Severity,
    /// Whether rows that could not be checked are accepted. An incomplete list of accounts never is.
    pub(crate) allow_unknown: bool,
}

impl Policy {
    /// Decides how the program ends after a report was written.
    pub(crate) fn judge(self, report: &Report) -> Exit {
        if report.run.interrupted {
            return Exit::Interrupted;
        }
        Exit::of(self.has_findings(report), self.is_incomplete(report))
    }

    /// Decides how the program ends after a triage. What could not be read may have been root's, and is never accepted.
    pub(crate) fn judge_triage(self, triage: &Triage) -> Exit {
        let is_finding = |it: &Episode| it.severity >= self.fail_on && it.verdict.wants_attention();
        Exit::of(triage.episodes.iter().any(is_finding), !triage.skipped.is_empty())
    }

    fn has_findings(self, report: &Report) -> bool {
        report.rows.iter().any(|row| row.verdict == Verdict::Fail && row.severity >= self.fail_on)
    }

    fn is_incomplete(self, report: &Report) -> bool {
        let unknown = report.rows.iter().any(|row| row.verdict == Verdict::Unknown);
        report.coverage.listing.is_some() || (unknown && !self.allow_unknown)
    }
}

#[cfg(test)]
#[path = "exit_tests.rs"]
mod tests;
