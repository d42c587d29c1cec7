use rootsweep_model::GapKind;

use super::*;

const HEADER: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,\
    password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,\
    access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,\
    access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,\
    cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

const ROOT: &str = "<root_account>,arn:aws:iam::111122223333:root,2015-01-01T00:00:00+00:00,not_supported,\
    2026-06-01T12:05:00+00:00,not_supported,not_supported,true,true,2020-01-01T00:00:00+00:00,\
    2026-07-19T23:45:00+00:00,us-east-1,iam,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A";

fn report(lines: &[&str]) -> Result<CredentialReport, Gap> {
    root_row(lines.join("\n").as_bytes())
}

fn kind(lines: &[&str]) -> Option<GapKind> {
    report(lines).err().map(|gap| gap.kind)
}

/// The columns of <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html>.
#[test]
fn the_root_users_row_is_read_by_column_names() {
    let user = "alice,arn:aws:iam::111122223333:user/alice,,,,,,,,,,,,,,,,,,,,";
    let report = report(&[HEADER, user, ROOT]).unwrap();
    assert_eq!(report.password_enabled, None);
    assert_eq!(report.mfa_active, Some(true));
    assert_eq!(report.password_last_used.unwrap().to_string(), "2026-06-01T12:05:00Z");
    let [first, second] = &report.access_keys[..] else { panic!("two keys") };
    assert_eq!((first.active, first.last_used_service.as_deref()), (Some(true), Some("iam")));
    assert_eq!(first.last_used.unwrap().to_string(), "2026-07-19T23:45:00Z");
    assert_eq!((second.active, second.last_rotated, second.last_used), (Some(false), None, None));
}

#[test]
fn the_root_user_is_known_by_its_arn_too() {
    assert!(report(&[HEADER, &ROOT.replace("<root_account>", "root")]).is_ok());
}

#[test]
fn columns_in_another_order_and_new_ones_change_nothing() {
    let turned = |line: &str| format!("x,{}", line.rsplit(',').collect::<Vec<_>>().join(","));
    assert_eq!(report(&[&turned(HEADER), &turned(ROOT)]), report(&[HEADER, ROOT]));
}

#[test]
fn a_report_without_the_root_user_is_a_gap() {
    assert_eq!(kind(&[HEADER]), Some(GapKind::MissingField));
    assert_eq!(kind(&[""]), Some(GapKind::MissingField));
}

#[test]
fn a_missing_column_is_not_taken_for_never_used() {
    for column in ["password_last_used", "access_key_2_last_used_date", "mfa_active"] {
        assert_eq!(kind(&[&HEADER.replace(column, "renamed"), ROOT]), Some(GapKind::MissingField), "{column}");
    }
}

#[test]
fn a_value_that_is_not_understood_is_not_taken_for_never_used() {
    assert_eq!(
        kind(&[HEADER, &ROOT.replace("2026-06-01T12:05:00+00:00", "yesterday")]),
        Some(GapKind::MalformedAnswer)
    );
    assert_eq!(kind(&[HEADER, &ROOT.replacen(",true,", ",maybe,", 1)]), Some(GapKind::MalformedAnswer));
}

#[test]
fn a_truncated_row_is_a_gap() {
    let half = &ROOT[..ROOT.len() / 2];
    assert_eq!(kind(&[HEADER, half]), Some(GapKind::MalformedAnswer));
}
