//! Alert paths: the chain from a root event to a person, proved link by link.
//!
//! A path holds for a probe record where every link of it does: a trail records it and brings it to a log group, a
//! metric filter matches it and writes a metric, one such event takes an alarm into `ALARM`, the alarm acts, its topic
//! lets it publish, and a confirmed subscription hears it; or a rule matches it, and its target tells someone. Nothing is taken from the text
//! of a pattern: it is evaluated.

pub(crate) mod alarm;
mod alarm_rule;
pub(crate) mod cell;
pub(crate) mod composite;
mod criteria;
mod event_rule;
mod expression;
pub(crate) mod filter;
mod listener;
mod metric_data;
mod metric_path;
mod notify;
mod path;
mod policy;
mod selectors;
pub(crate) mod state;
mod subscription;
pub(crate) mod trail;

use std::collections::BTreeMap;

use rootsweep_model::Gap;
use rootsweep_model::report::v1::{AlertPath, AlertPathKind};

use self::cell::Cell;
use self::path::{Budget, Path, Step};
use self::state::{Finding, State};
use crate::calls;
use crate::check::Subject;
use crate::probes::{self, Probe, ProbeRegions};

/// The most paths that are looked at in one account.
const MAX_PATHS: usize = 500;

/// The most paths that a row shows.
const MAX_SHOWN: usize = 24;

/// All paths of an account, with what they do to every probe.
#[derive(Debug)]
pub(crate) struct AlertPaths {
    cells: Vec<Cell>,
    root: Vec<usize>,
    noise: Vec<usize>,
    people: Vec<usize>,
    regions_unread: Option<Gap>,
    paths: Vec<Path>,
}

/// Where a probe wakes someone.
pub(crate) struct ProbeResult {
    pub(crate) probe: &'static Probe,
    pub(crate) state: State,
    /// The Regions in which it wakes no one.
    pub(crate) unheard_in: Vec<String>,
}

impl AlertPaths {
    /// Finds every path of the account that could concern root, and tries each probe on each.
    pub(crate) fn new(subject: &Subject<'_>) -> Self {
        let (mut cells, regions_unread) = cell::root(subject);
        let regions_unread = regions_unread.cloned();
        let root: Vec<_> = (0..cells.len()).collect();
        cells.extend(cell::in_global_region(subject, probes::noise()));
        let noise: Vec<_> = (root.len()..cells.len()).collect();
        cells.extend(cell::in_global_region(subject, probes::people()));
        let people = (root.len() + noise.len()..cells.len()).collect();
        let budget = Budget::new(MAX_PATHS);
        let mut paths = match trail::of_account(subject) {
            Ok(trails) => {
                trails.iter().flat_map(|it| metric_path::of_trail(subject, it, &cells, &root, &budget)).collect()
            }
            Err(gap) => vec![unread(subject, "trails that were not read", "trail", Finding::gap(gap))],
        };
        if let Some(gap) = &subject.facts.monitoring.unlisted_trails {
            paths.push(unread(subject, "trails of single Regions that were not read", "trail", Finding::gap(gap)));
        }
        paths.extend(event_rule::paths(subject, &cells, &root, &budget));
        if budget.is_spent() {
            let finding = Finding::out_of_reach(calls::DESCRIBE_ALARMS, "there are too many paths to look at them all");
            paths.push(unread(subject, "paths that were left out", "alarm", finding));
        }
        Self { cells, root, noise, people, regions_unread, paths }
    }

    /// Returns for each root probe whether it wakes someone from every Region that could log it.
    pub(crate) fn heard(&self) -> Vec<ProbeResult> {
        probes::root().iter().map(|probe| self.heard_of(probe)).collect()
    }

