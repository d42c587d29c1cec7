//! Root records from trails' log groups, which alone show what was delivered late.

use aws_sdk_cloudwatchlogs::types::FilteredLogEvent;
use futures::{StreamExt as _, stream};
use jiff::Timestamp;
use rootsweep_model::facts::{LogGroup, MonitoringFacts, RawRecord, RecordSource, RecordSourceKind};
use rootsweep_model::{Arn, Gap};

use super::sources;
use crate::calls::FILTER_LOG_EVENTS;
use crate::connect::Aws;
use crate::gap::{malformed, missing};
use crate::gather::monitoring::CONCURRENCY;
use crate::options::Window;
use crate::page::{PageGuard, read_pages};
use crate::session::Session;

/// Every record of the root user, whatever it did.
const ROOT_RECORDS: &str = r#"{ $.userIdentity.type = "Root" }"#;

impl Aws {
    /// Reads the root records that reached the account's own log groups in the window. `CloudTrail` stamps them with the time
    /// of delivery, so that a record of last year shows if it was delivered today.
    pub(in crate::gather) async fn logged(&self, session: &Session, monitoring: &MonitoringFacts) -> Vec<RecordSource> {
        if !self.options.sources.contains(&RecordSourceKind::LogGroup) {
            return Vec::new();
        }
        // The futures are named before they are streamed: `Send` cannot be shown for a stream that borrows as it maps.
        let asked: Vec<_> = monitoring.log_groups.values().map(|group| self.logged_in(session, group)).collect();
        stream::iter(asked).buffered(CONCURRENCY).collect::<Vec<_>>().await.into_iter().flatten().collect()
    }

    async fn logged_in(&self, session: &Session, group: &LogGroup) -> Vec<RecordSource> {
        matching(session, &group.region, &group.name, ROOT_RECORDS, self.options.window).await
    }

    /// Reads the events of a log group that a filter pattern matches, by the time at which they were delivered, in the
    /// account and Region that the group's ARN names.
    pub async fn logged_matching(&self, log_group: &str, pattern: &str, window: Window) -> Vec<RecordSource> {
        let refused = |region: &str, gap| sources(RecordSourceKind::LogGroup, region, Vec::new(), Some(gap));
        let place = Arn::parse(log_group).and_then(|arn| Some((arn.account()?, arn.region()?, arn.log_group_name()?)));
        let Some((account, region, name)) = place else {
            let gap = malformed(&FILTER_LOG_EVENTS, format!("{log_group} names no log group"));
            return refused(self.caller.region(), gap);
        };
        match self.enter(account).await {
            Ok(entered) => matching(entered.session(), region, name, pattern, window).await,
            Err(gap) => refused(region, gap),
        }
    }

    /// Reads every record of the root user that reached a log group in a time.
    pub async fn logged_root_records(&self, log_group: &str, window: Window) -> Vec<RecordSource> {
        self.logged_matching(log_group, ROOT_RECORDS, window).await
    }
}

async fn matching(session: &Session, region: &str, group: &str, pattern: &str, window: Window) -> Vec<RecordSource> {
    let client = &session.logs(region);
    let (records, failed) = read_pages(PageGuard::searching(FILTER_LOG_EVENTS), |token| async move {
        let send = || {
            client
                .filter_log_events()
                .log_group_name(group)
                .filter_pattern(pattern)
                .start_time(window.start.as_millisecond())
                .end_time(window.end.as_millisecond())
                .set_next_token(token.clone())
                .send()
        };
        let answer = session.call(FILTER_LOG_EVENTS, Some(region), send).await?;
        let events = answer.events.ok_or_else(|| missing(&FILTER_LOG_EVENTS, "events"))?;
        Ok((events.into_iter().map(record).collect::<Result<_, Gap>>()?, answer.next_token))
    })
    .await;
    sources(RecordSourceKind::LogGroup, region, records, failed)
}

fn record(event: FilteredLogEvent) -> Result<RawRecord, Gap> {
    let delivered_at = event.ingestion_time.or(event.timestamp);
    Ok(RawRecord {
        json: event.message.ok_or_else(|| missing(&FILTER_LOG_EVENTS, "message"))?,
        delivered_at: delivered_at.and_then(|time| Timestamp::from_millisecond(time).ok()),
    })
}
