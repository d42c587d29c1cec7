//! A small organization in which everything that a report can say happens once.

use std::collections::BTreeMap;

use rootsweep_model::assessment::{Action, Actor, Delivery, Expectation, FieldRead, Reason, TriageVerdict};
use rootsweep_model::report::triage_v1::{self, ActionCount, Episode, Record, Source, Triage};
use rootsweep_model::report::v1::{
    Account, AlarmTransition, AlertPath, AlertPathKind, Change, ChangeKind, Changes, Check, Coverage, Exception,
    ExceptionStatus, GapCount, Link, LinkState, Organization, ProbeOutcome, Report, Row, Run, SCHEMA,
};
use rootsweep_model::{AccountId, AccountState, Evidence, Gap, GapKind, Partition, Severity, Verdict};

use super::{at, count};

pub(crate) const MANAGEMENT: &str = "111111111111";
pub(crate) const PAYMENTS: &str = "222222222222";
pub(crate) const SANDBOX: &str = "333333333333";
pub(crate) const OLD: &str = "444444444444";

pub(crate) fn id(text: &str) -> AccountId {
    text.parse().expect("an account id of the test is well formed")
}

pub(crate) fn check(id: &str, severity: Severity, title: &str, remediation: &str) -> Check {
    Check {
        id: id.into(),
        title: title.into(),
        severity,
        risk: "Whoever holds root holds everything, and no policy stops them.".into(),
        remediation: remediation.into(),
        unknown_means: "Nobody looked.".into(),
        controls: BTreeMap::from([("CIS AWS Foundations 3.0".into(), vec!["1.5".into()])]),
    }
}

/// Returns the catalogue of the small report.
pub(crate) fn checks() -> Vec<Check> {
    vec![
        check(
            "root-mfa",
            Severity::Critical,
            "The root user has MFA.",
            "Sign in as root and add a security key under Security credentials, or remove the root credentials centrally.",
        ),
        check(
            "root-access-keys",
            Severity::Critical,
            "The root user has no access key.",
            "Delete the root access key.",
        ),
        check(
            "root-alarm",
            Severity::High,
            "An alert path wakes someone for every use of root.",
            "Confirm the subscription, and let the filter match every root record.",
        ),
    ]
}

fn account(number: &str, name: &str, ou: &str, state: AccountState) -> Account {
    Account {
        id: id(number),
        name: name.into(),
        state,
        ou_path: Some(ou.into()),
        ou_ids: vec!["r-ab12".into()],
        is_management: number == MANAGEMENT,
    }
}

pub(crate) fn row(account: &str, check: &Check, verdict: Verdict, summary: &str) -> Row {
    let open = matches!(verdict, Verdict::Fail | Verdict::Unknown | Verdict::Accepted);
    Row {
        id: format!("{account}/{}", check.id),
        account_id: id(account),
        check_id: check.id.clone().into(),
        verdict,
        severity: check.severity,
        summary: summary.into(),
        evidence: Vec::new(),
        alert_paths: Vec::new(),
        gap: None,
        remediation: open.then(|| check.remediation.clone().into()),
        exception: None,
    }
}

fn link(link: &str, state: LinkState, subject: &str, detail: &str) -> Link {
    Link { link: link.into(), state, subject: subject.into(), detail: detail.into() }
}

/// Returns an alert path whose filter never matches.
pub(crate) fn broken_path(account: &str) -> AlertPath {
    use LinkState::{Broken, Holds, Unknown};
    let group = format!("arn:aws:logs:us-east-1:{account}:log-group:aws-cloudtrail-logs");
    AlertPath {
        kind: AlertPathKind::MetricAlarm,
        name: "root-account-usage".into(),
        account_id: id(account),
        region: "us-east-1".into(),
        state: Broken,
        links: vec![
            link("trail", Holds, "org-trail", "Logs management events of every Region."),
            link("log-group", Holds, &group, "Received a record four minutes ago."),
            link(
                "metric-filter",
                Broken,
                "RootUsage",
                "Asks for sourceIPAddress 203.0.113.7: a root sign-in from anywhere else is not counted.",
            ),
            link("alarm", Holds, "root-account-usage", "Sum >= 1 in 300 seconds."),
            link(
                "topic",
                Unknown,
                "arn:aws:sns:us-east-1:111111111111:security",
                "Its subscriptions could not be read.",
            ),
        ],
        probes: vec![
            ProbeOutcome { id: "console-sign-in".into(), outcome: Broken },
            ProbeOutcome { id: "api-write".into(), outcome: Unknown },
        ],
    }
}

pub(crate) fn denied() -> Gap {
    Gap {
        code: Some("AccessDenied".into()),
        request_id: Some("6f1e0b5c-2f5e-4d0a-9b0a-6d1c9f2e7a11".into()),
        ..Gap::new(
            GapKind::AccessDenied,
            "iam:GetAccountSummary",
            "User: arn:aws:sts::333333333333:assumed-role/rootsweep-audit/sweep is not authorized to perform: \
             iam:GetAccountSummary",
            "Whoever owns the audit role: allow iam:GetAccountSummary in it.",
        )
    }
}

