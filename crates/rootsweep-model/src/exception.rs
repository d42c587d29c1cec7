//! What the organization has decided to carry: exceptions to rows, and root use that is expected.

use ipnet::IpNet;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::AccountId;
use crate::account::is_organizational_unit_id;

/// A failed row that somebody carries until a date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RowException {
    /// The checks that it covers, by id.
    pub checks: Vec<String>,
    /// The accounts that it covers; with no organizational unit named either, all.
    #[serde(default)]
    pub accounts: Vec<AccountId>,
    /// The organizational units that it covers with all that is below them, by id (`ou-…`).
    #[serde(default)]
    pub organizational_units: Vec<String>,
    /// Who carries it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// The last day on which it holds, in UTC.
    pub until: Date,
}

/// Why a [`RowException`] cannot stand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RowExceptionError {
    /// Nobody can be asked.
    #[error("an exception has no owner; name who carries it")]
    NoOwner,
    /// Nobody says why.
    #[error("the exception of {owner:?} has no reason")]
    NoReason {
        /// Who carries it.
        owner: String,
    },
    /// It covers nothing.
    #[error("the exception of {owner:?} names no check")]
    NoCheck {
        /// Who carries it.
        owner: String,
    },
    /// It names what is no check.
    #[error("the exception of {owner:?} names {check:?}, which is not a check; `rootsweep checks` lists them")]
    UnknownCheck {
        /// Who carries it.
        owner: String,
        /// What it names.
        check: String,
    },
    /// It names what can be no organizational unit.
    #[error(
        "the exception of {owner:?} names {unit:?}, which is not an organizational unit id; write ou-ab12-11111111, or \
         the root's r-ab12"
    )]
    MalformedUnit {
        /// Who carries it.
        owner: String,
        /// What it names.
        unit: String,
    },
}

impl RowException {
    /// Checks that somebody answers for the exception and that it covers something. `checks` are the ids of all checks.
    pub fn validate(&self, checks: &[&str]) -> Result<(), RowExceptionError> {
        let owner = || self.owner.clone();
        if self.owner.trim().is_empty() {
            return Err(RowExceptionError::NoOwner);
        }
        if self.reason.trim().is_empty() {
            return Err(RowExceptionError::NoReason { owner: owner() });
        }
        if self.checks.is_empty() {
            return Err(RowExceptionError::NoCheck { owner: owner() });
        }
        if let Some(check) = self.checks.iter().find(|check| !checks.contains(&check.as_str())) {
            return Err(RowExceptionError::UnknownCheck { owner: owner(), check: check.clone() });
        }
        match self.organizational_units.iter().find(|unit| !is_organizational_unit_id(unit)) {
            Some(unit) => Err(RowExceptionError::MalformedUnit { owner: owner(), unit: unit.clone() }),
            None => Ok(()),
        }
    }

    /// Returns whether the last day on which it holds lies before the given one.
    pub fn has_expired(&self, today: Date) -> bool {
        self.until < today
    }
}

/// Root use that somebody expects.
///
/// Every criterion that is given has to hold. A user agent alone is never enough, for anybody can write one, and a
/// credential change is excused only where `events` names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExpectedUse {
    /// A name for reports.
    pub name: String,
    /// The accounts in which it is expected; all where none is named.
    #[serde(default)]
    pub accounts: Vec<AccountId>,
    /// Event names, each alone or after its service: `ConsoleLogin`, `iam.amazonaws.com:CreateAccessKey`.
    #[serde(default)]
    pub events: Vec<String>,
    /// Networks from which it is expected.
    #[serde(default)]
    pub source_networks: Vec<IpNet>,
    /// Text that the user agent has to contain.
    #[serde(default)]
    pub user_agent: Option<String>,
    /// The earliest event time.
    #[serde(default)]
    pub from: Option<Timestamp>,
    /// The latest event time.
    #[serde(default)]
    pub to: Option<Timestamp>,
    /// Who carries it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// The last day on which it holds, in UTC.
    pub until: Date,
}

