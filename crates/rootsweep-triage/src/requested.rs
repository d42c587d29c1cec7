//! What a call asked for, as far as it is told or acted on later: the parameters themselves are let go of.

use rootsweep_cloudtrail::Record;
use serde_json::Value;

use crate::field::shorten;
use crate::rules::calls;

/// Parameters that name what a call is about, the nearest first.
const NAMES: &[&str] = &[
    "userName",
    "serialNumber",
    "accessKeyId",
    "bucketName",
    "name",
    "trailName",
    "roleName",
    "policyArn",
    "groupName",
    "alarmName",
    "alarmNames",
    "filterName",
    "logGroupName",
    "topicArn",
    "stackName",
    "keyId",
    "instanceId",
    "targetPrincipal",
];

/// How many names are told: a call can delete a hundred alarms.
const MAX_NAMES: usize = 4;

/// What a call asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Requested {
    /// What it was about: a policy beside its user, a filter beside its log group.
    pub(crate) names: Vec<String>,
    /// The user whose credentials it was about, where that is not the root user.
    pub(crate) user: Option<String>,
    /// The event bus of the rule that it was about; absent for the default one.
    pub(crate) event_bus: Option<String>,
}

impl Requested {
    /// Takes what is told later from the parameters of a call.
    pub(crate) fn by(record: &Record) -> Self {
        let parameters = record.request_parameters.as_ref();
        let texts = NAMES.iter().filter_map(|name| parameters?.get(name)).flat_map(texts);
        let text = |name: &str| record.request(&[name]).filter(|it| !it.is_empty()).map(shorten);
        Self {
            names: texts.filter(|it| !it.is_empty()).take(MAX_NAMES).map(shorten).collect(),
            user: text("userName").filter(|_| calls::is_about_somebody_else(record)),
            event_bus: text("eventBusName").filter(|bus| bus != "default"),
        }
    }

    /// Returns the name that stands nearest.
    pub(crate) fn name(&self) -> Option<&str> {
        self.names.first().map(String::as_str)
    }
}

/// Returns a text, or the texts of a list.
fn texts(value: &Value) -> impl Iterator<Item = &str> {
    let list = value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice);
    list.iter().filter_map(Value::as_str)
}
