//! The one place that reads an SDK error: what it means, and who can do something about it.

use std::error::Error as StdError;

use aws_sdk_sts::operation::RequestId as _;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use rootsweep_model::{Gap, GapKind};

use crate::calls::{Call, Principal};
use crate::holds::absent;

/// The longest text that is kept of an error message: whoever answers can write anything, of any length.
const MESSAGE_LIMIT: usize = 500;

/// The longest that is kept of an error code or a request id.
const TOKEN_LIMIT: usize = 120;

/// What the codes mean that say it by themselves.
const CODES: &[(GapKind, &[&str])] = &[
    (
        GapKind::NotSupported,
        // A Region that the account has not opted in to refuses the token, and calls it a matter of authorization.
        &[
            "OptInRequired",
            "SubscriptionRequiredException",
            "NotSignedUp",
            "UnknownOperationException",
            "UnknownOperation",
            "InvalidAction",
            "UnsupportedOperation",
            "UnsupportedOperationException",
            "NotImplemented",
            "InternalFailure.NotImplemented",
            "RegionDisabled",
            "RegionDisabledException",
            "OperationNotPermittedException",
        ],
    ),
    (
        GapKind::AccessDenied,
        &[
            "AccessDenied",
            "AccessDeniedException",
            "AccessDeniedFault",
            "UnauthorizedOperation",
            "Unauthorized",
            "UnauthorizedException",
            "AuthorizationError",
            "AuthorizationErrorException",
            "NotAuthorized",
            "NotAuthorizedException",
            "Forbidden",
            "ForbiddenException",
            "InsufficientPermissionsException",
        ],
    ),
    (
        GapKind::CredentialsRejected,
        &[
            "ExpiredToken",
            "ExpiredTokenException",
            "RequestExpired",
            "InvalidClientTokenId",
            "InvalidAccessKeyId",
            "UnrecognizedClientException",
            "UnrecognizedClient",
            "SignatureDoesNotMatch",
            "InvalidSignatureException",
            "IncompleteSignature",
            "IncompleteSignatureException",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "AuthFailure",
            "InvalidToken",
            "ExpiredTokenFault",
        ],
    ),
    (GapKind::TimedOut, &["RequestTimeout", "RequestTimeoutException"]),
];

/// The codes by which S3 says that a bucket is in another Region.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>
const OTHER_REGION: &[&str] = &["PermanentRedirect", "AuthorizationHeaderMalformed"];

/// How a call failed, before anything is concluded from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Symptom<'a> {
    /// Where the call broke.
    pub(crate) stage: Stage,
    /// The HTTP status.
    pub(crate) status: Option<u16>,
    /// The error code.
    pub(crate) code: Option<&'a str>,
    /// The error message.
    pub(crate) message: &'a str,
}

/// Where a call broke.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Stage {
    /// No request could be made: credentials did not load, or the endpoint is no URL.
    Construction,
    /// The request got no answer within the time limit.
    Timeout,
    /// The connection broke or never came about.
    Connection,
    /// An answer came, and could not be read.
    Response,
    /// AWS answered with an error.
    #[default]
    Service,
}

/// Turns an SDK error into a gap. `by` made the call; in the caller's own account that is another than the call's own.
pub(crate) fn gap_of<E>(call: &Call, by: Principal, region: Option<&str>, error: &SdkError<E, HttpResponse>) -> Gap
where
    E: ProvideErrorMetadata + StdError + 'static,
{
    if let Some(element) = absent(error) {
        return Gap { region: region.map(str::to_owned), ..missing(call, element) };
    }
    let stage = stage(error);
    let said = error.message().unwrap_or_default();
    // Of an answer that names no error the SDK knows to say only that it is unhandled.
    let text = if said.is_empty() && stage != Stage::Service { chain(error) } else { said.to_owned() };
    let symptom = Symptom {
        stage,
        status: error.raw_response().map(|response| response.status().as_u16()),
        code: error.code(),
        message: &text,
    };
    let kind = classify(symptom);
    Gap {
        kind,
        call: call.action.to_owned(),
        region: region.map(str::to_owned),
        code: symptom.code.map(|code| bounded(code, TOKEN_LIMIT)),
        message: message(symptom),
        request_id: error.request_id().map(|id| bounded(id, TOKEN_LIMIT)),
        remedy: remedy(kind, call, by, symptom),
    }
}

