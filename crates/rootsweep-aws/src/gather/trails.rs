//! The trails that cover an account.

use std::collections::BTreeMap;

use aws_sdk_cloudtrail::operation::get_event_selectors::GetEventSelectorsOutput;
use aws_sdk_cloudtrail::types as sdk;
use futures::{StreamExt as _, future, stream};
use rootsweep_model::arn::without_wildcard;
use rootsweep_model::facts::{
    AdvancedEventSelector, AdvancedFieldSelector, BasicEventSelector, EventSelectors, Trail, TrailStatus,
};
use rootsweep_model::{Arn, Gap};

use super::monitoring::{CONCURRENCY, located};
use crate::calls::{DESCRIBE_TRAILS, GET_EVENT_SELECTORS, GET_TRAIL_STATUS, LIST_TRAILS};
use crate::gap::missing;
use crate::page::all_pages;
use crate::session::Session;
use crate::time::timestamp;

/// Trails by ARN: one can come twice, as itself and as its own shadow.
type ByArn = BTreeMap<String, Trail>;

/// The trails of an account.
pub(super) struct Listed {
    pub(super) trails: Vec<Trail>,
    /// Why trails of single Regions may be missing.
    pub(super) unlisted: Option<Gap>,
}

/// Reads the trails; status and selectors are asked of the account's own alone, for an organization trail's owner answers
/// them for all members.
///
/// The Region that is asked shows its own trails and those of all Regions. Trails of other single Regions are worth more
/// calls only where none of these records everything.
pub(super) async fn read(session: &Session) -> Result<Listed, Gap> {
    let mut trails = described(session, session.region(), None).await?;
    if trails.values().any(|trail| records_all_regions(session, trail)) {
        return Ok(Listed { trails: trails.into_values().collect(), unlisted: None });
    }
    let mut unlisted = None;
    match elsewhere(session, &trails).await {
        Ok(by_home) => {
            for (home, arns) in by_home {
                match described(session, &home, Some(arns)).await {
                    Ok(more) => trails.extend(more),
                    Err(gap) => unlisted = Some(located(gap, &home)),
                }
            }
        }
        Err(gap) => unlisted = Some(gap),
    }
    Ok(Listed { trails: trails.into_values().collect(), unlisted })
}

/// Whether no other trail has to be looked for. Of an organization trail, its owner says whether it is logging.
fn records_all_regions(session: &Session, trail: &Trail) -> bool {
    let status = trail.status.as_ref().and_then(|status| status.known().ok());
    let is_logging = trail.owner != Some(session.account) || status.is_some_and(|it| it.is_logging == Some(true));
    trail.is_multi_region == Some(true) && is_logging
}

/// Returns the account's own trails that are not known yet, by their home Region.
async fn elsewhere(session: &Session, known: &ByArn) -> Result<BTreeMap<String, Vec<String>>, Gap> {
    let client = &session.cloudtrail(session.region());
    let listed = all_pages(LIST_TRAILS, |token| async move {
        let send = || client.list_trails().set_next_token(token.clone()).send();
        let answer = session.call(LIST_TRAILS, Some(session.region()), send).await?;
        Ok((answer.trails.ok_or_else(|| missing(&LIST_TRAILS, "Trails"))?, answer.next_token))
    })
    .await?;
    let mut by_home = BTreeMap::<String, Vec<String>>::new();
    for trail in listed {
        let arn = trail.trail_arn.ok_or_else(|| missing(&LIST_TRAILS, "TrailARN"))?;
        let home = trail.home_region.ok_or_else(|| missing(&LIST_TRAILS, "HomeRegion"))?;
        if Arn::parse(&arn).and_then(Arn::account) == Some(session.account) && !known.contains_key(&arn) {
            by_home.entry(home).or_default().push(arn);
        }
    }
    Ok(by_home)
}

/// Describes the trails that a Region shows, or those of some ARNs.
async fn described(session: &Session, region: &str, arns: Option<Vec<String>>) -> Result<ByArn, Gap> {
    let client = session.cloudtrail(region);
    let send = || client.describe_trails().set_trail_name_list(arns.clone()).send();
    let answer = session.call(DESCRIBE_TRAILS, Some(region), send).await?;
    let listed = answer.trail_list.ok_or_else(|| missing(&DESCRIBE_TRAILS, "trailList"))?;
    let described: Result<Vec<Trail>, Gap> = listed.into_iter().map(trail).collect();
    let distinct: ByArn = described?.into_iter().map(|trail| (trail.arn.clone(), trail)).collect();
    let completed: Vec<Trail> = stream::iter(distinct.into_values())
        .map(|trail| completed(session, trail))
        .buffered(CONCURRENCY)
        .collect()
        .await;
    Ok(completed.into_iter().map(|trail| (trail.arn.clone(), trail)).collect())
}

