//! Exceptions, coverage, root activity and alarms that fired, judged from facts that a test writes itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use rootsweep_checks::{CHECKS, Check, CheckMeta, Subject};
use rootsweep_engine::{Context, Gathered};
use rootsweep_model::exception::{ExpectedUse, RowException};
use rootsweep_model::facts::{AlarmHistoryItem, RawRecord, RecordSource, RecordSourceKind};
use rootsweep_model::report::v1::{AlertPath, AlertPathKind, Link, LinkState, Report};
use rootsweep_model::{AccountFacts, Fact, GapKind, Judgement, Severity, Verdict};
use serde_json::Value;

use crate::invented::{Fault, Invented, Sweep, header, id, organization, runtime, started_at};

fn judged(gathered: &Gathered, checks: &[&dyn Check], exceptions: &[RowException]) -> Report {
    judged_expecting(gathered, checks, exceptions, &[])
}

fn judged_expecting(
    gathered: &Gathered,
    checks: &[&dyn Check],
    exceptions: &[RowException],
    expected_uses: &[ExpectedUse],
) -> Report {
    let organization = organization();
    let context = Context {
        checks,
        organization: &organization,
        exceptions,
        expected_uses,
        version: "0.0.0",
        finished_at: started_at(),
    };
    rootsweep_engine::judge(gathered, &context).expect("a report")
}

fn gathered(invented: Invented) -> Gathered {
    runtime().block_on(Sweep::default().run(&Arc::new(invented))).expect("facts").0
}

/// Accounts 0 and 2 have no root MFA, account 1 has, and account 3 could not be entered.
fn four_accounts() -> Gathered {
    gathered(Invented::of(4, 20).with(3, Fault::Denied))
}

fn exception(until: &str) -> RowException {
    RowException {
        checks: vec!["root-mfa".to_owned()],
        accounts: vec![id(0)],
        organizational_units: Vec::new(),
        owner: "platform".to_owned(),
        reason: "hardware keys are on order".to_owned(),
        until: until.parse().expect("a date"),
    }
}

fn verdict(report: &Report, account: usize) -> Verdict {
    let row = format!("{}/root-mfa", id(account));
    report.rows.iter().find(|it| it.id == row).expect("a row").verdict
}

#[test]
fn an_exception_carries_a_fail_through_its_last_day() {
    for (until, wanted, expired) in [("2026-11-20", Verdict::Accepted, false), ("2026-11-19", Verdict::Fail, true)] {
        let report = judged(&four_accounts(), CHECKS, &[exception(until)]);
        assert_eq!(verdict(&report, 0), wanted, "{until}");
        let row = report.rows.iter().find(|row| row.exception.is_some()).expect("the exception speaks of a row");
        assert_eq!(row.exception.as_ref().map(|it| it.expired), Some(expired), "{until}");
        assert_eq!(report.exceptions[0].rows, std::slice::from_ref(&row.id));
        assert_eq!(report.exceptions[0].expired, expired);
    }
}

#[test]
fn an_expected_use_that_has_expired_stands_among_the_exceptions() {
    let use_until = |until: &str| {
        let text = serde_json::json!({
            "name": "office", "events": ["ConsoleLogin"], "owner": "platform", "reason": "yearly test", "until": until
        });
        serde_json::from_value::<ExpectedUse>(text).expect("an expected use")
    };
    let uses = [use_until("2026-11-20"), use_until("2026-11-19")];
    let report = judged_expecting(&four_accounts(), CHECKS, &[], &uses);
    let told: Vec<_> = report.exceptions.iter().map(|it| (&*it.until, it.expired, &*it.reason)).collect();
    assert_eq!(told, [("2026-11-19", true, "office: yearly test")]);
}

