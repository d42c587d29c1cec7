//! Names that AWS constrains: checked when they are typed, so that a typing error is told before anything is called.

use rootsweep_model::Arn;
use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

/// Text that AWS would refuse.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not {what}: {rule}")]
pub(crate) struct NameError {
    text: String,
    what: &'static str,
    rule: &'static str,
}

macro_rules! names {
    ($($(#[$meta:meta])* $name:ident: $what:literal, $rule:literal, $accepts:expr;)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
        #[serde(try_from = "String")]
        pub(crate) struct $name(String);

        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let accepts: fn(&str) -> bool = $accepts;
                if accepts(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(NameError { text: text.to_owned(), what: $what, rule: $rule })
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

names! {
    /// The name of an IAM role: `roleName` of <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html>.
    RoleName: "a role name", "IAM allows 1 to 64 letters, digits and _+=,.@- (a name, not an ARN)",
        |text| (1..=64).contains(&text.len()) && text.chars().all(|it| is_word(it) || "+=,.@-".contains(it));

    /// `ExternalId` of <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>.
    ExternalId: "an external id", "STS allows 2 to 1,224 letters, digits and _+=,.@:/-",
        |text| (2..=1224).contains(&text.len()) && text.chars().all(|it| is_word(it) || "+=,.@:/-".contains(it));

    /// The id of an organizational unit, or of the organization's root, whose units are all of them:
    /// <https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html>.
    OrganizationalUnitId: "an organizational unit id", "write ou-ab12-11111111, or the root's r-ab12",
        rootsweep_model::account::is_organizational_unit_id;

    /// The endpoint of every AWS service.
    EndpointUrl: "endpoint", "write http:// or https:// and a host, as http://127.0.0.1:4566",
        rootsweep_aws::is_endpoint_url;

    /// The name of a Region.
    RegionName: "a Region", "write it as AWS does, us-east-1",
        |text| text.split('-').count() >= 3 && text.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-');

    /// The ARN of an IAM role.
    RoleArn: "a role ARN", "write arn:aws:iam::111122223333:role/name",
        is_role_arn;

    /// Who a role trusts: a whole account, or one role of it.
    TrustedPrincipal: "an account id or a role ARN", "write 111122223333, or arn:aws:iam::111122223333:role/name",
        |text| is_account_id(text) || is_role_arn(text);
}

fn is_account_id(text: &str) -> bool {
    text.parse::<rootsweep_model::AccountId>().is_ok()
}

const fn is_word(it: char) -> bool {
    it.is_ascii_alphanumeric() || it == '_'
}

fn is_role_arn(text: &str) -> bool {
    let Some(arn) = Arn::parse(text).filter(|arn| arn.service == "iam" && arn.region().is_none()) else { return false };
    let name = arn.resource.strip_prefix("role/").and_then(|path| path.rsplit('/').next());
    let is_name = name.is_some_and(|name| name.parse::<RoleName>().is_ok());
    arn.partition.starts_with("aws") && arn.account().is_some() && is_name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn role_names_are_iam_s() {
        for good in ["rootsweep-audit", "a", "A_b+c=d,e.f@g-h", &"x".repeat(64)] {
            assert!(good.parse::<RoleName>().is_ok(), "{good}");
        }
        for bad in ["", "audit role", "path/role", "arn:aws:iam::111122223333:role/x", "röle", &"x".repeat(65)] {
            assert!(bad.parse::<RoleName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn external_ids_are_sts_s() {
        for good in ["ab", "a:b/c-d", &"x".repeat(1224)] {
            assert!(good.parse::<ExternalId>().is_ok(), "{good}");
        }
        for bad in ["", "a", "a b", "a*b", &"x".repeat(1225)] {
            assert!(bad.parse::<ExternalId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn unit_ids_are_organizations_s() {
        for good in ["r-ab12", "ou-ab12-11111111"] {
            assert!(good.parse::<OrganizationalUnitId>().is_ok(), "{good}");
        }
        for bad in ["", "Prod", "ou-ab12", "ou-ab12-1", "ou-AB12-11111111", "r-ab12-11111111"] {
            assert!(bad.parse::<OrganizationalUnitId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn role_arns_have_an_account_and_a_name() {
        for good in ["arn:aws:iam::111122223333:role/x", "arn:aws-us-gov:iam::111122223333:role/path/to/x"] {
            assert!(good.parse::<RoleArn>().is_ok(), "{good}");
        }
        for bad in
            ["", "x", "arn:aws:iam::1111:role/x", "arn:aws:iam::111122223333:user/x", "arn:aws:iam::111122223333:role/"]
        {
            assert!(bad.parse::<RoleArn>().is_err(), "{bad}");
        }
    }

    #[test]
    fn trusted_principals_are_accounts_and_roles() {
        for good in ["111122223333", "arn:aws:iam::111122223333:role/x"] {
            assert!(good.parse::<TrustedPrincipal>().is_ok(), "{good}");
        }
        for bad in ["", "*", "1111", "arn:aws:iam::111122223333:user/x", "arn:aws:iam::111122223333:root"] {
            assert!(bad.parse::<TrustedPrincipal>().is_err(), "{bad}");
        }
    }
}
