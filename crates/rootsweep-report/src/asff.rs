//! The AWS Security Finding Format, ready for `securityhub:BatchImportFindings`.
//!
//! Fields and limits: <https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-syntax.html>
//! and <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html>. A call takes up to 100
//! findings. `Workflow` counts only when a finding is imported for the first time: an exception that comes later shows
//! in `ProductFields`, and is for `BatchUpdateFindings` to suppress.

use std::collections::BTreeMap;
use std::io::Write;

use jiff::Timestamp;
use rootsweep_model::report::triage_v1::Episode;
use rootsweep_model::report::v1::{Report, Row};
use rootsweep_model::{AccountId, Arn, Partition, Severity, Verdict};
use serde_json::{Value, json};

use crate::digest::{Digest, evidence_line};
use crate::format::SecurityHub;
use crate::{Error, Options, json, text};

const SCHEMA_VERSION: &str = "2018-10-08";
const ID_CHARACTERS: usize = 512;
const TITLE_CHARACTERS: usize = 256;
const DESCRIPTION_CHARACTERS: usize = 1024;
const RECOMMENDATION_CHARACTERS: usize = 512;
const PRODUCT_FIELD_CHARACTERS: usize = 1024;
const REQUIREMENTS: usize = 32;

/// Writes every row, and every episode that is not expected or explained, one finding a line.
pub(crate) fn sweep(report: &Report, options: &Options, out: &mut dyn Write) -> Result<(), Error> {
    let digest = Digest::new(report);
    let hub = hub(&digest, options)?;
    json::lines(values(digest, hub), out)
}

/// Returns what Security Hub is to import: every row, and every episode that is not expected or explained, each as a line
/// of JSON that is made when it is asked for.
pub fn findings(report: &Report, hub: SecurityHub) -> impl Iterator<Item = String> {
    values(Digest::new(report), hub).map(|finding| finding.to_string())
}

fn values(digest: Digest<'_>, hub: SecurityHub) -> impl Iterator<Item = Value> {
    let open = |it: &&Episode| it.verdict.wants_attention();
    let rows = digest.report.rows.iter().map(Subject::Row);
    let subjects = rows.chain(digest.report.episodes.iter().filter(open).map(Subject::Episode));
    let hub = Hub { digest, account_id: hub.account_id, region: hub.region };
    subjects.map(move |subject| match subject {
        Subject::Row(row) => hub.row(row),
        Subject::Episode(episode) => hub.episode(episode),
    })
}

/// What a finding is about.
enum Subject<'a> {
    Row(&'a Row),
    Episode(&'a Episode),
}

/// Returns where the findings go: as chosen, or the account that ran the sweep and its partition's first Region.
fn hub(digest: &Digest<'_>, options: &Options) -> Result<SecurityHub, Error> {
    if let Some(hub) = &options.security_hub {
        return Ok(hub.clone());
    }
    let caller = digest.report.run.caller_arn.as_deref();
    let caller: Option<AccountId> = caller.and_then(Arn::parse).and_then(Arn::account);
    let organization = digest.report.organization.as_ref().map(|it| it.management_account_id);
    let single = digest.report.accounts.first().map(|it| it.id);
    let account_id = caller.or(organization).or(single).ok_or(Error::NoSecurityHubAccount)?;
    let region = digest.partition().sign_in_regions().first().copied().unwrap_or("us-east-1");
    Ok(SecurityHub { account_id, region: region.to_owned() })
}

struct Hub<'a> {
    digest: Digest<'a>,
    account_id: AccountId,
    region: String,
}

