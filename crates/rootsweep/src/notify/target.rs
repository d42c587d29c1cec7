//! Who is told, as it is written on the command line and in the configuration file.

use std::fmt;
use std::str::FromStr;

use anyhow::bail;
use rootsweep_model::{AccountId, Arn};
use rootsweep_report::SecurityHub;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::names::RegionName;

/// Who is told of a sweep, and when.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Notification {
    /// Who is told.
    pub(crate) to: Target,
    /// After which sweeps.
    #[serde(default)]
    pub(crate) when: When,
    /// The key of AWS KMS that encrypts what a bucket keeps; the account's own key for S3 where none is named.
    #[serde(default)]
    pub(crate) kms_key_id: Option<KmsKeyId>,
    /// The Region that a bucket is in; the run's own where none is named.
    #[serde(default)]
    pub(crate) region: Option<RegionName>,
}

impl Notification {
    /// Tells somebody after every sweep.
    pub(crate) const fn always(to: Target) -> Self {
        Self { to, when: When::Always, kms_key_id: None, region: None }
    }

    /// Refuses what only a bucket has, where nobody else would heed it.
    pub(crate) fn validate(&self) -> anyhow::Result<()> {
        let of_bucket = [("kms-key-id", self.kms_key_id.is_some()), ("region", self.region.is_some())];
        let set = of_bucket.into_iter().find(|(_, set)| *set);
        match (&self.to, set) {
            (Target::S3 { .. }, _) | (_, None) => Ok(()),
            (to, Some((name, _))) => bail!("the notification to {to} has a {name}, which is for s3= alone"),
        }
    }
}

/// A key of AWS KMS: its id, its ARN, or an alias.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct KmsKeyId(pub(super) String);

/// Text that is no key of AWS KMS.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not a KMS key; write its ARN, its id, or alias/name")]
pub(crate) struct ParseKmsKeyIdError(String);

impl TryFrom<String> for KmsKeyId {
    type Error = ParseKmsKeyIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        // The id goes into a header. Its letters are those of <https://docs.aws.amazon.com/kms/latest/APIReference/API_AliasListEntry.html>.
        let sound = |it: u8| it.is_ascii_alphanumeric() || b":/_-".contains(&it);
        if !text.is_empty() && text.bytes().all(sound) { Ok(Self(text)) } else { Err(ParseKmsKeyIdError(text)) }
    }
}

/// After which sweeps somebody is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum When {
    /// After every sweep.
    #[default]
    Always,
    /// After a sweep that differs from the one before, and after the first.
    OnChange,
}

/// `KIND=TARGET`: who is told.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum Target {
    /// A topic, by its ARN.
    Sns(String),
    /// An incoming webhook of Slack, or of what understands the same.
    Slack(Webhook),
    /// A Security Hub.
    SecurityHub(SecurityHub),
    /// A bucket, and what every key in it begins with.
    S3 { bucket: String, prefix: String },
}

/// The address of a webhook. Whoever knows it can post, so it is never shown.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Webhook(pub(super) reqwest::Url);

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Webhook(…)")
    }
}

/// Text that names nobody.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ParseTargetError {
    #[error("unknown kind of notification; write sns=…, slack=…, security-hub=… or s3=…")]
    Kind,
    #[error("{0:?} is not a topic ARN; write sns=arn:aws:sns:us-east-1:111122223333:name")]
    Topic(String),
    #[error("the value of slack= is not a webhook URL; write slack=https://…")]
    Webhook,
    #[error(
        "{0:?} is not a Security Hub ARN; write security-hub=arn:aws:securityhub:us-east-1:111122223333:hub/default"
    )]
    Hub(String),
    #[error("{0:?} is not an S3 URI; write s3=s3://bucket/prefix")]
    Bucket(String),
}

