//! Probes, the advice on patterns, and the table of patterns that are handed around.

use rootsweep_checks::pattern_advice::{self, Language, Mistake, Review, review_event_pattern, review_filter_pattern};
use rootsweep_checks::probes;

fn filter(text: &str) -> Review {
    review_filter_pattern(text).expect("a filter pattern")
}

fn event(text: &str) -> Review {
    review_event_pattern(text).expect("an event pattern")
}

fn mistakes(review: &Review) -> Vec<&'static str> {
    review.advice.iter().map(|it| it.mistake.id()).collect()
}

/// Returns the root probes that a review's pattern misses, and the noise that it catches.
fn flaws(review: &Review) -> Vec<&str> {
    review.trials.iter().filter(|it| it.matched != Some(it.wanted)).map(|it| it.probe.id.as_str()).collect()
}

#[test]
fn every_probe_has_its_reason_and_its_own_id() {
    let all: Vec<_> = probes::root().iter().chain(probes::noise()).chain(probes::people()).collect();
    let ids: std::collections::BTreeSet<_> = all.iter().map(|it| &it.id).collect();
    assert_eq!(ids.len(), all.len());
    for probe in all {
        assert!(probe.why.len() > 40 && probe.title.len() > 5, "{}", probe.id);
        let text = probe.record("000000000012".parse().expect("an id"), "eu-west-3").to_string();
        assert!(!text.contains("{account}") && !text.contains("{region}") && !text.contains("{partition}"), "{text}");
        assert!(text.contains("000000000012") && text.contains("\"awsRegion\":\"eu-west-3\""), "{text}");
    }
}

#[test]
fn probes_live_in_the_partition_of_their_region() {
    let probe = &probes::root()[0];
    let record = probe.record("111122223333".parse().expect("an id"), "us-gov-west-1");
    assert_eq!(record["userIdentity"]["arn"], "arn:aws-us-gov:iam::111122223333:root");
}

