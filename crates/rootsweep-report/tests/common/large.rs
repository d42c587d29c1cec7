//! An organization of any size, made by rule: the same number of accounts gives the same report.

use rootsweep_model::report::v1::{Account, Change, ChangeKind, Changes, Check, Exception, Report, Row};
use rootsweep_model::{AccountId, AccountState, Evidence, Severity, Verdict};

use super::small::{self, broken_path, check, denied, episode};
use super::{at, count};

const UNITS: [&str; 6] =
    ["Root/Workloads/Prod", "Root/Workloads/Dev", "Root/Sandbox", "Root/Infrastructure", "Root/Security", "Root/Data"];
const TEAMS: [&str; 8] = ["payments", "search", "ledger", "identity", "checkout", "warehouse", "mobile", "analytics"];

/// Returns the ten checks of the first release.
fn catalogue() -> Vec<Check> {
    let more = [
        ("root-mfa-hardware", Severity::High, "The root user's MFA device is hardware.", "Replace the virtual device."),
        ("root-signing-certificates", Severity::Medium, "No signing certificate.", "Delete the signing certificate."),
        ("root-credentials-managed", Severity::Low, "Root credentials are managed centrally.", "Turn the feature on."),
        ("root-trail", Severity::High, "A trail records the account.", "Start the organization trail's logging."),
        ("root-alarm-noise", Severity::Low, "No alarm on service events.", "Leave out records with invokedBy."),
        ("root-activity", Severity::High, "No unexpected root activity.", "Work through the episode."),
        ("root-last-used", Severity::Medium, "Root was not used for 90 days.", "Find out who used it, and for what."),
    ];
    let more = more.map(|(id, severity, title, fix)| check(id, severity, title, fix));
    small::checks().into_iter().chain(more).collect()
}

/// A generator of numbers that look random and are not (Knuth's constants for a 64-bit linear congruence).
struct Numbers(u64);

impl Numbers {
    const fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// Returns a report of `accounts` accounts and ten checks.
pub(crate) fn large(accounts: u64) -> Report {
    let mut numbers = Numbers(7);
    let mut report = Report { checks: catalogue(), ..small::small() };
    report.accounts = (0..accounts).map(|number| account(number, &mut numbers)).collect();
    let checks = report.checks.clone();
    report.rows = report.accounts.iter().flat_map(|it| rows(it, &checks, &mut numbers)).collect();
    report.episodes = (0..30).zip(&report.accounts).map(|(number, it)| story(number, it.id)).collect();
    report.changes = Some(changes(&report.rows));
    report.coverage = rootsweep_model::report::v1::Coverage::default();
    count(&mut report);
    report
}

/// Every eighth fail is new, and every fortieth pass resolves an earlier fail.
fn changes(rows: &[Row]) -> Changes {
    let every = |step: usize, verdict, kind, before, summary: &str| {
        let rows = rows.iter().filter(move |row| row.verdict == verdict).step_by(step);
        let one = |row: &Row| Change {
            kind,
            id: row.id.clone(),
            account_id: Some(row.account_id),
            before: Some(before),
            after: Some(verdict),
            summary: summary.into(),
        };
        rows.map(one).collect::<Vec<_>>()
    };
    let mut items = every(8, Verdict::Fail, ChangeKind::New, Verdict::Pass, "Was in order the night before.");
    items.extend(every(40, Verdict::Pass, ChangeKind::Resolved, Verdict::Fail, "Is in order again."));
    items.extend(every(
        60,
        Verdict::Unknown,
        ChangeKind::NewlyUnreachable,
        Verdict::Pass,
        "Cannot be checked any more.",
    ));
    Changes { previous_run_id: "20261119T010000Z-77aa".into(), items }
}

fn account(number: u64, numbers: &mut Numbers) -> Account {
    let pick = |list: &[&'static str], n: u64| list[usize::try_from(n).expect("small")];
    let team = pick(&TEAMS, numbers.below(8));
    let state = if numbers.below(50) == 0 { AccountState::Suspended } else { AccountState::Active };
    Account {
        id: format!("{:012}", 100_000_000_000 + number * 7_919).parse().expect("twelve digits"),
        name: format!("{team}-{number:05}"),
        state,
        ou_path: Some(pick(&UNITS, numbers.below(6)).to_owned()),
        ou_ids: vec!["r-ab12".into()],
        is_management: number == 0,
    }
}

fn rows(account: &Account, checks: &[Check], numbers: &mut Numbers) -> Vec<Row> {
    let blind = numbers.below(40) == 0;
    let id = account.id.to_string();
    let one = |check: &Check| {
        let verdict = match numbers.below(100) {
            _ if blind => Verdict::Unknown,
            0..8 => Verdict::Fail,
            8..12 => Verdict::Unknown,
            12..14 => Verdict::Accepted,
            14..20 => Verdict::NotApplicable,
            _ => Verdict::Pass,
        };
        finish(&id, account.id, check, verdict)
    };
    checks.iter().map(one).collect()
}

fn finish(id: &str, account: AccountId, check: &Check, verdict: Verdict) -> Row {
    let summary = match verdict {
        Verdict::Fail => format!("What {} asks for does not hold in this account.", check.id),
        Verdict::Unknown => "Not checked.".to_owned(),
        _ => format!("{} was looked at.", check.title),
    };
    let mut row = small::row(id, check, verdict, &summary);
    row.gap = (verdict == Verdict::Unknown).then(|| Box::new(denied()));
    row.evidence = vec![
        Evidence::new("AccountMFAEnabled", "1", "iam:GetAccountSummary"),
        Evidence::new("root", format!("arn:aws:iam::{account}:root"), "iam:GetCredentialReport"),
        Evidence::new("root password last used", last_used(account), "iam:GetCredentialReport"),
    ];
    if check.id == "root-alarm" {
        row.alert_paths = vec![broken_path(id)];
    }
    row.exception = (verdict == Verdict::Accepted).then(|| Box::new(accepted()));
    row
}

/// Returns a time that no two neighbours share, as real evidence has it.
fn last_used(account: AccountId) -> String {
    let number: u64 = account.to_string().parse().expect("an account id is a number");
    format!("2026-{:02}-{:02}T{:02}:{:02}:00Z", number % 11 + 1, number % 28 + 1, number % 24, number / 24 % 60)
}

fn story(number: u64, account: AccountId) -> rootsweep_model::report::triage_v1::Episode {
    use rootsweep_model::assessment::{Delivery, TriageVerdict};
    let mut it = episode();
    it.id = format!("ep-{account}-{number:04}");
    it.account_id = Some(account);
    if !number.is_multiple_of(3) {
        it.verdict = TriageVerdict::Historical;
        it.severity = Severity::Low;
        it.delivery = Delivery::Backfilled;
        it.title = "Root looked at billing during an outage of CloudTrail".into();
        it.first_event_time = Some(at("2026-10-20T06:00:00Z"));
        it.last_event_time = Some(at("2026-10-20T06:20:00Z"));
    }
    it
}

fn accepted() -> Exception {
    Exception {
        owner: "platform@example.com".into(),
        reason: "Known, and being worked on.".into(),
        until: "2027-01-31".into(),
        expired: false,
    }
}