/// Why an [`ExpectedUse`] cannot stand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected use {name:?}: {problem}")]
pub struct ExpectedUseError {
    /// The entry's name; empty where that is what is missing.
    pub name: String,
    /// What is wrong with it.
    pub problem: ExpectedUseProblem,
}

/// What is wrong with an [`ExpectedUse`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExpectedUseProblem {
    /// Nobody can be asked.
    #[error("`{0}` is empty")]
    Empty(&'static str),
    /// It would excuse whatever the root user does.
    #[error("it needs `events`, `source-networks`, or both `from` and `to`: nothing else narrows it down")]
    TooWide,
    /// A network of half the Internet narrows nothing down.
    #[error("`source-networks` has a network wider than /8, or /16 of IPv6: no one owner has that many addresses")]
    WideNetwork,
    /// An event's name is one word, with its service before it or without.
    #[error(
        "`events` has an entry that is not an event name; write `ConsoleLogin` or `iam.amazonaws.com:CreateAccessKey`"
    )]
    MalformedEvent,
    /// It can never hold.
    #[error("`from` is later than `to`")]
    EmptyWindow,
}

impl ExpectedUse {
    /// Checks that the entry says who answers for it, and that it is narrow enough to mean something.
    ///
    /// A user agent and a list of accounts never suffice: anybody can write the one, and the other excuses everything.
    pub fn validate(&self) -> Result<(), ExpectedUseError> {
        let problem = self.empty_field().map(ExpectedUseProblem::Empty).or_else(|| self.width_problem());
        problem.map_or(Ok(()), |problem| Err(ExpectedUseError { name: self.name.clone(), problem }))
    }

    /// Returns whether the last day on which it holds lies before the given one.
    pub fn has_expired(&self, today: Date) -> bool {
        self.until < today
    }

    fn empty_field(&self) -> Option<&'static str> {
        let fields = [("name", &self.name), ("owner", &self.owner), ("reason", &self.reason)];
        fields.into_iter().find(|(_, value)| value.trim().is_empty()).map(|(field, _)| field)
    }

    fn width_problem(&self) -> Option<ExpectedUseProblem> {
        let window = self.from.zip(self.to);
        if window.is_some_and(|(from, to)| from > to) {
            return Some(ExpectedUseProblem::EmptyWindow);
        }
        if self.source_networks.iter().any(is_wide) {
            return Some(ExpectedUseProblem::WideNetwork);
        }
        if !self.events.iter().all(|event| is_event_name(event)) {
            return Some(ExpectedUseProblem::MalformedEvent);
        }
        let narrow = !self.events.is_empty() || !self.source_networks.is_empty() || window.is_some();
        (!narrow).then_some(ExpectedUseProblem::TooWide)
    }
}

/// Returns whether a network is wider than any that one owner has: halves of the Internet add up to all of it.
fn is_wide(network: &IpNet) -> bool {
    match network {
        IpNet::V4(network) => network.prefix_len() < 8,
        IpNet::V6(network) => network.prefix_len() < 16,
    }
}

