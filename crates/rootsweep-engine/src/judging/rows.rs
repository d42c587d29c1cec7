//! One row: what one check says of one account.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rootsweep_checks::{Check, CheckMeta, Subject};
use rootsweep_model::report::v1::{self, Row};
use rootsweep_model::{Judgement, Verdict};

use crate::defect::defect;

/// Judges a subject by one check. A check that panics is unknown, and the others are not touched by it.
pub(super) fn row(check: &dyn Check, subject: &Subject<'_>) -> Row {
    // A check only reads, so nothing half-done is left behind.
    let judged = catch_unwind(AssertUnwindSafe(|| check.judge(subject)));
    let mut judgement = judged.unwrap_or_else(|payload| Judgement::unknown(defect("the check", payload.as_ref())));
    // A report holds all of them: no room is kept for what does not come.
    judgement.evidence.shrink_to_fit();
    judgement.alert_paths.shrink_to_fit();
    let meta = check.meta();
    let account_id = subject.facts.account.id;
    Row {
        id: format!("{account_id}/{}", meta.id),
        account_id,
        check_id: meta.id.into(),
        verdict: judgement.verdict,
        severity: judgement.severity.unwrap_or(meta.severity),
        remediation: remediation(&judgement, meta),
        summary: judgement.summary,
        evidence: judgement.evidence,
        alert_paths: judgement.alert_paths,
        gap: judgement.gap.map(Box::new),
        exception: None,
    }
}

/// Returns how to remediate a fail, or how to come to know what is unknown.
fn remediation(judgement: &Judgement, meta: &CheckMeta) -> Option<Cow<'static, str>> {
    match judgement.verdict {
        Verdict::Fail | Verdict::Accepted => Some(meta.remediation.into()),
        Verdict::Unknown => judgement.gap.as_ref().map(|gap| gap.remedy.clone().into()),
        Verdict::Pass | Verdict::NotApplicable => None,
    }
}

/// Returns a check as the report lists it.
pub(super) fn catalogue_entry(meta: &CheckMeta) -> v1::Check {
    let owned = |ids: &[&str]| ids.iter().map(ToString::to_string).collect();
    v1::Check {
        id: meta.id.to_owned(),
        title: meta.title.to_owned(),
        severity: meta.severity,
        risk: meta.risk.to_owned(),
        remediation: meta.remediation.to_owned(),
        unknown_means: meta.unknown_means.to_owned(),
        controls: meta.controls.iter().map(|(framework, ids)| ((*framework).to_owned(), owned(ids))).collect(),
    }
}
