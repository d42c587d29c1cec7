//! Every case of every `cases.yaml`.

use rootsweep_checks::{CHECKS, Check};
use rootsweep_model::report::v1::{AlertPath, Link, LinkState};
use rootsweep_model::{Judgement, Verdict};

use crate::build;
use crate::form::{Breaks, Case, CaseFile};
use crate::guard::{folder_of, read};

/// Reads the cases of a check's folder.
pub(crate) fn of(folder: &str) -> CaseFile {
    let text = read(folder, "cases.yaml");
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{folder}/cases.yaml: {error}"))
}

#[test]
fn every_case_is_judged_as_it_says() {
    let mut wrong = Vec::new();
    for check in CHECKS {
        for case in of(&folder_of(check.meta().id)).cases {
            wrong.extend(
                complaints(*check, &case).into_iter().map(|it| format!("{} · {}: {it}", check.meta().id, case.name)),
            );
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn complaints(check: &dyn Check, case: &Case) -> Vec<String> {
    let world = build::world(&case.facts);
    let judgement = check.judge(&world.subject());
    let mut complaints = Vec::new();
    if judgement.verdict != case.expect {
        complaints.push(format!("expected {}, got {}: {}", case.expect, judgement.verdict, judgement.summary));
        complaints.extend(judgement.alert_paths.iter().map(|path| format!("    {}", drawn(path))));
    }
    if (judgement.verdict == Verdict::Unknown) != judgement.gap.is_some() {
        complaints.push("a gap stands beside a verdict exactly where it is unknown".to_owned());
    }
    let kind = judgement.gap.as_ref().map(|gap| gap.kind);
    if case.gap.is_some_and(|wanted| kind != Some(wanted)) {
        complaints.push(format!("expected the gap {:?}, got {:?}", case.gap, judgement.gap));
    }
    if case.severity.is_some() && judgement.severity != case.severity {
        complaints.push(format!("expected severity {:?}, got {:?}", case.severity, judgement.severity));
    }
    if case.says.as_ref().is_some_and(|wanted| !judgement.summary.contains(wanted)) {
        complaints.push(format!("expected to hear {:?}, got {:?}", case.says, judgement.summary));
    }
    complaints.extend(case.breaks.as_ref().and_then(|wanted| break_missed(wanted, &judgement)));
    complaints.extend(case.wakes.as_ref().and_then(|wanted| wakes_others(wanted, &judgement)));
    complaints
}

fn drawn(path: &AlertPath) -> String {
    let link = |it: &Link| format!("{} {:?} [{}] {}", it.link, it.state, it.subject, it.detail);
    path.links.iter().map(link).collect::<Vec<_>>().join(" → ")
}

/// Complains unless some path breaks, or becomes unknown, at the link first.
fn break_missed(wanted: &Breaks, judgement: &Judgement) -> Option<String> {
    let first = |path: &AlertPath| path.links.iter().find(|link| link.state != LinkState::Holds).cloned();
    let firsts: Vec<_> = judgement.alert_paths.iter().filter_map(first).collect();
    let found = firsts.iter().any(|link| link.link == wanted.link && link.detail.contains(&wanted.detail));
    (!found).then(|| format!("expected a break at {}: {:?}, got {firsts:#?}", wanted.link, wanted.detail))
}

/// Complains unless exactly these probes wake someone, by one path or another.
fn wakes_others(wanted: &[String], judgement: &Judgement) -> Option<String> {
    let titles: Vec<_> =
        judgement.evidence.iter().filter(|it| it.value == "wakes someone").map(|it| &*it.label).collect();
    let probes = rootsweep_checks::probes::root().iter().filter(|probe| titles.contains(&&*probe.title));
    let ids: Vec<_> = probes.map(|probe| probe.id.clone()).collect();
    (ids != wanted).then(|| format!("expected {wanted:?} to wake someone, got {ids:?}"))
}

/// Rules that have nothing to do with root leave the search for those that do its room.
#[test]
fn any_number_of_other_rules_hides_none_of_root_s() {
    let other = r#"{ pattern: '{ "detail": { "userIdentity": { "type": ["IAMUser"] } } }' }"#;
    let root = r#"{ pattern: '{ "detail": { "userIdentity": { "type": ["Root"] } } }' }"#;
    let rules = format!("[{}, {root}]", vec![other; 600].join(", "));
    let text = format!(
        "{{ no_alarm: true, regions: {{ are: [us-east-1] }}, rules: {{ us-east-1: &all {rules}, us-east-2: *all, us-west-2: *all }} }}"
    );
    let form = serde_saphyr::from_str(&text).expect("a form");
    let world = build::world(&form);
    let judged = world.judged();
    let (_, judgement) = judged.into_iter().find(|(meta, _)| meta.id == "root-alarm").expect("root-alarm");
    assert_eq!(judgement.verdict, Verdict::Pass, "{}", judgement.summary);
}

/// The report of a path: its links in order, the broken one marked, each probe with what becomes of it.
#[test]
fn a_path_is_drawn_link_by_link() {
    let text = "{ trail: { records: WriteOnly }, topic: { subscriptions: [pending] } }";
    let form = serde_saphyr::from_str(text).expect("a form");
    let world = build::world(&form);
    let judged = world.judged();
    let (_, judgement) = judged.into_iter().find(|(meta, _)| meta.id == "root-alarm").expect("root-alarm");
    insta::assert_yaml_snapshot!(judgement.alert_paths);
}

/// Whoever deletes a key needs to know which one it is.
#[test]
fn a_listed_key_is_named_with_its_state() {
    let form = serde_saphyr::from_str("{ keys: { are: [AKIAROOTPROBEEXAMPLE] } }").expect("a form");
    let judged = build::world(&form).judged();
    let (_, judgement) = judged.into_iter().find(|(meta, _)| meta.id == "root-access-keys").expect("root-access-keys");
    let named = judgement.evidence.iter().find(|it| it.label == "access key").expect("the key");
    assert_eq!((named.value.as_str(), &*named.call), ("AKIAROOTPROBEEXAMPLE, active", "iam:ListAccessKeys"));
}