fn rows(checks: &[Check]) -> Vec<Row> {
    let [mfa, keys, alarm] = checks else { panic!("the small catalogue has three checks") };
    let suspended = Gap::new(
        GapKind::AccountNotActive,
        "sts:AssumeRole",
        "the account is suspended",
        "Nobody can sign in to a suspended account; AWS Support reopens it.",
    );
    let unknown = |account, check, gap: Gap| {
        let gap = Some(Box::new(gap));
        Row { gap, ..row(account, check, Verdict::Unknown, "Not checked.") }
    };
    vec![
        Row {
            evidence: vec![Evidence::new("AccountMFAEnabled", "1", "iam:GetAccountSummary")],
            ..row(MANAGEMENT, mfa, Verdict::Pass, "The root user has MFA.")
        },
        Row {
            exception: Some(Box::new(Exception {
                owner: "platform@example.com".into(),
                reason: "Break-glass key in the safe until the vault is live.".into(),
                until: "2027-01-31".into(),
                expired: false,
            })),
            ..row(MANAGEMENT, keys, Verdict::Accepted, "The root user has an access key.")
        },
        row(MANAGEMENT, alarm, Verdict::Pass, "The alarm root-usage wakes a confirmed subscriber."),
        Row {
            evidence: vec![
                Evidence::new("AccountMFAEnabled", "0", "iam:GetAccountSummary"),
                Evidence::new("root login profile", "present", "iam:GetAccountSummary"),
            ],
            ..row(PAYMENTS, mfa, Verdict::Fail, "The root user can sign in with a password alone.")
        },
        row(PAYMENTS, keys, Verdict::NotApplicable, "The account has no root credentials."),
        Row {
            alert_paths: vec![broken_path(PAYMENTS)],
            exception: Some(Box::new(Exception {
                owner: "payments@example.com".into(),
                reason: "Waiting for the new log group.".into(),
                until: "2026-10-31".into(),
                expired: true,
            })),
            ..row(PAYMENTS, alarm, Verdict::Fail, "No alert path holds: the metric filter misses console sign-ins.")
        },
        unknown(SANDBOX, mfa, denied()),
        unknown(SANDBOX, keys, denied()),
        row(SANDBOX, alarm, Verdict::Pass, "The organization's alarm covers the account."),
        unknown(OLD, mfa, suspended.clone()),
        unknown(OLD, keys, suspended.clone()),
        unknown(OLD, alarm, suspended),
    ]
}

fn run() -> Run {
    Run {
        id: "20261120T010000Z-5e1f".into(),
        version: "0.1.0".into(),
        started_at: at("2026-11-20T01:00:00Z"),
        finished_at: at("2026-11-20T01:03:21Z"),
        interrupted: false,
        caller_arn: Some("arn:aws:sts::111111111111:assumed-role/nightly/rootsweep".into()),
        window_start: at("2026-11-19T01:00:00Z"),
        window_end: at("2026-11-20T01:00:00Z"),
    }
}

fn coverage() -> Coverage {
    let gap = |kind, call: &str, rows, remedy: &str| GapCount { kind, call: call.into(), rows, remedy: remedy.into() };
    Coverage {
        gaps: vec![
            gap(GapKind::AccountNotActive, "sts:AssumeRole", 3, "AWS Support reopens it."),
            gap(GapKind::AccessDenied, "iam:GetAccountSummary", 2, "Allow iam:GetAccountSummary in the audit role."),
        ],
        ..Coverage::default()
    }
}

fn changes() -> Changes {
    let change = |kind, id: &str, before, after, summary: &str| Change {
        kind,
        id: id.into(),
        account_id: id.split('/').next().and_then(|account| account.parse().ok()),
        before,
        after,
        summary: summary.into(),
    };
    let (new, added) = (ChangeKind::New, ChangeKind::AccountAdded);
    Changes {
        previous_run_id: "20261119T010000Z-77aa".into(),
        items: vec![
            change(
                new,
                "222222222222/root-mfa",
                Some(Verdict::Pass),
                Some(Verdict::Fail),
                "The root user lost its MFA.",
            ),
            change(new, "episode-1", None, Some(Verdict::Fail), "Root activity of an account that no record names."),
            change(added, "333333333333", None, None, "The account is listed for the first time."),
        ],
    }
}

fn exceptions() -> Vec<ExceptionStatus> {
    let exception = |checks: &str, owner: &str, reason: &str, until: &str, expired, rows: &[&str]| ExceptionStatus {
        checks: vec![checks.into()],
        accounts: Vec::new(),
        organizational_units: vec!["ou-ab12-prod".into()],
        owner: owner.into(),
        reason: reason.into(),
        until: until.into(),
        expired,
        rows: rows.iter().map(|&row| row.into()).collect(),
    };
    let (platform, payments) = ("platform@example.com", "payments@example.com");
    let vault = "Break-glass key in the safe until the vault is live.";
    vec![
        exception("root-access-keys", platform, vault, "2027-01-31", false, &["111111111111/root-access-keys"]),
        exception(
            "root-alarm",
            payments,
            "Waiting for the new log group.",
            "2026-10-31",
            true,
            &["222222222222/root-alarm"],
        ),
        exception("root-mfa", platform, "The old token.", "2027-06-30", false, &[]),
    ]
}

