//! CloudTrail: from a record to event history, EventBridge and log groups.

use jiff::Timestamp;

use super::bus;
use super::ingest::LogInput;
use crate::gateway::UpstreamCall;
use crate::world::{
    AccountId, AdvancedEventSelector, EventRecord, EventSelector, FieldSelector, HopKind, Place, Trail, World,
};

/// Larger records go to the bucket alone, not to CloudWatch Logs or EventBridge.
///
/// Source: <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/send-cloudtrail-events-to-cloudwatch-logs.html>
const MAX_EVENT_BYTES: usize = 256 * 1024;

/// A record on its way: its own time, the time of its delivery, and the timestamp that the log event gets are three things.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Where the action was taken.
    pub place: Place,
    /// The record.
    pub record: EventRecord,
    /// When CloudTrail delivers it.
    pub at: Timestamp,
    /// The timestamp of the log event; the time of the delivery when absent.
    pub log_timestamp: Option<Timestamp>,
    /// How often each trail delivers it again, as happens at times.
    pub duplicates: u32,
    /// Whether it enters event history; it does unless a test wants a record that only trails have.
    pub in_event_history: bool,
}

impl Delivery {
    /// A delivery as CloudTrail usually makes it.
    pub const fn new(place: Place, record: EventRecord, at: Timestamp) -> Self {
        Self { place, record, at, log_timestamp: None, duplicates: 0, in_event_history: true }
    }
}

/// A trail that may record an event, as found in its own place.
struct Found {
    owner: AccountId,
    home: String,
    name: String,
    log_group: Option<String>,
    refusal: Option<&'static str>,
}

impl World {
    pub(super) fn deliver(&mut self, delivery: &Delivery, at: Timestamp) {
        if delivery.in_event_history
            && let Some(region) = self.region_mut(delivery.place.account, &delivery.place.region)
        {
            region.event_history.push(delivery.record.clone());
        }
        let trails = trails_for(self, delivery);
        let small = delivery.record.json().to_string().len() <= MAX_EVENT_BYTES;
        if small && trails.iter().any(|trail| trail.refusal.is_none()) {
            bus::emit_record(self, &delivery.place, &delivery.record, at);
        }
        for trail in &trails {
            for _ in 0..=delivery.duplicates {
                deliver_by(self, delivery, trail, small, at);
            }
        }
    }
}

fn trails_for(world: &World, delivery: &Delivery) -> Vec<Found> {
    let place = &delivery.place;
    let organization = world.organization.as_ref();
    let member = world.accounts.get(&place.account).is_some_and(|it| !it.left_organization);
    let may_own = |owner: AccountId| organization.is_some_and(|it| member && it.may_read(owner));
    let mut found = Vec::new();
    for (owner, account) in world.accounts.iter().filter(|(id, _)| **id == place.account || may_own(**id)) {
        for (home, region) in &account.regions {
            let covers = |trail: &&Trail| {
                (*owner == place.account || trail.organization) && (trail.multi_region || *home == place.region)
            };
            found.extend(region.trails.iter().filter(covers).map(|trail| Found {
                owner: *owner,
                home: home.clone(),
                name: trail.name.clone(),
                log_group: trail.log_group_arn.clone(),
                refusal: refusal(trail, &delivery.record),
            }));
        }
    }
    found
}

/// Why a trail leaves a record out; a late record is delivered even by a stopped trail, and past its selectors.
///
/// Source: <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-turning-off-logging.html>
fn refusal(trail: &Trail, record: &EventRecord) -> Option<&'static str> {
    if record.json().get("addendum").is_some_and(|it| !it.is_null()) {
        return None;
    }
    if !trail.status.logging {
        return Some("the trail is not logging");
    }
    let selected = match (trail.advanced_event_selectors.as_slice(), trail.event_selectors.as_slice()) {
        ([], []) => true,
        ([], basic) => basic.iter().any(|selector| basic_selects(selector, record)),
        (advanced, _) => advanced.iter().any(|selector| advanced_selects(selector, record)),
    };
    (!selected).then_some("the event selectors leave it out")
}

fn basic_selects(selector: &EventSelector, record: &EventRecord) -> bool {
    let source = record.text("eventSource").unwrap_or_default();
    let kind = match selector.read_write_type.as_str() {
        "ReadOnly" => record.read_only(),
        "WriteOnly" => !record.read_only(),
        _ => true,
    };
    selector.include_management_events
        && kind
        && !selector.exclude_management_event_sources.iter().any(|it| it == source)
}

