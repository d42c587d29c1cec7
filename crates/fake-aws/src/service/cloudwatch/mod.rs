//! Amazon CloudWatch.

mod describe;
mod mute;
mod write;

use super::paging::Paging;
use super::{Context, Handler};

/// Lists of alarms have at most a hundred items a page.
const PAGING: Paging = Paging { token: "NextToken", limit: "MaxRecords", default: 50, max: 100 };

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "PutMetricData" => write::put_metric_data,
        "PutMetricAlarm" => write::put_metric_alarm,
        "PutCompositeAlarm" => write::put_composite_alarm,
        "DeleteAlarms" => write::delete_alarms,
        "SetAlarmState" => write::set_alarm_state,
        "EnableAlarmActions" => write::enable_alarm_actions,
        "DisableAlarmActions" => write::disable_alarm_actions,
        "PutAlarmMuteRule" => mute::put_alarm_mute_rule,
        "DescribeAlarms" => describe::describe_alarms,
        "DescribeAlarmHistory" => describe::describe_alarm_history,
        "GetAlarmMuteRule" => mute::get_alarm_mute_rule,
        "ListAlarmMuteRules" => mute::list_alarm_mute_rules,
        _ => return None,
    })
}

/// The ARN of an alarm.
fn alarm_arn(context: &Context<'_>, name: &str) -> String {
    context.arn("cloudwatch", &format!("alarm:{name}"))
}
