//! What the sources say of the root user's credentials, weighed against each other.
//!
//! `GetAccountSummary` and the calls of an `AssumeRoot` session answer live; the credential report can be four hours
//! old (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html>). Where the `AssumeRoot`
//! session listed the root user's own keys or devices, the report has nothing to add and is not heard.

use rootsweep_model::facts::{AccountSummary, CredentialReport, RootFacts, RootReportKey};
use rootsweep_model::{Evidence, Fact, Gap, GapKind, Judgement};

use crate::calls;

/// What one source says to a question of yes or no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    Yes,
    No,
    Silent(Gap),
}

/// A claim, with its source and what was read there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Testimony {
    pub(crate) claim: Claim,
    pub(crate) evidence: Evidence,
}

/// What all sources say to one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Testimonies(Vec<Testimony>);

impl Testimonies {
    /// Returns whether any source says yes.
    pub(crate) fn any_yes(&self) -> bool {
        self.0.iter().any(|it| it.claim == Claim::Yes)
    }

    /// Returns whether any source says no.
    pub(crate) fn any_no(&self) -> bool {
        self.0.iter().any(|it| it.claim == Claim::No)
    }

    /// Returns whether a source that answers live says no.
    pub(crate) fn live_no(&self) -> bool {
        self.0.iter().any(|it| it.claim == Claim::No && it.evidence.call != calls::CREDENTIAL_REPORT)
    }

    /// Returns why the first silent source is silent.
    pub(crate) fn gap(&self) -> Option<&Gap> {
        self.0.iter().find_map(|it| if let Claim::Silent(gap) = &it.claim { Some(gap) } else { None })
    }

    /// Returns what was read.
    pub(crate) fn evidence(&self) -> impl Iterator<Item = Evidence> + '_ {
        self.0.iter().filter(|it| !matches!(it.claim, Claim::Silent(_))).map(|it| it.evidence.clone())
    }

    /// Judges a check that passes where every source says that there is no such thing.
    pub(crate) fn judge_absence(&self, things: &str) -> Judgement {
        let judgement = if self.any_yes() {
            Judgement::fail(format!("there are {things}, by {}", self.sources_of_yes()))
        } else if let Some(gap) = self.gap() {
            Judgement::from(gap)
        } else {
            Judgement::pass(format!("there are no {things}"))
        };
        judgement.with(self.evidence())
    }

    /// Names the sources that say yes.
    fn sources_of_yes(&self) -> String {
        let sources: Vec<_> =
            self.0.iter().filter(|it| it.claim == Claim::Yes).map(|it| source_name(&it.evidence.call)).collect();
        sources.join(" and ")
    }
}

fn source_name(call: &str) -> &'static str {
    match call {
        calls::ACCOUNT_SUMMARY => "the account summary",
        calls::CREDENTIAL_REPORT => "the credential report",
        _ => "the root user's own listing",
    }
}

/// Returns what is said of root access keys, active or not.
pub(crate) fn access_keys(root: &RootFacts) -> Testimonies {
    let mut all = vec![summary_count(root, "AccountAccessKeysPresent", |it| it.access_keys_present)];
    match &root.access_keys {
        Some(listed) => {
            all.push(listing(listed, calls::LIST_KEYS, "root access keys"));
            if listed.known().is_err() {
                all.push(report_keys(root));
            }
        }
        None => all.push(report_keys(root)),
    }
    Testimonies(all)
}

/// Returns what is said of MFA: yes where it is enabled.
pub(crate) fn mfa(root: &RootFacts) -> Testimonies {
    let mut all = vec![summary_count(root, "AccountMFAEnabled", |it| it.mfa_enabled)];
    match &root.mfa_devices {
        Some(listed) => {
            all.push(listing(listed, calls::LIST_DEVICES, "root MFA devices"));
            if listed.known().is_err() {
                all.push(report_flag(root, "mfa_active", |it| it.mfa_active));
            }
        }
        None => all.push(report_flag(root, "mfa_active", |it| it.mfa_active)),
    }
    Testimonies(all)
}

