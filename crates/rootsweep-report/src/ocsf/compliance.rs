//! Rows as compliance findings (class 2003).

use rootsweep_model::report::v1::{ChangeKind, Exception, Row};
use rootsweep_model::{Gap, Verdict};
use serde_json::{Value, json};

use super::{Activity, cloud, envelope, merge, put, root_user, severity_id, severity_name, shown};
use crate::digest::Digest;

const CLASS: (u32, &str) = (2003, "Compliance Finding");

/// Returns the finding of a row. Its `finding_info.uid` is the row's id, the same from run to run.
pub(super) fn finding(digest: &Digest<'_>, row: &Row) -> Value {
    let severity = row.finding_severity();
    let (status_id, status) = status(row.verdict);
    let mut finding = envelope(digest, CLASS, activity(digest, row), &row.id);
    let body = json!({
        "severity_id": severity_id(severity),
        "severity": severity_name(severity),
        "status_id": status_id,
        "status": status,
        "status_code": row.verdict.as_str(),
        "status_detail": shown(&row.summary),
        "message": shown(&row.summary),
        "cloud": cloud(digest, Some(row.account_id)),
        "resources": [root_user(digest, row.account_id)],
        "finding_info": info(digest, row),
        "compliance": compliance(digest, row),
        "unmapped": unmapped(row),
    });
    merge(&mut finding, body);
    put(&mut finding, "remediation", row.remediation.as_deref().map(|text| json!({ "desc": shown(text) })));
    put(&mut finding, "evidences", evidences(row));
    finding
}

/// The state of the finding as a piece of work: what is not known is neither new nor resolved.
const fn status(verdict: Verdict) -> (u32, &'static str) {
    match verdict {
        Verdict::Fail => (1, "New"),
        Verdict::Accepted => (3, "Suppressed"),
        Verdict::Pass => (4, "Resolved"),
        Verdict::Unknown => (0, "Unknown"),
        Verdict::NotApplicable => (99, "Not Applicable"),
    }
}

/// The outcome of the check. An accepted fail still fails.
const fn outcome(verdict: Verdict) -> (u32, &'static str) {
    match verdict {
        Verdict::Pass => (1, "Pass"),
        Verdict::Fail | Verdict::Accepted => (3, "Fail"),
        Verdict::Unknown => (0, "Unknown"),
        Verdict::NotApplicable => (99, "Not Applicable"),
    }
}

/// Without a previous run every finding is told for the first time.
fn activity(digest: &Digest<'_>, row: &Row) -> Activity {
    if digest.report.changes.is_none() {
        return Activity::Create;
    }
    match digest.change_of(&row.id) {
        Some(ChangeKind::New | ChangeKind::AccountAdded) => Activity::Create,
        Some(ChangeKind::Resolved) => Activity::Close,
        _ => Activity::Update,
    }
}

fn info(digest: &Digest<'_>, row: &Row) -> Value {
    let check = digest.check(&row.check_id);
    let title = check.map_or(&*row.check_id, |check| &check.title);
    let mut info = json!({
        "uid": shown(&row.id),
        "title": shown(title),
        "desc": shown(&row.summary),
        "types": ["Root user posture"],
        "analytic": { "type_id": 1, "type": "Rule", "uid": shown(&row.check_id), "name": shown(title) },
        "last_seen_time": digest.report.run.finished_at.as_millisecond(),
    });
    put(&mut info, "data_sources", data_sources(row));
    info
}

/// Returns the calls that the row rests on.
fn data_sources(row: &Row) -> Option<Value> {
    let mut calls: Vec<_> = row.evidence.iter().map(|it| shown(&it.call)).collect();
    calls.sort();
    calls.dedup();
    (!calls.is_empty()).then(|| calls.into())
}

fn compliance(digest: &Digest<'_>, row: &Row) -> Value {
    let (status_id, status) = outcome(row.verdict);
    let details: Vec<_> = [shown(&row.summary)].into_iter().chain(row.gap.as_deref().map(gap_line)).collect();
    let mut compliance = json!({
        "status_id": status_id,
        "status": status,
        "status_code": row.verdict.as_str(),
        "status_details": details,
        "control": shown(&row.check_id),
    });
    if let Some(check) = digest.check(&row.check_id) {
        let standards: Vec<_> = check.controls.keys().map(|name| shown(name)).collect();
        let one = |(name, ids): (&String, &Vec<String>)| ids.iter().map(|id| shown(&format!("{name} {id}"))).collect();
        let requirements: Vec<String> = check.controls.iter().flat_map::<Vec<String>, _>(one).collect();
        put(&mut compliance, "standards", Some(standards.into()));
        put(&mut compliance, "requirements", Some(requirements.into()));
        put(&mut compliance, "desc", Some(shown(&check.risk).into()));
    }
    compliance
}

fn gap_line(gap: &Gap) -> String {
    shown(&format!("{gap}; who can fix it: {}", gap.remedy))
}

fn evidences(row: &Row) -> Option<Value> {
    let seen = row.evidence.iter();
    let seen = seen.map(|it| json!({ "label": shown(&it.label), "value": shown(&it.value), "call": shown(&it.call) }));
    let paths = row.alert_paths.iter().map(|path| {
        let link = |link: &rootsweep_model::report::v1::Link| {
            let state = serde_json::to_value(link.state).unwrap_or_default();
            json!({ "link": shown(&link.link), "state": state, "subject": shown(&link.subject), "detail": shown(&link.detail) })
        };
        let links: Vec<_> = path.links.iter().map(link).collect();
        json!({ "alert_path": shown(&path.name), "region": shown(&path.region), "links": links })
    });
    let all: Vec<_> = seen.chain(paths).map(|data| json!({ "data": data })).collect();
    (!all.is_empty()).then(|| all.into())
}

/// Returns what OCSF has no field for.
fn unmapped(row: &Row) -> Value {
    let mut unmapped = json!({ "verdict": row.verdict.as_str() });
    let exception = row.exception.as_deref().map(|it| {
        let Exception { owner, reason, until, expired } = it;
        json!({ "owner": shown(owner), "reason": shown(reason), "until": shown(until), "expired": expired })
    });
    put(&mut unmapped, "exception", exception);
    put(&mut unmapped, "gap", row.gap.as_deref().map(gap));
    unmapped
}

fn gap(gap: &Gap) -> Value {
    let Gap { kind, call, region, code, message, request_id, remedy } = gap;
    let mut value = json!({
        "kind": kind.as_str(), "call": shown(call), "message": shown(message), "remedy": shown(remedy),
    });
    for (key, text) in [("region", region), ("code", code), ("request_id", request_id)] {
        put(&mut value, key, text.as_deref().map(|text| shown(text).into()));
    }
    value
}
