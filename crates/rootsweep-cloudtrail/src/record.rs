//! The CloudTrail record, with everything that triage needs of it.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use serde_json::Value;

use crate::Error;
use crate::object::{Object, parse_flag};

/// A CloudTrail event record, of any version.
///
/// Every field may be absent: early records lack `eventType`, fixtures lack nearly everything. A field of an odd type
/// keeps its JSON text, and [`Record::oddities`] says so. All text is written by whoever made the call: hostile.
///
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// The version of the record's format, `1.11`.
    pub event_version: Option<String>,
    /// CloudTrail's id of the event.
    pub event_id: Option<String>,
    /// When the request was completed, by the clock of the service's host.
    pub event_time: Option<Timestamp>,
    /// The service that was called.
    pub event_source: Option<String>,
    /// The call, or the event's name.
    pub event_name: Option<String>,
    /// `AwsApiCall`, `AwsServiceEvent`, `AwsConsoleAction`, `AwsConsoleSignIn`, …; absent in records of 2014.
    pub event_type: Option<String>,
    /// The Region that recorded it.
    pub aws_region: Option<String>,
    /// From where: an address, a service's DNS name, or `AWS Internal`.
    pub source_ip_address: Option<String>,
    /// With what, as it called itself.
    pub user_agent: Option<String>,
    /// AWS's error code, where the call failed.
    pub error_code: Option<String>,
    /// What AWS said of the error.
    pub error_message: Option<String>,
    /// Whether the call reads only, by CloudTrail's word.
    pub read_only: Option<bool>,
    /// The account that the record was delivered to.
    pub recipient_account_id: Option<String>,
    /// The id that the called service gave the request.
    pub request_id: Option<String>,
    /// Whether the credentials came from a console session.
    pub session_credential_from_console: Option<bool>,
    /// Whether the record tells of the TLS connection: calls that pass through a proxy of AWS, the console's among
    /// them, have none to tell of.
    pub has_tls_details: bool,
    /// Who made the call.
    pub user_identity: UserIdentity,
    /// Why the record came late, or what it corrects.
    pub addendum: Option<Addendum>,
    /// What the call asked for.
    pub request_parameters: Option<Value>,
    /// What the call changed.
    pub response_elements: Option<Value>,
    /// What else is known of the event; for sign-ins, whether MFA was used.
    pub additional_event_data: Option<Value>,
    /// What is odd about the record's form, in sentences without a full stop.
    pub oddities: Vec<String>,
}

/// Who made the call.
///
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserIdentity {
    /// `Root`, `IAMUser`, `AssumedRole`, `AWSService`, …; absent in many service events.
    pub kind: Option<String>,
    /// The id of the principal.
    pub principal_id: Option<String>,
    /// The ARN of the principal.
    pub arn: Option<String>,
    /// The account of the principal.
    pub account_id: Option<String>,
    /// The access key that signed the request; empty for sign-ins.
    pub access_key_id: Option<String>,
    /// For the root user, the account's alias where it has one.
    pub user_name: Option<String>,
    /// The service that made the request.
    pub invoked_by: Option<String>,
    /// The temporary session, where there is one.
    pub session_context: Option<SessionContext>,
}

/// A temporary session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SessionContext {
    /// When the credentials were issued.
    pub creation_date: Option<Timestamp>,
    /// Whether they were issued after MFA.
    pub mfa_authenticated: Option<bool>,
    /// Whether `sts:AssumeRoot` issued them.
    pub assumed_root: Option<bool>,
    /// Whether `sessionIssuer` names the root user as their source.
    pub issued_by_root: bool,
}

/// Why a record came late, or what it corrects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addendum {
    /// The reason.
    pub reason: AddendumReason,
    /// The fields that were corrected, as AWS spells the list.
    pub updated_fields: Option<String>,
    /// The request id of the corrected record.
    pub original_request_id: Option<String>,
    /// The event id of the corrected record.
    pub original_event_id: Option<String>,
}

/// The reason of an addendum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddendumReason {
    /// Traffic, connectivity or CloudTrail itself held the delivery up.
    DeliveryDelay,
    /// A field of an earlier record was missing or wrong.
    UpdatedData,
    /// The service could not log when it happened.
    ServiceOutage,
    /// A reason that AWS has not documented, or none.
    Other(String),
}

impl AddendumReason {
    /// Returns the reason as AWS spells it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::DeliveryDelay => "DELIVERY_DELAY",
            Self::UpdatedData => "UPDATED_DATA",
            Self::ServiceOutage => "SERVICE_OUTAGE",
            Self::Other(text) => text,
        }
    }
}

