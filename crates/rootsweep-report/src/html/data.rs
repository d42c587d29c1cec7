//! The data inside of the page: every account and every row, written so that like things are written once.
//!
//! An account's own id inside of a text is written as U+0001, which no visible text holds: the ARNs of ten thousand
//! accounts become one. The script puts the id back.

use std::collections::HashMap;
use std::hash::Hash;

use rootsweep_model::report::v1::{Account, AlertPath, Check, Exception, LinkState, Row};
use rootsweep_model::{Gap, Severity, Verdict};
use serde::Serialize;

use crate::digest::{Digest, change_label};
use crate::{Error, json, text};

/// The longest text in the page; the JSON has the whole of it.
const LONGEST_TEXT: usize = 2_000;
const LONGEST_NAME: usize = 200;
/// From this size on, what the rows rest on is left out: the page has to stay one that opens.
const LARGEST: usize = 12_000_000;

/// The data as it stands in the page.
pub(super) struct Embedded {
    /// JSON in which nothing ends a script element.
    pub(super) json: String,
    /// What had to be left out, as the end of a sentence; nothing as a rule.
    pub(super) left_out: Option<&'static str>,
}

/// How much of what rows rest on stands in the page.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Detail {
    Nothing,
    Findings,
    #[default]
    Everything,
}

/// Writes the data; of a very large organization with less of what the rows rest on.
pub(super) fn embed(digest: &Digest<'_>) -> Result<Embedded, Error> {
    let json = write(digest, Detail::Everything)?;
    if json.len() <= LARGEST {
        return Ok(Embedded { json, left_out: None });
    }
    let json = write(digest, Detail::Findings)?;
    if json.len() <= LARGEST {
        return Ok(Embedded { json, left_out: Some("what rows without a finding rest on") });
    }
    Ok(Embedded { json: write(digest, Detail::Nothing)?, left_out: Some("what the rows rest on") })
}

fn write(digest: &Digest<'_>, detail: Detail) -> Result<String, Error> {
    let document = Builder { detail, ..Builder::default() }.build(digest);
    json::inside_of_script(&document)
}

/// Texts and lists of numbers by the place at which they were first seen. It is never iterated over.
struct Interned<T> {
    places: HashMap<T, u32>,
    items: Vec<T>,
}

impl<T> Default for Interned<T> {
    fn default() -> Self {
        Self { places: HashMap::new(), items: Vec::new() }
    }
}

impl<T: Hash + Eq + Clone> Interned<T> {
    /// Returns the item's place, counted from 1: 0 says that there is none.
    fn place(&mut self, item: T) -> u32 {
        if let Some(place) = self.places.get(&item) {
            return *place;
        }
        self.items.push(item.clone());
        let place = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        self.places.insert(item, place);
        place
    }
}

type Numbers = Vec<u32>;

#[derive(Serialize)]
struct Document {
    texts: Vec<String>,
    evidence: Vec<Numbers>,
    gaps: Vec<Numbers>,
    paths: Vec<(Numbers, Vec<Numbers>, Vec<Numbers>)>,
    exceptions: Vec<Numbers>,
    cells: Vec<(Numbers, Numbers, Numbers)>,
    checks: Vec<Numbers>,
    accounts: Vec<(String, Numbers)>,
    rows: Vec<Numbers>,
    window: [String; 2],
}

#[derive(Default)]
struct Builder {
    detail: Detail,
    texts: Interned<String>,
    evidence: Interned<Numbers>,
    gaps: Interned<Numbers>,
    paths: Interned<(Numbers, Vec<Numbers>, Vec<Numbers>)>,
    exceptions: Interned<Numbers>,
    cells: Interned<(Numbers, Numbers, Numbers)>,
    /// The id of the account at hand, to be written as U+0001.
    own_id: String,
}

impl Builder {
    fn build(mut self, digest: &Digest<'_>) -> Document {
        let report = digest.report;
        let checks: Vec<_> = report.checks.iter().map(|check| self.check(check)).collect();
        let places: HashMap<&str, usize> = report.checks.iter().enumerate().map(|(n, it)| (&*it.id, n)).collect();
        let mut rows = vec![vec![0; checks.len()]; report.accounts.len()];
        let accounts: HashMap<_, usize> = report.accounts.iter().enumerate().map(|(n, it)| (it.id, n)).collect();
        for row in &report.rows {
            self.own_id = row.account_id.to_string();
            let cell = self.cell(digest, row);
            let place = accounts.get(&row.account_id).zip(places.get(&*row.check_id));
            let slot = place.and_then(|(account, check)| rows.get_mut(*account)?.get_mut(*check));
            if let Some(slot) = slot {
                *slot = cell;
            }
        }
        self.own_id.clear();
        let accounts = report.accounts.iter().map(|account| self.account(account)).collect();
        let window = [report.run.window_start.to_string(), report.run.window_end.to_string()];
        self.finish(checks, accounts, rows, window)
    }

    fn finish(
        self,
        checks: Vec<Numbers>,
        accounts: Vec<(String, Numbers)>,
        rows: Vec<Numbers>,
        window: [String; 2],
    ) -> Document {
        Document {
            texts: self.texts.items,
            evidence: self.evidence.items,
            gaps: self.gaps.items,
            paths: self.paths.items,
            exceptions: self.exceptions.items,
            cells: self.cells.items,
            checks,
            accounts,
            rows,
            window,
        }
    }

