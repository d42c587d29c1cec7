//! The credential report's CSV.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html>

use csv::StringRecord;
use jiff::Timestamp;
use rootsweep_model::facts::{CredentialReport, RootReportKey};
use rootsweep_model::{Arn, Gap};

use crate::calls::GET_CREDENTIAL_REPORT;
use crate::gap::{malformed, missing};

/// The name that the report gives the root user.
const ROOT_USER: &str = "<root_account>";

/// Words with which the report says that there is nothing to say.
const NOTHING: [&str; 4] = ["N/A", "not_supported", "no_information", ""];

/// Finds the root user's row and reads it. Columns are found by name, for AWS adds new ones.
pub(super) fn root_row(content: &[u8]) -> Result<CredentialReport, Gap> {
    let mut reader = csv::ReaderBuilder::new().from_reader(content);
    let header = reader.headers().map_err(unreadable)?.clone();
    let user = column(&header, "user")?;
    let arn = column(&header, "arn")?;
    for row in reader.records() {
        let row = row.map_err(unreadable)?;
        let is_root = row.get(user) == Some(ROOT_USER) || row.get(arn).and_then(Arn::parse).is_some_and(Arn::is_root);
        if is_root {
            return Row { header: &header, row: &row }.read();
        }
    }
    Err(missing(&GET_CREDENTIAL_REPORT, "a row of the root user"))
}

fn column(header: &StringRecord, name: &str) -> Result<usize, Gap> {
    let found = header.iter().position(|column| column == name);
    found.ok_or_else(|| missing(&GET_CREDENTIAL_REPORT, &format!("the column {name}")))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn unreadable(error: csv::Error) -> Gap {
    malformed(&GET_CREDENTIAL_REPORT, format!("the report is no CSV: {error}"))
}

/// The root user's row. A column without which "never used" would be concluded has to be there.
struct Row<'a> {
    header: &'a StringRecord,
    row: &'a StringRecord,
}

impl Row<'_> {
    fn read(&self) -> Result<CredentialReport, Gap> {
        Ok(CredentialReport {
            generated_at: None,
            password_enabled: self.optional("password_enabled", flag)?,
            password_last_used: self.required("password_last_used", time)?,
            mfa_active: self.required("mfa_active", flag)?,
            access_keys: vec![self.access_key(1)?, self.access_key(2)?],
            certificates_active: vec![self.optional("cert_1_active", flag)?, self.optional("cert_2_active", flag)?],
        })
    }

    fn access_key(&self, number: u8) -> Result<RootReportKey, Gap> {
        let name = |field| format!("access_key_{number}_{field}");
        let text = |text: &str| Some(text.to_owned());
        Ok(RootReportKey {
            active: self.required(&name("active"), flag)?,
            last_rotated: self.optional(&name("last_rotated"), time)?,
            last_used: self.required(&name("last_used_date"), time)?,
            last_used_service: self.optional(&name("last_used_service"), text)?,
            last_used_region: self.optional(&name("last_used_region"), text)?,
        })
    }

    fn required<T>(&self, name: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Gap> {
        let text = self.row.get(column(self.header, name)?);
        let text = text.ok_or_else(|| missing(&GET_CREDENTIAL_REPORT, &format!("the root user's {name}")))?;
        if NOTHING.contains(&text) {
            return Ok(None);
        }
        read(text).map(Some).ok_or_else(|| malformed(&GET_CREDENTIAL_REPORT, format!("{name} is {text:?}")))
    }

    fn optional<T>(&self, name: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Gap> {
        if self.header.iter().any(|column| column == name) { self.required(name, read) } else { Ok(None) }
    }
}

fn flag(text: &str) -> Option<bool> {
    match text {
        "true" | "TRUE" => Some(true),
        "false" | "FALSE" => Some(false),
        _ => None,
    }
}

fn time(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

#[cfg(test)]
mod tests;
