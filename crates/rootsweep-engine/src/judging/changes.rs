//! What changed between two runs.

use std::collections::{BTreeMap, BTreeSet};

use rootsweep_checks::ROOT_ACTIVITY;
use rootsweep_model::assessment::TriageVerdict;
use rootsweep_model::report::triage_v1::Episode;
use rootsweep_model::report::v1::{Account, Change, ChangeKind, Changes, Coverage, Organization, Report, Row, Run};
use rootsweep_model::{AccountId, Severity, Verdict};
use serde::Deserialize;

/// What is said of root activity that the window has left behind.
const OUT_OF_WINDOW: &str =
    "root activity of the run before lies outside the window now: it was neither explained nor expected";

/// What of an earlier report tells what changed. The rest is passed over when it is read, and never in memory.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Earlier {
    /// The version of the report's JSON.
    pub schema: String,
    /// The run itself.
    pub run: Run,
    /// The organization; absent where a single account was swept.
    pub organization: Option<Organization>,
    coverage: Coverage,
    accounts: Vec<Account>,
    rows: Vec<EarlierRow>,
    episodes: Vec<EarlierEpisode>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct EarlierRow {
    id: String,
    verdict: Verdict,
    severity: Severity,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct EarlierEpisode {
    id: String,
    account_id: Option<AccountId>,
    verdict: TriageVerdict,
}

/// Says what changed from the previous run to the current one, the most urgent first.
///
/// What a run could not list or did not come to has neither come nor gone: accounts count as added only where the
/// previous list was whole, and as removed only where the current one is.
pub fn changes(previous: &Earlier, current: &Report) -> Changes {
    let before: BTreeMap<&str, &EarlierRow> = previous.rows.iter().map(|row| (row.id.as_str(), row)).collect();
    let gone = gone_from_window(previous, current);
    let of_rows = current.rows.iter().filter_map(|row| row_change(before.get(row.id.as_str()).copied(), row, &gone));
    let mut items: Vec<Change> = of_rows.chain(account_changes(previous, current)).collect();
    items.extend(episode_changes(previous, current, &items));
    items.sort();
    Changes { previous_run_id: previous.run.id.clone(), items }
}

/// Returns the accounts with root activity that wanted attention and that the current window no longer shows.
fn gone_from_window(previous: &Earlier, current: &Report) -> BTreeSet<AccountId> {
    let there: BTreeSet<&str> = current.episodes.iter().map(|episode| episode.id.as_str()).collect();
    let gone = previous.episodes.iter().filter(|it| it.verdict.wants_attention() && !there.contains(it.id.as_str()));
    gone.filter_map(|episode| episode.account_id).collect()
}

fn row_change(before: Option<&EarlierRow>, after: &Row, gone: &BTreeSet<AccountId>) -> Option<Change> {
    let kind = match before {
        Some(before) => match row_change_kind(before, after)? {
            // Time alone explains nothing: who does not look again is not told that all is well.
            ChangeKind::Resolved if after.check_id == ROOT_ACTIVITY && gone.contains(&after.account_id) => {
                ChangeKind::OutOfWindow
            }
            kind => kind,
        },
        None if after.verdict == Verdict::Fail => ChangeKind::New,
        None if after.verdict == Verdict::Accepted => ChangeKind::Accepted,
        None => return None,
    };
    Some(Change {
        kind,
        id: after.id.clone(),
        account_id: Some(after.account_id),
        before: before.map(|row| row.verdict),
        after: Some(after.verdict),
        summary: if kind == ChangeKind::OutOfWindow { OUT_OF_WINDOW.to_owned() } else { after.summary.clone() },
    })
}

fn row_change_kind(before: &EarlierRow, after: &Row) -> Option<ChangeKind> {
    use Verdict::{Accepted, Fail, NotApplicable, Pass, Unknown};
    match (before.verdict, after.verdict) {
        (Unknown, Unknown) => None,
        (_, Unknown) => Some(ChangeKind::NewlyUnreachable),
        (Pass | NotApplicable | Unknown, Fail) => Some(ChangeKind::New),
        (Pass | NotApplicable, Accepted) => Some(ChangeKind::Accepted),
        (Accepted, Fail) => Some(ChangeKind::ExceptionExpired),
        (Fail, Accepted) => Some(ChangeKind::Better),
        (Fail, Fail) | (Accepted, Accepted) if after.severity > before.severity => Some(ChangeKind::Worse),
        (Fail, Fail) | (Accepted, Accepted) if after.severity < before.severity => Some(ChangeKind::Better),
        (Fail | Accepted, Pass | NotApplicable) => Some(ChangeKind::Resolved),
        (Unknown, Pass | NotApplicable | Accepted) => Some(ChangeKind::ReachableAgain),
        _ => None,
    }
}

fn account_changes(previous: &Earlier, current: &Report) -> Vec<Change> {
    let (before, after) = ((&previous.coverage, &*previous.accounts), (&current.coverage, &*current.accounts));
    let (added, removed) = (missing_from(before, after.1), missing_from(after, before.1));
    let added = added.into_iter().map(|account| account_change(ChangeKind::AccountAdded, account));
    added.chain(removed.into_iter().map(|account| account_change(ChangeKind::AccountRemoved, account))).collect()
}

/// Returns the accounts of `others` that a list would show if they were there.
fn missing_from<'a>((coverage, accounts): (&Coverage, &[Account]), others: &'a [Account]) -> Vec<&'a Account> {
    if coverage.listing.is_some() {
        return Vec::new();
    }
    let there: BTreeSet<AccountId> = accounts.iter().map(|account| account.id).collect();
    others.iter().filter(|account| !there.contains(&account.id)).collect()
}

fn account_change(kind: ChangeKind, account: &Account) -> Change {
    let summary = match kind {
        ChangeKind::AccountAdded => format!("account {} was not there before", account.name),
        _ => format!("account {} is no longer there", account.name),
    };
    Change { kind, id: account.id.to_string(), account_id: Some(account.id), before: None, after: None, summary }
}

/// Returns the root activity that is new in accounts whose row failed before already: no row tells of it.
fn episode_changes(previous: &Earlier, current: &Report, told: &[Change]) -> Vec<Change> {
    let known: BTreeSet<&str> = previous.episodes.iter().map(|episode| episode.id.as_str()).collect();
    let told: BTreeSet<&str> = told.iter().map(|change| change.id.as_str()).collect();
    let is_new = |episode: &&Episode| {
        let row = episode.account_id.map(|id| format!("{id}/{ROOT_ACTIVITY}"));
        let is_new = episode.verdict.wants_attention() && !known.contains(episode.id.as_str());
        is_new && row.is_none_or(|id| !told.contains(&*id))
    };
    let change = |episode: &Episode| Change {
        kind: ChangeKind::New,
        id: episode.id.clone(),
        account_id: episode.account_id,
        before: None,
        after: Some(Verdict::Fail),
        summary: episode.title.clone(),
    };
    current.episodes.iter().filter(is_new).map(change).collect()
}
