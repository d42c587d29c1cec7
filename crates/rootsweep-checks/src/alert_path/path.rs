//! A path and its links, with what each link does to each probe.

use std::cell::Cell as Counter;
use std::cmp::Reverse;
use std::rc::Rc;

use rootsweep_model::AccountId;
use rootsweep_model::report::v1::{AlertPath, AlertPathKind, Link, LinkState, ProbeOutcome};

use super::cell::Cell;
use super::state::{Finding, State};

/// What a link does to the probes.
#[derive(Clone, Debug)]
pub(crate) enum Findings {
    /// The same to every probe.
    Same(Finding),
    /// Something else to each, in the order of the cells.
    Each(Vec<Finding>),
}

impl Findings {
    fn at(&self, cell: usize) -> Option<&Finding> {
        match self {
            Self::Same(finding) => Some(finding),
            Self::Each(findings) => findings.get(cell),
        }
    }
}

/// One link of a path; paths that begin alike share their links.
#[derive(Clone, Debug)]
pub(crate) struct Step(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    link: &'static str,
    subject: String,
    findings: Findings,
}

/// How many more paths may be looked at: an account can have any number of alarms, rules and buses that lead in circles.
#[derive(Debug)]
pub(crate) struct Budget(Counter<usize>);

impl Budget {
    pub(crate) fn new(paths: usize) -> Self {
        Self(Counter::new(paths))
    }

    /// Takes one path, if any is left.
    pub(crate) fn take(&self) -> bool {
        let left = self.0.get();
        self.0.set(left.saturating_sub(1));
        left > 0
    }

    /// Returns whether paths were left out, or would be.
    pub(crate) fn is_spent(&self) -> bool {
        self.0.get() == 0
    }
}

impl Step {
    /// Makes a link that is the same for every probe.
    pub(crate) fn same(link: &'static str, subject: impl Into<String>, finding: Finding) -> Self {
        Self(Rc::new(Inner { link, subject: subject.into(), findings: Findings::Same(finding) }))
    }

    /// Makes a link that differs from probe to probe.
    pub(crate) fn each(link: &'static str, subject: impl Into<String>, findings: Vec<Finding>) -> Self {
        Self(Rc::new(Inner { link, subject: subject.into(), findings: Findings::Each(findings) }))
    }

    fn state(&self, cell: usize) -> State {
        self.0.findings.at(cell).map_or(State::Broken, |finding| finding.state.clone())
    }

    /// Returns the link as the report shows it: it holds where it holds for any of the shown probes.
    fn link(&self, cells: &[Cell], shown: &[usize]) -> Link {
        let state = shown.iter().map(|cell| self.state(*cell)).fold(State::Broken, State::or);
        let detail = match &self.0.findings {
            Findings::Same(finding) => finding.detail.clone(),
            Findings::Each(_) => self.details(cells, shown),
        };
        Link { link: self.0.link.to_owned(), state: state.link_state(), subject: self.0.subject.clone(), detail }
    }

    /// Tells what was seen, and of which probes where it is not the same for all.
    fn details(&self, cells: &[Cell], shown: &[usize]) -> String {
        let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
        for (cell, finding) in shown.iter().filter_map(|cell| Some((cells.get(*cell)?, self.0.findings.at(*cell)?))) {
            let id = cell.probe.id.as_str();
            match groups.iter_mut().find(|(detail, _)| *detail == finding.detail) {
                Some((_, ids)) if ids.contains(&id) => {}
                Some((_, ids)) => ids.push(id),
                None => groups.push((&finding.detail, vec![id])),
            }
        }
        match groups.as_slice() {
            [(detail, _)] => (*detail).to_owned(),
            _ => groups
                .iter()
                .map(|(detail, ids)| format!("{detail} ({})", ids.join(", ")))
                .collect::<Vec<_>>()
                .join("; "),
        }
    }
}

/// A chain from a root event towards a person.
#[derive(Clone, Debug)]
pub(crate) struct Path {
    pub(crate) kind: AlertPathKind,
    /// The alarm or the rule; where there is none, what comes last before it.
    pub(crate) name: String,
    pub(crate) account: AccountId,
    pub(crate) region: String,
    pub(crate) steps: Vec<Step>,
    /// Whether it only stands for what was not read, and is worth showing only where something hangs on that.
    pub(crate) stands_in: bool,
}

impl Path {
    /// Returns what becomes of one probe along the whole path.
    pub(crate) fn state(&self, cell: usize) -> State {
        self.steps.iter().map(|step| step.state(cell)).fold(State::Holds, State::and)
    }

    /// Returns whether the path wakes someone for any of these probes.
    pub(crate) fn any(&self, cells: &[usize]) -> State {
        cells.iter().map(|cell| self.state(*cell)).fold(State::Broken, State::or)
    }

    /// Returns the path as the report shows it.
    pub(crate) fn report(&self, cells: &[Cell], shown: &[usize]) -> AlertPath {
        AlertPath {
            kind: self.kind,
            name: self.name.clone(),
            account_id: self.account,
            region: self.region.clone(),
            state: self.any(shown).link_state(),
            links: self.steps.iter().map(|step| step.link(cells, shown)).collect(),
            probes: self.outcomes(cells, shown),
        }
    }

    /// Returns each probe once: it wakes someone along this path where it does so from every Region that logs it.
    fn outcomes(&self, cells: &[Cell], shown: &[usize]) -> Vec<ProbeOutcome> {
        let mut outcomes: Vec<(&str, State)> = Vec::new();
        for (index, cell) in shown.iter().filter_map(|index| Some((*index, cells.get(*index)?))) {
            let state = self.state(index);
            match outcomes.iter_mut().find(|(id, _)| *id == cell.probe.id) {
                Some((_, known)) => *known = known.clone().and(state),
                None => outcomes.push((&cell.probe.id, state)),
            }
        }
        let outcome = |(id, state): (&str, State)| ProbeOutcome { id: id.to_owned(), outcome: state.link_state() };
        outcomes.into_iter().map(outcome).collect()
    }
}

/// Orders paths for the report: those that hold first, then the unknown, then those that come furthest, then by name.
pub(crate) fn order(path: &AlertPath) -> (u8, Reverse<usize>, &str, &str) {
    let rank = match path.state {
        LinkState::Holds => 0,
        LinkState::Unknown => 1,
        LinkState::Broken => 2,
    };
    let reached = path.links.iter().take_while(|link| link.state != LinkState::Broken).count();
    (rank, Reverse(reached), &path.name, &path.region)
}
