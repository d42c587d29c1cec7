//! AWS CloudTrail.

use jiff::{SignedDuration, Timestamp};

use super::paging::{Page, Paging};
use super::{Context, Operation, Reply};
use crate::error::ServiceError;
use crate::value::{Value, shape};
use crate::world::{AccountId, AdvancedEventSelector, EventRecord, EventSelector, FieldSelector, Trail};

/// Event history goes back so far.
const EVENT_HISTORY: SignedDuration = SignedDuration::from_hours(90 * 24);

/// A trail that works delivered so long ago at most.
///
/// Source: <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html>
const DELIVERY_INTERVAL: SignedDuration = SignedDuration::from_mins(5);

/// The operations of the service.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new("DescribeTrails", describe_trails)
        .differing("no KMS key and no topic; of S3 the bucket's name alone"),
    Operation::new("ListTrails", list_trails).differing("one page; the account's own trails alone"),
    Operation::new("GetTrailStatus", get_trail_status).differing(
        "no members on digests and notifications; a healthy trail whose deliveries the World does not name delivered \
         five minutes ago",
    ),
    Operation::new("GetEventSelectors", get_event_selectors),
    Operation::new("LookupEvents", lookup_events)
        .refusing(&["EventCategory"])
        .differing("a rate is kept only where the World sets one; a record is found as soon as it is delivered"),
];

/// A trail as one account sees it in one Region.
struct Seen<'a> {
    trail: &'a Trail,
    owner: AccountId,
    home: &'a str,
    shadow: bool,
}

impl Seen<'_> {
    fn arn(&self, context: &Context<'_>) -> String {
        context.world.arn("cloudtrail", self.home, self.owner, &format!("trail/{}", self.trail.name))
    }
}

/// The trails that the caller's account sees in this Region: its own, replicas of multi-Region trails, and organization trails.
///
/// Source: <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DescribeTrails.html>
fn visible<'a>(context: &'a Context<'_>) -> Vec<Seen<'a>> {
    let (caller, region) = (context.account_id(), context.region_name());
    let mut owners = vec![caller];
    if let Some(organization) =
        context.world.organization.as_ref().filter(|_| context.account().is_ok_and(|it| !it.left_organization))
    {
        owners.push(organization.management_account);
        owners.extend(organization.delegated_administrators.iter().map(|it| it.account));
    }
    owners.sort_unstable();
    owners.dedup();
    let accounts = owners.into_iter().filter_map(|owner| Some((owner, context.world.accounts.get(&owner)?)));
    let regions = accounts.flat_map(|(owner, account)| account.regions.iter().map(move |(home, it)| (owner, home, it)));
    let trails = regions.flat_map(|(owner, home, it)| it.trails.iter().map(move |trail| (owner, home.as_str(), trail)));
    trails
        .filter(|(owner, home, trail)| {
            (*owner == caller || trail.organization) && (*home == region || trail.multi_region)
        })
        .map(|(owner, home, trail)| Seen { trail, owner, home, shadow: owner != caller || home != region })
        .collect()
}

#[expect(clippy::unnecessary_wraps, reason = "every operation has this signature")]
fn describe_trails(context: &mut Context<'_>) -> Reply {
    let with_shadows = context.input().boolean("includeShadowTrails").unwrap_or(true);
    let names = context.input().texts("trailNameList");
    let wanted = |seen: &Seen<'_>| {
        let is_it = |name: &String| *name == seen.trail.name || *name == seen.arn(context);
        (with_shadows || !seen.shadow) && (names.is_empty() || names.iter().any(is_it))
    };
    let trails: Vec<Value> =
        visible(context).iter().filter(|seen| wanted(seen)).map(|seen| trail_shape(context, seen)).collect();
    Ok(shape! { "trailList": trails })
}

/// The account's own trails, wherever they are at home.
///
/// Source: <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListTrails.html>
fn list_trails(context: &mut Context<'_>) -> Reply {
    let owner = context.account_id();
    let regions = context.account()?.regions.iter();
    let trails = regions.flat_map(|(home, region)| region.trails.iter().map(move |trail| (home.as_str(), trail)));
    let seen = trails.map(|(home, trail)| Seen { trail, owner, home, shadow: false });
    let shapes: Vec<Value> = seen
        .map(|seen| shape! { "TrailARN": seen.arn(context), "Name": &seen.trail.name, "HomeRegion": seen.home })
        .collect();
    Ok(shape! { "Trails": shapes })
}