/// Returns whether the text is an event's name, with its service before it or without; wildcards are no names.
fn is_event_name(text: &str) -> bool {
    let (service, name) = text.rsplit_once(':').unwrap_or(("any", text));
    let is_word = |word: &str, also: &[u8]| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || also.contains(&byte))
    };
    is_word(service, b".-") && is_word(name, b"_.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quarterly_check() -> ExpectedUse {
        ExpectedUse {
            name: "quarterly-root-check".to_owned(),
            accounts: Vec::new(),
            events: vec!["ConsoleLogin".to_owned()],
            source_networks: vec!["203.0.113.0/24".parse().unwrap()],
            user_agent: None,
            from: None,
            to: None,
            owner: "cloud-platform".to_owned(),
            reason: "the MFA devices are tested every quarter".to_owned(),
            until: "2026-12-31".parse().unwrap(),
        }
    }

    fn carried() -> RowException {
        RowException {
            checks: vec!["root-mfa".to_owned()],
            accounts: Vec::new(),
            organizational_units: vec!["ou-ab12-11111111".to_owned()],
            owner: "cloud-platform".to_owned(),
            reason: "the devices are on order".to_owned(),
            until: "2026-12-31".parse().unwrap(),
        }
    }

    #[test]
    fn an_exception_covers_something_that_is_there_and_somebody_answers_for_it() {
        let refused = |change: fn(&mut RowException)| {
            let mut exception = carried();
            change(&mut exception);
            exception.validate(&["root-mfa"]).unwrap_err()
        };
        let owner = || "cloud-platform".to_owned();
        assert_eq!(carried().validate(&["root-mfa"]), Ok(()));
        assert_eq!(refused(|it| it.owner.clear()), RowExceptionError::NoOwner);
        assert_eq!(refused(|it| it.reason = " ".to_owned()), RowExceptionError::NoReason { owner: owner() });
        assert_eq!(refused(|it| it.checks.clear()), RowExceptionError::NoCheck { owner: owner() });
        let unknown = refused(|it| it.checks.push("root-mfaa".to_owned()));
        assert_eq!(unknown, RowExceptionError::UnknownCheck { owner: owner(), check: "root-mfaa".to_owned() });
        let malformed = refused(|it| it.organizational_units.push("Prod".to_owned()));
        assert_eq!(malformed, RowExceptionError::MalformedUnit { owner: owner(), unit: "Prod".to_owned() });
    }

    #[test]
    fn an_exception_holds_through_its_last_day() {
        assert!(!carried().has_expired("2026-12-31".parse().unwrap()));
        assert!(carried().has_expired("2027-01-01".parse().unwrap()));
    }

    fn problem(change: impl FnOnce(&mut ExpectedUse)) -> Option<ExpectedUseProblem> {
        let mut entry = quarterly_check();
        change(&mut entry);
        entry.validate().err().map(|error| error.problem)
    }

    #[test]
    fn a_narrow_entry_with_an_owner_stands() {
        assert_eq!(quarterly_check().validate(), Ok(()));
    }

    #[test]
    fn a_user_agent_and_accounts_alone_excuse_nothing() {
        let found = problem(|entry| {
            entry.events.clear();
            entry.source_networks.clear();
            entry.user_agent = Some("aws-cli".to_owned());
            entry.accounts = vec!["111122223333".parse().unwrap()];
        });
        assert_eq!(found, Some(ExpectedUseProblem::TooWide));
    }

    #[test]
    fn every_address_and_wildcards_are_refused() {
        let every = problem(|entry| entry.source_networks = vec!["0.0.0.0/0".parse().unwrap()]);
        assert_eq!(every, Some(ExpectedUseProblem::WideNetwork));
        // Two halves are as much as the whole.
        let halves = problem(|entry| {
            entry.source_networks = vec!["0.0.0.0/1".parse().unwrap(), "128.0.0.0/1".parse().unwrap()];
        });
        assert_eq!(halves, Some(ExpectedUseProblem::WideNetwork));
        assert_eq!(problem(|entry| entry.source_networks = vec!["10.0.0.0/8".parse().unwrap()]), None);
        for event in ["*", "Get*", "", "iam.amazonaws.com:", "Console Login"] {
            let found = problem(|entry| entry.events = vec![event.to_owned()]);
            assert_eq!(found, Some(ExpectedUseProblem::MalformedEvent), "{event:?}");
        }
    }

    #[test]
    fn somebody_has_to_answer_for_it() {
        let found = problem(|entry| entry.owner = " ".to_owned());
        assert_eq!(found, Some(ExpectedUseProblem::Empty("owner")));
    }

    #[test]
    fn it_holds_through_its_last_day() {
        let entry = quarterly_check();
        assert!(!entry.has_expired("2026-12-31".parse().unwrap()));
        assert!(entry.has_expired("2027-01-01".parse().unwrap()));
    }
}
