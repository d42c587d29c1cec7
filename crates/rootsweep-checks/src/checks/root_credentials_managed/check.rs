//! `root-credentials-managed`: root credentials are centrally managed, and absent.

use rootsweep_model::{Evidence, Gap, GapKind, Judgement, Severity};

use crate::calls;
use crate::check::{Check, CheckMeta, Subject};
use crate::root_user::{self, Credentials};

/// Root credentials are centrally managed, and absent.
pub(crate) struct RootCredentialsManaged;

const FEATURE: &str = "RootCredentialsManagement";

static META: CheckMeta = CheckMeta {
    id: "root-credentials-managed",
    title: "Root credentials are centrally managed and absent",
    severity: Severity::Low,
    risk: "Every member account with root credentials of its own is one more secret to keep, and one more way in.",
    remediation: "Turn on central root access in IAM (RootCredentialsManagement), then delete the root credentials of \
                  the member accounts from the management account or its delegated administrator.",
    unknown_means: "The organization's root access features, or the root user's credentials, could not be read.",
    controls: &[("AWS Well-Architected", &["SEC01-BP02"]), ("NIST 800-53 r5", &["AC-2(1)", "AC-6(5)"])],
    needs: &[calls::LIST_FEATURES, calls::ACCOUNT_SUMMARY, calls::GENERATE_REPORT, calls::CREDENTIAL_REPORT],
    readme: include_str!("README.md"),
};

impl Check for RootCredentialsManaged {
    fn meta(&self) -> &'static CheckMeta {
        &META
    }

    fn judge(&self, subject: &Subject<'_>) -> Judgement {
        if subject.organization.id.is_none() {
            return Judgement::not_applicable("the account is in no organization that could manage it");
        }
        if subject.facts.account.is_management {
            return Judgement::not_applicable("the management account's own root user cannot be managed centrally");
        }
        match subject.facts.session.gap() {
            Some(gap) if gap.kind == GapKind::AccountNotActive => Judgement::from(gap),
            _ => judge_member(subject),
        }
    }
}

fn judge_member(subject: &Subject<'_>) -> Judgement {
    let root = &subject.facts.root;
    let credentials = root_user::credentials(root);
    let has_some = credentials == Credentials::NotShownAbsent && shows_some(subject);
    let judgement = match subject.organization.root_features.known() {
        _ if has_some => Judgement::fail("the root user has credentials of its own"),
        Err(gap) => Judgement::from(gap),
        Ok(features) if !features.iter().any(|it| it == FEATURE) => {
            Judgement::fail("the organization does not manage root credentials centrally")
        }
        Ok(_) => match credentials {
            Credentials::Absent { corroborated: true } => {
                Judgement::pass("root credentials are centrally managed, and there are none")
            }
            Credentials::Conflicting => Judgement::unknown(root_user::conflict(
                "the account summary shows no root credentials, the credential report shows some",
            )),
            Credentials::Absent { corroborated: false } | Credentials::NotShownAbsent => undecided(subject),
        },
    };
    judgement.with(features(subject))
}

/// Returns whether some source shows a credential of the root user.
fn shows_some(subject: &Subject<'_>) -> bool {
    let root = &subject.facts.root;
    let password = root.summary.known().is_ok_and(|summary| summary.password_present.is_some_and(|count| count > 0))
        || root.credential_report.known().is_ok_and(|report| report.password_enabled == Some(true));
    password
        || root_user::access_keys(root).any_yes()
        || root_user::mfa(root).any_yes()
        || root_user::signing_certificates(root).any_yes()
}

fn undecided(subject: &Subject<'_>) -> Judgement {
    let root = &subject.facts.root;
    let gap = root.summary.gap().or_else(|| root.credential_report.gap());
    gap.map_or_else(|| Judgement::unknown(password_untold()), Judgement::from)
}

fn password_untold() -> Gap {
    root_user::missing(calls::ACCOUNT_SUMMARY, "AccountPasswordPresent, and the credential report no password_enabled")
}

fn features(subject: &Subject<'_>) -> Option<Evidence> {
    let features = subject.organization.root_features.known().ok()?;
    let value = if features.is_empty() { "none".to_owned() } else { features.join(", ") };
    Some(Evidence::new("central root access features", value, calls::LIST_FEATURES))
}