impl From<String> for AddendumReason {
    fn from(text: String) -> Self {
        match text.as_str() {
            "DELIVERY_DELAY" => Self::DeliveryDelay,
            "UPDATED_DATA" => Self::UpdatedData,
            "SERVICE_OUTAGE" => Self::ServiceOutage,
            _ => Self::Other(text),
        }
    }
}

impl fmt::Display for AddendumReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Reads one record from its JSON text.
///
/// Invalid UTF-8 is replaced, odd types are kept as text: what is a record at all is read as far as it goes.
pub fn parse_record(json: impl AsRef<[u8]>) -> Result<Record, Error> {
    let json = json.as_ref();
    let text = std::str::from_utf8(json).map_or_else(|_| String::from_utf8_lossy(json), Cow::Borrowed);
    let object = Object::parse(&text).map_err(Error::Json)?;
    if matches!(text, Cow::Owned(_)) {
        object.note("the text is not valid UTF-8".to_owned());
    }
    Record::from_object(object)
}

impl Record {
    /// Returns whether the record says that the root user acted, itself or in a federated session that it issued.
    pub fn is_root(&self) -> bool {
        self.user_identity.kind.as_deref() == Some("Root") || self.is_federated_by_root()
    }

    /// Returns whether the call was made in a session of `sts:GetFederationToken` that the root user issued:
    /// the type is then `FederatedUser`, and `sessionIssuer` names the root user as the source of the credentials.
    pub fn is_federated_by_root(&self) -> bool {
        let identity = &self.user_identity;
        identity.kind.as_deref() == Some("FederatedUser")
            && identity.session_context.is_some_and(|session| session.issued_by_root)
    }

    /// Returns whether the record corrects an earlier one.
    pub fn is_correction(&self) -> bool {
        self.addendum.as_ref().is_some_and(|it| it.reason == AddendumReason::UpdatedData)
    }

    /// Returns whether the call failed, by any of the ways in which CloudTrail says so.
    pub fn has_failed(&self) -> bool {
        self.error_code.is_some() || self.error_message.is_some() || self.sign_in_outcome() == Some(false)
    }

    /// Returns how a sign-in event went: `responseElements` holds the event's name with `Success` or `Failure`.
    pub fn sign_in_outcome(&self) -> Option<bool> {
        let outcome = self.response(&[self.event_name.as_deref()?])?;
        match outcome.to_ascii_lowercase().as_str() {
            "success" => Some(true),
            "failure" => Some(false),
            _ => None,
        }
    }

    /// Returns whether a sign-in used MFA, where the record tells: `Yes`, `No` and `YES` have been seen. A device that
    /// is named was used.
    pub fn mfa_used(&self) -> Option<bool> {
        let data = self.additional_event_data.as_ref()?;
        let told = match data.get("MFAUsed") {
            Some(Value::Bool(flag)) => Some(*flag),
            flag => flag.and_then(Value::as_str).and_then(parse_flag),
        };
        let device = data.get("MFAIdentifier").and_then(Value::as_str).filter(|device| !device.is_empty());
        told.or(device.map(|_| true))
    }

    /// Returns a text among the request parameters.
    pub fn request(&self, path: &[&str]) -> Option<&str> {
        at(self.request_parameters.as_ref(), path)
    }

    /// Returns a text among the response elements.
    pub fn response(&self, path: &[&str]) -> Option<&str> {
        at(self.response_elements.as_ref(), path)
    }

    /// Returns the account whose user acted; failing that, the one that the record was delivered to.
    pub fn account_id(&self) -> Option<&str> {
        self.user_identity.account_id.as_deref().or(self.recipient_account_id.as_deref())
    }

