//! CloudTrail's records of root sessions, for they page people like any other use of root.

use jiff::SignedDuration;
use serde_json::{Value as Json, json};

use super::Delivery;
use crate::auth::PrincipalKind;
use crate::call::Call;
use crate::world::{EventRecord, Place, World};

impl World {
    /// Records a call that was made as the root user, and the opening of such a session, as CloudTrail would.
    ///
    /// Source: <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-track-privileged-tasks.html>
    pub(crate) fn record_root_call(&mut self, call: &Call) {
        let opens_session = call.operation == "AssumeRoot";
        if !call.principal.is_root() && !opens_session {
            return;
        }
        let now = self.now();
        let reads = ["Get", "List", "Describe"].iter().any(|it| call.operation.starts_with(it));
        let record = json!({
            "eventVersion": "1.11",
            "userIdentity": identity(call),
            "eventTime": now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "eventSource": format!("{}.amazonaws.com", call.service.signing_name()),
            "eventName": call.operation,
            "awsRegion": call.region,
            "sourceIPAddress": "127.0.0.1",
            "userAgent": call.user_agent,
            "requestParameters": if opens_session { request_parameters(call) } else { Json::Null },
            "responseElements": null,
            "requestID": self.runtime.ids.next(),
            "eventID": self.runtime.ids.next(),
            "readOnly": reads,
            "eventType": "AwsApiCall",
            "managementEvent": true,
            "recipientAccountId": call.account(),
            "eventCategory": "Management",
        });
        let delay = SignedDuration::from_secs(i64::from(self.trail_delay_seconds.unwrap_or(300)));
        let Ok(record) = EventRecord::try_from(record) else { return };
        let at = now.saturating_add(delay).unwrap_or(now);
        self.schedule(Delivery::new(Place::new(call.account(), call.region.clone()), record, at));
    }
}

fn identity(call: &Call) -> Json {
    let principal = &call.principal;
    let kind = match &principal.kind {
        PrincipalKind::RootUser | PrincipalKind::AssumedRoot { .. } => "Root",
        PrincipalKind::AssumedRole { .. } => "AssumedRole",
        PrincipalKind::User { .. } => "IAMUser",
    };
    let session = matches!(principal.kind, PrincipalKind::AssumedRoot { .. }).then(|| {
        let created = call.signed_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        json!({ "assumedRoot": "true", "attributes": { "creationDate": created, "mfaAuthenticated": "false" } })
    });
    let mut identity = json!({
        "type": kind,
        "principalId": principal.account,
        "arn": principal.arn,
        "accountId": principal.account,
        "accessKeyId": principal.access_key_id,
    });
    if let (Some(members), Some(session)) = (identity.as_object_mut(), session) {
        members.insert("sessionContext".to_owned(), session);
    }
    identity
}

fn request_parameters(call: &Call) -> Json {
    let task = call.input.get("TaskPolicyArn").and_then(|it| it.text("arn"));
    json!({ "targetPrincipal": call.input.text("TargetPrincipal"), "taskPolicyArn": { "arn": task } })
}