/// The spelling of sign-ins is that of real events, not that of the user guide's page eb-service-event-cloudtrail.
#[test]
fn the_envelope_names_the_service_and_the_kind_of_event() {
    let account = "111122223333".parse().expect("an id");
    let seen: Vec<_> = probes::root()
        .iter()
        .chain(probes::noise())
        .chain(probes::people())
        .map(|probe| {
            let event = probe.event(account, "us-east-2");
            format!("{} {} {} {}", probe.id, event["source"], event["detail-type"], event["region"]).replace('"', "")
        })
        .collect();
    insta::assert_snapshot!(seen.join("\n"), @r"
    console-sign-in aws.signin AWS Console Sign In via CloudTrail us-east-2
    console-sign-in-no-mfa aws.signin AWS Console Sign In via CloudTrail us-east-2
    console-sign-in-failure aws.signin AWS Console Sign In via CloudTrail us-east-2
    api-write aws.iam AWS API Call via CloudTrail us-east-2
    api-read aws.iam AWS API Call via CloudTrail us-east-2
    root-key-use aws.ec2 AWS API Call via CloudTrail us-east-2
    regional-read aws.ec2 AWS API Call via CloudTrail us-east-2
    other-service-write aws.cloudtrail AWS API Call via CloudTrail us-east-2
    denied-call aws.s3 AWS API Call via CloudTrail us-east-2
    console-action aws.billingconsole AWS Console Action via CloudTrail us-east-2
    service-invoked aws.ec2 AWS API Call via CloudTrail us-east-2
    service-event-of-root aws.backup AWS Service Event via CloudTrail us-east-2
    service-event aws.kms AWS Service Event via CloudTrail us-east-2
    iam-user-call aws.ec2 AWS API Call via CloudTrail us-east-2
    assumed-role-call aws.lambda AWS API Call via CloudTrail us-east-2
    iam-user-sign-in aws.signin AWS Console Sign In via CloudTrail us-east-2
    ");
}

#[test]
fn the_known_patterns_on_the_probes() {
    insta::assert_snapshot!(pattern_advice::markdown());
}

#[test]
fn every_known_pattern_is_read() {
    for row in pattern_advice::known_patterns() {
        let tried = row.catches.len() + row.misses.len() + row.undocumented.len() + row.false_positives.len();
        assert!(tried >= probes::root().len(), "{}", row.pattern.text);
    }
}

#[test]
fn a_sound_pattern_needs_no_advice() {
    let review = filter(
        r#"{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }"#,
    );
    assert_eq!((mistakes(&review), flaws(&review), &review.corrected), (vec![], vec![], &None));
}

/// Tested on AWS in January 2024 (DataBiosphere/azul, issue 5884): `!=` on a missing field is false.
#[test]
fn an_inequality_on_a_missing_field_is_mended() {
    let review = filter(
        r#"{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" && $.addendum.reason != "SERVICE_OUTAGE" }"#,
    );
    assert_eq!(mistakes(&review), ["inequality-on-missing-field"]);
    assert_eq!(flaws(&review).len(), probes::root().len(), "it misses every root event");
    let corrected = review.corrected.expect("a corrected pattern");
    assert!(
        corrected.contains(r#"($.addendum.reason NOT EXISTS || $.addendum.reason != "SERVICE_OUTAGE")"#),
        "{corrected}"
    );
    assert_eq!(flaws(&filter(&corrected)), [""; 0]);
}

#[test]
fn the_bare_type_is_given_its_clauses() {
    let review = filter(r#"{ $.userIdentity.type = "Root" }"#);
    assert_eq!(mistakes(&review), ["service-calls-match", "service-events-match"]);
    assert_eq!(flaws(&review), ["service-invoked", "service-event-of-root"]);
    assert_eq!(
        review.corrected.expect("a corrected pattern"),
        r#"{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }"#
    );
}

#[test]
fn clauses_are_added_to_the_whole_of_a_disjunction() {
    let review = filter(r#"{ $.userIdentity.type = "Root" || $.userIdentity.arn = "*:root" }"#);
    let corrected = review.corrected.expect("a corrected pattern");
    assert!(
        corrected.starts_with(r#"{ ($.userIdentity.type = "Root" || $.userIdentity.arn = "*:root") && "#),
        "{corrected}"
    );
    assert_eq!(flaws(&filter(&corrected)), [""; 0]);
}

#[test]
fn one_source_address_is_left_out() {
    let review = filter(
        r#"{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" && ($.sourceIPAddress = "203.0.113.10" || $.sourceIPAddress = "203.0.113.11") }"#,
    );
    assert_eq!(mistakes(&review), ["one-source", "one-source"]);
    assert_eq!(flaws(&filter(&review.corrected.expect("a corrected pattern"))), [""; 0]);
}

#[test]
fn the_type_is_written_with_its_capital() {
    let review = filter(r#"{ $.userIdentity.type = "root" }"#);
    assert_eq!(mistakes(&review), ["type-in-wrong-case", "service-calls-match", "service-events-match"]);
    let corrected = review.corrected.expect("a corrected pattern");
    assert!(corrected.contains("\"Root\""));
    assert_eq!(flaws(&filter(&corrected)), [""; 0]);
}

/// What is left of a pattern once its mistakes are corrected may have others, which only then are seen.
#[test]
fn a_corrected_filter_is_looked_at_again() {
    for text in [
        r#"{ ($.userIdentity.type = "Root") && ($.addendum.reason != "SERVICE_OUTAGE") }"#,
        r#"{ $.userIdentity.type = "root" }"#,
        r#"{ $.userIdentity.type = "Root" && $.sourceIPAddress = "203.0.113.10" }"#,
        r#"{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy != "autoscaling.amazonaws.com" }"#,
        r#"{ ($.userIdentity.type = "Root" && $.sourceIPAddress = "203.0.113.10") || ($.userIdentity.type = "Root" && $.sourceIPAddress = "203.0.113.11") }"#,
        r#"{ $.userIdentity.type = "Root" && $.errorCode != "AccessDenied" && $.sourceIPAddress = "203.0.113.10" }"#,
        r#"{ $.userIdentity.type = "Root" || $.sourceIPAddress = "203.0.113.10" }"#,
        r#"{ $.userIdentity.type = "Root" || ($.sourceIPAddress = "203.0.113.10" && $.sourceIPAddress = "203.*") }"#,
    ] {
        let corrected = filter(text).corrected.unwrap_or_else(|| panic!("{text}"));
        let again = filter(&corrected);
        let leaves_out = |id: &str| text.contains("errorCode") && id == "denied-call";
        let wrong: Vec<_> = flaws(&again).into_iter().filter(|id| !leaves_out(id)).collect();
        assert_eq!((wrong, mistakes(&again)), (vec![], vec![]), "{text}: {corrected}");
        assert!(corrected.contains("$.userIdentity.type = \"Root\""), "{text}: {corrected}");
    }
}

/// An address that is one way in among others lets more through; an address that any root has takes nothing away.
#[test]
fn an_address_that_narrows_nothing_is_left_alone() {
    let rest =
        r#"$.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent""#;
    for text in [
        format!("{{ ({rest}) || $.sourceIPAddress = \"203.0.113.10\" }}"),
        format!("{{ {rest} && $.sourceIPAddress = \"*\" }}"),
        format!("{{ {rest} && $.eventName = \"ConsoleLogin\" && $.sourceIPAddress = \"*\" }}"),
    ] {
        let review = filter(&text);
        assert_eq!((mistakes(&review), &review.corrected), (vec![], &None), "{text}");
    }
}

/// A root alarm that lost its first clause, and one that asks for what is done and not for who does it.
#[test]
fn a_filter_that_hears_everyone_is_tied_to_root() {
    for (text, first) in [
        (r#"{ $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }"#, "everyone-matches"),
        (r#"{ $.eventVersion = "1.*" || $.userIdentity.type = "Root" }"#, "everyone-matches"),
        (r#"{ $.eventName = "ConsoleLogin" }"#, "everyone-matches"),
    ] {
        let review = filter(text);
        assert_eq!(mistakes(&review)[0], first, "{text}");
        let corrected = filter(&review.corrected.expect("a corrected pattern"));
        assert!(corrected.trials.iter().all(|it| it.wanted || it.matched == Some(false)), "{text}");
        assert_eq!(mistakes(&corrected), [""; 0], "{text}");
        let caught = |review: &Review| review.trials.iter().filter(|it| it.wanted && it.matched == Some(true)).count();
        assert_eq!(caught(&corrected), caught(&filter(text)), "{text}");
    }
    assert_eq!(mistakes(&filter("")), ["everyone-matches", "service-calls-match", "service-events-match"]);
}

#[test]
fn a_rule_that_hears_everyone_is_tied_to_root() {
    let review = event(r#"{"detail":{"userIdentity":{"invokedBy":[{"exists":false}]}}}"#);
    assert_eq!(mistakes(&review), ["everyone-matches", "service-events-match"]);
    assert_eq!(flaws(&event(&review.corrected.expect("a corrected pattern"))), [""; 0]);
    let review = event(r#"{"account":["111122223333"]}"#);
    assert_eq!(mistakes(&review), ["everyone-matches", "service-calls-match", "service-events-match"]);
    assert_eq!(flaws(&event(&review.corrected.expect("a corrected pattern"))), [""; 0]);
}

/// The billing and account pages have no API: their events have a detail type of their own.
#[test]
fn the_detail_type_of_console_actions_is_added() {
    let review = event(
        r#"{"detail-type":["AWS API Call via CloudTrail","AWS Console Sign In via CloudTrail"],"detail":{"userIdentity":{"type":["Root"],"invokedBy":[{"exists":false}]}}}"#,
    );
    assert_eq!((mistakes(&review), flaws(&review)), (vec!["no-console-actions"], vec!["console-action"]));
    assert_eq!(flaws(&event(&review.corrected.expect("a corrected pattern"))), [""; 0]);
    let api_alone = event(
        r#"{"detail-type":["AWS API Call via CloudTrail"],"detail":{"userIdentity":{"type":["Root"],"invokedBy":[{"exists":false}]}}}"#,
    );
    assert_eq!(mistakes(&api_alone), ["api-calls-only"]);
    assert_eq!(flaws(&event(&api_alone.corrected.expect("a corrected pattern"))), [""; 0]);
}

/// The corrected form of every pattern of the table is silent on all noise, and no advice is left on it.
#[test]
fn the_known_patterns_are_corrected_for_good() {
    for row in pattern_advice::known_patterns() {
        let review = |text: &str| match row.pattern.language {
            Language::FilterPattern => filter(text),
            Language::EventPattern => event(text),
        };
        let first = review(row.pattern.text);
        let Some(corrected) = &first.corrected else {
            assert_eq!(
                (mistakes(&first), row.misses.len(), row.false_positives.len()),
                (vec![], 0, 0),
                "{}",
                row.pattern.text
            );
            continue;
        };
        let again = review(corrected);
        // Nothing tells a rule for sign-ins that it ought to hear more.
        let is_for_sign_ins = row.pattern.text.contains("Signin");
        let wrong: Vec<_> =
            flaws(&again).into_iter().filter(|id| !is_for_sign_ins || id.starts_with("console-sign-in")).collect();
        assert_eq!((wrong, mistakes(&again)), (vec![], vec![]), "{}: {corrected}", row.pattern.text);
    }
}

/// Anything-goes in place of an address takes nothing away.
#[test]
fn a_rule_for_any_address_is_left_alone() {
    for any in [r#"[{"exists":true}]"#, r#"[{"wildcard":"*"}]"#, r#"["203.0.113.10",{"prefix":""}]"#] {
        let review = event(&format!(
            r#"{{"detail":{{"eventType":[{{"anything-but":"AwsServiceEvent"}}],"sourceIPAddress":{any},"userIdentity":{{"type":["Root"],"invokedBy":[{{"exists":false}}]}}}}}}"#,
        ));
        assert_eq!((mistakes(&review), &review.corrected), (vec![], &None), "{any}");
    }
}

#[test]
fn an_inequality_that_allows_for_the_missing_field_is_none() {
    let review = filter(
        r#"{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" && $.eventName = "ConsoleLogin" && ($.addendum.reason NOT EXISTS || $.addendum.reason != "SERVICE_OUTAGE") }"#,
    );
    assert_eq!((mistakes(&review), &review.corrected), (vec![], &None));
}

#[test]
fn a_pattern_of_nothing_but_a_source_address_cannot_be_mended() {
    let review = filter(r#"{ $.sourceIPAddress = "203.0.113.10" }"#);
    assert_eq!((mistakes(&review), review.corrected), (vec!["one-source"], None));
}

#[test]
fn the_misspelt_detail_type_is_mended() {
    let review =
        event(r#"{"detail-type":["AWS Console Signin via CloudTrail"],"detail":{"userIdentity":{"type":["Root"]}}}"#);
    assert!(review.advice.iter().any(|it| it.mistake == Mistake::MisspeltDetailType));
    assert!(flaws(&review).contains(&"console-sign-in"));
    let corrected = event(&review.corrected.expect("a corrected pattern"));
    assert!(!flaws(&corrected).contains(&"console-sign-in"));
}

#[test]
fn the_rule_of_a_tutorial_is_mended_throughout() {
    let review = event(
        r#"{"source":["aws.cloudtrail"],"detail-type":["AWS API Call via CloudTrail"],"detail":{"userIdentity":{"type":["Root"]}}}"#,
    );
    assert_eq!(mistakes(&review), ["api-calls-only", "cloudtrail-as-source", "service-calls-match"]);
    let missed = probes::root().iter().map(|it| it.id.as_str()).filter(|id| *id != "other-service-write");
    assert_eq!(flaws(&review), missed.collect::<Vec<_>>(), "it hears calls to CloudTrail alone");
    assert_eq!(flaws(&event(&review.corrected.expect("a corrected pattern"))), [""; 0]);
}

#[test]
fn an_event_pattern_on_the_bare_type_is_given_its_fields() {
    let review = event(r#"{"detail":{"userIdentity":{"type":["Root"]}}}"#);
    assert_eq!(mistakes(&review), ["service-calls-match", "service-events-match"]);
    assert_eq!(flaws(&event(&review.corrected.expect("a corrected pattern"))), [""; 0]);
}

#[test]
fn a_rule_for_sign_ins_needs_no_clause_on_services() {
    let review = event(r#"{"detail":{"eventName":["ConsoleLogin"],"userIdentity":{"type":["Root"]}}}"#);
    assert_eq!((mistakes(&review), &review.corrected), (vec![], &None));
}

#[test]
fn an_event_pattern_on_one_source_is_widened() {
    let review = event(
        r#"{"detail":{"eventType":[{"anything-but":"AwsServiceEvent"}],"sourceIPAddress":["203.0.113.10"],"userIdentity":{"type":["Root"],"invokedBy":[{"exists":false}]}}}"#,
    );
    assert_eq!(mistakes(&review), ["one-source"]);
    assert_eq!(flaws(&event(&review.corrected.expect("a corrected pattern"))), [""; 0]);
}

#[test]
fn what_is_no_pattern_is_refused() {
    assert!(review_filter_pattern("{ $.userIdentity.type = ").is_err());
    assert!(review_event_pattern(r#"{"source":"aws.iam"}"#).is_err());
}