    fn from_object(object: Object<'_>) -> Result<Self, Error> {
        check_shape(&object)?;
        let user_identity = object.object("userIdentity", UserIdentity::read);
        if user_identity.is_none() && object.raw("userIdentity").is_some_and(|identity| identity.get() != "null") {
            // Somebody acted, and it is not known who: that is no reason to take the record for another's.
            return Err(Error::NotARecord { found: "its userIdentity is not a JSON object" });
        }
        let mut record = Self {
            event_version: object.text("eventVersion"),
            event_id: object.text("eventID").filter(|id| !id.is_empty()),
            event_time: object.time("eventTime"),
            event_source: object.text("eventSource"),
            event_name: object.text("eventName"),
            event_type: object.text("eventType"),
            aws_region: object.text("awsRegion"),
            source_ip_address: object.text("sourceIPAddress"),
            user_agent: object.text("userAgent"),
            // Exports of tables write what is absent as an empty text: that is no error, and no id.
            error_code: object.text("errorCode").filter(|text| !text.is_empty()),
            error_message: object.text("errorMessage").filter(|text| !text.is_empty()),
            read_only: object.flag("readOnly"),
            recipient_account_id: object.text("recipientAccountId"),
            request_id: object.text("requestID"),
            session_credential_from_console: object.flag("sessionCredentialFromConsole"),
            has_tls_details: object.raw("tlsDetails").is_some_and(|details| details.get() != "null"),
            user_identity: user_identity.unwrap_or_default(),
            addendum: object.object("addendum", Addendum::read),
            request_parameters: object.value("requestParameters"),
            response_elements: object.value("responseElements"),
            additional_event_data: object.value("additionalEventData"),
            oddities: Vec::new(),
        };
        record.oddities = object.into_oddities();
        Ok(record)
    }
}

/// Tells a CloudTrail record from the other JSON objects that lie in the same buckets and queues.
fn check_shape(object: &Object<'_>) -> Result<(), Error> {
    const OWN: [&str; 6] = ["eventVersion", "userIdentity", "eventSource", "eventName", "eventTime", "awsRegion"];
    // The notifications of S3 and SQS carry the same field names, with sources such as `aws:s3`.
    if object.text("eventSource").is_some_and(|source| source.starts_with("aws:")) {
        return Err(Error::NotARecord { found: "a notification of another service" });
    }
    if object.has("digestStartTime") && object.has("logFiles") {
        return Err(Error::NotARecord { found: "a digest file" });
    }
    // `LookupEvents` and CloudTrail Lake repeat some of its fields beside the record that they carry.
    if carries_record(object) {
        return Err(Error::NotARecord { found: "an envelope around one" });
    }
    let says_who = ["eventVersion", "userIdentity"].iter().any(|name| object.has(name));
    match OWN.iter().filter(|name| object.has(name)).count() {
        0 | 1 => Err(Error::NotARecord { found: "an object without the fields of a record" }),
        _ if !says_who => Err(Error::NotARecord { found: "an object that does not say who acted" }),
        _ => Ok(()),
    }
}

/// Returns whether an object has a record in one of its fields: an event of `LookupEvents`, or a row of CloudTrail Lake.
pub(crate) fn carries_record(object: &Object<'_>) -> bool {
    ["CloudTrailEvent", "eventJson"].iter().any(|name| object.has(name))
}

/// Returns the text at a path of keys.
fn at<'a>(value: Option<&'a Value>, path: &[&str]) -> Option<&'a str> {
    path.iter().try_fold(value?, |value, key| value.get(key)).and_then(Value::as_str)
}

impl UserIdentity {
    fn read(object: &Object<'_>) -> Self {
        Self {
            kind: object.text("type"),
            principal_id: object.text("principalId"),
            arn: object.text("arn"),
            account_id: object.text("accountId"),
            access_key_id: object.text("accessKeyId").filter(|key| !key.is_empty()),
            user_name: object.text("userName"),
            invoked_by: object.text("invokedBy").map(|it| it.trim().to_owned()).filter(|service| !service.is_empty()),
            session_context: object.object("sessionContext", SessionContext::read),
        }
    }
}

impl SessionContext {
    fn read(object: &Object<'_>) -> Self {
        let attributes = object.object("attributes", |attributes| {
            (attributes.time("creationDate"), attributes.flag("mfaAuthenticated"), attributes.flag("assumedRoot"))
        });
        let (creation_date, mfa_authenticated, assumed_root) = attributes.unwrap_or_default();
        let issuer = object.object("sessionIssuer", |issuer| issuer.text("type")).flatten();
        Self {
            creation_date,
            mfa_authenticated,
            assumed_root: object.flag("assumedRoot").or(assumed_root),
            issued_by_root: issuer.as_deref() == Some("Root"),
        }
    }
}

impl Addendum {
    /// Reads an addendum; Athena and CloudTrail Lake spell its ids in their own ways.
    fn read(object: &Object<'_>) -> Self {
        Self {
            reason: AddendumReason::from(object.text("reason").unwrap_or_default()),
            updated_fields: object.text("updatedFields"),
            original_request_id: object.any_text(&["originalRequestID", "originalUID"]),
            original_event_id: object.text("originalEventID"),
        }
    }
}

#[cfg(test)]
mod tests;
