//! Reports for tests.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rootsweep_model::report::v1::{self, Counts, Coverage, Report, Row, Run, SCHEMA};
use rootsweep_model::{AccountId, AccountState, Severity, Verdict};

pub(crate) fn account() -> AccountId {
    "111122223333".parse().expect("twelve digits")
}

pub(crate) fn row(check: &str, verdict: Verdict, severity: Severity) -> Row {
    Row {
        id: format!("{}/{check}", account()),
        account_id: account(),
        check_id: check.to_owned().into(),
        verdict,
        severity,
        summary: "invented".to_owned(),
        evidence: Vec::new(),
        alert_paths: Vec::new(),
        gap: None,
        remediation: None,
        exception: None,
    }
}

/// Makes the report of a run on the third of the month at the given hour.
pub(crate) fn report(hour: i8, rows: Vec<Row>) -> Report {
    let at: Timestamp = format!("2026-11-03T{hour:02}:00:00Z").parse().expect("a time");
    let account = v1::Account {
        id: account(),
        name: "billing".to_owned(),
        state: AccountState::Active,
        ou_path: None,
        ou_ids: Vec::new(),
        is_management: false,
    };
    Report {
        schema: SCHEMA.to_owned(),
        run: Run {
            id: format!("00000000-0000-4000-8000-0000000000{hour:02}"),
            version: "0.0.0".to_owned(),
            started_at: at,
            finished_at: at,
            interrupted: false,
            caller_arn: None,
            window_start: at,
            window_end: at,
        },
        organization: None,
        coverage: Coverage::default(),
        checks: Vec::new(),
        accounts: vec![account],
        counts: Counts { rows: rows.len() as u64, by_verdict: BTreeMap::new(), failed_by_severity: BTreeMap::new() },
        rows,
        episodes: Vec::new(),
        alarms: Vec::new(),
        changes: None,
        exceptions: Vec::new(),
    }
}
