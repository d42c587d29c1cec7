//! `root-signing-certificates`: the root user has no X.509 signing certificate.

use rootsweep_model::{Judgement, Severity};

use crate::calls;
use crate::check::{Check, CheckMeta, Subject};
use crate::root_user;

/// The root user has no X.509 signing certificate.
pub(crate) struct RootSigningCertificates;

static META: CheckMeta = CheckMeta {
    id: "root-signing-certificates",
    title: "The root user has no signing certificates",
    severity: Severity::Medium,
    risk: "A signing certificate is a long-lived root credential for old SOAP interfaces, and nobody watches it.",
    remediation: "Delete the certificate as the root user, or centrally with sts:AssumeRoot and the task policy \
                  IAMDeleteRootUserCredentials.",
    unknown_means: "The account summary or the credential report could not be read; a certificate may exist.",
    controls: &[("NIST 800-53 r5", &["AC-2(1)", "AC-6", "IA-5"])],
    needs: &[calls::ACCOUNT_SUMMARY, calls::GENERATE_REPORT, calls::CREDENTIAL_REPORT],
    readme: include_str!("README.md"),
};

impl Check for RootSigningCertificates {
    fn meta(&self) -> &'static CheckMeta {
        &META
    }

    fn judge(&self, subject: &Subject<'_>) -> Judgement {
        root_user::signing_certificates(&subject.facts.root).judge_absence("root signing certificates")
    }
}
