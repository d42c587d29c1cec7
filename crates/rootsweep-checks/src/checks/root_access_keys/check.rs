//! `root-access-keys`: the root user has no access key.

use rootsweep_model::facts::{RootAccessKey, RootFacts};
use rootsweep_model::{Evidence, Judgement, Severity};

use crate::calls;
use crate::check::{Check, CheckMeta, Subject};
use crate::root_user;

/// The root user has no access key, active or inactive.
pub(crate) struct RootAccessKeys;

static META: CheckMeta = CheckMeta {
    id: "root-access-keys",
    title: "The root user has no access keys",
    severity: Severity::Critical,
    risk: "A root access key acts without MFA and without limits, from anywhere, for as long as it exists; an inactive \
           one is one call away from being active.",
    remediation: "Move what uses the key to a role, then delete the key as the root user or centrally, with \
                  sts:AssumeRoot and the task policy IAMDeleteRootUserCredentials.",
    unknown_means: "The account summary or the credential report could not be read; a key may exist.",
    controls: &[
        ("CIS AWS Foundations 3.0", &["1.4"]),
        ("CIS AWS Foundations 5.0", &["1.3"]),
        ("AWS FSBP", &["IAM.4"]),
        ("NIST 800-53 r5", &["AC-2(1)", "AC-3(15)", "AC-3(7)", "AC-6", "AC-6(10)", "AC-6(2)"]),
        ("PCI DSS 3.2.1", &["2.1", "2.2", "7.2.1"]),
    ],
    needs: &[calls::ACCOUNT_SUMMARY, calls::GENERATE_REPORT, calls::CREDENTIAL_REPORT],
    readme: include_str!("README.md"),
};

impl Check for RootAccessKeys {
    fn meta(&self) -> &'static CheckMeta {
        &META
    }

    fn judge(&self, subject: &Subject<'_>) -> Judgement {
        let root = &subject.facts.root;
        root_user::access_keys(root).judge_absence("root access keys").with(listed_keys(root))
    }
}

/// Names the keys that the root user's own listing shows, for whoever has to delete them.
fn listed_keys(root: &RootFacts) -> Vec<Evidence> {
    let mut keys: Vec<&RootAccessKey> =
        root.access_keys.as_ref().and_then(|listed| listed.known().ok()).into_iter().flatten().collect();
    keys.sort_unstable();
    let state = |key: &RootAccessKey| if key.active { "active" } else { "inactive" };
    let evidence = |key: &&RootAccessKey| {
        Evidence::new("access key", format!("{}, {}", key.access_key_id, state(key)), calls::LIST_KEYS)
    };
    keys.iter().map(evidence).collect()
}