#[test]
fn one_that_holds_goes_before_one_that_has_expired() {
    let report = judged(&four_accounts(), CHECKS, &[exception("2026-01-01"), exception("2027-01-01")]);
    assert_eq!(verdict(&report, 0), Verdict::Accepted);
    assert_eq!(report.exceptions.iter().map(|it| it.rows.len()).collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn an_exception_makes_nothing_of_passes_and_unknowns() {
    let carried = RowException { accounts: vec![id(1), id(3)], ..exception("2027-01-01") };
    let report = judged(&four_accounts(), CHECKS, &[carried]);
    assert_eq!(verdict(&report, 3), Verdict::Unknown);
    assert_ne!(verdict(&report, 1), Verdict::Accepted);
    assert!(report.exceptions[0].rows.is_empty(), "it is unused: {:?}", report.exceptions[0].rows);
}

#[test]
fn an_exception_by_unit_covers_what_is_below_it() {
    let by_unit = |unit: &str| RowException {
        accounts: Vec::new(),
        organizational_units: vec![unit.to_owned()],
        ..exception("2027-01-01")
    };
    let report = judged(&four_accounts(), CHECKS, &[by_unit("r-ab12")]);
    assert_eq!([verdict(&report, 0), verdict(&report, 2)], [Verdict::Accepted; 2]);
    let report = judged(&four_accounts(), CHECKS, &[by_unit("ou-ab12-00000002")]);
    assert_eq!([verdict(&report, 0), verdict(&report, 2)], [Verdict::Fail, Verdict::Accepted]);
}

#[test]
fn coverage_counts_accounts_and_names_the_gaps() {
    let report = judged(&four_accounts(), &[&Hearing], &[]);
    let coverage = &report.coverage;
    assert_eq!((coverage.accounts, coverage.accounts_fully_checked, coverage.accounts_not_checked), (4, 3, 1));
    let [gap] = coverage.gaps.as_slice() else { panic!("one kind of gap, not {:?}", coverage.gaps) };
    assert_eq!((gap.kind, gap.call.as_str(), gap.rows), (GapKind::NoSession, "sts:AssumeRole", 1));
}

static HEARING: CheckMeta = CheckMeta {
    id: "hearing",
    title: "Somebody hears of it",
    severity: Severity::High,
    risk: "",
    remediation: "",
    unknown_means: "",
    controls: &[],
    needs: &[],
    readme: "",
};

/// A check that finds every account watched by the alarm `root-use` of account 0.
struct Hearing;

impl Check for Hearing {
    fn meta(&self) -> &'static CheckMeta {
        &HEARING
    }

    fn judge(&self, subject: &Subject<'_>) -> Judgement {
        if let Some(gap) = subject.facts.session.gap() {
            return Judgement::from(gap);
        }
        let link = |link: &str| Link {
            link: link.to_owned(),
            state: LinkState::Holds,
            subject: "root-use".to_owned(),
            detail: String::new(),
        };
        Judgement::pass("heard").along(vec![AlertPath {
            kind: AlertPathKind::MetricAlarm,
            name: "root-use".to_owned(),
            account_id: id(0),
            region: "us-east-1".to_owned(),
            state: LinkState::Holds,
            links: vec![link("metric-filter"), link("alarm")],
            probes: Vec::new(),
        }])
    }
}

fn console_login(account: usize, event_id: &str, time: &str) -> String {
    let account = id(account);
    serde_json::json!({
        "eventVersion": "1.08", "eventID": event_id, "eventTime": time, "eventSource": "signin.amazonaws.com",
        "eventName": "ConsoleLogin", "eventType": "AwsConsoleSignIn", "awsRegion": "us-east-1",
        "sourceIPAddress": "203.0.113.9", "userAgent": "Mozilla/5.0",
        "userIdentity": { "type": "Root", "accountId": account, "arn": format!("arn:aws:iam::{account}:root"), "principalId": account },
        "responseElements": { "ConsoleLogin": "Success" }, "additionalEventData": { "MFAUsed": "No" },
        "recipientAccountId": account,
    })
    .to_string()
}

/// Judges two accounts of which account 1 has the given records, and the alarm of account 0 fired at 02:30.
fn fired(records: &[String]) -> Report {
    fired_with(with_history, |facts| with_records(facts, records))
}

/// Judges two accounts, each with facts of its own.
fn fired_with(
    of_first: impl Fn(AccountFacts) -> AccountFacts,
    of_second: impl Fn(AccountFacts) -> AccountFacts,
) -> Report {
    let mut gathered = gathered(Invented::of(2, 20));
    let checkpoint = rootsweep_engine::Checkpoint::temporary(header()).expect("a temporary file");
    let written = std::mem::replace(&mut gathered.checkpoint, checkpoint);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("facts.jsonl");
    let mut lines = vec![serde_json::to_string(written.header()).expect("JSON")];
    for account in [id(0), id(1)] {
        let facts = written.read(account).expect("readable").expect("there");
        let facts = if account == id(0) { of_first(facts) } else { of_second(facts) };
        lines.push(serde_json::json!({ "account": facts }).to_string());
    }
    std::fs::write(&path, lines.join("\n") + "\n").expect("written");
    gathered.checkpoint =
        rootsweep_engine::Checkpoint::resume(&path, &crate::invented::options()).expect("a checkpoint");
    gathered.owners.insert(id(0));
    judged(&gathered, &[&Hearing], &[])
}

fn with_history(facts: AccountFacts) -> AccountFacts {
    let item = |alarm: &str, state: &str| AlarmHistoryItem {
        alarm_name: alarm.to_owned(),
        timestamp: "2026-11-20T02:30:00Z".parse().expect("a time"),
        new_state: Some(state.to_owned()),
    };
    let items = vec![item("root-use", "ALARM"), item("root-use", "OK"), item("disk-full", "ALARM")];
    let alarm_history = BTreeMap::from([("us-east-1".to_owned(), Fact::Known(items))]);
    AccountFacts { alarm_history, ..facts }
}

fn with_records(facts: AccountFacts, records: &[String]) -> AccountFacts {
    let records = records.iter().map(|json| RawRecord { json: json.clone(), delivered_at: None }).collect();
    let (kind, region) = (RecordSourceKind::LookupEvents, "us-east-1".to_owned());
    AccountFacts { records: vec![RecordSource { kind, region, records: Fact::Known(records) }], ..facts }
}

#[test]
fn an_alarm_is_explained_by_the_records_of_the_account_that_it_watches() {
    let tripping = console_login(1, "11111111-1111-4111-8111-111111111111", "2026-11-20T02:20:00Z");
    let earlier = console_login(1, "22222222-2222-4222-8222-222222222222", "2026-11-20T01:00:00Z");
    let later = console_login(1, "33333333-3333-4333-8333-333333333333", "2026-11-20T02:31:00Z");
    let report = fired(&[earlier, tripping, later]);
    let [alarm] = report.alarms.as_slice() else { panic!("one transition, not {:?}", report.alarms) };
    assert_eq!((alarm.account_id, alarm.alarm.as_str()), (id(0), "root-use"));
    assert_eq!(alarm.event_ids, ["11111111-1111-4111-8111-111111111111"]);
    assert_eq!(alarm.justified, Some(true));
    assert_eq!(
        alarm.explanation,
        "it fired on ConsoleLogin, rightly: it is unexpected root use; the worst is ConsoleLogin of \
         2026-11-20T02:20:00Z: incident (critical)"
    );
}

/// Gives the alarm `root-use` a period of a day.
fn with_daily_alarm(facts: AccountFacts) -> AccountFacts {
    let alarm = serde_json::json!({
        "name": "root-use", "arn": "arn:aws:cloudwatch:us-east-1:000000000000:alarm:root-use", "alarm_actions": [],
        "kind": { "metric": { "period": 86_400, "evaluation_periods": 1 } },
    });
    let alarms = vec![serde_json::from_value(alarm).expect("an alarm")];
    let mut facts = with_history(facts);
    facts.monitoring.alarms.insert("us-east-1".to_owned(), Fact::Known(alarms));
    facts
}

#[test]
fn an_alarm_with_a_period_of_a_day_is_explained_by_the_records_of_that_day() {
    let earlier = console_login(1, "11111111-1111-4111-8111-111111111111", "2026-11-19T03:00:00Z");
    let before = console_login(1, "22222222-2222-4222-8222-222222222222", "2026-11-19T01:00:00Z");
    let report = fired_with(with_daily_alarm, |facts| with_records(facts, &[earlier.clone(), before.clone()]));
    assert_eq!(report.alarms[0].event_ids, ["11111111-1111-4111-8111-111111111111"]);
    assert_eq!(report.alarms[0].justified, Some(true));
    assert!(fired(&[earlier]).alarms[0].event_ids.is_empty(), "a period that is not told is short");
}

#[test]
fn an_alarm_that_goes_off_again_is_not_credited_with_the_records_of_the_first_time() {
    let first = console_login(1, "11111111-1111-4111-8111-111111111111", "2026-11-20T02:20:00Z");
    let second = console_login(1, "22222222-2222-4222-8222-222222222222", "2026-11-20T02:37:00Z");
    let report = fired_with(with_second_transition, |facts| with_records(facts, &[first.clone(), second.clone()]));
    let told: Vec<_> = report.alarms.iter().map(|alarm| alarm.event_ids.as_slice()).collect();
    assert_eq!(told, [["11111111-1111-4111-8111-111111111111"], ["22222222-2222-4222-8222-222222222222"]]);
}

/// Lets the alarm `root-use` stand down at 02:35, and go off again at 02:40.
fn with_second_transition(facts: AccountFacts) -> AccountFacts {
    let mut facts = with_history(facts);
    let item = |time: &str, state: &str| AlarmHistoryItem {
        alarm_name: "root-use".to_owned(),
        timestamp: time.parse().expect("a time"),
        new_state: Some(state.to_owned()),
    };
    let again = [("02:30", "ALARM"), ("02:35", "OK"), ("02:40", "ALARM")]
        .map(|(at, it)| item(&format!("2026-11-20T{at}:00Z"), it));
    facts.alarm_history.insert("us-east-1".to_owned(), Fact::Known(again.to_vec()));
    facts
}

/// A call that AWS made as root.
fn by_aws(account: usize, event_id: &str, time: &str) -> String {
    let mut record: Value = serde_json::from_str(&console_login(account, event_id, time)).expect("JSON");
    let identity = record.get_mut("userIdentity").and_then(Value::as_object_mut).expect("an identity");
    identity.insert("invokedBy".to_owned(), "AWS Internal".into());
    let record = record.as_object_mut().expect("an object");
    record.insert("eventType".to_owned(), "AwsServiceEvent".into());
    record.insert("sourceIPAddress".to_owned(), "AWS Internal".into());
    serde_json::json!(record).to_string()
}

#[test]
fn an_alarm_is_not_called_wrong_where_a_source_of_records_was_not_read() {
    let records = [by_aws(1, "11111111-1111-4111-8111-111111111111", "2026-11-20T02:20:00Z")];
    assert_eq!(fired(&records).alarms[0].justified, Some(false), "with everything read it was wrong");
    let half_read = |facts| {
        let mut facts = with_records(facts, &records);
        let denied = crate::invented::gap(GapKind::AccessDenied, "logs:FilterLogEvents");
        let (kind, region) = (RecordSourceKind::LogGroup, "us-east-1".to_owned());
        facts.records.push(RecordSource { kind, region, records: Fact::Gap(denied) });
        facts
    };
    let report = fired_with(with_history, half_read);
    assert_eq!(report.alarms[0].event_ids, ["11111111-1111-4111-8111-111111111111"]);
    assert_eq!(report.alarms[0].justified, None);
    assert!(report.alarms[0].explanation.contains("logs:FilterLogEvents"), "{}", report.alarms[0].explanation);
}

/// Feeds the alarm `root-use` from a trail, which AWS itself tripped as far as account 0 tells.
fn with_trail(facts: AccountFacts, of_organization: bool) -> AccountFacts {
    let arn = "arn:aws:logs:us-east-1:111111111111:log-group:trail";
    let trail = serde_json::json!({
        "arn": "arn:aws:cloudtrail:us-east-1:111111111111:trail/all", "name": "all",
        "is_organization_trail": of_organization, "log_group_arn": arn,
    });
    let group = serde_json::json!({
        "arn": arn, "name": "trail", "region": "us-east-1",
        "metric_filters": { "known": [{
            "name": "root", "pattern": "{ $.userIdentity.type = \"Root\" }",
            "transformations": [{ "metric_name": "Root", "metric_namespace": "CIS", "metric_value": "1" }],
        }] },
    });
    let alarm = serde_json::json!({
        "name": "root-use", "arn": "arn:aws:cloudwatch:us-east-1:111111111111:alarm:root-use", "alarm_actions": [],
        "kind": { "metric": { "namespace": "CIS", "metric_name": "Root", "period": 60, "evaluation_periods": 1 } },
    });
    let mut facts =
        with_records(with_history(facts), &[by_aws(0, "11111111-1111-4111-8111-111111111111", "2026-11-20T02:20:00Z")]);
    facts.monitoring.trails = Fact::Known(vec![serde_json::from_value(trail).expect("a trail")]);
    let group = serde_json::from_value(group).expect("a log group");
    facts.monitoring.log_groups.insert(arn.to_owned(), group);
    let alarm = serde_json::from_value(alarm).expect("an alarm");
    facts.monitoring.alarms.insert("us-east-1".to_owned(), Fact::Known(vec![alarm]));
    facts
}

#[test]
fn an_alarm_of_the_organization_is_not_called_wrong_where_an_account_could_not_be_entered() {
    let not_entered = |facts: AccountFacts| {
        let refused = crate::invented::gap(GapKind::NoSession, "sts:AssumeRole");
        AccountFacts::unreachable(facts.account, &refused)
    };
    let alarm = fired_with(|facts| with_trail(facts, true), not_entered).alarms.remove(0);
    assert_eq!((alarm.event_ids.len(), alarm.justified), (1, None));
    assert!(alarm.explanation.contains(&format!("sts:AssumeRole): account {}", id(1))), "{}", alarm.explanation);
    let alarm = fired_with(|facts| with_trail(facts, false), not_entered).alarms.remove(0);
    assert_eq!(alarm.justified, Some(false), "its own trail tells of its own account alone");
}

#[test]
fn an_alarm_without_records_is_not_explained_away() {
    let report = fired(&[]);
    assert_eq!(report.alarms.iter().map(|alarm| alarm.justified).collect::<Vec<_>>(), [None]);
}

#[test]
fn root_activity_becomes_episodes() {
    let report = fired(&[console_login(1, "11111111-1111-4111-8111-111111111111", "2026-11-20T02:20:00Z")]);
    let [episode] = report.episodes.as_slice() else { panic!("one episode, not {:?}", report.episodes) };
    assert_eq!(episode.account_id, Some(id(1)));
}

#[test]
fn what_a_shared_log_group_tells_of_an_account_that_could_not_be_entered_is_told() {
    let intruder = [console_login(1, "11111111-1111-4111-8111-111111111111", "2026-11-20T02:20:00Z")];
    let in_log_group = |facts| {
        let mut facts = with_records(facts, &intruder);
        facts.records[0].kind = RecordSourceKind::LogGroup;
        facts
    };
    let not_entered = |facts: AccountFacts| {
        let refused = crate::invented::gap(GapKind::NoSession, "sts:AssumeRole");
        AccountFacts::unreachable(facts.account, &refused)
    };
    let told: Vec<_> = fired_with(in_log_group, not_entered).episodes.iter().map(|it| it.account_id).collect();
    assert_eq!(told, [Some(id(1))]);
}

#[test]
fn a_record_that_cannot_be_read_is_a_gap_and_the_others_still_count() {
    let mut gathered_records = vec![console_login(1, "11111111-1111-4111-8111-111111111111", "2026-11-20T02:20:00Z")];
    gathered_records.push("{ half a record".to_owned());
    let report = fired(&gathered_records);
    assert_eq!(report.episodes.len(), 1, "what could be read is told");
    let before = fired(&gathered_records[..1]);
    assert_eq!(before.episodes, report.episodes);
}