/// Returns what is said of X.509 signing certificates.
pub(crate) fn signing_certificates(root: &RootFacts) -> Testimonies {
    let summary = summary_count(root, "AccountSigningCertificatesPresent", |it| it.signing_certificates_present);
    Testimonies(vec![summary, report_flag(root, "cert_active", certificate_active)])
}

/// Whether the root user has any credentials at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Credentials {
    /// None: there is nothing that MFA could protect. `corroborated` where a second source was heard, and agrees.
    Absent { corroborated: bool },
    /// Some, or at least nothing says that there are none.
    NotShownAbsent,
    /// One source says that there are none, and another one contradicts it.
    Conflicting,
}

/// Returns whether the root user's credentials are shown to be absent, as after their central removal.
///
/// It takes the account summary with no MFA, keys and certificates, and beside it either `AccountPasswordPresent` of 0
/// or a credential report that says `password_enabled` is false. A summary without `AccountPasswordPresent` is not
/// enough by itself: an account with a password and nothing else looks the same.
pub(crate) fn credentials(root: &RootFacts) -> Credentials {
    let Ok(summary) = root.summary.known() else { return Credentials::NotShownAbsent };
    let rest = [summary.access_keys_present, summary.mfa_enabled, summary.signing_certificates_present];
    let password_gone = summary.password_present == Some(0);
    if rest != [Some(0); 3] || summary.password_present.is_some_and(|count| count != 0) {
        return Credentials::NotShownAbsent;
    }
    match second_source(root) {
        SecondSource::Present if password_gone => Credentials::Conflicting,
        SecondSource::Absent => Credentials::Absent { corroborated: true },
        SecondSource::Agrees if password_gone => Credentials::Absent { corroborated: true },
        SecondSource::Unheard if password_gone => Credentials::Absent { corroborated: false },
        SecondSource::Present | SecondSource::Agrees | SecondSource::Unheard => Credentials::NotShownAbsent,
    }
}

/// What is heard beside the account summary of the credentials as a whole.
enum SecondSource {
    Present,
    Absent,
    /// It says nothing of the password, and that the rest is absent.
    Agrees,
    Unheard,
}

fn second_source(root: &RootFacts) -> SecondSource {
    if let (Some(Fact::Known(keys)), Some(Fact::Known(devices))) = (&root.access_keys, &root.mfa_devices) {
        let nothing = keys.is_empty() && devices.is_empty();
        return if nothing { SecondSource::Agrees } else { SecondSource::Present };
    }
    let Ok(report) = root.credential_report.known() else { return SecondSource::Unheard };
    let certificate = report.certificates_active.contains(&Some(true));
    let present = report.access_keys.iter().any(key_exists) || report.mfa_active == Some(true) || certificate;
    match report.password_enabled {
        Some(true) => SecondSource::Present,
        _ if present => SecondSource::Present,
        Some(false) => SecondSource::Absent,
        None => SecondSource::Agrees,
    }
}

fn summary_count(root: &RootFacts, key: &'static str, read: impl Fn(&AccountSummary) -> Option<i32>) -> Testimony {
    let (claim, value) = match root.summary.known().map(read) {
        Err(gap) => (Claim::Silent(gap.clone()), String::new()),
        Ok(None) => (Claim::Silent(missing(calls::ACCOUNT_SUMMARY, key)), String::new()),
        Ok(Some(0)) => (Claim::No, "0".to_owned()),
        Ok(Some(count)) if count > 0 => (Claim::Yes, count.to_string()),
        Ok(Some(count)) => {
            (Claim::Silent(malformed(calls::ACCOUNT_SUMMARY, &format!("{key} is {count}"))), String::new())
        }
    };
    Testimony { claim, evidence: Evidence::new(key, value, calls::ACCOUNT_SUMMARY) }
}

