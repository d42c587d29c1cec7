//! The alarms behind the gateway, as they were last put: to put them again must not undo what a scenario changed.

use scenario::Call;
use serde_json::Value;

/// The calls that put the alarms there are.
#[derive(Debug, Default)]
pub(super) struct Alarms(Vec<Call>);

impl Alarms {
    pub(super) fn iter(&self) -> impl Iterator<Item = &Call> {
        self.0.iter()
    }

    /// Follows a call that was made: what puts, changes or deletes alarms by name, in its account and Region.
    pub(super) fn follow(&mut self, call: &Call) {
        if call.service != "monitoring" {
            return;
        }
        match call.operation.as_str() {
            "PutMetricAlarm" => {
                self.0.retain(|alarm| !(is_beside(alarm, call) && name(alarm) == name(call)));
                self.0.push(call.clone());
            }
            "DeleteAlarms" => self.0.retain(|alarm| !is_named(alarm, call)),
            "EnableAlarmActions" => self.set_actions(call, true),
            "DisableAlarmActions" => self.set_actions(call, false),
            _ => {}
        }
    }

    fn set_actions(&mut self, call: &Call, enabled: bool) {
        for alarm in self.0.iter_mut().filter(|alarm| is_named(alarm, call)) {
            if let Some(input) = alarm.input.as_object_mut() {
                input.insert("ActionsEnabled".to_owned(), enabled.into());
            }
        }
    }
}

/// Returns the name of an alarm that a call puts.
pub(super) fn name(call: &Call) -> &str {
    call.input.pointer("/AlarmName").and_then(Value::as_str).unwrap_or_default()
}

fn is_beside(alarm: &Call, call: &Call) -> bool {
    (alarm.account, &alarm.region) == (call.account, &call.region)
}

fn is_named(alarm: &Call, call: &Call) -> bool {
    let names = call.input.pointer("/AlarmNames").and_then(Value::as_array).into_iter().flatten();
    is_beside(alarm, call) && names.filter_map(Value::as_str).any(|it| it == name(alarm))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn call(account: &str, region: &str, operation: &str, input: Value) -> Call {
        let (account, region, service) = (account.parse().unwrap(), region.to_owned(), "monitoring".to_owned());
        Call { account, region, service, operation: operation.to_owned(), input }
    }

    fn put(account: &str, region: &str, name: &str) -> Call {
        let input = json!({ "AlarmName": name, "Threshold": 1.0, "ActionsEnabled": true });
        call(account, region, "PutMetricAlarm", input)
    }

    const ONE: &str = "000000000001";
    const OTHER: &str = "000000000002";

    fn four() -> Alarms {
        let places =
            [(ONE, "us-east-1", "a"), (ONE, "us-east-1", "b"), (ONE, "eu-west-1", "a"), (OTHER, "us-east-1", "a")];
        let mut alarms = Alarms::default();
        for (account, region, name) in places {
            alarms.follow(&put(account, region, name));
        }
        alarms
    }

    #[test]
    fn an_alarm_is_deleted_by_name_account_and_region() {
        let mut alarms = four();
        alarms.follow(&call(ONE, "us-east-1", "DeleteAlarms", json!({ "AlarmNames": ["a", "c"] })));
        let left: Vec<_> = alarms.iter().map(|it| (it.account.to_string(), it.region.as_str(), name(it))).collect();
        let wanted = [(ONE, "us-east-1", "b"), (ONE, "eu-west-1", "a"), (OTHER, "us-east-1", "a")];
        assert_eq!(left, wanted.map(|(account, region, name)| (account.to_owned(), region, name)));
    }

    #[test]
    fn what_changes_an_alarm_is_put_again_with_it() {
        let mut alarms = four();
        let mut higher = put(ONE, "us-east-1", "a");
        higher.input["Threshold"] = 9.into();
        alarms.follow(&higher);
        alarms.follow(&call(ONE, "us-east-1", "DisableAlarmActions", json!({ "AlarmNames": ["b"] })));
        let of = |account: &str, region: &str, wanted: &str| {
            let mut all = alarms.iter();
            all.find(|it| it.account.to_string() == account && it.region == region && name(it) == wanted).unwrap()
        };
        assert_eq!(alarms.iter().count(), 4);
        assert_eq!(of(ONE, "us-east-1", "a").input["Threshold"], 9);
        assert_eq!(of(ONE, "us-east-1", "b").input["ActionsEnabled"], false);
        assert_eq!(of(OTHER, "us-east-1", "a").input["ActionsEnabled"], true);
    }
}
