//! Who stands behind `sourceIPAddress`: an address, an AWS service, or AWS itself.

use std::net::IpAddr;

/// What a record's `sourceIPAddress` names.
///
/// For calls that a service makes, CloudTrail shows the service's DNS name, or `AWS Internal` and `AWS Internal/#`:
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceAddress<'a> {
    /// A network address.
    Ip(IpAddr),
    /// A service, by its DNS name: `elasticloadbalancing.amazonaws.com`.
    Service(&'a str),
    /// AWS itself, unnamed: `AWS Internal`. The console calls through it too.
    AwsInternal,
    /// Anything else: samples are redacted, and the address of a person may be garbled.
    Other(&'a str),
}

impl<'a> SourceAddress<'a> {
    /// Returns what the text names.
    pub fn of(text: &'a str) -> Self {
        let text = text.trim();
        if let Ok(address) = text.parse() {
            return Self::Ip(address);
        }
        if is_aws_internal(text) {
            return Self::AwsInternal;
        }
        if is_service_principal(text) { Self::Service(text) } else { Self::Other(text) }
    }

    /// Returns whether AWS is the source, by name or not.
    pub const fn is_aws(self) -> bool {
        matches!(self, Self::Service(_) | Self::AwsInternal)
    }
}

/// Returns whether the text is `AWS Internal`, with or without a number behind it.
fn is_aws_internal(text: &str) -> bool {
    text.strip_prefix("AWS Internal").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Returns whether the text is the DNS name of a service: `cloudformation.amazonaws.com`, and its like in the other
/// partitions and in Regions (`logs.eu-west-1.amazonaws.com`, `ec2.amazonaws.com.cn`).
pub fn is_service_principal(text: &str) -> bool {
    let name = text.strip_suffix(".cn").unwrap_or(text);
    [".amazonaws.com", ".aws.internal", ".api.aws"]
        .iter()
        .filter_map(|suffix| name.strip_suffix(suffix))
        .any(|service| !service.is_empty() && service.bytes().all(is_dns_byte))
}

const fn is_dns_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_addresses_services_and_aws_itself_apart() {
        assert!(matches!(SourceAddress::of("203.0.113.7"), SourceAddress::Ip(_)));
        assert!(matches!(SourceAddress::of("2001:db8::7"), SourceAddress::Ip(_)));
        assert_eq!(SourceAddress::of("AWS Internal"), SourceAddress::AwsInternal);
        assert_eq!(SourceAddress::of("AWS Internal/3"), SourceAddress::AwsInternal);
        let load_balancer = "elasticloadbalancing.amazonaws.com";
        assert_eq!(SourceAddress::of(load_balancer), SourceAddress::Service(load_balancer));
    }

    #[test]
    fn believes_no_look_alike() {
        for text in ["AWS Internally", "amazonaws.com.evil.example", ".amazonaws.com", "a b.amazonaws.com", ""] {
            assert!(!SourceAddress::of(text).is_aws(), "{text:?}");
        }
    }
}
