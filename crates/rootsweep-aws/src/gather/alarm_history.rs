//! Transitions of alarms in the window.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatch::types as sdk;
use rootsweep_model::facts::AlarmHistoryItem;
use rootsweep_model::{Fact, Gap};
use serde::Deserialize;

use super::monitoring::by_region;
use crate::calls::DESCRIBE_ALARM_HISTORY;
use crate::connect::Aws;
use crate::gap::missing;
use crate::options::Window;
use crate::page::all_pages;
use crate::session::Session;
use crate::time::{date_time, timestamp};

impl Aws {
    /// Reads what alarms did in the window, by Region; AWS keeps 30 days.
    pub(super) async fn alarm_history(
        &self,
        session: &Session,
        regions: BTreeSet<&str>,
    ) -> BTreeMap<String, Fact<Vec<AlarmHistoryItem>>> {
        by_region(regions, |region| read(session, region, self.options.window)).await
    }
}

async fn read(session: &Session, region: &str, window: Window) -> Result<Vec<AlarmHistoryItem>, Gap> {
    let client = &session.cloudwatch(region);
    all_pages(DESCRIBE_ALARM_HISTORY, |token| async move {
        let request = || {
            client
                .describe_alarm_history()
                .alarm_types(sdk::AlarmType::MetricAlarm)
                .alarm_types(sdk::AlarmType::CompositeAlarm)
                .history_item_type(sdk::HistoryItemType::StateUpdate)
                .start_date(date_time(window.start))
                .end_date(date_time(window.end))
                .max_records(100)
                .set_next_token(token.clone())
        };
        let answer = session.call(DESCRIBE_ALARM_HISTORY, Some(region), || request().send()).await?;
        let items = answer.alarm_history_items;
        let items = items.ok_or_else(|| missing(&DESCRIBE_ALARM_HISTORY, "AlarmHistoryItems"))?;
        Ok((items.into_iter().map(item).collect::<Result<_, Gap>>()?, answer.next_token))
    })
    .await
}

fn item(item: sdk::AlarmHistoryItem) -> Result<AlarmHistoryItem, Gap> {
    let timestamp = item.timestamp.as_ref().and_then(timestamp);
    Ok(AlarmHistoryItem {
        alarm_name: item.alarm_name.ok_or_else(|| missing(&DESCRIBE_ALARM_HISTORY, "AlarmName"))?,
        timestamp: timestamp.ok_or_else(|| missing(&DESCRIBE_ALARM_HISTORY, "Timestamp"))?,
        new_state: item.history_data.as_deref().and_then(new_state),
    })
}

/// The part of `HistoryData` that says which state an alarm went into.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HistoryData {
    new_state: NewState,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewState {
    state_value: String,
}

fn new_state(data: &str) -> Option<String> {
    serde_json::from_str(data).ok().map(|data: HistoryData| data.new_state.state_value)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The shape of <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_AlarmHistoryItem.html>.
    #[test]
    fn the_new_state_is_read_from_the_history_data() {
        let data =
            r#"{"version":"1.0","oldState":{"stateValue":"OK"},"newState":{"stateValue":"ALARM","stateReason":"x"}}"#;
        assert_eq!(new_state(data).as_deref(), Some("ALARM"));
        assert_eq!(new_state("half a {"), None);
    }
}
