//! `root-trail`: a trail records what the root user does.

use rootsweep_model::{Evidence, Judgement, Severity};

use crate::alert_path::cell;
use crate::alert_path::state::{Finding, State};
use crate::alert_path::trail::{self, CoveringTrail};
use crate::calls;
use crate::check::{Check, CheckMeta, Subject};
use crate::probes;

/// A trail is logging, covers this account in every Region, and records read and write management events.
pub(crate) struct RootTrail;

static META: CheckMeta = CheckMeta {
    id: "root-trail",
    title: "A trail records root activity in every Region",
    severity: Severity::High,
    risk: "What no trail records can neither wake anyone nor be looked into; CloudTrail's own event history ends after \
           90 days.",
    remediation: "Make one organization trail that is multi-Region and records all management events, and see that it \
                  is logging.",
    unknown_means: "The account's trails, or the state of the one that matters, could not be read.",
    controls: &[
        ("CIS AWS Foundations 3.0", &["3.1"]),
        ("CIS AWS Foundations 5.0", &["3.1"]),
        ("AWS FSBP", &["CloudTrail.1"]),
        ("NIST 800-53 r5", &["AC-6(9)", "AU-2", "AU-3", "AU-12", "AU-14(1)"]),
        ("PCI DSS 4.0.1", &["10.2.1"]),
    ],
    needs: &[
        calls::DESCRIBE_TRAILS,
        calls::LIST_TRAILS,
        calls::TRAIL_STATUS,
        calls::EVENT_SELECTORS,
        calls::LIST_REGIONS,
    ],
    readme: include_str!("README.md"),
};

impl Check for RootTrail {
    fn meta(&self) -> &'static CheckMeta {
        &META
    }

    fn judge(&self, subject: &Subject<'_>) -> Judgement {
        let findings = match findings(subject) {
            Ok(findings) => findings,
            Err(gap) => return Judgement::from(gap),
        };
        let judgement = match findings.iter().map(|(_, it)| it.state.clone()).fold(State::Broken, State::or) {
            State::Holds => Judgement::pass("a trail records root activity in every Region"),
            State::Unknown(gap) => Judgement::unknown(*gap),
            State::Broken if findings.is_empty() => Judgement::fail(none_covers(subject)),
            State::Broken => Judgement::fail("no trail records all root activity"),
        };
        judgement.with(
            findings.into_iter().map(|(arn, it)| Evidence::new(arn.to_owned(), it.detail, calls::DESCRIBE_TRAILS)),
        )
    }
}

/// Says that there is no trail, as far as that is known: a trail of all Regions shows in any of them.
const fn none_covers(subject: &Subject<'_>) -> &'static str {
    match subject.facts.monitoring.unlisted_trails {
        None => "the account is covered by no trail",
        Some(_) => "no trail of all Regions covers the account; trails of single Regions could not be listed",
    }
}

/// Returns whether some trail records everything that the root user does.
pub(crate) fn state(subject: &Subject<'_>) -> State {
    match findings(subject) {
        Ok(findings) => findings.into_iter().map(|(_, it)| it.state).fold(State::Broken, State::or),
        Err(gap) => State::unknown(gap),
    }
}

fn findings<'a>(subject: &Subject<'a>) -> Result<Vec<(&'a str, Finding)>, &'a rootsweep_model::Gap> {
    let trails = trail::of_account(subject)?;
    let cells = cell::in_global_region(subject, probes::root());
    let finding = |it: &CoveringTrail<'a>| {
        let recorded = cells.iter().map(|cell| it.records(cell)).reduce(worse);
        let whole = it.is_multi_region().and(it.delivers_to_bucket(subject.now));
        (it.trail.arn.as_str(), recorded.map_or(whole.clone(), |recorded| worse(recorded, whole)))
    };
    Ok(trails.iter().map(finding).collect())
}

/// Returns the finding that tells more: the broken one, else the unknown one.
fn worse(one: Finding, other: Finding) -> Finding {
    match (&one.state, &other.state) {
        (State::Broken, _) | (State::Unknown(_), State::Holds | State::Unknown(_)) | (State::Holds, State::Holds) => {
            one
        }
        _ => other,
    }
}