    fn text(&mut self, hostile: &str) -> u32 {
        self.clipped(hostile, LONGEST_TEXT)
    }

    fn clipped(&mut self, hostile: &str, characters: usize) -> u32 {
        let shown = text::clipped(hostile, characters);
        let shown = if self.own_id.is_empty() { shown.into_owned() } else { shown.replace(&self.own_id, "\u{1}") };
        self.texts.place(shown)
    }

    fn optional(&mut self, hostile: Option<&str>) -> u32 {
        hostile.map_or(0, |text| self.text(text))
    }

    fn check(&mut self, check: &Check) -> Numbers {
        let controls = check.controls.iter().map(|(name, ids)| format!("{name}: {}", ids.join(", ")));
        let controls = controls.collect::<Vec<_>>().join(" · ");
        vec![
            self.text(&check.id),
            self.text(&check.title),
            severity(check.severity),
            self.text(&check.risk),
            self.text(&check.unknown_means),
            self.text(&controls),
        ]
    }

    fn account(&mut self, account: &Account) -> (String, Numbers) {
        let name = self.clipped(&account.name, LONGEST_NAME);
        let state = self.text(account.state.as_str());
        let ou = account.ou_path.as_ref().map_or(0, |path| self.clipped(path, LONGEST_NAME));
        (account.id.to_string(), vec![name, state, ou, u32::from(account.is_management)])
    }

    /// Writes a row: its head, then the places of its evidence, then those of its alert paths.
    fn cell(&mut self, digest: &Digest<'_>, row: &Row) -> u32 {
        let finding = matches!(row.verdict, Verdict::Fail | Verdict::Unknown | Verdict::Accepted);
        let detailed = self.detail >= if finding { Detail::Findings } else { Detail::Everything };
        let change = digest.change_of(&row.id).map_or(0, |kind| self.text(change_label(kind)));
        let head = vec![
            verdict(row.verdict),
            severity(row.severity),
            self.text(&row.summary),
            row.gap.as_deref().map_or(0, |gap| self.gap(gap)),
            self.optional(row.remediation.as_deref()),
            row.exception.as_deref().map_or(0, |it| self.exception(it)),
            change,
        ];
        let evidence = row.evidence.iter().filter(|_| detailed);
        let evidence = evidence.map(|it| self.piece(&[&it.label, &it.value, &it.call])).collect();
        let paths = row.alert_paths.iter().filter(|_| detailed).map(|it| self.path(it)).collect();
        self.cells.place((head, evidence, paths))
    }

    fn piece(&mut self, texts: &[&str]) -> u32 {
        let numbers = texts.iter().map(|it| self.text(it)).collect();
        self.evidence.place(numbers)
    }

    fn gap(&mut self, gap: &Gap) -> u32 {
        let numbers = vec![
            self.text(gap.kind.as_str()),
            self.text(&gap.call),
            self.optional(gap.region.as_deref()),
            self.optional(gap.code.as_deref()),
            self.text(&gap.message),
            self.optional(gap.request_id.as_deref()),
            self.text(&gap.remedy),
        ];
        self.gaps.place(numbers)
    }

    fn exception(&mut self, exception: &Exception) -> u32 {
        let Exception { owner, reason, until, expired } = exception;
        let numbers = vec![self.text(owner), self.text(reason), self.text(until), u32::from(*expired)];
        self.exceptions.place(numbers)
    }

    fn path(&mut self, path: &AlertPath) -> u32 {
        let kind = match path.kind {
            rootsweep_model::report::v1::AlertPathKind::MetricAlarm => "metric alarm",
            rootsweep_model::report::v1::AlertPathKind::EventRule => "event rule",
        };
        let account = path.account_id.to_string();
        let head = vec![
            self.text(kind),
            self.text(&path.name),
            self.text(&account),
            self.text(&path.region),
            state(path.state),
        ];
        let links = path.links.iter();
        let links =
            links.map(|it| vec![self.text(&it.link), state(it.state), self.text(&it.subject), self.text(&it.detail)]);
        let links = links.collect();
        let probes = path.probes.iter().map(|it| vec![self.text(&it.id), state(it.outcome)]).collect();
        self.paths.place((head, links, probes))
    }
}

/// The script's numbers for verdicts, in the order of [`Verdict::ALL`].
const fn verdict(verdict: Verdict) -> u32 {
    match verdict {
        Verdict::Fail => 0,
        Verdict::Unknown => 1,
        Verdict::Accepted => 2,
        Verdict::NotApplicable => 3,
        Verdict::Pass => 4,
    }
}

const fn severity(severity: Severity) -> u32 {
    match severity {
        Severity::Informational => 0,
        Severity::Low => 1,
        Severity::Medium => 2,
        Severity::High => 3,
        Severity::Critical => 4,
    }
}

const fn state(state: LinkState) -> u32 {
    match state {
        LinkState::Holds => 0,
        LinkState::Broken => 1,
        LinkState::Unknown => 2,
    }
}
