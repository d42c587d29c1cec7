//! Episodes of root activity as detection findings (class 2004).

use std::net::IpAddr;

use rootsweep_model::assessment::TriageVerdict;
use rootsweep_model::report::triage_v1::Episode;
use serde_json::{Value, json};

use super::{Activity, account, cloud, envelope, merge, put, root_user, severity_id, severity_name, shown};
use crate::digest::Digest;

const CLASS: (u32, &str) = (2004, "Detection Finding");

/// Returns the finding of an episode. Its `finding_info.uid` is the episode's id, the same from run to run.
pub(super) fn finding(digest: &Digest<'_>, episode: &Episode) -> Value {
    let mut finding = envelope(digest, CLASS, Activity::Create, &episode.id);
    let (status_id, status) = status(episode.verdict);
    let body = json!({
        "severity_id": severity_id(episode.severity),
        "severity": severity_name(episode.severity),
        "status_id": status_id,
        "status": status,
        "status_code": episode.verdict.as_str(),
        "message": shown(&episode.title),
        "is_alert": episode.verdict.is_urgent(),
        "count": episode.event_ids.len().max(1),
        "cloud": cloud(digest, episode.account_id),
        "finding_info": info(episode),
        "evidences": evidences(digest, episode),
        "unmapped": unmapped(episode),
    });
    merge(&mut finding, body);
    put(&mut finding, "start_time", episode.first_event_time.map(|at| at.as_millisecond().into()));
    put(&mut finding, "end_time", episode.last_event_time.map(|at| at.as_millisecond().into()));
    put(&mut finding, "resources", episode.account_id.map(|id| json!([root_user(digest, id)])));
    put(&mut finding, "remediation", remediation(episode));
    finding
}

const fn status(verdict: TriageVerdict) -> (u32, &'static str) {
    match verdict {
        TriageVerdict::Incident | TriageVerdict::Investigate | TriageVerdict::Historical => (1, "New"),
        TriageVerdict::Expected => (3, "Suppressed"),
        TriageVerdict::Explained | TriageVerdict::NotRoot => (4, "Resolved"),
    }
}

fn info(episode: &Episode) -> Value {
    let mut info = json!({
        "uid": shown(&episode.id),
        "title": shown(&episode.title),
        "desc": episode.story.iter().map(|it| shown(it)).collect::<Vec<_>>().join(" "),
        "types": ["Root user activity"],
        "data_sources": ["AWS CloudTrail"],
        "related_events": episode.event_ids.iter().map(|id| json!({ "uid": shown(id) })).collect::<Vec<_>>(),
        "related_events_count": episode.event_ids.len(),
    });
    put(&mut info, "first_seen_time", episode.first_event_time.map(|at| at.as_millisecond().into()));
    put(&mut info, "last_seen_time", episode.last_event_time.map(|at| at.as_millisecond().into()));
    let mut rules = episode
        .reasons
        .iter()
        .map(|reason| json!({ "type_id": 1, "type": "Rule", "uid": shown(&reason.rule), "desc": shown(&reason.says) }));
    put(&mut info, "analytic", rules.next());
    let rest: Vec<_> = rules.collect();
    put(&mut info, "related_analytics", (!rest.is_empty()).then(|| rest.into()));
    info
}

/// Returns one piece of evidence for each kind of call, or for the actor alone where no call is known.
fn evidences(digest: &Digest<'_>, episode: &Episode) -> Value {
    let calls = episode.actions.iter().map(|it| {
        let mut piece = actor(digest, episode);
        let service = json!({ "name": shown(&it.event_source) });
        put(&mut piece, "api", Some(json!({ "operation": shown(&it.event_name), "service": service })));
        put(&mut piece, "data", Some(json!({ "action": it.action.as_str(), "count": it.count })));
        piece
    });
    let calls: Vec<_> = calls.collect();
    if calls.is_empty() { json!([actor(digest, episode)]) } else { calls.into() }
}

fn actor(digest: &Digest<'_>, episode: &Episode) -> Value {
    let mut user = json!({ "name": "root", "type_id": 2, "type": "Admin" });
    if let Some(id) = episode.account_id {
        put(&mut user, "uid", root_user(digest, id).get("uid").cloned());
        put(&mut user, "account", Some(account(digest, id)));
    }
    put(&mut user, "has_mfa", episode.mfa.map(Value::from));
    let mut piece = json!({ "actor": { "user": user } });
    put(&mut piece, "src_endpoint", episode.source_ip_addresses.first().map(|from| endpoint(from)));
    put(&mut piece, "http_request", episode.user_agents.first().map(|with| json!({ "user_agent": shown(with) })));
    piece
}

/// `sourceIPAddress` is an address, or the name of an AWS service; each has its own field.
fn endpoint(from: &str) -> Value {
    match from.parse::<IpAddr>() {
        Ok(ip) => json!({ "ip": ip.to_string() }),
        Err(_) => json!({ "svc_name": shown(from) }),
    }
}

fn remediation(episode: &Episode) -> Option<Value> {
    let commands: Vec<_> = episode.next_commands.iter().map(|it| shown(it)).collect();
    (!commands.is_empty()).then(|| json!({ "desc": format!("Run next: {}", commands.join("; ")) }))
}

/// Returns what OCSF has no field for: above all, when AWS delivered the news.
fn unmapped(episode: &Episode) -> Value {
    let list = |texts: &[String]| texts.iter().map(|it| shown(it)).collect::<Vec<_>>();
    let mut unmapped = json!({
        "verdict": episode.verdict.as_str(),
        "actor": episode.actor.as_str(),
        "delivery": episode.delivery.as_str(),
        "expectation": episode.expectation.as_str(),
        "source_ip_addresses": list(&episode.source_ip_addresses),
        "user_agents": list(&episode.user_agents),
    });
    let delivered =
        [("first_delivered_at", episode.first_delivered_at), ("last_delivered_at", episode.last_delivered_at)];
    for (key, at) in delivered {
        put(&mut unmapped, key, at.map(|at| at.to_string().into()));
    }
    unmapped
}
