//! Amazon CloudWatch.

mod describe;
mod mute;
mod write;

use super::paging::Paging;
use super::{Context, Operation};

/// Lists of alarms have at most a hundred items a page.
const PAGING: Paging = Paging { token: "NextToken", limit: "MaxRecords", default: 50, max: 100 };

/// The operations of the service.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new("PutMetricData", write::put_metric_data).refusing(&["EntityMetricData"]),
    Operation::new("PutMetricAlarm", write::put_metric_alarm)
        .refusing(&["ExtendedStatistic", "ThresholdMetricId", "EvaluationCriteria", "EvaluationWindow"])
        .differing("no anomaly detection, no percentiles, no PromQL, no wall clock window"),
    Operation::new("PutCompositeAlarm", write::put_composite_alarm),
    Operation::new("DeleteAlarms", write::delete_alarms),
    Operation::new("SetAlarmState", write::set_alarm_state),
    Operation::new("EnableAlarmActions", write::enable_alarm_actions),
    Operation::new("DisableAlarmActions", write::disable_alarm_actions),
    Operation::new("PutAlarmMuteRule", mute::put_alarm_mute_rule)
        .differing("a cron field is a number, a name, a list, a range or `*`"),
    Operation::new("DescribeAlarms", describe::describe_alarms)
        .refusing(&["ChildrenOfAlarmName", "ParentsOfAlarmName"]),
    Operation::new("DescribeAlarmHistory", describe::describe_alarm_history),
    Operation::new("GetAlarmMuteRule", mute::get_alarm_mute_rule),
    Operation::new("ListAlarmMuteRules", mute::list_alarm_mute_rules),
];

/// The ARN of an alarm.
fn alarm_arn(context: &Context<'_>, name: &str) -> String {
    context.arn("cloudwatch", &format!("alarm:{name}"))
}
