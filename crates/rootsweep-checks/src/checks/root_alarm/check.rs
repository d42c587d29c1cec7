//! `root-alarm`: whatever the root user does wakes someone.

use rootsweep_model::report::v1::{AlertPath, LinkState};
use rootsweep_model::{Evidence, Gap, Judgement, Severity};

use crate::alert_path::ProbeResult;
use crate::alert_path::state::State;
use crate::calls;
use crate::check::{Check, CheckMeta, Subject};

/// At least one alert path holds for every root probe.
pub(crate) struct RootAlarm;

/// What the alert paths are read with, the Regions first.
const NEEDS: &[&str] = &[
    calls::LIST_REGIONS,
    calls::DESCRIBE_TRAILS,
    calls::LIST_TRAILS,
    calls::TRAIL_STATUS,
    calls::EVENT_SELECTORS,
    calls::DESCRIBE_FILTERS,
    calls::DESCRIBE_ALARMS,
    calls::LIST_MUTE_RULES,
    calls::GET_MUTE_RULE,
    calls::LIST_SUBSCRIPTIONS,
    calls::SUBSCRIPTION_ATTRIBUTES,
    calls::TOPIC_ATTRIBUTES,
    calls::LIST_RULES,
    calls::LIST_TARGETS,
];

/// What the alert paths are read with, once the Regions are known.
pub(crate) const PATH_NEEDS: &[&str] = match NEEDS {
    [_regions, path @ ..] => path,
    [] => &[],
};

static META: CheckMeta = CheckMeta {
    id: "root-alarm",
    title: "Root activity wakes someone",
    severity: Severity::High,
    risk: "An alarm that cannot fire looks like one that can, until the night it is needed.",
    remediation: "Fix the broken link that the evidence marks, or deploy the alarm that `rootsweep kit alarm` prints.",
    unknown_means: "A link of the only path could not be read, or AWS does not document how it behaves; root activity \
                    may wake no one.",
    controls: &[
        ("CIS AWS Foundations 3.0", &["4.3"]),
        ("CIS AWS Foundations 5.0", &["4.3"]),
        ("AWS Security Hub", &["CloudWatch.1"]),
        ("NIST 800-53 r5", &["AU-6(1)", "CA-7", "SI-4(5)"]),
        ("PCI DSS 3.2.1", &["7.2.1"]),
    ],
    needs: NEEDS,
    readme: include_str!("README.md"),
};

impl Check for RootAlarm {
    fn meta(&self) -> &'static CheckMeta {
        &META
    }

    fn judge(&self, subject: &Subject<'_>) -> Judgement {
        let alert_paths = subject.alert_paths();
        let heard = alert_paths.heard();
        let paths = alert_paths.report_root();
        let unheard = heard.iter().any(|it| it.state == State::Broken);
        let judgement = match heard.iter().find_map(gap) {
            _ if unheard => Judgement::fail(summary(&heard, &paths)),
            Some(gap) => Judgement::unknown(gap.clone()),
            None => Judgement::pass("sign-ins, API calls and key use of the root user wake someone"),
        };
        judgement.with(heard.iter().map(evidence)).along(paths)
    }
}

fn gap(heard: &ProbeResult) -> Option<&Gap> {
    if let State::Unknown(gap) = &heard.state { Some(gap) } else { None }
}

fn evidence(heard: &ProbeResult) -> Evidence {
    let value = match &heard.state {
        State::Holds => "wakes someone".to_owned(),
        State::Broken => format!("wakes no one in {}", heard.unheard_in.join(", ")),
        State::Unknown(gap) => format!("not known: {gap}"),
    };
    Evidence::new(&heard.probe.title, value, calls::LIST_SUBSCRIPTIONS)
}

/// Says what wakes someone and what does not; where nothing does, how far the nearest path comes.
fn summary(heard: &[ProbeResult], paths: &[AlertPath]) -> String {
    let titles = |wanted: fn(&State) -> bool| {
        let all = heard.iter().filter(|it| wanted(&it.state)).map(|it| it.probe.title.as_str());
        all.collect::<Vec<_>>().join(", ")
    };
    let holds = titles(|it| *it == State::Holds);
    let broken = titles(|it| *it == State::Broken);
    let unknown = titles(|it| matches!(it, State::Unknown(_)));
    let unknown = if unknown.is_empty() { unknown } else { format!("; not known: {unknown}") };
    match (holds.is_empty(), nearest(paths)) {
        (false, _) => format!("wakes no one: {broken}; wakes someone: {holds}{unknown}"),
        (true, Some(nearest)) => format!("root activity wakes no one: {nearest}{unknown}"),
        (true, None) if unknown.is_empty() => {
            "root activity wakes no one: no alarm or event rule listens for it".into()
        }
        (true, None) => format!("wakes no one: {broken}{unknown}"),
    }
}

/// Tells where the path that comes furthest breaks.
fn nearest(paths: &[AlertPath]) -> Option<String> {
    let breaks_at = |path: &AlertPath| path.links.iter().position(|link| link.state == LinkState::Broken);
    let (index, path) =
        paths.iter().filter_map(|path| Some((breaks_at(path)?, path))).max_by_key(|(index, _)| *index)?;
    let link = path.links.get(index)?;
    Some(format!("the {} link of {} is broken: {}", link.link, path.name, link.detail))
}
