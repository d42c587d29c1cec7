//! The first link: a trail that records the event, and brings it to its log group.

use jiff::{SignedDuration, Timestamp};
use rootsweep_model::facts::{EventSelectors, Trail, TrailStatus};
use rootsweep_model::{Fact, Gap, GapKind};

use super::cell::Cell;
use super::selectors;
use super::state::Finding;
use crate::calls;
use crate::check::Subject;

/// Services whose events belong to no Region of the caller's.
const GLOBAL_SERVICES: [&str; 3] = ["iam.amazonaws.com", "sts.amazonaws.com", "cloudfront.amazonaws.com"];

/// How long a trail that works can be silent: the sweep's own calls are recorded every night.
const SILENCE: SignedDuration = SignedDuration::from_hours(36);

/// How long a trail that was started can have delivered nothing: CloudTrail delivers about every five minutes
/// (<https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html>).
const FIRST_DELIVERY: SignedDuration = SignedDuration::from_hours(1);

/// A trail that the account is covered by, or that at least its listing shows.
pub(crate) struct CoveringTrail<'a> {
    pub(crate) trail: &'a Trail,
    status: Result<&'a TrailStatus, Box<Gap>>,
    selectors: Result<&'a EventSelectors, Box<Gap>>,
    covers: Finding,
}

/// Returns the trails that the account's own listing shows, organization trails among them.
pub(crate) fn of_account<'a>(subject: &Subject<'a>) -> Result<Vec<CoveringTrail<'a>>, &'a Gap> {
    let trails = subject.facts.monitoring.trails.known()?;
    Ok(trails.iter().map(|trail| CoveringTrail::new(subject, trail)).collect())
}

impl<'a> CoveringTrail<'a> {
    fn new(subject: &Subject<'a>, trail: &'a Trail) -> Self {
        let status = match &trail.status {
            Some(fact) => owned(fact),
            None => of_owner(subject, trail, calls::TRAIL_STATUS, |it| it.status.as_ref()),
        };
        let selectors = match &trail.selectors {
            Some(fact) => owned(fact),
            None => of_owner(subject, trail, calls::EVENT_SELECTORS, |it| it.selectors.as_ref()),
        };
        Self { trail, status, selectors, covers: covers(subject, trail) }
    }

    /// Returns whether the trail records an event.
    pub(crate) fn records(&self, cell: &Cell) -> Finding {
        let recorded = self.covers.clone().and(self.is_logging()).and(self.reaches(cell));
        match &self.selectors {
            Ok(selectors) => recorded.and(selectors::records(selectors, cell)),
            Err(gap) => recorded.and(Finding::gap(gap)),
        }
    }

    /// Returns whether the trail is logging.
    fn is_logging(&self) -> Finding {
        match &self.status {
            Err(gap) => Finding::gap(gap),
            Ok(status) => match (status.is_logging, status.stop_logging_time) {
                (Some(true), _) => Finding::holds("is logging"),
                (Some(false), Some(at)) => Finding::broken(format!("logging was stopped at {at}")),
                (Some(false), None) => Finding::broken("is not logging"),
                (None, _) => Finding::missing(calls::TRAIL_STATUS, "whether the trail is logging"),
            },
        }
    }

    /// Returns whether the trail covers every Region.
    pub(crate) fn is_multi_region(&self) -> Finding {
        match self.trail.is_multi_region {
            Some(true) => Finding::holds("covers every Region"),
            Some(false) => Finding::broken("covers a single Region"),
            None => Finding::missing(calls::DESCRIBE_TRAILS, "whether the trail covers every Region"),
        }
    }

    /// Returns whether the trail covers the Region of an event.
    fn reaches(&self, cell: &Cell) -> Finding {
        let home = self.trail.home_region.as_deref();
        let source = cell.text("eventSource").unwrap_or_default();
        let region = match (self.trail.is_multi_region, home) {
            (Some(false), Some(home)) if home == cell.region => Finding::holds(format!("covers {home} alone")),
            (Some(false), Some(home)) => Finding::broken(format!("covers {home} alone")),
            (Some(false), None) => Finding::missing(calls::DESCRIBE_TRAILS, "which Region the trail covers"),
            (Some(true) | None, _) => self.is_multi_region(),
        };
        if GLOBAL_SERVICES.contains(&source.as_str()) && self.trail.includes_global_service_events == Some(false) {
            return region.and(Finding::broken("leaves out events of global services"));
        }
        region
    }

    /// Returns whether the trail's files reach its bucket.
    pub(crate) fn delivers_to_bucket(&self, now: Timestamp) -> Finding {
        let status = match &self.status {
            Err(gap) => return Finding::gap(gap),
            Ok(status) => status,
        };
        if let Some(error) = told(status.latest_delivery_error.as_ref()) {
            return Finding::broken(format!("cannot deliver to its bucket: {error}"));
        }
        match status.latest_delivery_time {
            Some(at) => lately(at, now, "its bucket"),
            None => not_yet(status, now),
        }
    }

