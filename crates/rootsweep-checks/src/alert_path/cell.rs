//! Where the probes are tried: each in every Region that could log it.

use rootsweep_model::{AccountId, Gap, Partition};
use serde_json::Value;

use crate::check::Subject;
use crate::probes::{self, Probe, ProbeRegions};

/// One probe record, as the account would log it in one Region.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    pub(crate) probe: &'static Probe,
    pub(crate) account: AccountId,
    pub(crate) region: String,
    pub(crate) record: Value,
}

impl Cell {
    pub(crate) fn new(probe: &'static Probe, account: AccountId, region: &str) -> Self {
        Self { probe, account, region: region.to_owned(), record: probe.record(account, region) }
    }

    /// Returns the text of a field of the record, by its dotted path; booleans and numbers as they are written.
    pub(crate) fn text(&self, path: &str) -> Option<String> {
        let found = path.split('.').try_fold(&self.record, |value, key| value.get(key))?;
        match found {
            Value::String(text) => Some(text.clone()),
            Value::Bool(_) | Value::Number(_) => Some(found.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// Returns whether the record is of a call that changes nothing.
    pub(crate) fn is_read_only(&self) -> bool {
        self.probe.is_read_only()
    }
}

/// Returns the root probes in every Region that could log them.
///
/// Where the enabled Regions are not known, the gap comes beside them: probes that any Region can log are then tried
/// in the sign-in Regions alone, and what they show is not the whole.
pub(crate) fn root<'a>(subject: &Subject<'a>) -> (Vec<Cell>, Option<&'a Gap>) {
    let account = subject.facts.account.id;
    let sign_in: Vec<&str> = partition(subject).sign_in_regions().to_vec();
    let (enabled, gap) = match subject.facts.enabled_regions.known() {
        Ok(regions) => (regions.iter().map(String::as_str).collect(), None),
        Err(gap) => (sign_in.clone(), Some(gap)),
    };
    let global = global_region(subject);
    let cells = probes::root().iter().flat_map(|probe| {
        let regions = match probe.regions {
            ProbeRegions::SignIn => sign_in.clone(),
            ProbeRegions::Global => vec![global],
            ProbeRegions::Enabled => enabled.clone(),
        };
        regions.into_iter().map(move |region| Cell::new(probe, account, region))
    });
    (cells.collect(), gap)
}

/// Returns probes, each in the Region that global services log in.
pub(crate) fn in_global_region(subject: &Subject<'_>, probes: &'static [Probe]) -> Vec<Cell> {
    let region = global_region(subject);
    probes.iter().map(|probe| Cell::new(probe, subject.facts.account.id, region)).collect()
}

fn partition(subject: &Subject<'_>) -> Partition {
    subject.organization.partition
}

/// Returns the Region that IAM logs in: the first of the sign-in Regions, in each partition.
fn global_region(subject: &Subject<'_>) -> &'static str {
    partition(subject).sign_in_regions().first().copied().unwrap_or("us-east-1")
}
