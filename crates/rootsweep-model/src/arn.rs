//! ARNs: `arn:partition:service:region:account:resource`.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>

use crate::AccountId;

/// The parts of an ARN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    /// The partition: `aws`.
    pub partition: &'a str,
    /// The service: `sns`.
    pub service: &'a str,
    region: &'a str,
    /// The account as it stands there: an id, empty, or a word such as `aws` for what is AWS's own.
    pub account_text: &'a str,
    /// The resource with all that follows.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Takes an ARN apart; a text that lacks a part is none.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.strip_prefix("arn:")?.splitn(5, ':');
        let (partition, service, region) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self { partition, service, region, account_text: parts.next()?, resource: parts.next()? })
    }

    /// Returns the account, where the ARN names one.
    pub fn account(self) -> Option<AccountId> {
        self.account_text.parse().ok()
    }

    /// Returns the Region, where the ARN names one.
    pub fn region(self) -> Option<&'a str> {
        Some(self.region).filter(|region| !region.is_empty())
    }

    /// Returns the name of a log group: `arn:…:logs:region:account:log-group:NAME`, with or without `:*`.
    pub fn log_group_name(self) -> Option<&'a str> {
        without_wildcard(self.resource).strip_prefix("log-group:")
    }

    /// Returns whether it is an account's root user.
    pub fn is_root(self) -> bool {
        self.service == "iam" && self.resource == "root"
    }
}

/// Cuts the `:*` off that ARNs of log groups carry in some answers and not in others.
pub fn without_wildcard(arn: &str) -> &str {
    arn.strip_suffix(":*").unwrap_or(arn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_group_arn_comes_apart() {
        let text = "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/cloudtrail:*";
        let arn = Arn::parse(text).unwrap();
        assert_eq!((arn.partition, arn.service), ("aws", "logs"));
        assert_eq!(arn.region(), Some("eu-west-1"));
        assert_eq!(arn.account().map(|id| id.to_string()).as_deref(), Some("111122223333"));
        assert_eq!(arn.log_group_name(), Some("/aws/cloudtrail"));
        assert_eq!(without_wildcard(text), "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/cloudtrail");
    }

    #[test]
    fn what_is_no_arn_has_no_parts() {
        for text in
            ["", "sns", "arn:aws:sns", "arn:aws:sns:us-east-1:111122223333", "aws:sns:us-east-1:111122223333:x:y"]
        {
            assert_eq!(Arn::parse(text), None, "{text:?}");
        }
        let empty = Arn::parse("arn:aws:sns:::x").unwrap();
        assert_eq!((empty.region(), empty.account(), empty.resource), (None, None, "x"));
    }

    #[test]
    fn the_root_user_is_told_by_the_resource() {
        let is_root = |text| Arn::parse(text).is_some_and(Arn::is_root);
        assert!(is_root("arn:aws-us-gov:iam::111122223333:root"));
        for other in ["arn:aws:iam::111122223333:user/root", "arn:aws:sns:us-east-1:111122223333:root", "root"] {
            assert!(!is_root(other), "{other}");
        }
    }
}