impl FromStr for Target {
    type Err = ParseTargetError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, target) = text.split_once('=').ok_or(ParseTargetError::Kind)?;
        match kind {
            "sns" => topic(target).ok_or_else(|| ParseTargetError::Topic(target.to_owned())),
            "slack" => webhook(target).ok_or(ParseTargetError::Webhook),
            "security-hub" => hub(target).ok_or_else(|| ParseTargetError::Hub(target.to_owned())),
            "s3" => bucket(target).ok_or_else(|| ParseTargetError::Bucket(target.to_owned())),
            _ => Err(ParseTargetError::Kind),
        }
    }
}

impl TryFrom<String> for Target {
    type Error = ParseTargetError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl Target {
    /// Returns what tells one target from another and gives no secret away.
    pub(crate) fn key(&self) -> String {
        match self {
            Self::Slack(Webhook(url)) => format!("{self}, {:x}", Sha256::digest(url.as_str())),
            Self::Sns(_) | Self::SecurityHub(_) | Self::S3 { .. } => self.to_string(),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sns(arn) => write!(f, "the topic {arn}"),
            Self::Slack(Webhook(url)) => write!(f, "the webhook at {}", url.host_str().unwrap_or_default()),
            Self::SecurityHub(hub) => write!(f, "Security Hub of account {} in {}", hub.account_id, hub.region),
            Self::S3 { bucket, prefix } => write!(f, "s3://{bucket}/{prefix}"),
        }
    }
}

/// Takes an ARN of a service apart: its Region, its account and its resource.
fn arn<'a>(text: &'a str, service: &str) -> Option<(&'a str, AccountId, &'a str)> {
    let arn = Arn::parse(text)?;
    let sound = arn.partition.starts_with("aws") && arn.service == service && !arn.resource.is_empty();
    sound.then_some((arn.region()?, arn.account()?, arn.resource))
}

fn topic(target: &str) -> Option<Target> {
    arn(target, "sns").filter(|(_, _, name)| !name.contains(':')).map(|_| Target::Sns(target.to_owned()))
}

fn webhook(target: &str) -> Option<Target> {
    let url = reqwest::Url::parse(target).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(Target::Slack(Webhook(url)))
}

fn hub(target: &str) -> Option<Target> {
    let (region, account_id, _) = arn(target, "securityhub").filter(|(_, _, name)| *name == "hub/default")?;
    Some(Target::SecurityHub(SecurityHub { account_id, region: region.to_owned() }))
}

fn bucket(target: &str) -> Option<Target> {
    let (bucket, prefix) = target.strip_prefix("s3://").map(|it| it.split_once('/').unwrap_or((it, "")))?;
    let prefix = prefix.trim_end_matches('/').to_owned();
    (!bucket.is_empty()).then(|| Target::S3 { bucket: bucket.to_owned(), prefix })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_read() {
        let hub = "security-hub=arn:aws:securityhub:eu-west-1:111122223333:hub/default".parse::<Target>();
        let account_id = "111122223333".parse().expect("an account id");
        assert_eq!(hub, Ok(Target::SecurityHub(SecurityHub { account_id, region: "eu-west-1".to_owned() })));
        let bucket = |prefix: &str| Ok(Target::S3 { bucket: "reports".to_owned(), prefix: prefix.to_owned() });
        assert_eq!("s3=s3://reports/nightly/".parse(), bucket("nightly"));
        assert_eq!("s3=s3://reports".parse(), bucket(""));
        let topic = "arn:aws:sns:eu-west-1:111122223333:root";
        assert_eq!(format!("sns={topic}").parse(), Ok(Target::Sns(topic.to_owned())));
    }

    #[test]
    fn what_names_nobody_is_refused() {
        let subscription = "sns=arn:aws:sns:eu-west-1:111122223333:root:8d2b";
        for bad in
            ["", "sns", "mail=me", "sns=root", subscription, "slack=ftp://x", "security-hub=eu-west-1", "s3=reports"]
        {
            assert!(bad.parse::<Target>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_webhook_is_a_secret() {
        let target: Target = "slack=https://hooks.example/services/secret".parse().expect("a webhook");
        assert!(!format!("{target} {target:?}").contains("secret"));
        let error = "slack=secret".parse::<Target>().expect_err("no address");
        assert!(!error.to_string().contains("secret"));
    }
}
