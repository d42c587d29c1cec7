//! `root-alarm-noise`: what AWS's services and other people do wakes no one as root activity.

use rootsweep_model::{Evidence, Judgement, Severity};

use crate::alert_path::state::State;
use crate::calls;
use crate::check::{Check, CheckMeta, Subject};
use crate::checks::root_alarm::PATH_NEEDS;

/// No path that wakes someone for root does so for service-invoked calls or service events, and none that hears all that
/// root changes does so for what other people do.
pub(crate) struct RootAlarmNoise;

static META: CheckMeta = CheckMeta {
    id: "root-alarm-noise",
    title: "The root alarm is silent on what AWS services and other people do",
    severity: Severity::Low,
    risk: "Whoever is woken for nothing every week does not look in the week in which it is something.",
    remediation: "Ask for `$.userIdentity.type = \"Root\"`, and add `&& $.userIdentity.invokedBy NOT EXISTS && \
                  $.eventType != \"AwsServiceEvent\"` to the filter's pattern, or `\"type\": [\"Root\"], \
                  \"invokedBy\": [{\"exists\": false}]` to the rule's userIdentity.",
    unknown_means: "It is not known which events the alert paths hear.",
    controls: &[("NIST 800-53 r5", &["SI-4(13)"])],
    needs: PATH_NEEDS,
    readme: include_str!("README.md"),
};

impl Check for RootAlarmNoise {
    fn meta(&self) -> &'static CheckMeta {
        &META
    }

    fn judge(&self, subject: &Subject<'_>) -> Judgement {
        let alert_paths = subject.alert_paths();
        let (of_services, loud) = alert_paths.noisy();
        let (of_people, loose) = alert_paths.noisy_about_people();
        let judgement = match (of_services.or(of_people), alert_paths.wakes_anyone()) {
            (State::Holds, _) => Judgement::fail(summary(&loud, &loose)),
            (State::Unknown(gap), _) | (State::Broken, State::Unknown(gap)) => Judgement::unknown(*gap),
            (State::Broken, State::Holds) => {
                Judgement::pass("no root alarm goes off for what AWS services or other people do")
            }
            (State::Broken, State::Broken) => Judgement::not_applicable("no alert path wakes anyone at all"),
        };
        let noisy = loud.iter().chain(loose.iter().filter(|name| !loud.contains(*name)));
        let evidence = noisy.map(|name| Evidence::new("noisy path", *name, calls::DESCRIBE_FILTERS));
        judgement.with(evidence.collect::<Vec<_>>()).along(alert_paths.report_noise())
    }
}

fn summary(loud: &[&str], loose: &[&str]) -> String {
    let told = [("what AWS services do", loud), ("what anyone does", loose)];
    let parts = told.iter().filter(|(_, names)| !names.is_empty());
    let parts: Vec<_> = parts.map(|(what, names)| format!("for {what}: {}", names.join(", "))).collect();
    format!("wakes someone {}", parts.join("; "))
}
