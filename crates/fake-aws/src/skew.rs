//! An endpoint whose clock is apart from its clients'.

use axum::http::HeaderValue;
use jiff::fmt::rfc2822::DateTimePrinter;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::call::Service;
use crate::error::ServiceError;

/// How far from the endpoint's time a signature may be.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html>
const TOLERANCE_MINUTES: i64 = 5;

/// How an endpoint's clock is apart from the machine's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClockSkew {
    /// By how many seconds it is ahead; behind where negative.
    pub seconds: i64,
    /// Whether the answers carry the machine's date instead of the endpoint's, as behind a proxy that writes its own.
    #[serde(default)]
    pub date_hidden: bool,
}

impl ClockSkew {
    /// The time of the endpoint while the machine's is `machine`.
    fn endpoint_time(self, machine: Timestamp) -> Timestamp {
        let ahead = SignedDuration::from_secs(self.seconds);
        machine.checked_add(ahead).unwrap_or(machine)
    }

    /// Refuses what was signed too far from the endpoint's time, in AWS's words.
    pub(crate) fn check(self, service: Service, signed_at: Timestamp, machine: Timestamp) -> Result<(), ServiceError> {
        let now = self.endpoint_time(machine);
        let tolerance = SignedDuration::from_mins(TOLERANCE_MINUTES);
        let [signed, present] = [signed_at, now].map(written);
        let message = if now.duration_since(signed_at) > tolerance {
            let earliest = written(now.checked_sub(tolerance).unwrap_or(now));
            format!("Signature expired: {signed} is now earlier than {earliest} ({present} - {TOLERANCE_MINUTES} min.)")
        } else if signed_at.duration_since(now) > tolerance {
            let latest = written(now.checked_add(tolerance).unwrap_or(now));
            format!(
                "Signature not yet current: {signed} is still later than {latest} ({present} + {TOLERANCE_MINUTES} min.)"
            )
        } else {
            return Ok(());
        };
        Err(ServiceError::signature_refused(service, message))
    }

    /// The `Date` of an answer, by which the SDKs correct their own clock.
    pub(crate) fn date(self, machine: Timestamp) -> Option<HeaderValue> {
        let time = if self.date_hidden { machine } else { self.endpoint_time(machine) };
        let text = DateTimePrinter::new().timestamp_to_rfc9110_string(&time).ok()?;
        HeaderValue::from_str(&text).ok()
    }
}

/// Writes a time as `x-amz-date` does.
fn written(time: Timestamp) -> String {
    time.strftime("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use test_case::test_case;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn ahead(seconds: i64) -> ClockSkew {
        ClockSkew { seconds, date_hidden: false }
    }

    /// The wording is that of <https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html>.
    #[test_case(600, "Signature expired: 20260301T120000Z is now earlier than 20260301T120500Z (20260301T121000Z - 5 min.)"; "ahead")]
    #[test_case(-600, "Signature not yet current: 20260301T120000Z is still later than 20260301T115500Z (20260301T115000Z + 5 min.)"; "behind")]
    fn a_signature_too_far_away_is_refused(seconds: i64, message: &str) {
        let now = at("2026-03-01T12:00:00Z");
        let refused = ahead(seconds).check(Service::Organizations, now, now).unwrap_err();
        assert_eq!(
            (refused.status, &*refused.code, refused.message.as_str()),
            (400, "InvalidSignatureException", message)
        );
        assert_eq!(ahead(seconds).check(Service::Iam, now, now).unwrap_err().code, "SignatureDoesNotMatch");
    }

    #[test]
    fn a_signature_by_the_endpoints_own_clock_is_taken() {
        let now = at("2026-03-01T12:00:00Z");
        for seconds in [300, -300] {
            assert_eq!(ahead(seconds).check(Service::Iam, now, now), Ok(()));
        }
        assert_eq!(ahead(7_200).check(Service::Iam, at("2026-03-01T14:00:01Z"), now), Ok(()));
    }

    #[test]
    fn answers_carry_the_endpoints_date_unless_a_proxy_writes_its_own() {
        let now = at("2026-03-01T12:00:00Z");
        assert_eq!(ahead(-1_800).date(now).unwrap(), "Sun, 01 Mar 2026 11:30:00 GMT");
        let hidden = ClockSkew { seconds: -1_800, date_hidden: true };
        assert_eq!(hidden.date(now).unwrap(), "Sun, 01 Mar 2026 12:00:00 GMT");
    }
}