/// Returns an episode of a live intruder.
pub(crate) fn episode() -> Episode {
    Episode {
        id: "ep-222222222222-0001".into(),
        account_id: Some(id(PAYMENTS)),
        verdict: TriageVerdict::Incident,
        severity: Severity::Critical,
        title: "Root signed in without MFA and made an access key".into(),
        story: vec![
            "Root signed in to the console from 198.51.100.23, without MFA.".into(),
            "Three minutes later it made an access key.".into(),
        ],
        actor: Actor::RootUser,
        delivery: Delivery::OnTime,
        expectation: Expectation::Unexpected,
        first_event_time: Some(at("2026-11-19T22:01:10Z")),
        last_event_time: Some(at("2026-11-19T22:04:55Z")),
        first_delivered_at: Some(at("2026-11-19T22:06:00Z")),
        last_delivered_at: Some(at("2026-11-19T22:09:30Z")),
        mfa: Some(false),
        source_ip_addresses: vec!["198.51.100.23".into()],
        user_agents: vec!["Mozilla/5.0".into()],
        actions: vec![ActionCount {
            event_source: "iam.amazonaws.com".into(),
            event_name: "CreateAccessKey".into(),
            action: Action::CredentialChange,
            count: 1,
        }],
        event_ids: vec!["0f3b8d1e-aaaa-4bbb-8ccc-1234567890ab".into()],
        reasons: vec![Reason {
            rule: "root-credential-change".into(),
            says: "Root changed who can get in.".into(),
            fields: vec![
                FieldRead { path: "eventName".into(), value: Some("CreateAccessKey".into()) },
                FieldRead { path: "userIdentity.invokedBy".into(), value: None },
            ],
        }],
        next_commands: vec!["aws iam list-access-keys --profile 222222222222".into()],
    }
}

/// Returns the small report: three checks of four accounts.
pub(crate) fn small() -> Report {
    let checks = checks();
    let mut report = Report {
        schema: SCHEMA.into(),
        run: run(),
        organization: Some(Organization {
            id: "o-exampleorg".into(),
            management_account_id: id(MANAGEMENT),
            partition: Partition::Aws,
            root_features: Some(vec!["RootCredentialsManagement".into()]),
            gaps: Vec::new(),
        }),
        coverage: coverage(),
        accounts: vec![
            account(MANAGEMENT, "management", "Root", AccountState::Active),
            account(PAYMENTS, "payments-prod", "Root/Workloads/Prod", AccountState::Active),
            account(SANDBOX, "sandbox", "Root/Sandbox", AccountState::Active),
            account(OLD, "old-shop", "Root/Suspended", AccountState::Suspended),
        ],
        rows: rows(&checks),
        checks,
        episodes: vec![episode()],
        alarms: vec![AlarmTransition {
            account_id: id(PAYMENTS),
            region: "us-east-1".into(),
            alarm: "root-account-usage".into(),
            at: at("2026-11-19T22:07:00Z"),
            event_ids: vec!["0f3b8d1e-aaaa-4bbb-8ccc-1234567890ab".into()],
            explanation: "Tripped by CreateAccessKey of the root user.".into(),
            justified: Some(true),
        }],
        changes: Some(changes()),
        exceptions: exceptions(),
        counts: rootsweep_model::report::v1::Counts::default(),
    };
    count(&mut report);
    report
}

/// Returns a triage with one late record and one file that could not be read.
pub(crate) fn triage() -> Triage {
    let record = Record {
        event_id: Some("0f3b8d1e-aaaa-4bbb-8ccc-1234567890ab".into()),
        source: Source { file: "trail/2026/11/19/a.json.gz".into(), index: 4 },
        event_time: Some(at("2026-11-19T22:04:55Z")),
        delivered_at: Some(at("2026-11-19T22:09:30Z")),
        account_id: Some(id(PAYMENTS)),
        event_source: Some("iam.amazonaws.com".into()),
        event_name: Some("CreateAccessKey".into()),
        aws_region: Some("us-east-1".into()),
        source_ip_address: Some("198.51.100.23".into()),
        user_agent: Some("Mozilla/5.0".into()),
        error_code: None,
        actor: Actor::RootUser,
        delivery: Delivery::OnTime,
        expectation: Expectation::Unexpected,
        action: Action::CredentialChange,
        verdict: TriageVerdict::Incident,
        severity: Severity::Critical,
        episode_id: Some(episode().id),
        reasons: episode().reasons,
    };
    Triage {
        schema: triage_v1::SCHEMA.into(),
        records: vec![record],
        episodes: vec![episode()],
        alarms: Vec::new(),
        skipped: vec![triage_v1::Skipped {
            file: "trail/broken.json.gz".into(),
            offset: Some(4096),
            reason: "the file ends inside of a record".into(),
        }],
        counts: triage_v1::Counts {
            files: 2,
            records: 41,
            root_records: 1,
            incident: 1,
            not_root: 40,
            skipped: 1,
            ..triage_v1::Counts::default()
        },
    }
}