impl Hub<'_> {
    fn row(&self, row: &Row) -> Value {
        let check = self.digest.check(&row.check_id);
        let title = check.map_or(&*row.check_id, |check| &check.title);
        let name = self.digest.account_name(row.account_id);
        let mut finding = self.common(&row.id, &row.check_id, &format!("{title} {} {name}", row.account_id));
        put(&mut finding, "Description", filled(&row.summary, DESCRIPTION_CHARACTERS).into());
        rate(&mut finding, row.finding_severity(), POSTURE_TYPE);
        put(&mut finding, "Resources", json!([self.resource(row.account_id)]));
        put(&mut finding, "Compliance", self.compliance(row));
        put(&mut finding, "Workflow", json!({ "Status": workflow(row.verdict) }));
        put(&mut finding, "ProductFields", product_fields(row));
        if let Some(remediation) = &row.remediation {
            let text = filled(remediation, RECOMMENDATION_CHARACTERS);
            put(&mut finding, "Remediation", json!({ "Recommendation": { "Text": text } }));
        }
        finding
    }

    fn episode(&self, episode: &Episode) -> Value {
        let mut finding = self.common(&episode.id, "root-activity/episode", &episode.title);
        let story = episode.story.join(" ");
        let story = if story.trim().is_empty() { &episode.title } else { &story };
        put(&mut finding, "Description", filled(story, DESCRIPTION_CHARACTERS).into());
        rate(&mut finding, episode.severity, ACTIVITY_TYPE);
        put(&mut finding, "Resources", json!([self.resource(episode.account_id.unwrap_or(self.account_id))]));
        put(&mut finding, "Workflow", json!({ "Status": "NEW" }));
        for (key, at) in [("FirstObservedAt", episode.first_event_time), ("LastObservedAt", episode.last_event_time)] {
            if let Some(at) = at {
                put(&mut finding, key, time(at).into());
            }
        }
        let delivered = episode.last_delivered_at.map(|at| at.to_string());
        let fields = [
            ("rootsweep/verdict", Some(episode.verdict.to_string())),
            ("rootsweep/actor", Some(episode.actor.to_string())),
            ("rootsweep/delivery", Some(episode.delivery.to_string())),
            ("rootsweep/last-delivered-at", delivered),
            ("rootsweep/event-ids", Some(episode.event_ids.join(" "))),
            ("rootsweep/from", Some(episode.source_ip_addresses.join(" "))),
        ];
        put(&mut finding, "ProductFields", fields_of(fields));
        finding
    }

    fn common(&self, id: &str, generator: &str, title: &str) -> Value {
        let run = &self.digest.report.run;
        let (partition, region, account) = (self.digest.partition(), &self.region, self.account_id);
        json!({
            "SchemaVersion": SCHEMA_VERSION,
            "Id": filled(&format!("rootsweep/{id}"), ID_CHARACTERS),
            "ProductArn": format!("arn:{partition}:securityhub:{region}:{account}:product/{account}/default"),
            "ProductName": "Rootsweep",
            "CompanyName": "Rootsweep",
            "GeneratorId": filled(&format!("rootsweep/{generator}"), ID_CHARACTERS),
            "AwsAccountId": account.to_string(),
            "CreatedAt": time(run.started_at),
            "UpdatedAt": time(run.finished_at),
            "Title": filled(title, TITLE_CHARACTERS),
            "RecordState": "ACTIVE",
        })
    }

    fn resource(&self, id: AccountId) -> Value {
        let partition: Partition = self.digest.partition();
        json!({ "Type": "AwsAccount", "Id": format!("AWS::::Account:{id}"), "Partition": partition.as_str() })
    }

    fn compliance(&self, row: &Row) -> Value {
        let (status, code) = match row.verdict {
            Verdict::Pass => ("PASSED", "PASSED"),
            Verdict::Fail => ("FAILED", "FAILED"),
            Verdict::Accepted => ("FAILED", "ACCEPTED"),
            // AWS: some information is missing. `NOT_AVAILABLE` would file it with what does not apply.
            Verdict::Unknown => ("WARNING", "UNKNOWN"),
            Verdict::NotApplicable => ("NOT_AVAILABLE", "NOT_APPLICABLE"),
        };
        let why = row.gap.as_ref().map_or_else(|| row.summary.clone(), |gap| format!("{gap}; {}", gap.remedy));
        let reason = json!({ "ReasonCode": code, "Description": filled(&why, DESCRIPTION_CHARACTERS) });
        let mut compliance = json!({ "Status": status, "StatusReasons": [reason] });
        let controls = self.digest.check(&row.check_id).map(|check| &check.controls);
        let named =
            controls.into_iter().flatten().flat_map(|(name, ids)| ids.iter().map(move |id| format!("{name} {id}")));
        let named: Vec<_> = named.take(REQUIREMENTS).map(|it| filled(&it, TITLE_CHARACTERS)).collect();
        put(&mut compliance, "RelatedRequirements", named.into());
        compliance
    }
}

const POSTURE_TYPE: &str = "Software and Configuration Checks/AWS Security Best Practices";
const ACTIVITY_TYPE: &str = "Unusual Behaviors/User";

const fn workflow(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fail | Verdict::Unknown => "NEW",
        Verdict::Accepted => "SUPPRESSED",
        Verdict::Pass | Verdict::NotApplicable => "RESOLVED",
    }
}

/// Says how grave a finding is, and of what kind: in the fields of the provider, which updates change, and in the fields of
/// the finding, which the user guide asks of every one.
///
/// <https://docs.aws.amazon.com/securityhub/latest/userguide/asff-required-attributes.html>
fn rate(finding: &mut Value, severity: Severity, kind: &str) {
    let rating = json!({ "Label": severity.as_str().to_uppercase(), "Original": severity.as_str() });
    put(finding, "FindingProviderFields", json!({ "Severity": rating, "Types": [kind] }));
    put(finding, "Severity", rating);
    put(finding, "Types", json!([kind]));
}

fn product_fields(row: &Row) -> Value {
    let gap = row.gap.as_ref();
    let exception = row.exception.as_ref();
    let evidence = row.evidence.iter().map(evidence_line);
    fields_of([
        ("rootsweep/verdict", Some(row.verdict.to_string())),
        ("rootsweep/evidence", Some(evidence.collect::<Vec<_>>().join("; "))),
        ("rootsweep/gap-call", gap.map(|it| it.call.clone())),
        ("rootsweep/gap-code", gap.and_then(|it| it.code.clone())),
        ("rootsweep/gap-request-id", gap.and_then(|it| it.request_id.clone())),
        ("rootsweep/exception-owner", exception.map(|it| it.owner.clone())),
        ("rootsweep/exception-reason", exception.map(|it| it.reason.clone())),
        ("rootsweep/exception-until", exception.map(|it| it.until.clone())),
    ])
}

fn fields_of<const N: usize>(fields: [(&str, Option<String>); N]) -> Value {
    let named = fields.into_iter().filter_map(|(key, value)| {
        let value = value.filter(|it| !it.trim().is_empty())?;
        Some((key, filled(&value, PRODUCT_FIELD_CHARACTERS)))
    });
    let named: BTreeMap<_, _> = named.collect();
    json!(named)
}

/// Returns visible text within a limit; Security Hub takes no text without a character in it.
fn filled(hostile: &str, characters: usize) -> String {
    let clipped = text::clipped(hostile, characters);
    if clipped.trim().is_empty() { "-".to_owned() } else { clipped.into_owned() }
}

fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

fn put(object: &mut Value, key: &str, value: Value) {
    if let Some(map) = object.as_object_mut() {
        map.insert(key.to_owned(), value);
    }
}