fn trail_shape(context: &Context<'_>, seen: &Seen<'_>) -> Value {
    let trail = seen.trail;
    shape! {
        "Name": &trail.name,
        "S3BucketName": &trail.s3_bucket,
        "IncludeGlobalServiceEvents": trail.include_global_service_events,
        "IsMultiRegionTrail": trail.multi_region,
        "HomeRegion": seen.home,
        "TrailARN": seen.arn(context),
        "LogFileValidationEnabled": true,
        "CloudWatchLogsLogGroupArn": trail.log_group_arn.as_ref(),
        "CloudWatchLogsRoleArn": trail.log_role_arn.as_ref(),
        "HasCustomEventSelectors": !trail.event_selectors.is_empty() || !trail.advanced_event_selectors.is_empty(),
        "HasInsightSelectors": false,
        "IsOrganizationTrail": trail.organization,
    }
}

/// Finds a trail by the name it has at home, or by its ARN; a member reaches an organization trail by ARN alone.
fn find<'a>(context: &'a Context<'_>, parameter: &str) -> Result<Seen<'a>, ServiceError> {
    let name = context.required(parameter)?;
    let by_arn = name.starts_with("arn:");
    let fits = |seen: &Seen<'_>| {
        if by_arn { seen.arn(context) == name } else { !seen.shadow && seen.trail.name == name }
    };
    let unknown = || {
        let message = format!("Unknown trail: {name} for the user: {}", context.account_id());
        ServiceError::new(400, "TrailNotFoundException", message)
    };
    visible(context).into_iter().find(fits).ok_or_else(unknown)
}

/// Source: <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html>
fn get_trail_status(context: &mut Context<'_>) -> Reply {
    let trail = find(context, "Name")?.trail;
    let status = &trail.status;
    let lately =
        context.now().saturating_sub(DELIVERY_INTERVAL).ok().filter(|_| status.logging && status.started_at.is_none());
    let unless = |failed: bool| lately.filter(|_| !failed);
    let to_bucket = unless(status.latest_delivery_error.is_some());
    let to_log_group = unless(status.latest_log_delivery_error.is_some() || trail.log_group_arn.is_none());
    Ok(shape! {
        "IsLogging": status.logging,
        "LatestDeliveryTime": status.latest_delivery_at.or(to_bucket),
        "LatestDeliveryError": status.latest_delivery_error.as_ref(),
        "StartLoggingTime": status.started_at,
        "StopLoggingTime": status.stopped_at,
        "LatestCloudWatchLogsDeliveryTime": status.latest_log_delivery_at.or(to_log_group),
        "LatestCloudWatchLogsDeliveryError": status.latest_log_delivery_error.as_ref(),
    })
}

/// Source: <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetEventSelectors.html>
fn get_event_selectors(context: &mut Context<'_>) -> Reply {
    let seen = find(context, "TrailName")?;
    let arn = seen.arn(context);
    if !seen.trail.advanced_event_selectors.is_empty() {
        let selectors: Vec<Value> = seen.trail.advanced_event_selectors.iter().map(advanced_shape).collect();
        return Ok(shape! { "TrailARN": arn, "AdvancedEventSelectors": selectors });
    }
    let mut selectors: Vec<Value> = seen.trail.event_selectors.iter().map(selector_shape).collect();
    if selectors.is_empty() {
        selectors.push(shape! {
            "ReadWriteType": "All",
            "IncludeManagementEvents": true,
            "DataResources": Vec::<Value>::new(),
            "ExcludeManagementEventSources": Vec::<Value>::new(),
        });
    }
    Ok(shape! { "TrailARN": arn, "EventSelectors": selectors })
}

fn selector_shape(selector: &EventSelector) -> Value {
    let resources = selector.data_resources.iter();
    let resources: Vec<Value> =
        resources.map(|it| shape! { "Type": &it.resource_type, "Values": it.values.as_slice() }).collect();
    shape! {
        "ReadWriteType": &selector.read_write_type,
        "IncludeManagementEvents": selector.include_management_events,
        "DataResources": resources,
        "ExcludeManagementEventSources": selector.exclude_management_event_sources.as_slice(),
    }
}

