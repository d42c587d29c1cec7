use proptest::prelude::*;
use rootsweep_model::Severity;
use rootsweep_model::assessment::TriageVerdict;
use serde_json::json;

use super::*;

/// Makes one of a few records, so that sessions, copies and corrections come together often.
fn some_record() -> impl Strategy<Value = Value> {
    let names = ["ListUsers", "CreateAccessKey", "StopLogging", "ConsoleLogin", "CreateBucket"];
    let kinds = ["Root", "Root", "Root", "AssumedRole"];
    let reasons = ["", "SERVICE_OUTAGE", "DELIVERY_DELAY", "UPDATED_DATA", "COSMIC_RAY"];
    let pick = (0..names.len(), 0..kinds.len(), 0..reasons.len(), 0_u8..6, 0_u8..3, any::<bool>());
    pick.prop_map(move |(name, kind, reason, id, session, old)| {
        let mut record = base(usize::from(id));
        let over = json!({
            "eventName": names[name],
            "eventSource": if names[name] == "ConsoleLogin" { "signin.amazonaws.com" } else { "iam.amazonaws.com" },
            "readOnly": names[name] == "ListUsers",
            "eventTime": if old { "2025-11-18T04:11:52Z" } else { "2026-11-20T01:10:00Z" },
            "userIdentity": {
                "type": kinds[kind], "accessKeyId": format!("ASIAEXAMPLE{session}"),
                "sessionContext": {"attributes": {"creationDate": format!("2026-11-20T0{session}:00:00Z")}}
            }
        });
        overlay(&mut record, &over);
        if !reasons[reason].is_empty() {
            overlay(&mut record, &json!({"addendum": {"reason": reasons[reason], "originalEventID": "event-0"}}));
        }
        record
    })
}

fn triage(records: &[(usize, Value)]) -> triage_v1::Triage {
    let mut triage = Triage::new(settings(Vec::new())).unwrap();
    for (index, record) in records {
        triage.push_json(Source { file: "x".to_owned(), index: *index as u64 }, None, &record.to_string());
    }
    triage.finish()
}

proptest! {
    #[test]
    fn the_order_of_the_records_shows_nowhere(
        records in proptest::collection::vec(some_record(), 0..14).prop_map(|it| it.into_iter().enumerate().collect::<Vec<_>>()),
        turn in 0_usize..14,
    ) {
        let mut other = records.clone();
        other.reverse();
        if !other.is_empty() {
            let turn = turn % other.len();
            other.rotate_left(turn);
        }
        prop_assert_eq!(serde_json::to_string(&triage(&records)).unwrap(), serde_json::to_string(&triage(&other)).unwrap());
    }

    #[test]
    fn every_record_is_accounted_for(records in proptest::collection::vec(some_record(), 0..14)) {
        let records: Vec<(usize, Value)> = records.into_iter().enumerate().collect();
        let answer = triage(&records);
        let counts = &answer.counts;
        let judged = counts.incident + counts.investigate + counts.historical + counts.expected + counts.explained + counts.not_root;
        prop_assert_eq!(counts.records, records.len() as u64);
        prop_assert!(judged + counts.duplicates + counts.corrected <= counts.records);
        let told: usize = answer.episodes.iter().map(|episode| episode.event_ids.len()).sum();
        prop_assert_eq!(told as u64, counts.root_records);
        for record in &answer.records {
            prop_assert!(!record.reasons.is_empty());
        }
    }

    /// An addendum explains when a record came, and never takes one away: what is live without it is reported with it.
    #[test]
    fn an_addendum_never_drops_a_record(record in some_record()) {
        let answer = triage(&[(0, record.clone())]);
        let is_root = record["userIdentity"]["type"] == "Root";
        let quiet = answer.counts.not_root + answer.counts.explained + answer.counts.expected;
        prop_assert_eq!(is_root, quiet == 0, "{:?}", answer.counts);
    }

    #[test]
    fn hostile_text_never_becomes_a_command(text in "[ -~\u{1b}\n]{1,40}") {
        let mut record = base(0);
        overlay(&mut record, &json!({
            "eventName": "StopLogging", "eventSource": "cloudtrail.amazonaws.com", "readOnly": false,
            "awsRegion": text, "requestParameters": {"name": text}, "userIdentity": {"accessKeyId": text}
        }));
        for command in triage(&[(0, record)]).episodes.iter().flat_map(|episode| &episode.next_commands) {
            prop_assert!(!command.contains(|it: char| it.is_control()), "{}", command);
            // Outside of quotes stands nothing that a shell acts on.
            let bare: String = command.replace(r"'\''", "").split('\'').step_by(2).collect();
            prop_assert!(!bare.contains(|it| "\";&|<>$`\\(){}*?!#~".contains(it)), "{}", command);
        }
    }
}

#[test]
fn a_malformed_expected_use_stops_the_triage() {
    let wide: ExpectedUse = serde_json::from_value(json!({
        "name": "anything", "user-agent": "aws-cli", "owner": "nobody", "reason": "none", "until": "2027-01-01"
    }))
    .unwrap();
    let error = Triage::new(settings(vec![wide])).unwrap_err();
    assert_eq!(error.to_string(), "cannot use the expected uses");
}

