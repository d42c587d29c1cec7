//! What a check says of an account.

use std::borrow::Cow;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Gap;
use crate::report::v1::AlertPath;

/// The verdict of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The check was made, and nothing is wrong.
    Pass,
    /// The check was made, and something is wrong.
    Fail,
    /// The check could not be made: never a pass.
    Unknown,
    /// The check has no meaning for this account.
    NotApplicable,
    /// Something is wrong, and an exception that has not ended names who carries it.
    Accepted,
}

impl Verdict {
    /// Every verdict, in the order of the report.
    pub const ALL: [Self; 5] = [Self::Fail, Self::Unknown, Self::Accepted, Self::NotApplicable, Self::Pass];

    /// Returns the word used in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::NotApplicable => "not-applicable",
            Self::Accepted => "accepted",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One thing that was seen, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// What it is, in the field's own terms: `access key 1`.
    pub label: Cow<'static, str>,
    /// What was seen: hostile text.
    pub value: String,
    /// The call that told it, in the form of an IAM action.
    pub call: Cow<'static, str>,
}

impl Evidence {
    /// Makes a piece of evidence.
    pub fn new(
        label: impl Into<Cow<'static, str>>,
        value: impl Into<String>,
        call: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { label: label.into(), value: value.into(), call: call.into() }
    }
}

/// What a check says of one account. A check never says `accepted`: exceptions are applied to rows afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// One sentence for the reader of the report.
    pub summary: String,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
    /// Why it is unknown; present exactly when the verdict is `unknown`.
    pub gap: Option<Gap>,
    /// A severity other than the check's own, where what was found calls for it.
    pub severity: Option<crate::Severity>,
    /// The alert paths that were examined, link by link.
    pub alert_paths: Vec<AlertPath>,
}

impl Judgement {
    fn new(verdict: Verdict, summary: String, gap: Option<Gap>) -> Self {
        Self { verdict, summary, evidence: Vec::new(), gap, severity: None, alert_paths: Vec::new() }
    }

    /// Says that nothing is wrong.
    pub fn pass(summary: impl Into<String>) -> Self {
        Self::new(Verdict::Pass, summary.into(), None)
    }

    /// Says that something is wrong.
    pub fn fail(summary: impl Into<String>) -> Self {
        Self::new(Verdict::Fail, summary.into(), None)
    }

    /// Says that the check has no meaning here.
    pub fn not_applicable(summary: impl Into<String>) -> Self {
        Self::new(Verdict::NotApplicable, summary.into(), None)
    }

    /// Says that the check could not be made.
    pub fn unknown(gap: Gap) -> Self {
        let summary = format!("not checked: {gap}");
        Self::new(Verdict::Unknown, summary, Some(gap))
    }

    /// Adds evidence.
    #[must_use]
    pub fn with(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence.extend(evidence);
        self
    }

    /// Raises or lowers the severity for this account.
    #[must_use]
    pub const fn at(mut self, severity: crate::Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// Adds the alert paths that were examined.
    #[must_use]
    pub fn along(mut self, paths: Vec<AlertPath>) -> Self {
        self.alert_paths = paths;
        self
    }
}

impl From<&Gap> for Judgement {
    fn from(gap: &Gap) -> Self {
        Self::unknown(gap.clone())
    }
}
