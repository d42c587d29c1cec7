//! Root records from Event history.

use aws_sdk_cloudtrail::types::{Event, LookupAttribute, LookupAttributeKey};
use futures::{StreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};
use rootsweep_model::facts::{RawRecord, RecordSource, RecordSourceKind};
use rootsweep_model::{AccountId, Gap};

use super::pace::Pace;
use super::sources;
use crate::calls::LOOKUP_EVENTS;
use crate::connect::Aws;
use crate::gap::missing;
use crate::gather::regions;
use crate::page::{Page, PageGuard};
use crate::session::Session;
use crate::time::date_time;

/// How many Regions of one account are asked at the same time: the 17 that are enabled in every account take two rounds,
/// and are done before the alert path is.
const CONCURRENCY: usize = 9;

/// How far past the window's end is asked: the sweep takes time, and what happens during it should not be missed.
const SLACK: SignedDuration = SignedDuration::from_mins(15);

/// The user name of the root user's records where the account has no alias.
const ROOT: &str = "root";

impl Aws {
    /// Looks up root records in every Region, sign-in Regions first. Without a list of Regions those and the ones that the
    /// run names are asked: what is found there counts, and the missing list says that more may be missing.
    pub(in crate::gather) async fn looked_up(
        &self,
        session: &Session,
        aliases: &Result<Vec<String>, Gap>,
        regions: &Result<Vec<String>, Gap>,
    ) -> Vec<RecordSource> {
        if !self.options.sources.contains(&RecordSourceKind::LookupEvents) {
            return Vec::new();
        }
        let first = self.sign_in_regions();
        let others = self.asked_regions(regions.as_deref()).into_iter().filter(|it| !first.contains(it));
        let order: Vec<&str> = first.iter().copied().chain(others).collect();
        let names: Vec<&str> = [ROOT].into_iter().chain(aliases.iter().flatten().map(String::as_str)).collect();
        // The futures are named before they are streamed: `Send` cannot be shown for a stream that borrows as it maps.
        let asked: Vec<_> = order.into_iter().map(|region| self.looked_up_in(session, region, &names)).collect();
        stream::iter(asked).buffered(CONCURRENCY).collect::<Vec<_>>().await.into_iter().flatten().collect()
    }

    /// Looks up root records in one Region; what was found before a call failed is kept beside the gap.
    async fn looked_up_in(&self, session: &Session, region: &str, names: &[&str]) -> Vec<RecordSource> {
        let mut lookup = self.lookup(session, region);
        let mut records = Vec::new();
        let mut failed = None;
        for name in names {
            if let Err(gap) = lookup.by(LookupAttributeKey::Username, name, &mut records).await {
                failed = Some(gap);
                break;
            }
        }
        sources(RecordSourceKind::LookupEvents, region, records, failed)
    }

    /// Looks up one event of the window by its id, sign-in Regions first; the others are asked only where those have
    /// nothing.
    pub async fn look_up_event(&self, account: AccountId, event_id: &str) -> Vec<RecordSource> {
        let entered = match self.enter(account).await {
            Ok(entered) => entered,
            Err(gap) => return sources(RecordSourceKind::LookupEvents, self.caller.region(), Vec::new(), Some(gap)),
        };
        let session = entered.session();
        let first = self.sign_in_regions();
        let mut found = self.look_up_event_in(session, &first, event_id).await;
        if found.iter().any(|it| it.records.known().is_ok_and(|records| !records.is_empty())) {
            return found;
        }
        let enabled = regions::enabled_regions(session).await;
        let others = self.asked_regions(enabled.as_deref()).into_iter().filter(|region| !first.contains(region));
        found.extend(self.look_up_event_in(session, &others.collect::<Vec<_>>(), event_id).await);
        // Of a run that names its Regions, none was left out by not knowing the others.
        if let Err(gap) = enabled
            && self.options.regions.is_empty()
        {
            found.extend(sources(RecordSourceKind::LookupEvents, session.region(), Vec::new(), Some(gap)));
        }
        found
    }

    async fn look_up_event_in(&self, session: &Session, regions: &[&str], event_id: &str) -> Vec<RecordSource> {
        let asked = regions.iter().map(|region| async move {
            let mut records = Vec::new();
            let asked = self.lookup(session, region).by(LookupAttributeKey::EventId, event_id, &mut records).await;
            sources(RecordSourceKind::LookupEvents, region, records, asked.err())
        });
        let asked: Vec<_> = asked.collect();
        stream::iter(asked).buffered(CONCURRENCY).collect::<Vec<_>>().await.into_iter().flatten().collect()
    }

    fn lookup<'a>(&self, session: &'a Session, region: &'a str) -> Lookup<'a> {
        Lookup {
            session,
            region,
            client: session.cloudtrail(region),
            start: self.options.window.start,
            end: self.options.window.end.saturating_add(SLACK).unwrap_or(self.options.window.end),
            pace: Pace::default(),
        }
    }
}

/// A lookup in one account and Region.
struct Lookup<'a> {
    session: &'a Session,
    region: &'a str,
    client: aws_sdk_cloudtrail::Client,
    start: Timestamp,
    end: Timestamp,
    pace: Pace,
}

impl Lookup<'_> {
    async fn by(&mut self, key: LookupAttributeKey, value: &str, records: &mut Vec<RawRecord>) -> Result<(), Gap> {
        let attribute = LookupAttribute::builder().attribute_key(key).attribute_value(value).build();
        let attribute = attribute.map_err(|error| crate::gap::malformed(&LOOKUP_EVENTS, error.to_string()))?;
        let mut guard = PageGuard::new(LOOKUP_EVENTS);
        let mut token = None;
        loop {
            self.pace.wait().await;
            let (events, next) = self.page(&attribute, token).await?;
            let found = events.len();
            for event in events {
                records.push(record(event)?);
            }
            token = guard.next(found, next)?;
            if token.is_none() {
                return Ok(());
            }
        }
    }

    async fn page(&self, attribute: &LookupAttribute, token: Option<String>) -> Result<Page<Event>, Gap> {
        let send = || {
            self.client
                .lookup_events()
                .lookup_attributes(attribute.clone())
                .start_time(date_time(self.start))
                .end_time(date_time(self.end))
                .max_results(50)
                .set_next_token(token.clone())
                .send()
        };
        let answer = self.session.call(LOOKUP_EVENTS, Some(self.region), send).await?;
        Ok((answer.events.ok_or_else(|| missing(&LOOKUP_EVENTS, "Events"))?, answer.next_token))
    }
}

/// Whose record it is, triage says: a user can be called `root`, too.
fn record(event: Event) -> Result<RawRecord, Gap> {
    let json = event.cloud_trail_event.ok_or_else(|| missing(&LOOKUP_EVENTS, "CloudTrailEvent"))?;
    Ok(RawRecord { json, delivered_at: None })
}