fn stage<E>(error: &SdkError<E, HttpResponse>) -> Stage {
    match error {
        SdkError::TimeoutError(_) => Stage::Timeout,
        SdkError::DispatchFailure(failure) if failure.is_timeout() => Stage::Timeout,
        SdkError::DispatchFailure(failure) if failure.is_io() => Stage::Connection,
        SdkError::DispatchFailure(_) | SdkError::ConstructionFailure(_) => Stage::Construction,
        SdkError::ResponseError(_) => Stage::Response,
        _ => Stage::Service,
    }
}

/// Concludes from a symptom what kind of gap it leaves.
pub(crate) fn classify(symptom: Symptom<'_>) -> GapKind {
    match symptom.stage {
        Stage::Timeout => GapKind::TimedOut,
        // The SDK's message holds the request, in which there is talk of an identity, too.
        Stage::Construction if mentions(symptom.message, &["failed to apply endpoint"]) => GapKind::Unreachable,
        Stage::Construction if mentions(symptom.message, &["credential", "identity", "token"]) => {
            GapKind::CredentialsRejected
        }
        Stage::Connection | Stage::Construction => GapKind::Unreachable,
        Stage::Response | Stage::Service => classify_answer(symptom),
    }
}

fn classify_answer(symptom: Symptom<'_>) -> GapKind {
    let by_code = symptom.code.and_then(|code| classify_code(plain_code(code), symptom.message));
    by_code.unwrap_or_else(|| match symptom.status {
        Some(401) => GapKind::CredentialsRejected,
        Some(403) => GapKind::AccessDenied,
        Some(404) if symptom.code.is_some() => GapKind::NotFound,
        Some(408) => GapKind::TimedOut,
        Some(429) => GapKind::Throttled,
        Some(501) => GapKind::NotSupported,
        Some(500..) => GapKind::ServiceError,
        // A success that the SDK still calls an error, or an error without a code: the body was not understood.
        _ if symptom.code.is_none() => GapKind::MalformedAnswer,
        _ => GapKind::ServiceError,
    })
}

/// Takes the bare name out of the forms that protocols wrap a code in: `aws.protocol#Code`, `com.amazonaws.x#Code:http://…`.
fn plain_code(code: &str) -> &str {
    let code = code.rsplit_once('#').map_or(code, |(_, name)| name);
    code.split_once(':').map_or(code, |(name, _)| name)
}

fn classify_code(code: &str, message: &str) -> Option<GapKind> {
    let named = CODES.iter().find(|(_, codes)| codes.contains(&code)).map(|(kind, _)| *kind);
    named.or_else(|| {
        if is_throttling(code) {
            Some(GapKind::Throttled)
        } else if is_not_found(code) || (is_validation(code) && mentions(message, &["not found", "does not exist"])) {
            Some(GapKind::NotFound)
        } else {
            None
        }
    })
}

fn is_validation(code: &str) -> bool {
    matches!(code, "ValidationError" | "ValidationException")
}

fn is_throttling(code: &str) -> bool {
    mentions(code, &["throttl", "toomanyrequests", "requestlimitexceeded", "slowdown", "ratelimit", "limitexceeded"])
}

fn is_not_found(code: &str) -> bool {
    mentions(code, &["notfound", "nosuch", "notexist"])
}

fn mentions(text: &str, words: &[&str]) -> bool {
    let text = text.to_ascii_lowercase();
    words.iter().any(|word| text.contains(word))
}

fn message(symptom: Symptom<'_>) -> String {
    let text = symptom.message.trim();
    match (text.is_empty(), symptom.status) {
        (false, _) => bounded(text, MESSAGE_LIMIT),
        (true, Some(status)) => format!("HTTP status {status} without a message"),
        (true, None) => "no message".to_owned(),
    }
}

/// Joins an error and its causes, for what has no message of AWS's.
pub(crate) fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        // The SDK's wrappers often repeat what they wrap.
        if !text.contains(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        cause = error.source();
    }
    bounded(&text, MESSAGE_LIMIT)
}

/// Cuts a text that somebody else wrote to a length in characters, before a word where one begins not long before.
pub(crate) fn bounded(text: &str, limit: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(limit) else { return text.to_owned() };
    let kept = text.get(..end).unwrap_or_default();
    let words = kept.rfind(char::is_whitespace).filter(|&space| space > end / 4 * 3);
    format!("{}…", words.and_then(|space| kept.get(..space)).unwrap_or(kept).trim_end())
}

