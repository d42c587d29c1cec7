//! From the compact form to facts.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use rootsweep_checks::{CHECKS, CheckMeta, Found, Subject};
use rootsweep_model::assessment::{Actor, Delivery, Expectation, TriageVerdict};
use rootsweep_model::facts::{
    AccountFacts, AccountSummary, CredentialReport, MfaDevice, MonitoringFacts, OrganizationFacts, RawRecord,
    RecordSource, RecordSourceKind, RootAccessKey, RootFacts, RootReportKey,
};
use rootsweep_model::report::triage_v1::Episode;
use rootsweep_model::{Account, AccountId, AccountState, Fact, Gap, GapKind, Judgement, Partition};

use crate::form::{EpisodeForm, Form, List, Records, Report, ReportKey, Summary};
use crate::listening;

/// The account under judgement.
pub(crate) const ACCOUNT: &str = "111122223333";
/// The account that owns the organization trail and what listens to it.
pub(crate) const CENTRAL: &str = "444455556666";
/// The Regions that are enabled where a case does not say.
pub(crate) const REGIONS: [&str; 4] = ["eu-central-1", "us-east-1", "us-east-2", "us-west-2"];

/// The facts of a case, with all that a subject borrows.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) facts: AccountFacts,
    pub(crate) organization: OrganizationFacts,
    pub(crate) monitoring: BTreeMap<AccountId, Cow<'static, MonitoringFacts>>,
    pub(crate) episodes: Vec<Episode>,
}

impl World {
    /// Judges the account by every check, in the order of the report.
    pub(crate) fn judged(&self) -> Vec<(&'static CheckMeta, Judgement)> {
        CHECKS.iter().map(|check| (check.meta(), check.judge(&self.subject()))).collect()
    }

    pub(crate) fn subject(&self) -> Subject<'_> {
        Subject {
            facts: &self.facts,
            organization: &self.organization,
            monitoring: &self.monitoring,
            now: now(),
            window: (ago("24h"), now()),
            episodes: &self.episodes,
            found: Found::default(),
        }
    }
}

pub(crate) fn account(id: &str) -> AccountId {
    id.parse().expect("an account id")
}

pub(crate) fn now() -> Timestamp {
    "2026-03-10T06:00:00Z".parse().expect("a time")
}

/// Reads `20m`, `3h` or `100d` before now.
pub(crate) fn ago(text: &str) -> Timestamp {
    let (number, unit) = text.split_at(text.len() - 1);
    let minutes = match unit {
        "m" => 1,
        "h" => 60,
        "d" => 24 * 60,
        other => panic!("{other:?} is no unit of time"),
    };
    now() - SignedDuration::from_mins(number.parse::<i64>().expect("a number") * minutes)
}

pub(crate) fn gap(kind: GapKind) -> Gap {
    Gap::new(kind, "iam:TestCall", "as the case has it", "none")
}

/// Makes a fact of a form: a gap where it names one.
pub(crate) fn fact<T>(kind: Option<GapKind>, value: impl FnOnce() -> T) -> Fact<T> {
    kind.map_or_else(|| Fact::Known(value()), |kind| Fact::Gap(gap(kind)))
}

pub(crate) fn world(form: &Form) -> World {
    let account = listed(form);
    let organization = organization(form);
    if let Some(kind) = form.unreachable {
        let facts = AccountFacts::unreachable(account, &gap(kind));
        return World { facts, organization, monitoring: BTreeMap::new(), episodes: Vec::new() };
    }
    let (monitoring, others) = listening::monitoring(form);
    let facts = AccountFacts {
        account,
        session: Fact::Known(format!("arn:aws:sts::{ACCOUNT}:assumed-role/rootsweep-audit/sweep")),
        root: root(form),
        aliases: fact(form.aliases, Vec::new),
        enabled_regions: regions(form),
        monitoring,
        records: records(form),
        alarm_history: BTreeMap::new(),
    };
    World {
        facts,
        organization,
        monitoring: others.into_iter().map(|(id, it)| (id, Cow::Owned(it))).collect(),
        episodes: form.episodes.iter().map(episode).collect(),
    }
}

fn listed(form: &Form) -> Account {
    Account {
        id: account(ACCOUNT),
        name: "payments".to_owned(),
        state: form.state.unwrap_or(AccountState::Active),
        ou_path: None,
        ou_ids: Vec::new(),
        is_management: form.management,
    }
}