fn trail(listed: sdk::Trail) -> Result<Trail, Gap> {
    let arn = listed.trail_arn.ok_or_else(|| missing(&DESCRIBE_TRAILS, "TrailARN"))?;
    Ok(Trail {
        owner: Arn::parse(&arn).and_then(Arn::account),
        name: listed.name.unwrap_or_else(|| arn.rsplit('/').next().unwrap_or_default().to_owned()),
        home_region: listed.home_region.or_else(|| Arn::parse(&arn).and_then(Arn::region).map(str::to_owned)),
        arn,
        is_multi_region: listed.is_multi_region_trail,
        is_organization_trail: listed.is_organization_trail,
        includes_global_service_events: listed.include_global_service_events,
        log_group_arn: listed.cloud_watch_logs_log_group_arn.as_deref().map(|arn| without_wildcard(arn).to_owned()),
        status: None,
        selectors: None,
    })
}

async fn completed(session: &Session, mut trail: Trail) -> Trail {
    if trail.owner == Some(session.account) {
        // Either answers in the trail's home Region alone.
        let region = trail.home_region.as_deref().unwrap_or_else(|| session.region());
        let (status, selectors) =
            future::join(status(session, region, &trail.arn), selectors(session, region, &trail.arn)).await;
        trail.status = Some(status.into());
        trail.selectors = Some(selectors.into());
    }
    trail
}

async fn status(session: &Session, region: &str, arn: &str) -> Result<TrailStatus, Gap> {
    let client = session.cloudtrail(region);
    let answer = session.call(GET_TRAIL_STATUS, Some(region), || client.get_trail_status().name(arn).send()).await?;
    let nonempty = |text: Option<String>| text.filter(|text| !text.is_empty());
    Ok(TrailStatus {
        is_logging: answer.is_logging,
        latest_delivery_time: answer.latest_delivery_time.as_ref().and_then(timestamp),
        latest_delivery_error: nonempty(answer.latest_delivery_error),
        latest_cloud_watch_logs_delivery_time: answer
            .latest_cloud_watch_logs_delivery_time
            .as_ref()
            .and_then(timestamp),
        latest_cloud_watch_logs_delivery_error: nonempty(answer.latest_cloud_watch_logs_delivery_error),
        start_logging_time: answer.start_logging_time.as_ref().and_then(timestamp),
        stop_logging_time: answer.stop_logging_time.as_ref().and_then(timestamp),
    })
}

async fn selectors(session: &Session, region: &str, arn: &str) -> Result<EventSelectors, Gap> {
    let client = session.cloudtrail(region);
    let send = || client.get_event_selectors().trail_name(arn).send();
    let answer = session.call(GET_EVENT_SELECTORS, Some(region), send).await?;
    event_selectors(answer)
}

/// A trail has selectors of one kind or the other; an answer with neither is not understood.
fn event_selectors(answer: GetEventSelectorsOutput) -> Result<EventSelectors, Gap> {
    match (answer.advanced_event_selectors, answer.event_selectors) {
        (Some(advanced), _) if !advanced.is_empty() => {
            let selectors: Result<Vec<_>, Gap> = advanced.into_iter().map(advanced_selector).collect();
            selectors.map(EventSelectors::Advanced)
        }
        (_, Some(basic)) => Ok(EventSelectors::Basic(basic.into_iter().map(basic_selector).collect())),
        _ => Err(missing(&GET_EVENT_SELECTORS, "EventSelectors and AdvancedEventSelectors")),
    }
}

fn basic_selector(selector: sdk::EventSelector) -> BasicEventSelector {
    BasicEventSelector {
        // AWS documents `All` and `true` as the defaults.
        read_write_type: selector.read_write_type.map_or_else(|| "All".to_owned(), |it| it.as_str().to_owned()),
        include_management_events: selector.include_management_events.unwrap_or(true),
        exclude_management_event_sources: selector.exclude_management_event_sources.unwrap_or_default(),
    }
}

/// A selector without fields would let everything through; AWS has at least one in each.
fn advanced_selector(selector: sdk::AdvancedEventSelector) -> Result<AdvancedEventSelector, Gap> {
    if selector.field_selectors.is_empty() {
        return Err(missing(&GET_EVENT_SELECTORS, "FieldSelectors"));
    }
    let fields = selector.field_selectors.into_iter().map(|field| AdvancedFieldSelector {
        field: field.field,
        equals: field.equals.unwrap_or_default(),
        not_equals: field.not_equals.unwrap_or_default(),
        starts_with: field.starts_with.unwrap_or_default(),
        not_starts_with: field.not_starts_with.unwrap_or_default(),
        ends_with: field.ends_with.unwrap_or_default(),
        not_ends_with: field.not_ends_with.unwrap_or_default(),
    });
    Ok(AdvancedEventSelector { fields: fields.collect() })
}