fn advanced_selects(selector: &AdvancedEventSelector, record: &EventRecord) -> bool {
    selector.field_selectors.iter().all(|field| field_selects(field, record))
}

fn field_selects(selector: &FieldSelector, record: &EventRecord) -> bool {
    let value = match selector.field.as_str() {
        "readOnly" => record.read_only().to_string(),
        "eventCategory" => record.text("eventCategory").unwrap_or("Management").to_owned(),
        "userIdentity.arn" => record.identity("arn").unwrap_or_default().to_owned(),
        field => record.text(field).unwrap_or_default().to_owned(),
    };
    let any = |list: &[String], fits: fn(&str, &str) -> bool| list.iter().any(|it| fits(&value, it));
    let equal: fn(&str, &str) -> bool = |value, it| value == it;
    let starts: fn(&str, &str) -> bool = |value, it| value.starts_with(it);
    let ends: fn(&str, &str) -> bool = |value, it| value.ends_with(it);
    let wanted = any(&selector.equals, equal) || any(&selector.starts_with, starts) || any(&selector.ends_with, ends);
    let asks = !selector.equals.is_empty() || !selector.starts_with.is_empty() || !selector.ends_with.is_empty();
    let unwanted = any(&selector.not_equals, equal)
        || any(&selector.not_starts_with, starts)
        || any(&selector.not_ends_with, ends);
    (wanted || !asks) && !unwanted
}

fn deliver_by(world: &mut World, delivery: &Delivery, trail: &Found, small: bool, at: Timestamp) {
    let event_id = delivery.record.text("eventID").unwrap_or_default().to_owned();
    let arn = world.arn("cloudtrail", &trail.home, trail.owner, &format!("trail/{}", trail.name));
    let home = Place::new(trail.owner, trail.home.clone());
    if let Some(why) = trail.refusal {
        world.hop(at, &home, HopKind::RecordNotDelivered { event_id, trail: arn, why: why.to_owned() });
        return;
    }
    let target = trail.log_group.as_deref().filter(|_| small).and_then(parse_log_group);
    let log_group = trail.log_group.clone().filter(|_| target.is_some());
    world.hop(at, &home, HopKind::RecordDelivered { event_id, trail: arn, log_group });
    let error = target.and_then(|(place, group)| into_log_group(world, delivery, &place, &group, at));
    let trails = world.region_mut(trail.owner, &trail.home).map(|region| &mut region.trails);
    if let Some(found) = trails.into_iter().flatten().find(|it| it.name == trail.name) {
        found.status.latest_delivery_at = Some(at);
        if trail.log_group.is_some() {
            found.status.latest_log_delivery_at = Some(at);
            found.status.latest_log_delivery_error = error;
        }
    }
}

/// Reads `arn:aws:logs:REGION:ACCOUNT:log-group:NAME:*`.
fn parse_log_group(arn: &str) -> Option<(Place, String)> {
    let mut parts = arn.splitn(7, ':').skip(3);
    let (region, account, kind) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?);
    let name = parts.next()?;
    let name = name.strip_suffix(":*").unwrap_or(name);
    (kind == "log-group").then(|| (Place::new(account, region), name.to_owned()))
}

/// Puts the record into the log group; the answer is the delivery error, if any.
fn into_log_group(world: &mut World, delivery: &Delivery, place: &Place, group: &str, at: Timestamp) -> Option<String> {
    if !world.region(place.account, &place.region).log_groups.iter().any(|it| it.name == group) {
        return Some("ResourceNotFoundException: The specified log group does not exist.".to_owned());
    }
    let stream = format!("{}_CloudTrail_{}", delivery.place.account, delivery.place.region);
    let timestamp = delivery.log_timestamp.unwrap_or(at);
    let input = LogInput { timestamp, message: delivery.record.json().to_string() };
    if world.runtime.is_gateway {
        world.runtime.upstream.extend(UpstreamCall::put_log_event(place, group, &stream, &input));
    }
    let rejected = world.put_log_events(place, group, &stream, vec![input], at);
    rejected.any().then(|| "InvalidParameterException: the log events were rejected".to_owned())
}
