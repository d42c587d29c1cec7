//! The Open Cybersecurity Schema Framework, version 1.8.0: compliance findings for rows, detection findings for episodes.
//!
//! The classes are <https://schema.ocsf.io/1.8.0/classes/compliance_finding> and
//! <https://schema.ocsf.io/1.8.0/classes/detection_finding>, both with the `cloud` profile.

mod compliance;
mod detection;

use std::io::Write;

use rootsweep_model::report::v1::{Account, Report};
use rootsweep_model::{AccountId, Severity};
use serde_json::{Value, json};

use crate::digest::Digest;
use crate::{Error, json, text};

const SCHEMA_VERSION: &str = "1.8.0";
/// The category `Findings`.
const FINDINGS: u32 = 2;

/// Writes every row and every episode, one finding a line.
pub(crate) fn sweep(report: &Report, out: &mut dyn Write) -> Result<(), Error> {
    let digest = Digest::new(report);
    let rows = report.rows.iter().map(|row| compliance::finding(&digest, row));
    let episodes = report.episodes.iter().map(|episode| detection::finding(&digest, episode));
    json::lines(rows.chain(episodes), out)
}

/// What happened to a finding, in OCSF's words.
#[derive(Clone, Copy)]
enum Activity {
    Create = 1,
    Update = 2,
    Close = 3,
}

impl Activity {
    const fn name(self) -> &'static str {
        match self {
            Self::Create => "Create",
            Self::Update => "Update",
            Self::Close => "Close",
        }
    }
}

/// Returns what every finding carries.
fn envelope(digest: &Digest<'_>, class: (u32, &str), activity: Activity, uid: &str) -> Value {
    let run = &digest.report.run;
    let (class_uid, class_name) = class;
    let activity_id = activity as u32;
    json!({
        "activity_id": activity_id,
        "activity_name": activity.name(),
        "category_uid": FINDINGS,
        "category_name": "Findings",
        "class_uid": class_uid,
        "class_name": class_name,
        "type_uid": class_uid * 100 + activity_id,
        "type_name": format!("{class_name}: {}", activity.name()),
        "time": run.finished_at.as_millisecond(),
        "metadata": {
            "version": SCHEMA_VERSION,
            "profiles": ["cloud"],
            "uid": format!("{}/{}", shown(&run.id), shown(uid)),
            "correlation_uid": shown(&run.id),
            "product": { "name": "Rootsweep", "vendor_name": "Rootsweep", "version": shown(&run.version) },
        },
    })
}

const fn severity_id(severity: Severity) -> u32 {
    match severity {
        Severity::Informational => 1,
        Severity::Low => 2,
        Severity::Medium => 3,
        Severity::High => 4,
        Severity::Critical => 5,
    }
}

const fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Informational => "Informational",
        Severity::Low => "Low",
        Severity::Medium => "Medium",
        Severity::High => "High",
        Severity::Critical => "Critical",
    }
}

/// Returns the cloud profile of a finding about an account.
fn cloud(digest: &Digest<'_>, id: Option<AccountId>) -> Value {
    let mut cloud = json!({ "provider": "AWS", "cloud_partition": digest.partition().as_str() });
    if let Some(id) = id {
        put(&mut cloud, "account", Some(account(digest, id)));
    }
    let organization = digest.report.organization.as_ref().map(|it| {
        let ou = id.and_then(|id| digest.account(id)).and_then(|it| it.ou_path.as_deref());
        let mut org = json!({ "uid": shown(&it.id) });
        put(&mut org, "ou_name", ou.map(|path| shown(path).into()));
        org
    });
    put(&mut cloud, "org", organization);
    cloud
}

fn account(digest: &Digest<'_>, id: AccountId) -> Value {
    let mut account = json!({ "uid": id.to_string(), "type_id": 10, "type": "AWS Account" });
    let name = digest.account(id).map(|it: &Account| shown(&it.name)).filter(|name| !name.is_empty());
    put(&mut account, "name", name.map(Value::from));
    account
}

/// Returns the root user of an account as the resource that a finding is about.
fn root_user(digest: &Digest<'_>, id: AccountId) -> Value {
    let partition = digest.partition();
    json!({
        "uid": format!("arn:{partition}:iam::{id}:root"),
        "type": "AWS account root user",
        "cloud_partition": partition.as_str(),
        "role_id": 3,
        "role": "Affected",
    })
}

/// Puts a value into an object where there is one: OCSF leaves out what is not known, and has no null.
fn put(object: &mut Value, key: &str, value: Option<Value>) {
    if let (Some(map), Some(value)) = (object.as_object_mut(), value) {
        map.insert(key.to_owned(), value);
    }
}

/// Joins the fields of one object to those of another.
fn merge(into: &mut Value, from: Value) {
    if let (Some(into), Value::Object(from)) = (into.as_object_mut(), from) {
        into.extend(from);
    }
}

fn shown(hostile: &str) -> String {
    text::visible(hostile).into_owned()
}
