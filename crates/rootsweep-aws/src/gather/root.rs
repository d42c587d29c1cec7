//! The root user's credentials, as IAM tells them.

use aws_sdk_iam::types::{AssignmentStatusType, StatusType, SummaryKeyType, VirtualMfaDevice};
use futures::future;
use rootsweep_model::facts::{AccountSummary, MfaDevice, RootAccessKey, RootFacts};
use rootsweep_model::{Arn, Fact, Gap};

use super::credential_report;
use crate::calls::{
    Call, GET_ACCOUNT_SUMMARY, LIST_ACCESS_KEYS, LIST_ACCOUNT_ALIASES, LIST_MFA_DEVICES, LIST_VIRTUAL_MFA_DEVICES,
    ROOT_GET_ACCOUNT_SUMMARY,
};
use crate::gap::missing;
use crate::holds::Holds;
use crate::page::{all_pages, next_marker};
use crate::session::Session;

/// Reads what the audit role can see of the root user.
pub(super) async fn read(session: &Session) -> RootFacts {
    let (summary, virtual_mfa_devices, credential_report) = future::join3(
        summary(session, GET_ACCOUNT_SUMMARY),
        virtual_mfa_devices(session),
        Box::pin(credential_report::read(session)),
    )
    .await;
    RootFacts {
        summary: summary.into(),
        virtual_mfa_devices: virtual_mfa_devices.into(),
        credential_report: credential_report.into(),
        mfa_devices: None,
        access_keys: None,
    }
}

/// Adds what only a root session can see; the summary too, where the role could not read it.
pub(super) async fn read_as_root(session: &Session, facts: &mut RootFacts) {
    let (mfa_devices, access_keys) = future::join(mfa_devices(session), access_keys(session)).await;
    facts.mfa_devices = Some(mfa_devices.into());
    facts.access_keys = Some(access_keys.into());
    if facts.summary.gap().is_some()
        && let Ok(read) = summary(session, ROOT_GET_ACCOUNT_SUMMARY).await
    {
        facts.summary = Fact::Known(read);
    }
}

async fn summary(session: &Session, call: Call) -> Result<AccountSummary, Gap> {
    let client = session.iam(session.region());
    let answer = session.call(call, None, || client.get_account_summary().send()).await?;
    let map = answer.summary_map.ok_or_else(|| missing(&call, "SummaryMap"))?;
    let entry = |key: &str| map.get(&SummaryKeyType::from(key)).copied();
    Ok(AccountSummary {
        mfa_enabled: entry("AccountMFAEnabled"),
        access_keys_present: entry("AccountAccessKeysPresent"),
        signing_certificates_present: entry("AccountSigningCertificatesPresent"),
        password_present: entry("AccountPasswordPresent"),
    })
}

async fn virtual_mfa_devices(session: &Session) -> Result<Vec<MfaDevice>, Gap> {
    let client = &session.iam(session.region());
    let devices = all_pages(LIST_VIRTUAL_MFA_DEVICES, |marker| async move {
        let send = || {
            client
                .list_virtual_mfa_devices()
                .assignment_status(AssignmentStatusType::Assigned)
                .set_marker(marker.clone())
                .customize()
                .interceptor(Holds("VirtualMFADevices"))
                .send()
        };
        let answer = session.call(LIST_VIRTUAL_MFA_DEVICES, None, send).await?;
        let next = next_marker(&LIST_VIRTUAL_MFA_DEVICES, answer.is_truncated, answer.marker)?;
        // Of thousands of users' devices, the root user's alone are kept.
        let roots: Result<Vec<_>, Gap> = answer.virtual_mfa_devices.into_iter().map(owned_by_root).collect();
        Ok((roots?, next))
    })
    .await?;
    Ok(devices.into_iter().flatten().collect())
}

/// Takes the device if the root user has it. The serial number tells nothing: names are free, and any user may have a
/// device of the name `root-account-mfa-device`. An assigned device whose user is not told may be root's.
fn owned_by_root(device: VirtualMfaDevice) -> Result<Option<MfaDevice>, Gap> {
    let owner = device.user.as_ref().map(|user| user.arn.as_str()).filter(|arn| !arn.is_empty());
    let owner = owner.ok_or_else(|| missing(&LIST_VIRTUAL_MFA_DEVICES, "the User of an assigned device"))?;
    Ok(Arn::parse(owner).is_some_and(Arn::is_root).then_some(MfaDevice { serial_number: device.serial_number }))
}

async fn mfa_devices(session: &Session) -> Result<Vec<MfaDevice>, Gap> {
    let client = &session.iam(session.region());
    let devices = all_pages(LIST_MFA_DEVICES, |marker| async move {
        let request = || client.list_mfa_devices().set_marker(marker.clone()).customize();
        let send = || request().interceptor(Holds("MFADevices")).send();
        let answer = session.call(LIST_MFA_DEVICES, None, send).await?;
        let next = next_marker(&LIST_MFA_DEVICES, answer.is_truncated, answer.marker)?;
        Ok((answer.mfa_devices, next))
    })
    .await?;
    let device = |device: aws_sdk_iam::types::MfaDevice| {
        // A virtual device is told by its serial number alone, which the SDK leaves empty where it did not come.
        let serial_number = Some(device.serial_number).filter(|it| !it.is_empty());
        let serial_number = serial_number.ok_or_else(|| missing(&LIST_MFA_DEVICES, "SerialNumber"))?;
        Ok(MfaDevice { serial_number })
    };
    devices.into_iter().map(device).collect()
}

async fn access_keys(session: &Session) -> Result<Vec<RootAccessKey>, Gap> {
    let client = &session.iam(session.region());
    let keys = all_pages(LIST_ACCESS_KEYS, |marker| async move {
        let request = || client.list_access_keys().set_marker(marker.clone()).customize();
        let send = || request().interceptor(Holds("AccessKeyMetadata")).send();
        let answer = session.call(LIST_ACCESS_KEYS, None, send).await?;
        let next = next_marker(&LIST_ACCESS_KEYS, answer.is_truncated, answer.marker)?;
        Ok((answer.access_key_metadata, next))
    })
    .await?;
    let key = |key: aws_sdk_iam::types::AccessKeyMetadata| {
        Ok(RootAccessKey {
            access_key_id: key.access_key_id.ok_or_else(|| missing(&LIST_ACCESS_KEYS, "AccessKeyId"))?,
            active: key.status.ok_or_else(|| missing(&LIST_ACCESS_KEYS, "Status"))? == StatusType::Active,
        })
    };
    keys.into_iter().map(key).collect()
}

/// Reads the account's aliases; AWS allows one, and answers with a list.
pub(super) async fn aliases(session: &Session) -> Result<Vec<String>, Gap> {
    let client = &session.iam(session.region());
    all_pages(LIST_ACCOUNT_ALIASES, |marker| async move {
        let request = || client.list_account_aliases().set_marker(marker.clone()).customize();
        let send = || request().interceptor(Holds("AccountAliases")).send();
        let answer = session.call(LIST_ACCOUNT_ALIASES, None, send).await?;
        let next = next_marker(&LIST_ACCOUNT_ALIASES, answer.is_truncated, answer.marker)?;
        Ok((answer.account_aliases, next))
    })
    .await
}
