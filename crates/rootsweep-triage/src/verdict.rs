//! From the axes to a verdict and a severity.

use rootsweep_model::Severity;
use rootsweep_model::assessment::{Action, Actor, Expectation, TriageVerdict};

use crate::concern::Concern;
use crate::entry::Entry;

/// Says what a record comes to.
///
/// | actor | circumstances | verdict |
/// |---|---|---|
/// | somebody else | | `not-root` |
/// | AWS | with a root session that is not known, or whose announcement does not name what AWS did for it | `investigate` |
/// | AWS | | `explained` |
/// | root | announced, and nothing about it that no announcement foresees | `expected` |
/// | root | delivered long after it happened, by AWS's own word | `historical` |
/// | root | changed something, or got in without MFA, or right after a storm | `incident` |
/// | root, or a record that does not fit together | | `investigate` |
pub(crate) fn judge(entry: &Entry) -> (TriageVerdict, Severity) {
    let verdict = verdict(entry);
    let severity = match verdict {
        TriageVerdict::NotRoot | TriageVerdict::Explained | TriageVerdict::Expected => Severity::Informational,
        TriageVerdict::Historical => calmed(entry),
        TriageVerdict::Incident | TriageVerdict::Investigate => live_severity(entry),
    };
    (verdict, severity)
}

fn verdict(entry: &Entry) -> TriageVerdict {
    let has = |concern| entry.concerns.contains(&concern);
    let needs_a_look = [Concern::OriginalUnknown, Concern::SessionUnknown, Concern::DeedNotNamed].into_iter().any(has);
    match entry.actor {
        _ if has(Concern::OriginalUnknown) && entry.past => TriageVerdict::Investigate,
        Actor::Other => TriageVerdict::NotRoot,
        Actor::AwsService if !entry.is_root_record() && !is_service_event(entry) => TriageVerdict::NotRoot,
        Actor::AwsService if !needs_a_look => TriageVerdict::Explained,
        _ if is_expected(entry) => TriageVerdict::Expected,
        _ if entry.past => TriageVerdict::Historical,
        Actor::RootUser | Actor::CentralRootSession if matters(entry) => TriageVerdict::Incident,
        Actor::RootUser | Actor::CentralRootSession | Actor::AwsService | Actor::Unclear => TriageVerdict::Investigate,
    }
}

/// Returns whether what was announced is what happened: an expected use foresees no storm, no key that nobody announced,
/// and no record that does not fit together.
fn is_expected(entry: &Entry) -> bool {
    const UNFORESEEN: [Concern; 5] = [
        Concern::SignInStorm,
        Concern::SignInAfterStorm,
        Concern::CreatedKeyUsed,
        Concern::Disguise,
        Concern::OriginalUnknown,
    ];
    entry.expectation == Expectation::Expected && UNFORESEEN.iter().all(|concern| !entry.concerns.contains(concern))
}

fn is_service_event(entry: &Entry) -> bool {
    entry.record.event_type.as_deref() == Some("AwsServiceEvent")
}

/// Returns whether root was used in a way that cannot wait: something changed, or somebody got in who should not.
pub(crate) fn matters(entry: &Entry) -> bool {
    const GRAVE: [Concern; 3] = [Concern::WithoutMfa, Concern::SignInAfterStorm, Concern::CreatedKeyUsed];
    matches!(entry.action, Action::CredentialChange | Action::Write)
        || GRAVE.iter().any(|concern| entry.concerns.contains(concern))
}

/// Returns how bad the record is if it is about something live.
pub(crate) fn live_severity(entry: &Entry) -> Severity {
    let floor = entry.concerns.iter().map(|concern| match concern {
        Concern::WithoutMfa | Concern::SignInAfterStorm | Concern::CreatedKeyUsed => Severity::Critical,
        Concern::LongTermKey | Concern::SignInStorm => Severity::High,
        Concern::Disguise | Concern::OriginalUnknown => Severity::Medium,
        Concern::DefenceEvasion | Concern::SessionUnknown | Concern::DeedNotNamed | Concern::LiveBeside => {
            Severity::Low
        }
    });
    floor.fold(entry.action_severity, Severity::max)
}

/// Returns how bad a record of the past is: low, raised by what was done, and by something live in the same account.
pub(crate) fn calmed(entry: &Entry) -> Severity {
    let calm = match live_severity(entry) {
        Severity::Critical => Severity::High,
        Severity::High => Severity::Medium,
        Severity::Medium | Severity::Low | Severity::Informational => Severity::Low,
    };
    if entry.concerns.contains(&Concern::LiveBeside) { live_severity(entry).max(calm) } else { calm }
}