    fn heard_of(&self, probe: &'static Probe) -> ProbeResult {
        let unread = self.regions_unread.as_ref().filter(|_| probe.regions == ProbeRegions::Enabled);
        let mut heard = ProbeResult { probe, state: State::Holds, unheard_in: Vec::new() };
        for (index, cell) in self.cells.iter().enumerate().filter(|(_, cell)| cell.probe.id == probe.id) {
            let state = self.paths.iter().map(|path| path.state(index)).fold(State::Broken, State::or);
            if state == State::Broken {
                heard.unheard_in.push(cell.region.clone());
            }
            heard.state = heard.state.and(state);
        }
        if let Some(gap) = unread {
            heard.state = heard.state.and(State::unknown(gap));
        }
        heard
    }

    /// Returns whether any path wakes someone for any root probe.
    pub(crate) fn wakes_anyone(&self) -> State {
        self.paths.iter().map(|path| path.any(&self.root)).fold(State::Broken, State::or)
    }

    /// Returns whether any path that wakes someone for root does so for what AWS services do, too, and the paths that do.
    pub(crate) fn noisy(&self) -> (State, Vec<&str>) {
        told(self.paths.iter().map(|path| (path.any(&self.root).and(path.any(&self.noise)), path.name.as_str())))
    }

    /// Returns whether any alarm or rule that wakes someone for whatever root changes does so for what other people do,
    /// too, and those that do. One that hears root by the way, as an alarm on all sign-ins does, is about something else.
    pub(crate) fn noisy_about_people(&self) -> (State, Vec<&str>) {
        let here = self.people.first().and_then(|cell| self.cells.get(*cell)).map(|cell| cell.region.as_str());
        let is_change = |cell: &Cell| Some(cell.region.as_str()) == here && !cell.is_read_only();
        let changes: Vec<_> =
            self.root.iter().copied().filter(|it| self.cells.get(*it).is_some_and(is_change)).collect();
        let mut listeners: BTreeMap<_, Vec<&Path>> = BTreeMap::new();
        for path in &self.paths {
            listeners.entry((&path.name, path.account, &path.region)).or_default().push(path);
        }
        told(listeners.into_iter().map(|((name, ..), paths)| {
            let hears = |cell: &usize| paths.iter().map(|path| path.state(*cell)).fold(State::Broken, State::or);
            let hears_root = changes.iter().map(hears).fold(State::Holds, State::and);
            let hears_people = self.people.iter().map(hears).fold(State::Broken, State::or);
            (hears_root.and(hears_people), name.as_str())
        }))
    }

    /// Returns the paths with the root probes, for the report.
    pub(crate) fn report_root(&self) -> Vec<AlertPath> {
        self.report(&self.root)
    }

    /// Returns the paths with the noise probes, for the report.
    pub(crate) fn report_noise(&self) -> Vec<AlertPath> {
        self.report(&[self.noise.as_slice(), &self.people].concat())
    }

    fn report(&self, shown: &[usize]) -> Vec<AlertPath> {
        let whole = self.heard().iter().all(|heard| heard.state == State::Holds);
        let worth_showing = self.paths.iter().filter(|path| !(whole && path.stands_in));
        let mut paths: Vec<_> = worth_showing.map(|path| path.report(&self.cells, shown)).collect();
        paths.sort_by(|one, other| path::order(one).cmp(&path::order(other)));
        paths.truncate(MAX_SHOWN);
        paths
    }
}

/// Joins what is found of each, and names those of which it holds.
fn told<'n>(found: impl Iterator<Item = (State, &'n str)>) -> (State, Vec<&'n str>) {
    found.fold((State::Broken, Vec::new()), |(state, mut names), (one, name)| {
        if one == State::Holds {
            names.push(name);
        }
        (state.or(one), names)
    })
}

/// Makes the path that stands for everything that was not read.
fn unread(subject: &Subject<'_>, name: &str, link: &'static str, finding: Finding) -> Path {
    Path {
        kind: AlertPathKind::MetricAlarm,
        name: name.to_owned(),
        account: subject.facts.account.id,
        region: String::new(),
        steps: vec![Step::same(link, "unread", finding)],
        stands_in: true,
    }
}