fn organization(form: &Form) -> OrganizationFacts {
    OrganizationFacts {
        id: (!form.alone).then(|| "o-exampleorgid".to_owned()),
        management_account_id: (!form.alone).then(|| account(CENTRAL)),
        partition: Partition::Aws,
        caller_account_id: account(CENTRAL),
        caller_arn: format!("arn:aws:iam::{CENTRAL}:role/security"),
        root_features: list(&form.features),
        delegated_administrators: Fact::Known(Vec::new()),
    }
}

fn list(form: &List) -> Fact<Vec<String>> {
    fact(form.gap, || form.are.clone())
}

fn regions(form: &Form) -> Fact<Vec<String>> {
    match &form.regions {
        Some(regions) => list(regions),
        None => Fact::Known(REGIONS.map(str::to_owned).to_vec()),
    }
}

fn root(form: &Form) -> RootFacts {
    let device = |serial: &String| MfaDevice { serial_number: serial.clone() };
    let devices = |list: &List| fact(list.gap, || list.are.iter().map(device).collect());
    let key = |id: &String| RootAccessKey { access_key_id: id.clone(), active: true };
    RootFacts {
        summary: fact(form.summary.gap, || summary(&form.summary)),
        virtual_mfa_devices: devices(&form.virtual_devices),
        credential_report: fact(form.report.gap, || report(&form.report)),
        mfa_devices: form.devices.as_ref().map(devices),
        access_keys: form.keys.as_ref().map(|list| fact(list.gap, || list.are.iter().map(key).collect())),
    }
}

fn summary(form: &Summary) -> AccountSummary {
    let told = |name: &str, value: Option<i32>| value.filter(|_| !form.without.iter().any(|it| it == name));
    AccountSummary {
        mfa_enabled: told("mfa", form.mfa),
        access_keys_present: told("keys", form.keys),
        signing_certificates_present: told("certificates", form.certificates),
        password_present: told("password", form.password),
    }
}

fn report(form: &Report) -> CredentialReport {
    let has = |name: &str| !form.without.iter().any(|it| it == name);
    let certificates = form.certificates.iter().copied().map(Some);
    CredentialReport {
        generated_at: form.made.as_deref().filter(|_| has("made")).map(ago),
        password_enabled: form.password_enabled.filter(|_| has("password_enabled")),
        password_last_used: form.password_used.as_deref().filter(|_| has("password_used")).map(ago),
        mfa_active: form.mfa.filter(|_| has("mfa")),
        access_keys: form.keys.iter().filter(|_| has("keys")).map(report_key).collect(),
        certificates_active: certificates.filter(|_| has("certificates")).collect(),
    }
}

fn report_key(form: &ReportKey) -> RootReportKey {
    RootReportKey {
        active: Some(form.active),
        last_rotated: form.created.as_deref().map(ago),
        last_used: form.used.as_deref().map(ago),
        last_used_service: form.service.clone(),
        last_used_region: form.region.clone(),
    }
}

fn records(form: &Form) -> Vec<RecordSource> {
    let kind = RecordSourceKind::LookupEvents;
    let empty = |region: &str| RecordSource { kind, region: region.to_owned(), records: Fact::Known(Vec::new()) };
    match &form.records {
        Some(sources) => sources.iter().map(source).collect(),
        None => REGIONS.into_iter().map(empty).collect(),
    }
}

fn source(form: &Records) -> RecordSource {
    let record = |json: &String| RawRecord { json: json.clone(), delivered_at: None };
    let records = fact(form.gap, || form.json.iter().map(record).collect());
    RecordSource { kind: form.source, region: form.region.clone(), records }
}

fn episode(form: &EpisodeForm) -> Episode {
    let expectation = match form.verdict {
        TriageVerdict::Expected => Expectation::Expected,
        _ => Expectation::Unexpected,
    };
    Episode {
        id: "episode-1".to_owned(),
        account_id: Some(account(ACCOUNT)),
        verdict: form.verdict,
        severity: form.severity,
        title: format!("the root user did something ({})", form.verdict),
        story: Vec::new(),
        actor: Actor::RootUser,
        delivery: Delivery::OnTime,
        expectation,
        first_event_time: Some(ago(&form.first)),
        last_event_time: Some(ago(form.last.as_ref().unwrap_or(&form.first))),
        first_delivered_at: None,
        last_delivered_at: None,
        mfa: None,
        source_ip_addresses: Vec::new(),
        user_agents: Vec::new(),
        actions: Vec::new(),
        event_ids: Vec::new(),
        reasons: Vec::new(),
        next_commands: Vec::new(),
    }
}