fn advanced_shape(selector: &AdvancedEventSelector) -> Value {
    let list = |values: &[String]| if values.is_empty() { Value::Null } else { values.into() };
    let field = |it: &FieldSelector| {
        shape! {
            "Field": &it.field,
            "Equals": list(&it.equals),
            "StartsWith": list(&it.starts_with),
            "EndsWith": list(&it.ends_with),
            "NotEquals": list(&it.not_equals),
            "NotStartsWith": list(&it.not_starts_with),
            "NotEndsWith": list(&it.not_ends_with),
        }
    };
    shape! { "Name": selector.name.as_ref(), "FieldSelectors": selector.field_selectors.iter().map(field).collect::<Vec<_>>() }
}

/// Looks events of the last 90 days up, newest first.
///
/// Source: <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>
fn lookup_events(context: &mut Context<'_>) -> Reply {
    if context.world.lookup_is_too_fast(context.account_id(), context.region_name()) {
        return Err(ServiceError::throttled(context.call.service));
    }
    let (attribute, range) = (attribute(context)?, range(context)?);
    let page = Page::of(context, Paging { token: "NextToken", limit: "MaxResults", default: 50, max: 50 })?;
    let fits = |record: &&EventRecord| {
        range.contains(&record.time()) && attribute.is_none_or(|(key, value)| has(record, key, value))
    };
    let mut events: Vec<&EventRecord> = context.region().event_history.iter().filter(fits).collect();
    events.sort_by_key(|record| std::cmp::Reverse(record.time()));
    let (page, token) = page.cut(events);
    Ok(shape! { "Events": page.into_iter().map(event_shape).collect::<Vec<_>>(), "NextToken": token })
}

/// The one attribute that a lookup may have.
fn attribute<'a>(context: &Context<'a>) -> Result<Option<(&'a str, &'a str)>, ServiceError> {
    const KEYS: [&str; 8] =
        ["AccessKeyId", "EventId", "EventName", "EventSource", "ReadOnly", "ResourceName", "ResourceType", "Username"];
    let invalid = |message: &str| ServiceError::new(400, "InvalidLookupAttributesException", message);
    match context.input().list("LookupAttributes") {
        [] => Ok(None),
        [one] => {
            let key = one.text("AttributeKey").filter(|key| KEYS.contains(key));
            let pair = key.zip(one.text("AttributeValue"));
            pair.map(Some).ok_or_else(|| invalid("The lookup attribute is not valid."))
        }
        _ => Err(invalid("You can only specify one lookup attribute.")),
    }
}

fn range(context: &Context<'_>) -> Result<std::ops::RangeInclusive<Timestamp>, ServiceError> {
    let oldest = context.now().saturating_sub(EVENT_HISTORY).unwrap_or(Timestamp::MIN);
    let start = context.input().time("StartTime").map_or(oldest, |start| start.max(oldest));
    let end = context.input().time("EndTime").unwrap_or(Timestamp::MAX);
    if context.input().time("StartTime").is_some_and(|start| start > end) {
        let message = "The start time must be before the end time.";
        return Err(ServiceError::new(400, "InvalidTimeRangeException", message));
    }
    Ok(start..=end)
}

fn has(record: &EventRecord, key: &str, value: &str) -> bool {
    let resource =
        |field: &str| resources(record).any(|(kind, name)| value == if field == "type" { kind } else { name });
    match key {
        "AccessKeyId" => record.identity("accessKeyId") == Some(value),
        "EventId" => record.text("eventID") == Some(value),
        "EventName" => record.text("eventName") == Some(value),
        "EventSource" => record.text("eventSource") == Some(value),
        "ReadOnly" => record.read_only() == (value == "true"),
        "Username" => record.user_name() == Some(value),
        "ResourceType" => resource("type"),
        _ => resource("name"),
    }
}

fn resources(record: &EventRecord) -> impl Iterator<Item = (&str, &str)> {
    let list = record.json().get("resources").and_then(serde_json::Value::as_array);
    list.into_iter().flatten().filter_map(|it| Some((it.get("type")?.as_str()?, it.get("ARN")?.as_str()?)))
}

fn event_shape(record: &EventRecord) -> Value {
    let resources: Vec<Value> =
        resources(record).map(|(kind, name)| shape! { "ResourceType": kind, "ResourceName": name }).collect();
    shape! {
        "EventId": record.text("eventID"),
        "EventName": record.text("eventName"),
        "ReadOnly": if record.read_only() { "true" } else { "false" },
        "AccessKeyId": record.identity("accessKeyId"),
        "EventTime": record.time(),
        "EventSource": record.text("eventSource"),
        "Username": record.user_name(),
        "Resources": resources,
        "CloudTrailEvent": record.json().to_string(),
    }
}
