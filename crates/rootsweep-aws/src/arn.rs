//! The parts of an ARN that the sweep reads: `arn:partition:service:region:account:resource`.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>

use rootsweep_model::AccountId;

/// Returns a part of an ARN: 2 is the service, 3 the Region, 4 the account, 5 the resource with all that follows.
fn part(arn: &str, index: usize) -> Option<&str> {
    arn.strip_prefix("arn:")?;
    arn.splitn(6, ':').nth(index).filter(|part| !part.is_empty())
}

pub(crate) fn service(arn: &str) -> Option<&str> {
    part(arn, 2)
}

pub(crate) fn region(arn: &str) -> Option<&str> {
    part(arn, 3)
}

pub(crate) fn account(arn: &str) -> Option<AccountId> {
    part(arn, 4)?.parse().ok()
}

pub(crate) fn resource(arn: &str) -> Option<&str> {
    part(arn, 5)
}

/// Cuts the `:*` off that log group ARNs carry in some answers and not in others.
pub(crate) fn log_group(arn: &str) -> &str {
    arn.strip_suffix(":*").unwrap_or(arn)
}

/// Returns the name in a log group's ARN: `arn:…:logs:region:account:log-group:NAME`.
pub(crate) fn log_group_name(arn: &str) -> Option<&str> {
    resource(log_group(arn))?.strip_prefix("log-group:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_group_arn_comes_apart() {
        let arn = "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/cloudtrail:*";
        assert_eq!(service(arn), Some("logs"));
        assert_eq!(region(arn), Some("eu-west-1"));
        assert_eq!(account(arn).map(|id| id.to_string()).as_deref(), Some("111122223333"));
        assert_eq!(log_group_name(arn), Some("/aws/cloudtrail"));
    }

    #[test]
    fn what_is_no_arn_has_no_parts() {
        assert_eq!((service("sns"), region("arn:aws:sns"), account("arn:aws:sns:::x")), (None, None, None));
    }
}