/// Says what can be done about a gap, and by whom.
fn remedy(kind: GapKind, call: &Call, by: Principal, symptom: Symptom<'_>) -> String {
    let action = call.action;
    match kind {
        _ if symptom.code.is_some_and(|code| OTHER_REGION.contains(&code)) => {
            "name the Region that the bucket is in".to_owned()
        }
        GapKind::AccessDenied => denied_remedy(call, by, symptom.message),
        GapKind::Throttled => {
            "run again with a lower --concurrency, or at a time when fewer programs call AWS".to_owned()
        }
        GapKind::TimedOut => {
            "run again; where it lasts, raise the call time limit or look at the network path".to_owned()
        }
        GapKind::ServiceError => {
            format!("run again; where it lasts, open a case with AWS Support on {action} with the request id")
        }
        GapKind::Unreachable => {
            "check the network path, the proxy, and the endpoint (--endpoint-url, AWS_ENDPOINT_URL, the Region)"
                .to_owned()
        }
        GapKind::CredentialsRejected
            if mentions(symptom.message, &["signature expired", "signature not yet current"]) =>
        {
            "set the clock of the machine that runs the sweep by a time server, and run it again".to_owned()
        }
        GapKind::CredentialsRejected => "whoever runs the sweep signs in again, and runs it again".to_owned(),
        GapKind::NotSupported => {
            format!("nobody: the endpoint does not offer {action} here, or the account has not opted in to the Region")
        }
        GapKind::NotFound => {
            "run again: what was asked for was deleted in the meantime, or lies in another Region".to_owned()
        }
        _ => format!(
            "check what stands between the sweep and AWS (a proxy, an emulator): {action} gave no answer of AWS's"
        ),
    }
}

/// AWS names the policy that refused: <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>.
fn denied_remedy(call: &Call, by: Principal, message: &str) -> String {
    let (action, holder) = (call.action, holder(by));
    let of_organization =
        ["service control policy", "resource control policy"].into_iter().find(|policy| mentions(message, &[policy]));
    if let Some(policy) = of_organization {
        format!("the organization's administrator exempts {holder} from the {policy} that denies {action}")
    } else if mentions(message, &["permissions boundary"]) {
        format!("the account's administrator allows {action} in the permissions boundary of {holder}")
    } else if let Some(document) = document(call.principal) {
        format!("the account's administrator allows {action} to {holder} ({document})")
    } else {
        format!(
            "AWS's task policy IAMAuditRootUserCredentials allows {action}; look for an SCP or RCP that denies it, or \
             leave out --central-root"
        )
    }
}

/// Names whoever a call was refused to.
const fn holder(by: Principal) -> &'static str {
    match by {
        Principal::Caller | Principal::Athena | Principal::Sink => "the principal that runs the sweep",
        Principal::AuditRole => "the audit role",
        Principal::RootSession => "the root session",
    }
}

/// Names the document that tells what a principal needs; none tells of a root session, whose policy is AWS's own.
const fn document(principal: Principal) -> Option<&'static str> {
    match principal {
        Principal::Caller => Some("docs/caller-policy.json"),
        Principal::AuditRole => Some("docs/iam-policy.json"),
        Principal::RootSession => None,
        Principal::Athena => Some("docs/configuration.md"),
        Principal::Sink => Some("docs/run/notifications.md"),
    }
}

/// Makes the gap of an answer that lacks what AWS documents to be there.
pub(crate) fn missing(call: &Call, field: &str) -> Gap {
    Gap::new(
        GapKind::MissingField,
        call.action,
        format!("the answer came without {field}"),
        format!("check what stands between the sweep and AWS: AWS's own {} always gives it", call.action),
    )
}

/// Makes the gap of a call that was not made, for what it was to send could not be read.
pub(crate) fn unreadable(call: &Call, error: &dyn StdError) -> Gap {
    Gap::new(
        GapKind::Unreachable,
        call.action,
        chain(error),
        "look after the folder for temporary files, and run again",
    )
}

/// Makes the gap of an answer that was not understood.
pub(crate) fn malformed(call: &Call, message: impl Into<String>) -> Gap {
    let remedy = format!("report it with the answer of {}: its shape is not known here", call.action);
    Gap::new(GapKind::MalformedAnswer, call.action, bounded(&message.into(), MESSAGE_LIMIT), remedy)
}

#[cfg(test)]
mod tests;