    /// Returns whether the trail's events reach its log group.
    pub(crate) fn delivers_to_log_group(&self, now: Timestamp) -> Finding {
        let status = match &self.status {
            Err(gap) => return Finding::gap(gap),
            Ok(status) => status,
        };
        if let Some(error) = told(status.latest_cloud_watch_logs_delivery_error.as_ref()) {
            return Finding::broken(format!("the trail cannot deliver to it: {error}"));
        }
        match (status.latest_cloud_watch_logs_delivery_time, status.latest_delivery_time) {
            (Some(at), _) => lately(at, now, "its log group"),
            (None, Some(at)) => {
                let detail = format!("the trail delivered to its bucket at {at}, and was never seen to deliver here");
                let remedy = "look whether the trail's role may write to the log group";
                Finding::unknown(GapKind::Conflicting, calls::TRAIL_STATUS, detail, remedy)
            }
            (None, None) => not_yet(status, now),
        }
    }
}

/// Returns whether a delivery is as late as one of a trail that works: the sweep's own calls are recorded every night.
fn lately(at: Timestamp, now: Timestamp, whereto: &str) -> Finding {
    if now.duration_since(at) <= SILENCE {
        return Finding::holds(format!("the trail last delivered to {whereto} at {at}"));
    }
    let detail = format!("the trail last delivered to {whereto} at {at}, although the sweep itself makes events");
    let remedy = "look whether CloudTrail may still write to the trail's bucket and log group";
    Finding::unknown(GapKind::Conflicting, calls::TRAIL_STATUS, detail, remedy)
}

/// Judges a trail that was never seen to deliver: one that has just been started cannot have.
fn not_yet(status: &TrailStatus, now: Timestamp) -> Finding {
    match status.start_logging_time {
        Some(at) if now.duration_since(at) <= FIRST_DELIVERY => {
            Finding::holds(format!("was started at {at}, and has delivered nothing yet"))
        }
        Some(at) => {
            Finding::missing(calls::TRAIL_STATUS, &format!("when the trail delivered, which was started at {at}"))
        }
        None => Finding::missing(calls::TRAIL_STATUS, "when the trail delivered, nor when it was started"),
    }
}

fn told(error: Option<&String>) -> Option<&String> {
    error.filter(|it| !it.trim().is_empty())
}

fn owned<T>(fact: &Fact<T>) -> Result<&T, Box<Gap>> {
    fact.known().map_err(|gap| Box::new(gap.clone()))
}

/// Returns what the owner of an organization trail answered for all of its members.
fn of_owner<'a, T>(
    subject: &Subject<'a>,
    trail: &Trail,
    call: &str,
    read: impl Fn(&'a Trail) -> Option<&'a Fact<T>>,
) -> Result<&'a T, Box<Gap>> {
    let unread = || {
        let owner = trail.owner.map_or_else(|| "another account".to_owned(), |it| it.to_string());
        let remedy = "sweep the account that owns the organization trail, too";
        Box::new(Gap::new(GapKind::OutOfReach, call, format!("the trail is {owner}'s, which was not read"), remedy))
    };
    let monitoring = trail.owner.and_then(|owner| subject.monitoring_of(owner)).ok_or_else(unread)?;
    let trails = owned(&monitoring.trails)?;
    let same = trails.iter().find(|it| it.arn == trail.arn).ok_or_else(unread)?;
    owned(read(same).ok_or_else(unread)?)
}

fn covers(subject: &Subject<'_>, trail: &Trail) -> Finding {
    match (trail.owner, trail.is_organization_trail) {
        (Some(owner), _) if owner == subject.facts.account.id => Finding::holds(""),
        (Some(owner), Some(true)) => {
            Finding::holds(format!("is the organization trail of {owner}")).and(home_is_enabled(subject, trail))
        }
        (Some(owner), Some(false)) => Finding::broken(format!("is {owner}'s own, and no organization trail")),
        _ => Finding::missing(calls::DESCRIBE_TRAILS, "whose trail it is"),
    }
}

/// Returns whether a member account takes part in an organization trail: one whose home is an opt-in Region takes
/// nothing from members that did not opt in
/// (<https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-trail-organization.html>).
fn home_is_enabled(subject: &Subject<'_>, trail: &Trail) -> Finding {
    let Some(home) = trail.home_region.as_deref() else {
        return Finding::missing(calls::DESCRIBE_TRAILS, "the trail's home Region");
    };
    if subject.organization.partition.sign_in_regions().contains(&home) {
        return Finding::holds("");
    }
    match subject.facts.enabled_regions.known() {
        Ok(enabled) if enabled.iter().any(|region| region == home) => Finding::holds(""),
        Ok(_) => Finding::broken(format!("its home, {home}, is not enabled in this account")),
        Err(gap) => Finding::gap(gap),
    }
}
