//! What can go wrong: in building the fake AWS, and on the wire.

use std::borrow::Cow;
use std::io;

use crate::call::{Family, Service};
use crate::world::AccountId;

/// Why a fake AWS could not be built or started.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The text is not a World.
    #[error("read world: {0}")]
    ReadWorld(String),
    /// Something names an account that the World does not have.
    #[error("{what} names account {account}, which the world does not have")]
    UnknownAccount {
        /// What names it.
        what: &'static str,
        /// The account.
        account: AccountId,
    },
    /// Something names an organizational unit that the World does not have.
    #[error("{subject} names organizational unit {unit:?}, which the organization does not have")]
    UnknownUnit {
        /// The account or unit that names it.
        subject: String,
        /// The unit.
        unit: String,
    },
    /// An organizational unit is above itself.
    #[error("organizational unit {0:?} is above itself")]
    CircularUnit(String),
    /// The schedule of a mute rule cannot be read.
    #[error("mute rule {rule:?} has a schedule that cannot be read: {schedule}")]
    MuteSchedule {
        /// The rule.
        rule: String,
        /// The schedule.
        schedule: String,
    },
    /// The implementation behind the gateway is not on this machine.
    #[error("endpoint {0:?} is not on loopback")]
    NotLoopback(String),
    /// The listening socket could not be opened.
    #[error("listen on {address}")]
    Listen {
        /// The address.
        address: String,
        /// The cause.
        source: io::Error,
    },
}

/// An error that goes over the wire in the shape of the call's protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceError {
    /// The error code, such as `AccessDenied`.
    pub code: Cow<'static, str>,
    /// The message.
    pub message: String,
    /// The HTTP status.
    pub status: u16,
}

impl ServiceError {
    /// An error with its own status, code and message.
    pub fn new(status: u16, code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), status }
    }

    /// A refusal, under the name that the service gives it.
    pub fn access_denied(service: Service, message: impl Into<String>) -> Self {
        match service.family() {
            Family::Query if service == Service::Sns => Self::new(403, "AuthorizationError", message),
            Family::Query => Self::new(403, "AccessDenied", message),
            Family::Json => Self::new(400, "AccessDeniedException", message),
            Family::Rest => Self::new(403, "AccessDeniedException", message),
        }
    }

    /// A rate limit, under the name that the service gives it.
    pub fn throttled(service: Service) -> Self {
        match service {
            Service::Organizations => {
                Self::new(400, "TooManyRequestsException", "You have exceeded the allowed request rate.")
            }
            Service::Account | Service::SecurityHub => Self::new(429, "TooManyRequestsException", "Rate exceeded"),
            _ if service.family() == Family::Query => Self::new(400, "Throttling", "Rate exceeded"),
            _ => Self::new(400, "ThrottlingException", "Rate exceeded"),
        }
    }

    /// The session is over.
    pub fn expired_token(service: Service) -> Self {
        let message = "The security token included in the request is expired";
        match service.family() {
            Family::Query => Self::new(403, "ExpiredToken", message),
            Family::Json => Self::new(400, "ExpiredTokenException", message),
            Family::Rest => Self::new(403, "ExpiredTokenException", message),
        }
    }

    /// The access key is not known.
    pub fn unknown_key(service: Service) -> Self {
        let message = "The security token included in the request is invalid.";
        match service.family() {
            Family::Query => Self::new(403, "InvalidClientTokenId", message),
            Family::Json => Self::new(400, "UnrecognizedClientException", message),
            Family::Rest => Self::new(403, "UnrecognizedClientException", message),
        }
    }

    /// The signature does not fit the request.
    pub fn signature_mismatch(service: Service) -> Self {
        let message = "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
                       Access Key and signing method.";
        Self::signature_refused(service, message)
    }

    /// The signature is not taken, for one reason or another.
    pub fn signature_refused(service: Service, message: impl Into<String>) -> Self {
        match service.family() {
            Family::Query => Self::new(403, "SignatureDoesNotMatch", message),
            Family::Json => Self::new(400, "InvalidSignatureException", message),
            Family::Rest => Self::new(403, "InvalidSignatureException", message),
        }
    }

    /// The request is not signed.
    pub fn unsigned(service: Service) -> Self {
        let code = if service.family() == Family::Query {
            "MissingAuthenticationToken"
        } else {
            "MissingAuthenticationTokenException"
        };
        Self::new(403, code, "Missing Authentication Token")
    }

    /// A parameter is missing or out of bounds.
    pub fn validation(service: Service, message: impl Into<String>) -> Self {
        let code = match service {
            Service::Organizations => "InvalidInputException",
            Service::Logs => "InvalidParameterException",
            Service::Sns => "InvalidParameter",
            Service::Sts | Service::Iam => "ValidationError",
            Service::CloudTrail => "InvalidParameterCombinationException",
            Service::Athena => "InvalidRequestException",
            Service::CloudWatch | Service::Sqs => "InvalidParameterValue",
            Service::Account | Service::Events | Service::SecurityHub => "ValidationException",
        };
        Self::new(400, code, message)
    }

    /// A paging token that was not given for these parameters.
    pub fn invalid_token(service: Service) -> Self {
        let message = "The specified pagination token is not valid.";
        match service {
            Service::CloudTrail => Self::new(400, "InvalidNextTokenException", message),
            Service::CloudWatch => Self::new(400, "InvalidNextToken", message),
            _ => Self::validation(service, message),
        }
    }

    /// A page size out of bounds.
    pub fn invalid_limit(service: Service, limit: i64, max: usize) -> Self {
        let message =
            format!("1 validation error detected: Value '{limit}' failed to satisfy constraint: between 1 and {max}");
        match service {
            Service::CloudTrail => Self::new(400, "InvalidMaxResultsException", message),
            _ => Self::validation(service, message),
        }
    }

    /// A call that this fake does not know: never an empty answer, because an empty list is a pass somewhere.
    pub fn not_modelled(what: impl std::fmt::Display) -> Self {
        Self::new(501, "NotImplemented", format!("fake-aws does not model {what}"))
    }
}
