//! What can be rendered, and as what.

use std::fmt;
use std::str::FromStr;

/// A piece of infrastructure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kit {
    /// The role that the sweep reads each account with.
    AuditRole,
    /// Metric filter, alarm and topic on the log group of an existing trail.
    Alarm,
    /// `EventBridge` rule and topic, for every Region in which root can sign in.
    EventRule,
    /// The nightly run: a scheduled ECS task, with a bucket for what it keeps.
    Monitor,
}

/// The language that a template is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// A `CloudFormation` template in YAML.
    CloudFormation,
    /// A Terraform configuration, which `OpenTofu` reads as well.
    Terraform,
}

/// A word that names nothing here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{word:?} is none of {known}")]
pub struct UnknownName {
    word: String,
    known: String,
}

impl Kit {
    /// Every kit, in the order in which help texts name them.
    pub const ALL: [Self; 4] = [Self::AuditRole, Self::Alarm, Self::EventRule, Self::Monitor];

    /// Returns the word used on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuditRole => "audit-role",
            Self::Alarm => "alarm",
            Self::EventRule => "event-rule",
            Self::Monitor => "monitor",
        }
    }
}

impl Dialect {
    /// Every dialect, in the order in which help texts name them.
    pub const ALL: [Self; 2] = [Self::CloudFormation, Self::Terraform];

    /// Returns the word used on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CloudFormation => "cloudformation",
            Self::Terraform => "terraform",
        }
    }
}

macro_rules! words {
    ($($name:ident)*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownName;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                Self::ALL.into_iter().find(|it| it.as_str() == word).ok_or_else(|| UnknownName {
                    word: word.to_owned(),
                    known: Self::ALL.map(Self::as_str).join(", "),
                })
            }
        }
    )*};
}

words! { Kit Dialect }
