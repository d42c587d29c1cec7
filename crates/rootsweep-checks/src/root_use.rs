//! When the root user's credentials were used, by the credential report, and which of it triage has explained.

use jiff::{SignedDuration, Timestamp};
use rootsweep_model::assessment::TriageVerdict;
use rootsweep_model::facts::{CredentialReport, RootReportKey};
use rootsweep_model::report::triage_v1::Episode;
use rootsweep_model::{Gap, GapKind};

use crate::calls;
use crate::root_user::missing;

/// How far the report's times of use can be off: it rounds a password's to five minutes, a key's to fifteen
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html>).
const GRAIN: SignedDuration = SignedDuration::from_mins(15);

/// How old a report may be. AWS answers with one of the last four hours; a day allows for a slow organization.
const FRESH: SignedDuration = SignedDuration::from_hours(24);

/// The last use of one of the root user's credentials.
pub(crate) struct RootUse {
    /// Which credential: `password`, `access key 1`.
    pub(crate) credential: String,
    /// When.
    pub(crate) at: Timestamp,
    /// What the report says of it, in a few words.
    pub(crate) told: String,
}

/// Returns the last use of every credential in the report.
pub(crate) fn of_report(report: &CredentialReport) -> Vec<RootUse> {
    let password =
        report.password_last_used.map(|at| RootUse { credential: "password".to_owned(), at, told: at.to_string() });
    let keys = report.access_keys.iter().enumerate().filter_map(of_key);
    password.into_iter().chain(keys).collect()
}

fn of_key((index, key): (usize, &RootReportKey)) -> Option<RootUse> {
    let at = key.last_used?;
    let service = key.last_used_service.as_deref().map(|it| format!(" on {it}")).unwrap_or_default();
    let region = key.last_used_region.as_deref().map(|it| format!(" in {it}")).unwrap_or_default();
    Some(RootUse { credential: format!("access key {}", index + 1), at, told: format!("{at}{service}{region}") })
}

/// Returns a gap where the credential report knows of a use since some time that none of the episodes tells of.
pub fn unrecorded_use(report: &CredentialReport, since: Timestamp, episodes: &[Episode]) -> Option<Gap> {
    let uses = of_report(report);
    let lost = uses.iter().find(|it| it.at >= since && !is_on_record(it, episodes))?;
    let message =
        format!("the root user's {} was used at {}, and no record of it was found", lost.credential, lost.told);
    let remedy =
        "look for the record by hand: a late delivery, a Region or source that was left out, or one turned off";
    Some(Gap::new(GapKind::Conflicting, calls::CREDENTIAL_REPORT, message, remedy))
}

/// Returns why the report's silence on a recent use proves nothing, if so.
pub(crate) fn doubt(report: &CredentialReport, now: Timestamp) -> Option<Gap> {
    let Some(made) = report.generated_at else { return Some(missing(calls::CREDENTIAL_REPORT, "GeneratedTime")) };
    if report.access_keys.is_empty() {
        return Some(missing(calls::CREDENTIAL_REPORT, "access_key_1_last_used_date"));
    }
    let old = now.duration_since(made) > FRESH;
    old.then(|| {
        let remedy = "allow the audit role iam:GenerateCredentialReport, then run the sweep again";
        Gap::new(GapKind::Stale, calls::CREDENTIAL_REPORT, format!("the report is of {made}, too old to tell"), remedy)
    })
}

/// Returns whether some episode of the window can be what the report saw.
pub(crate) fn is_on_record(it: &RootUse, episodes: &[Episode]) -> bool {
    episodes.iter().any(|episode| spans(episode, it.at))
}

/// Returns whether the use is within an episode that an expected use covers.
pub(crate) fn is_expected(it: &RootUse, episodes: &[Episode]) -> bool {
    episodes.iter().any(|episode| episode.verdict == TriageVerdict::Expected && spans(episode, it.at))
}

fn spans(episode: &Episode, at: Timestamp) -> bool {
    let (Some(first), Some(last)) = (episode.first_event_time, episode.last_event_time) else { return false };
    let from = first.saturating_sub(GRAIN).unwrap_or(Timestamp::MIN);
    let to = last.saturating_add(GRAIN).unwrap_or(Timestamp::MAX);
    (from..=to).contains(&at)
}
