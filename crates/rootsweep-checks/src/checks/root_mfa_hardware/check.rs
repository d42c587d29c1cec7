//! `root-mfa-hardware`: no virtual device among the root user's MFA devices.

use rootsweep_model::facts::{MfaDevice, RootFacts};
use rootsweep_model::{Evidence, Gap, Judgement, Severity};

use crate::calls;
use crate::check::{Check, CheckMeta, Subject};
use crate::root_user::{self, Credentials};

/// No virtual device among the root user's MFA devices.
pub(crate) struct RootMfaHardware;

static META: CheckMeta = CheckMeta {
    id: "root-mfa-hardware",
    title: "The root user's MFA devices are hardware",
    severity: Severity::High,
    risk: "The secret of a virtual device can be copied with the phone that holds it, and its codes can be phished; one \
           virtual device beside a security key is enough to get around the key.",
    remediation: "Register a FIDO2 security key or a hardware token for the root user, then remove every virtual device.",
    unknown_means: "The root user's devices could not be listed; a virtual one may be among them.",
    controls: &[
        ("CIS AWS Foundations 3.0", &["1.6"]),
        ("CIS AWS Foundations 5.0", &["1.5"]),
        ("AWS FSBP", &["IAM.6"]),
        ("NIST 800-53 r5", &["AC-2(1)", "AC-3(15)", "IA-2(1)", "IA-2(2)", "IA-2(6)", "IA-2(8)"]),
        ("PCI DSS 4.0.1", &["8.4.2"]),
    ],
    needs: &[calls::ACCOUNT_SUMMARY, calls::GENERATE_REPORT, calls::CREDENTIAL_REPORT, calls::LIST_VIRTUAL_DEVICES],
    readme: include_str!("README.md"),
};

impl Check for RootMfaHardware {
    fn meta(&self) -> &'static CheckMeta {
        &META
    }

    fn judge(&self, subject: &Subject<'_>) -> Judgement {
        let root = &subject.facts.root;
        let virtual_devices = virtual_devices(root);
        let said = root_user::mfa(root);
        let judgement = match (&virtual_devices, root_user::credentials(root)) {
            (Ok(devices), _) if !devices.is_empty() => fail_with(devices, root),
            (_, Credentials::Absent { .. }) => Judgement::not_applicable("the root user has no credentials"),
            (_, Credentials::Conflicting) => Judgement::unknown(root_user::conflict(
                "the account summary shows no root credentials, the credential report shows some",
            )),
            _ if said.live_no() => Judgement::fail("the root user has no MFA device at all"),
            _ if said.any_no() => Judgement::unknown(root_user::conflict(
                "the credential report shows no MFA for the root user, so its devices are in doubt",
            )),
            (Err(gap), _) => Judgement::from(*gap),
            _ => said.gap().map_or_else(pass, Judgement::from),
        };
        judgement.with(said.evidence())
    }
}

fn pass() -> Judgement {
    Judgement::pass("the root user has MFA, and no virtual device is assigned to it").with([Evidence::new(
        "virtual MFA devices",
        "none",
        calls::LIST_VIRTUAL_DEVICES,
    )])
}

fn fail_with(devices: &[&MfaDevice], root: &RootFacts) -> Judgement {
    let call = if device_listing(root).is_some() { calls::LIST_DEVICES } else { calls::LIST_VIRTUAL_DEVICES };
    let summary = match devices.len() {
        1 => "a virtual MFA device is assigned to the root user".to_owned(),
        count => format!("{count} virtual MFA devices are assigned to the root user"),
    };
    let evidence = devices.iter().map(|device| Evidence::new("virtual MFA device", &device.serial_number, call));
    Judgement::fail(summary).with(evidence)
}

/// Returns the virtual devices, from the root user's own listing where an `AssumeRoot` session made one.
fn virtual_devices(root: &RootFacts) -> Result<Vec<&MfaDevice>, &Gap> {
    match device_listing(root) {
        Some(listed) => Ok(listed.iter().filter(|device| is_virtual(&device.serial_number)).collect()),
        None => root.virtual_mfa_devices.known().map(|devices| devices.iter().collect()),
    }
}

fn device_listing(root: &RootFacts) -> Option<&Vec<MfaDevice>> {
    root.mfa_devices.as_ref().and_then(|listed| listed.known().ok())
}

/// Returns whether a serial number is a virtual device's.
///
/// A virtual device has an ARN with `:mfa/`, a security key one with `:u2f/`, a hardware token a plain serial number:
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_MFADevice.html>.
fn is_virtual(serial_number: &str) -> bool {
    serial_number.contains(":mfa/")
}
