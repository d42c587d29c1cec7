//! The credential report.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html>

use jiff::{SignedDuration, Timestamp};

use super::super::{Context, Reply};
use crate::error::ServiceError;
use crate::value::{Value, shape};
use crate::world::{AccessKey, Account, AccountId};

/// A new report is made at most once in four hours.
const MAX_AGE: SignedDuration = SignedDuration::from_hours(4);

pub(super) fn generate(context: &mut Context<'_>) -> Reply {
    let (now, id) = (context.now(), context.account_id());
    let partition = context.world.partition().to_owned();
    let account = context.account_mut()?;
    let report = &mut account.root.credential_report;
    if report.progress.polls.is_none() && is_fresh(report.generated_at, now) {
        return Ok(shape! { "State": "COMPLETE" });
    }
    let polls = report.progress.polls.unwrap_or(0);
    if polls < report.polls_until_complete {
        report.progress.polls = Some(polls + 1);
        let started = polls == 0;
        return Ok(shape! {
            "State": if started { "STARTED" } else { "INPROGRESS" },
            "Description": started.then_some("No report exists. Starting a new report generation task"),
        });
    }
    report.progress.polls = None;
    report.generated_at = Some(now);
    let text = render(&partition, id, account);
    account.root.credential_report.progress.content = Some(text);
    Ok(shape! { "State": "COMPLETE" })
}

pub(super) fn get(context: &mut Context<'_>) -> Reply {
    let (now, id) = (context.now(), context.account_id());
    let partition = context.world.partition().to_owned();
    let account = context.account_mut()?;
    let report = &account.root.credential_report;
    if report.progress.polls.is_some() {
        let message = "Report is still in progress, please try again later";
        return Err(ServiceError::new(404, "ReportInProgress", message));
    }
    let Some(generated_at) = report.generated_at else {
        return Err(ServiceError::new(410, "ReportNotPresent", "No report is present"));
    };
    if !is_fresh(Some(generated_at), now) {
        return Err(ServiceError::new(410, "ReportExpired", "Report has expired"));
    }
    let text = match &report.progress.content {
        Some(known) => known.clone(),
        None => render(&partition, id, account),
    };
    account.root.credential_report.progress.content = Some(text.clone());
    Ok(shape! { "Content": Value::Blob(text.into_bytes()), "ReportFormat": "text/csv", "GeneratedTime": generated_at })
}

fn is_fresh(generated_at: Option<Timestamp>, now: Timestamp) -> bool {
    generated_at.is_some_and(|at| now.duration_since(at) < MAX_AGE)
}

/// A row under construction: column names and cells.
type Row = Vec<(String, String)>;

fn render(partition: &str, id: AccountId, account: &Account) -> String {
    let omitted = &account.root.credential_report.omits_columns;
    let users = account.users.iter().map(|user| user_row(partition, id, user));
    let mut rows: Vec<Row> = std::iter::once(root_row(partition, id, account)).chain(users).collect();
    for row in &mut rows {
        row.retain(|(column, _)| !omitted.contains(column));
    }
    let header = rows.first().map(|row| join(row.iter().map(|(column, _)| column.as_str()))).unwrap_or_default();
    let lines = rows.iter().map(|row| join(row.iter().map(|(_, cell)| cell.as_str())));
    std::iter::once(header).chain(lines).collect::<Vec<_>>().join("\n")
}

fn join<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    cells.collect::<Vec<_>>().join(",")
}

fn root_row(partition: &str, id: AccountId, account: &Account) -> Row {
    let root = &account.root;
    let mut row = vec![
        cell("user", "<root_account>"),
        cell("arn", format!("arn:{partition}:iam::{id}:root")),
        cell("user_creation_time", time(root.created_at)),
        // Older reports say `not_supported` here; the current page gives TRUE and FALSE, FALSE for members made without credentials.
        cell("password_enabled", root.password.to_string()),
        cell("password_last_used", optional(root.password_last_used, "no_information")),
        cell("password_last_changed", optional(root.password_last_changed, "not_supported")),
        cell("password_next_rotation", "not_supported"),
        cell("mfa_active", (!root.mfa_devices.is_empty()).to_string()),
    ];
    let certificates: Vec<_> = root.signing_certificates.iter().map(|it| (it.active, it.uploaded_at)).collect();
    credentials(&mut row, &root.access_keys, &certificates);
    row
}

fn user_row(partition: &str, id: AccountId, user: &crate::world::IamUser) -> Row {
    let mut row = vec![
        cell("user", &user.name),
        cell("arn", format!("arn:{partition}:iam::{id}:user/{}", user.name)),
        cell("user_creation_time", time(user.created_at)),
        cell("password_enabled", user.password.to_string()),
        cell("password_last_used", "N/A"),
        cell("password_last_changed", "N/A"),
        cell("password_next_rotation", "N/A"),
        cell("mfa_active", (!user.mfa_devices.is_empty()).to_string()),
    ];
    credentials(&mut row, &user.access_keys, &[]);
    row
}

fn credentials(row: &mut Row, keys: &[AccessKey], certificates: &[(bool, Timestamp)]) {
    for number in 0..2 {
        let key = keys.get(number);
        let used = key.and_then(|it| it.last_used.as_ref());
        let mut add = |name: &str, value: String| row.push((format!("access_key_{}_{name}", number + 1), value));
        add("active", key.is_some_and(|it| it.active).to_string());
        add("last_rotated", optional(key.map(|it| it.created_at), "N/A"));
        add("last_used_date", optional(used.map(|it| it.at), "N/A"));
        add("last_used_region", used.map_or("N/A", |it| &it.region).to_owned());
        add("last_used_service", used.map_or("N/A", |it| &it.service).to_owned());
    }
    for number in 0..2 {
        let certificate = certificates.get(number);
        let mut add = |name: &str, value: String| row.push((format!("cert_{}_{name}", number + 1), value));
        add("active", certificate.is_some_and(|(active, _)| *active).to_string());
        add("last_rotated", optional(certificate.map(|(_, at)| *at), "N/A"));
    }
    row.push(cell("additional_credentials_info", "N/A"));
}

fn cell(column: &str, value: impl Into<String>) -> (String, String) {
    (column.to_owned(), value.into())
}

fn optional(at: Option<Timestamp>, absent: &str) -> String {
    at.map_or_else(|| absent.to_owned(), time)
}

fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}