fn listing<T>(listed: &Fact<Vec<T>>, call: &'static str, label: &'static str) -> Testimony {
    let (claim, value) = match listed.known() {
        Err(gap) => (Claim::Silent(gap.clone()), String::new()),
        Ok(items) if items.is_empty() => (Claim::No, "none".to_owned()),
        Ok(items) => (Claim::Yes, items.len().to_string()),
    };
    Testimony { claim, evidence: Evidence::new(label, value, call) }
}

fn report_flag(root: &RootFacts, column: &'static str, read: impl Fn(&CredentialReport) -> Option<bool>) -> Testimony {
    let (claim, value) = match root.credential_report.known().map(read) {
        Err(gap) => (Claim::Silent(gap.clone()), String::new()),
        Ok(None) => (Claim::Silent(missing(calls::CREDENTIAL_REPORT, column)), String::new()),
        Ok(Some(true)) => (Claim::Yes, "true".to_owned()),
        Ok(Some(false)) => (Claim::No, "false".to_owned()),
    };
    Testimony { claim, evidence: Evidence::new(column, value, calls::CREDENTIAL_REPORT) }
}

fn report_keys(root: &RootFacts) -> Testimony {
    let (claim, value) = match root.credential_report.known() {
        Err(gap) => (Claim::Silent(gap.clone()), String::new()),
        Ok(report) => keys_of_report(&report.access_keys),
    };
    Testimony {
        claim,
        evidence: Evidence::new("access keys of the credential report", value, calls::CREDENTIAL_REPORT),
    }
}

fn keys_of_report(keys: &[RootReportKey]) -> (Claim, String) {
    let present: Vec<_> = keys.iter().enumerate().filter(|(_, key)| key_exists(key)).map(describe_key).collect();
    if !present.is_empty() {
        return (Claim::Yes, present.join("; "));
    }
    if keys.is_empty() || keys.iter().any(|key| key.active.is_none()) {
        return (Claim::Silent(missing(calls::CREDENTIAL_REPORT, "access_key_1_active")), String::new());
    }
    (Claim::No, "none".to_owned())
}

/// Returns whether a key exists: an inactive one shows by the time of its creation, and by that of its last use.
fn key_exists(key: &RootReportKey) -> bool {
    key.active == Some(true) || key.last_rotated.is_some() || key.last_used.is_some()
}

fn describe_key((index, key): (usize, &RootReportKey)) -> String {
    let state = if key.active == Some(true) { "active" } else { "inactive" };
    let created = key.last_rotated.map(|time| format!(", created {time}")).unwrap_or_default();
    let used = key.last_used.map(|time| format!(", last used {time}")).unwrap_or_default();
    format!("key {} {state}{created}{used}", index + 1)
}

/// Returns whether any certificate is active; nothing where the report lacks the columns.
fn certificate_active(report: &CredentialReport) -> Option<bool> {
    let all = &report.certificates_active;
    if all.contains(&Some(true)) {
        return Some(true);
    }
    if all.is_empty() || all.contains(&None) { None } else { Some(false) }
}

/// Makes the gap of an answer that lacks a field.
pub(crate) fn missing(call: &str, field: &str) -> Gap {
    let remedy = "run the sweep again; if it stays, ask AWS why the answer lacks the field";
    Gap::new(GapKind::MissingField, call, format!("the answer has no {field}"), remedy)
}

fn malformed(call: &str, message: &str) -> Gap {
    let remedy = "run the sweep again; if it stays, report the answer as a defect";
    Gap::new(GapKind::MalformedAnswer, call, message, remedy)
}

/// Makes the gap of a credential report that contradicts what AWS says now.
pub(crate) fn conflict(message: &str) -> Gap {
    let remedy = "run the sweep again when AWS makes a new credential report, at most four hours from now";
    Gap::new(GapKind::Conflicting, calls::CREDENTIAL_REPORT, message, remedy)
}
