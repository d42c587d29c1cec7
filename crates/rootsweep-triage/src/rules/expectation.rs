//! How an announced use is held against a record.

use std::net::IpAddr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use rootsweep_model::assessment::{Action, Expectation};
use rootsweep_model::exception::ExpectedUse;

use crate::concern::Concern;
use crate::entry::Entry;
use crate::settings::Settings;

/// A record, and what was announced.
pub(crate) struct Announcement<'a> {
    pub(crate) entry: &'a Entry,
    pub(crate) settings: &'a Settings,
}

/// What the announcements come to.
pub(crate) struct Finding {
    pub(crate) expectation: Expectation,
    pub(crate) says: String,
}

/// Why an entry that names the place, the time and the tool does not excuse the record all the same.
pub(crate) enum Shortfall {
    /// Its last day lies before the event.
    Expired,
    /// The record does not say when it happened.
    NoTime,
    /// What was done has to be named, and is not.
    NotNamed,
}

impl Announcement<'_> {
    /// Returns the entries that name the record's account, event, network, user agent and time, each with what it
    /// still lacks.
    pub(crate) fn candidates(&self) -> impl Iterator<Item = (&ExpectedUse, Option<Shortfall>)> {
        let uses = self.settings.expected_uses.iter().filter(|expected| self.fits(expected));
        uses.map(|expected| (expected, self.shortfall(expected)))
    }

    fn fits(&self, expected: &ExpectedUse) -> bool {
        let record = &self.entry.record;
        let agent = expected
            .user_agent
            .as_deref()
            .is_none_or(|wanted| record.user_agent.as_deref().is_some_and(|agent| agent.contains(wanted)));
        let named = expected.events.is_empty() || self.names_event(expected);
        self.fits_account(expected) && agent && named && self.fits_network(expected) && self.fits_window(expected)
    }

    fn fits_account(&self, expected: &ExpectedUse) -> bool {
        expected.accounts.is_empty() || self.entry.account.is_some_and(|account| expected.accounts.contains(&account))
    }

    fn names_event(&self, expected: &ExpectedUse) -> bool {
        let record = &self.entry.record;
        let Some(name) = record.event_name.as_deref() else { return false };
        expected.events.iter().any(|event| match event.rsplit_once(':') {
            Some((service, event)) => event == name && record.event_source.as_deref() == Some(service),
            None => event == name,
        })
    }

    /// Returns whether the source lies in one of the networks. A source that is no address lies in none.
    fn fits_network(&self, expected: &ExpectedUse) -> bool {
        let source = self.entry.record.source_ip_address.as_deref();
        let address: Option<IpAddr> = source.and_then(|text| text.trim().parse().ok());
        expected.source_networks.is_empty()
            || address.is_some_and(|address| expected.source_networks.iter().any(|network| network.contains(&address)))
    }

    fn fits_window(&self, expected: &ExpectedUse) -> bool {
        let Some(time) = self.entry.record.event_time else {
            return expected.from.is_none() && expected.to.is_none();
        };
        expected.from.is_none_or(|from| from <= time) && expected.to.is_none_or(|to| time <= to)
    }

    fn shortfall(&self, expected: &ExpectedUse) -> Option<Shortfall> {
        match self.day() {
            None => Some(Shortfall::NoTime),
            Some(day) if expected.has_expired(day) => Some(Shortfall::Expired),
            Some(_) => (self.has_to_be_named() && !self.names_event(expected)).then_some(Shortfall::NotNamed),
        }
    }

    /// Returns whether an entry names what a service did for a root session. The session is held against the network
    /// and the tool by itself.
    pub(crate) fn names_deed(&self) -> bool {
        let fits = |expected: &&ExpectedUse| {
            self.fits_account(expected) && self.fits_window(expected) && self.names_event(expected)
        };
        self.settings.expected_uses.iter().filter(fits).any(|expected| self.shortfall(expected).is_none())
    }

    /// Returns whether a place or a time is no excuse for what was done.
    pub(crate) fn has_to_be_named(&self) -> bool {
        let grave = [Concern::WithoutMfa, Concern::DefenceEvasion];
        self.entry.action == Action::CredentialChange || grave.iter().any(|it| self.entry.concerns.contains(it))
    }

    /// Returns the day of the event in UTC: an expected use is held against the time of the use, not of its triage.
    fn day(&self) -> Option<Date> {
        Some(self.entry.record.event_time?.to_zoned(TimeZone::UTC).date())
    }
}

/// Names an entry for a reader who wants to ask somebody.
pub(crate) fn name(expected: &ExpectedUse) -> String {
    format!("{:?} of {} until {} ({})", expected.name, expected.owner, expected.until, expected.reason)
}
