//! RFC 4180, one line for every row, safe to open in a spreadsheet.

use std::io::Write;

use rootsweep_model::report::triage_v1::{Record, Triage};
use rootsweep_model::report::v1::{Account, AlertPath, Report, Row};

use crate::digest::{Digest, evidence_line};
use crate::{Error, text};

const COLUMNS: [&str; 24] = [
    "row_id",
    "account_id",
    "account_name",
    "account_state",
    "ou_path",
    "is_management",
    "check_id",
    "verdict",
    "severity",
    "summary",
    "evidence",
    "alert_paths",
    "gap_kind",
    "gap_call",
    "gap_region",
    "gap_code",
    "gap_message",
    "gap_request_id",
    "gap_remedy",
    "remediation",
    "exception_owner",
    "exception_reason",
    "exception_until",
    "exception_expired",
];

const TRIAGE_COLUMNS: [&str; 20] = [
    "event_id",
    "episode_id",
    "verdict",
    "severity",
    "event_time",
    "delivered_at",
    "account_id",
    "actor",
    "delivery",
    "expectation",
    "action",
    "event_source",
    "event_name",
    "aws_region",
    "source_ip_address",
    "user_agent",
    "error_code",
    "rules",
    "file",
    "index",
];

/// Writes every row of the report.
pub(crate) fn sweep(report: &Report, out: &mut dyn Write) -> Result<(), Error> {
    let digest = Digest::new(report);
    let lines = report.rows.iter().map(|row| line(&digest, row));
    write(&COLUMNS, lines, out)
}

/// Writes every record of the triage.
pub(crate) fn triage(triage: &Triage, out: &mut dyn Write) -> Result<(), Error> {
    write(&TRIAGE_COLUMNS, triage.records.iter().map(record), out)
}

fn write<const N: usize>(
    columns: &[&str; N],
    lines: impl Iterator<Item = [String; N]>,
    out: &mut dyn Write,
) -> Result<(), Error> {
    // Every cell is quoted: a spreadsheet that separates by semicolons must not find a cell inside of a cell.
    let mut writer = csv::WriterBuilder::new()
        .quote_style(csv::QuoteStyle::Always)
        .terminator(csv::Terminator::CRLF)
        .from_writer(out);
    writer.write_record(columns)?;
    for line in lines {
        writer.write_record(line.map(|cell| inert(&cell)))?;
    }
    Ok(writer.flush()?)
}

/// Returns the cell as one line that no spreadsheet takes for a formula.
///
/// The characters are those of <https://owasp.org/www-community/attacks/CSV_Injection>, with the full-width forms
/// that Japanese spreadsheets read likewise, also where white space stands before them.
fn inert(cell: &str) -> String {
    let shown = text::visible(cell);
    let starts_formula = |it: char| matches!(it, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '\'');
    // A tab and a carriage return are spelt out by now, and would have begun a formula all the same.
    let spelt_out = shown.starts_with("\\t") || shown.starts_with("\\r");
    if spelt_out || shown.trim_start().starts_with(starts_formula) { format!("'{shown}") } else { shown.into_owned() }
}

fn line(digest: &Digest<'_>, row: &Row) -> [String; COLUMNS.len()] {
    let account = digest.account(row.account_id);
    let of_account = |read: fn(&Account) -> String| account.map_or_else(String::new, read);
    let gap = row.gap.as_deref();
    let exception = row.exception.as_deref();
    let optional = |text: Option<&str>| text.unwrap_or_default().to_owned();
    [
        row.id.clone(),
        row.account_id.to_string(),
        of_account(|it| it.name.clone()),
        of_account(|it| it.state.to_string()),
        of_account(|it| it.ou_path.clone().unwrap_or_default()),
        of_account(|it| it.is_management.to_string()),
        row.check_id.to_string(),
        row.verdict.to_string(),
        row.severity.to_string(),
        row.summary.clone(),
        evidence(row),
        row.alert_paths.iter().map(alert_path).collect::<Vec<_>>().join("; "),
        gap.map_or_else(String::new, |gap| gap.kind.to_string()),
        optional(gap.map(|gap| gap.call.as_str())),
        optional(gap.and_then(|gap| gap.region.as_deref())),
        optional(gap.and_then(|gap| gap.code.as_deref())),
        optional(gap.map(|gap| gap.message.as_str())),
        optional(gap.and_then(|gap| gap.request_id.as_deref())),
        optional(gap.map(|gap| gap.remedy.as_str())),
        optional(row.remediation.as_deref()),
        optional(exception.map(|it| it.owner.as_str())),
        optional(exception.map(|it| it.reason.as_str())),
        optional(exception.map(|it| it.until.as_str())),
        exception.map_or_else(String::new, |it| it.expired.to_string()),
    ]
}

fn evidence(row: &Row) -> String {
    row.evidence.iter().map(evidence_line).collect::<Vec<_>>().join("; ")
}

fn alert_path(path: &AlertPath) -> String {
    let links = path.links.iter().map(|link| format!("{} {}", link.link, text::link_word(link.state)));
    format!("{} ({}): {}", path.name, path.region, links.collect::<Vec<_>>().join(" > "))
}

fn record(record: &Record) -> [String; TRIAGE_COLUMNS.len()] {
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    let time = |at: Option<jiff::Timestamp>| at.map_or_else(String::new, |at| at.to_string());
    [
        optional(&record.event_id),
        optional(&record.episode_id),
        record.verdict.to_string(),
        record.severity.to_string(),
        time(record.event_time),
        time(record.delivered_at),
        record.account_id.map_or_else(String::new, |id| id.to_string()),
        record.actor.to_string(),
        record.delivery.to_string(),
        record.expectation.to_string(),
        record.action.to_string(),
        optional(&record.event_source),
        optional(&record.event_name),
        optional(&record.aws_region),
        optional(&record.source_ip_address),
        optional(&record.user_agent),
        optional(&record.error_code),
        record.reasons.iter().map(|it| it.rule.as_str()).collect::<Vec<_>>().join("; "),
        record.source.file.clone(),
        record.source.index.to_string(),
    ]
}

#[cfg(test)]
mod tests {
    use super::inert;

    #[test]
    fn formulas_are_defused_and_words_are_left_alone() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1"] {
            assert!(inert(formula).starts_with('\''), "{formula:?} became {:?}", inert(formula));
        }
        assert_eq!(inert("payments-prod"), "payments-prod");
        assert_eq!(inert("'=1"), "''=1");
    }
}