#[test]
fn copies_are_one_event_and_the_earliest_delivery_counts() {
    let mut triage = Triage::new(settings(Vec::new())).unwrap();
    for (index, delivered_at) in [(0, Some("2026-11-20T01:09:00Z")), (1, Some("2026-11-20T01:05:00Z")), (2, None)] {
        let source = Source { file: "x".to_owned(), index };
        triage.push_json(source, delivered_at.map(|time| time.parse().unwrap()), &base(0).to_string());
    }
    let answer = triage.finish();
    assert_eq!((answer.counts.root_records, answer.counts.duplicates), (1, 2));
    assert_eq!(answer.records[0].delivered_at, Some("2026-11-20T01:05:00Z".parse().unwrap()));
}

#[test]
fn a_number_is_the_same_however_it_is_written() {
    let [whole, decimal] = [json!(0), json!(0.0)].map(|bytes| {
        let mut record = base(0);
        overlay(&mut record, &json!({"additionalEventData": {"bytesTransferredIn": bytes}}));
        record
    });
    assert_eq!(triage(&[(0, whole), (1, decimal)]).counts.duplicates, 1);
}

#[test]
fn one_id_with_two_contents_is_two_events() {
    let mut other = base(0);
    overlay(&mut other, &json!({"requestParameters": {"userName": "deploy"}}));
    let answer = triage(&[(0, base(0)), (1, other), (2, base(0))]);
    assert_eq!((answer.counts.root_records, answer.counts.duplicates), (2, 1));
    assert!(answer.records.iter().all(|record| record.reasons.iter().any(|reason| reason.rule == "event-id-reused")));
}

#[test]
fn a_record_that_was_not_roots_after_all_is_listed_with_its_correction() {
    let mut correction = base(1);
    overlay(
        &mut correction,
        &json!({
            "userIdentity": {"type": "IAMUser"},
            "addendum": {"reason": "UPDATED_DATA", "originalEventID": "event-0", "updatedFields": "userIdentity"}
        }),
    );
    let mut triage = Triage::new(Settings { list_all: false, ..settings(Vec::new()) }).unwrap();
    for (index, record) in [base(0), correction].iter().enumerate() {
        triage.push_json(Source { file: "x".to_owned(), index: index as u64 }, None, &record.to_string());
    }
    let answer = triage.finish();
    assert_eq!((answer.counts.root_records, answer.counts.corrected, answer.counts.not_root), (0, 1, 1));
    assert_eq!(answer.records[0].verdict, TriageVerdict::NotRoot);
    assert_eq!(answer.episodes.len(), 0);
}

#[test]
fn a_service_smuggles_nothing_past_an_announcement() {
    let office: ExpectedUse = serde_json::from_value(json!({
        "name": "office", "owner": "cloud-platform", "reason": "the quarterly check", "until": "2026-12-31",
        "source-networks": ["198.51.100.0/24"]
    }))
    .unwrap();
    let mut smuggled = base(1);
    overlay(
        &mut smuggled,
        &json!({
            "userIdentity": {"invokedBy": "cloudformation.amazonaws.com"}, "readOnly": false,
            "sourceIPAddress": "cloudformation.amazonaws.com", "eventName": "CreateAccessKey"
        }),
    );
    let mut triage = Triage::new(settings(vec![office])).unwrap();
    for (index, record) in [base(0), smuggled].iter().enumerate() {
        triage.push_json(Source { file: "x".to_owned(), index: index as u64 }, None, &record.to_string());
    }
    let answer = triage.finish();
    assert_eq!(answer.episodes[0].verdict, TriageVerdict::Incident);
    assert_eq!(answer.episodes[0].severity, Severity::Critical);
}

#[test]
fn what_is_no_record_is_skipped_and_counted() {
    let mut triage = Triage::new(settings(Vec::new())).unwrap();
    triage.push_json(Source { file: "x".to_owned(), index: 0 }, None, "{\"a\":");
    triage.count(3, 40);
    let answer = triage.finish();
    assert_eq!(
        (answer.counts.skipped, answer.counts.files, answer.counts.records, answer.counts.not_root),
        (1, 3, 40, 40)
    );
    assert_eq!(answer.skipped[0].reason, "not valid JSON");
}

#[test]
fn without_all_only_root_records_are_listed_and_the_counts_are_the_same() {
    let mut other = base(1);
    overlay(&mut other, &json!({"userIdentity": {"type": "IAMUser"}}));
    let [all, some] = [true, false].map(|list_all| {
        let mut triage = Triage::new(Settings { list_all, ..settings(Vec::new()) }).unwrap();
        for (index, record) in [base(0), other.clone()].iter().enumerate() {
            triage.push_json(Source { file: "x".to_owned(), index: index as u64 }, None, &record.to_string());
        }
        triage.finish()
    });
    assert_eq!((all.records.len(), some.records.len()), (2, 1));
    assert_eq!(all.counts, some.counts);
}
