//! `root-mfa`: the root user has MFA.

use rootsweep_model::{Judgement, Severity};

use crate::calls;
use crate::check::{Check, CheckMeta, Subject};
use crate::root_user::{self, Credentials};

/// The root user has MFA; not applicable where it has no credentials that MFA could protect.
pub(crate) struct RootMfa;

static META: CheckMeta = CheckMeta {
    id: "root-mfa",
    title: "The root user has MFA",
    severity: Severity::Critical,
    risk: "Whoever learns the root password, or can read the root e-mail, owns the account and everything in it.",
    remediation: "Sign in as the root user and register an MFA device, better two; or remove the root credentials \
                  centrally, with IAM's central root access management.",
    unknown_means: "The account summary or the credential report could not be read, or the two contradict each other; \
                    the account may be without MFA.",
    controls: &[
        ("CIS AWS Foundations 3.0", &["1.5"]),
        ("CIS AWS Foundations 5.0", &["1.4"]),
        ("AWS FSBP", &["IAM.9"]),
        ("NIST 800-53 r5", &["AC-2(1)", "AC-3(15)", "IA-2(1)", "IA-2(2)", "IA-2(6)", "IA-2(8)"]),
        ("PCI DSS 4.0.1", &["8.4.2"]),
    ],
    needs: &[calls::ACCOUNT_SUMMARY, calls::GENERATE_REPORT, calls::CREDENTIAL_REPORT],
    readme: include_str!("README.md"),
};

impl Check for RootMfa {
    fn meta(&self) -> &'static CheckMeta {
        &META
    }

    fn judge(&self, subject: &Subject<'_>) -> Judgement {
        let root = &subject.facts.root;
        let said = root_user::mfa(root);
        let judgement = match root_user::credentials(root) {
            Credentials::Absent { .. } => Judgement::not_applicable("the root user has no credentials"),
            Credentials::Conflicting => Judgement::unknown(root_user::conflict(
                "the account summary shows no root credentials, the credential report shows some",
            )),
            Credentials::NotShownAbsent if said.live_no() => Judgement::fail("the root user has no MFA"),
            Credentials::NotShownAbsent if said.any_no() && said.any_yes() => Judgement::unknown(root_user::conflict(
                "the credential report shows no MFA for the root user, the account summary shows that it is on",
            )),
            Credentials::NotShownAbsent if said.any_no() => Judgement::fail("the root user has no MFA"),
            Credentials::NotShownAbsent => {
                said.gap().map_or_else(|| Judgement::pass("the root user has MFA"), Judgement::from)
            }
        };
        judgement.with(said.evidence())
    }
}
