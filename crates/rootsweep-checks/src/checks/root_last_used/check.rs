//! `root-last-used`: the credential report shows no root use in the last 90 days.

use jiff::{SignedDuration, Timestamp};
use rootsweep_model::facts::CredentialReport;
use rootsweep_model::{Evidence, Judgement, Severity};

use crate::calls;
use crate::check::{Check, CheckMeta, Subject};
use crate::root_use::{self, RootUse};

/// The credential report shows no root use in the last 90 days, expected use aside.
pub(crate) struct RootLastUsed;

/// How far back the CIS benchmark wants the root user to have rested.
const REST: SignedDuration = SignedDuration::from_hours(90 * 24);

static META: CheckMeta = CheckMeta {
    id: "root-last-used",
    title: "The root user was not used in the last 90 days",
    severity: Severity::Medium,
    risk: "Where the root user is in daily use, nobody notices the use that is not theirs.",
    remediation: "Find out who used the root user and for what, and give them a role; keep root for the tasks that \
                  only root can do.",
    unknown_means: "The credential report could not be read, or does not say when it was made; the root user may have \
                    been used.",
    controls: &[
        ("CIS AWS Foundations 3.0", &["1.7"]),
        ("CIS AWS Foundations 5.0", &["1.6"]),
        ("NIST 800-53 r5", &["AC-2", "AC-6", "AC-6(10)", "AC-6(2)"]),
        ("PCI DSS 3.2.1", &["7.2.1"]),
    ],
    needs: &[calls::GENERATE_REPORT, calls::CREDENTIAL_REPORT],
    readme: include_str!("README.md"),
};

impl Check for RootLastUsed {
    fn meta(&self) -> &'static CheckMeta {
        &META
    }

    fn judge(&self, subject: &Subject<'_>) -> Judgement {
        match subject.facts.root.credential_report.known() {
            Ok(report) => judge_report(subject, report),
            Err(gap) => Judgement::from(gap),
        }
    }
}

fn judge_report(subject: &Subject<'_>, report: &CredentialReport) -> Judgement {
    let since = subject.now.saturating_sub(REST).unwrap_or(Timestamp::MIN);
    let uses = root_use::of_report(report);
    let recent: Vec<_> =
        uses.iter().filter(|it| it.at >= since && !root_use::is_expected(it, subject.episodes)).collect();
    let judgement = match (recent.iter().max_by_key(|it| it.at), root_use::doubt(report, subject.now)) {
        (Some(latest), _) => {
            Judgement::fail(format!("the root user's {} was used at {}", latest.credential, latest.at))
        }
        (None, Some(gap)) => Judgement::unknown(gap),
        (None, None) if uses.is_empty() => Judgement::pass("no use of the root user is on record"),
        (None, None) => Judgement::pass("no unexpected use of the root user in the last 90 days"),
    };
    judgement.with(uses.iter().map(evidence)).with(made(report))
}

fn evidence(it: &RootUse) -> Evidence {
    Evidence::new(format!("last use of the {}", it.credential), &it.told, calls::CREDENTIAL_REPORT)
}

fn made(report: &CredentialReport) -> Option<Evidence> {
    report.generated_at.map(|at| Evidence::new("credential report made at", at.to_string(), calls::CREDENTIAL_REPORT))
}
