//! Exceptions of the configuration: failed rows that somebody carries until a date.

use jiff::civil::Date;
use rootsweep_checks::ROOT_ACTIVITY;
use rootsweep_model::exception::{ExpectedUse, RowException};
use rootsweep_model::report::v1::{Exception, ExceptionStatus, Row};
use rootsweep_model::{Account, Verdict};

/// The exceptions, with what became of each so far.
pub(super) struct Exceptions<'a> {
    today: Date,
    entries: Vec<(&'a RowException, Vec<String>)>,
}

impl<'a> Exceptions<'a> {
    pub(super) fn new(exceptions: &'a [RowException], today: Date) -> Self {
        Self { today, entries: exceptions.iter().map(|exception| (exception, Vec::new())).collect() }
    }

    /// Applies the exceptions to a row. Only a fail can be carried: what is unknown stays unknown.
    ///
    /// One that still holds goes before one that has expired, whatever their order.
    pub(super) fn apply(&mut self, row: &mut Row, account: &Account) {
        if row.verdict != Verdict::Fail {
            return;
        }
        let today = self.today;
        let covering = self.entries.iter_mut().filter(|(exception, _)| covers(exception, row, account));
        let Some((exception, rows)) = covering.min_by_key(|(exception, _)| exception.has_expired(today)) else {
            return;
        };
        rows.push(row.id.clone());
        let expired = exception.has_expired(today);
        if !expired {
            row.verdict = Verdict::Accepted;
        }
        row.exception = Some(Box::new(Exception {
            owner: exception.owner.clone(),
            reason: exception.reason.clone(),
            until: exception.until.to_string(),
            expired,
        }));
    }

    /// Returns what became of each exception, in the order of the configuration.
    pub(super) fn status(self) -> Vec<ExceptionStatus> {
        let today = self.today;
        let status = |(exception, rows): (&RowException, Vec<String>)| ExceptionStatus {
            checks: exception.checks.clone(),
            accounts: exception.accounts.clone(),
            organizational_units: exception.organizational_units.clone(),
            owner: exception.owner.clone(),
            reason: exception.reason.clone(),
            until: exception.until.to_string(),
            expired: exception.has_expired(today),
            rows,
        };
        self.entries.into_iter().map(status).collect()
    }
}

/// Returns what became of expected uses that have expired: they excuse nothing any more, and somebody has to say whether
/// they are still wanted.
pub(super) fn expired_uses(expected: &[ExpectedUse], today: Date) -> impl Iterator<Item = ExceptionStatus> {
    expected.iter().filter(move |it| it.has_expired(today)).map(|it| ExceptionStatus {
        checks: vec![ROOT_ACTIVITY.to_owned()],
        accounts: it.accounts.clone(),
        organizational_units: Vec::new(),
        owner: it.owner.clone(),
        reason: format!("{}: {}", it.name, it.reason),
        until: it.until.to_string(),
        expired: true,
        rows: Vec::new(),
    })
}

fn covers(exception: &RowException, row: &Row, account: &Account) -> bool {
    let everywhere = exception.accounts.is_empty() && exception.organizational_units.is_empty();
    let here = exception.accounts.contains(&account.id)
        || account.ou_ids.iter().any(|id| exception.organizational_units.contains(id));
    (everywhere || here) && exception.checks.iter().any(|id| *id == row.check_id)
}
