//! What a check is, and what it is shown.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeMap;

use jiff::Timestamp;
use rootsweep_model::facts::{AccountFacts, MonitoringFacts, OrganizationFacts};
use rootsweep_model::report::triage_v1::Episode;
use rootsweep_model::{AccountId, Judgement, Severity};

use crate::alert_path::AlertPaths;

/// What a check says of itself; its README says it at length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckMeta {
    /// Its id, in kebab-case; its folder has the same name in `snake_case`.
    pub id: &'static str,
    /// What it asks for, as a sentence.
    pub title: &'static str,
    /// How bad a fail is, unless the judgement says otherwise.
    pub severity: Severity,
    /// Why it matters.
    pub risk: &'static str,
    /// How to remediate a fail.
    pub remediation: &'static str,
    /// What `unknown` means for it.
    pub unknown_means: &'static str,
    /// The controls that it covers: frameworks with their control ids, as Security Hub relates them where it does.
    pub controls: &'static [(&'static str, &'static [&'static str])],
    /// The IAM actions whose answers it reads; the sweep's read list has all of them.
    pub needs: &'static [&'static str],
    /// Its README, in Markdown.
    pub readme: &'static str,
}

/// Everything that is known of one account, as a check sees it.
#[derive(Debug)]
pub struct Subject<'a> {
    /// What was gathered of the account.
    pub facts: &'a AccountFacts,
    /// What was gathered of its organization.
    pub organization: &'a OrganizationFacts,
    /// What listens in other accounts, for paths that lead through them: the owner of the organization trail, the
    /// delegated administrator, the account of a central event bus or topic.
    pub monitoring: &'a BTreeMap<AccountId, Cow<'a, MonitoringFacts>>,
    /// The time of the run.
    pub now: Timestamp,
    /// From when until when root activity was looked for.
    pub window: (Timestamp, Timestamp),
    /// The account's root records of the window, triaged before.
    pub episodes: &'a [Episode],
    /// What one check found out already.
    pub found: Found,
}

/// What is found out once for all checks of a subject; empty to begin with.
#[derive(Debug, Default)]
pub struct Found {
    alert_paths: OnceCell<AlertPaths>,
}

impl<'a> Subject<'a> {
    /// Returns what listens in an account: the subject's own, or another one's that was gathered.
    pub fn monitoring_of(&self, account: AccountId) -> Option<&'a MonitoringFacts> {
        if account == self.facts.account.id {
            Some(&self.facts.monitoring)
        } else {
            self.monitoring.get(&account).map(AsRef::as_ref)
        }
    }

    /// Returns the alert paths of the account, which several checks look at.
    pub(crate) fn alert_paths(&self) -> &AlertPaths {
        self.found.alert_paths.get_or_init(|| AlertPaths::new(self))
    }
}

/// A check: facts in, judgement out.
pub trait Check: Sync {
    /// Returns what the check says of itself.
    fn meta(&self) -> &'static CheckMeta;

    /// Judges one account.
    fn judge(&self, subject: &Subject<'_>) -> Judgement;
}
