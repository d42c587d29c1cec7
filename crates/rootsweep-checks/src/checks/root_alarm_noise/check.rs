//! `root-alarm-noise`: what AWS's services do wakes no one as root activity.

use rootsweep_model::{Evidence, Judgement, Severity};

use crate::alert_path::state::State;
use crate::calls;
use crate::check::{Check, CheckMeta, Subject};
use crate::checks::root_alarm::PATH_NEEDS;

/// No path that wakes someone for root does so for service-invoked calls or service events.
pub(crate) struct RootAlarmNoise;

static META: CheckMeta = CheckMeta {
    id: "root-alarm-noise",
    title: "The root alarm is silent on what AWS services do",
    severity: Severity::Low,
    risk: "Whoever is woken for nothing every week does not look in the week in which it is something.",
    remediation: "Add `&& $.userIdentity.invokedBy NOT EXISTS && $.eventType != \"AwsServiceEvent\"` to the filter's \
                  pattern, or `\"invokedBy\": [{\"exists\": false}]` to the rule's.",
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
        let (noisy, loud) = alert_paths.noisy();
        let judgement = match (noisy, alert_paths.wakes_anyone()) {
            (State::Holds, _) => {
                Judgement::fail(format!("wakes someone for what AWS services do: {}", loud.join(", ")))
            }
            (State::Unknown(gap), _) | (State::Broken, State::Unknown(gap)) => Judgement::unknown(*gap),
            (State::Broken, State::Holds) => Judgement::pass("what AWS services do wakes no one"),
            (State::Broken, State::Broken) => Judgement::not_applicable("no alert path wakes anyone at all"),
        };
        let evidence = loud.iter().map(|name| Evidence::new("noisy path", *name, calls::DESCRIBE_FILTERS));
        judgement.with(evidence.collect::<Vec<_>>()).along(alert_paths.report_noise())
    }
}
