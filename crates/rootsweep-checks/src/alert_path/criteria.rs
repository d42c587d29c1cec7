//! The field selection criteria of a metric filter: `@aws.account IN ["111122223333"]`.
//!
//! They narrow a filter by the account and Region that a log event came from:
//! <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html>. The one form that
//! the page shows, and its plain relatives, are read here; anything else is left undecided.

use super::cell::Cell;
use super::state::{Finding, State};
use crate::calls;

/// One comparison of the criteria.
struct Clause {
    field: String,
    negated: bool,
    values: Vec<String>,
}

/// Returns whether the criteria let through an event of the cell's account and Region.
///
/// For a log group that a trail writes to, AWS does not say whether `@aws.account` is the account of the event or the
/// one that owns the log group: where the two differ, both have to be let through, or neither.
pub(crate) fn admits(criteria: &str, cell: &Cell, owner: &str, region: &str) -> Finding {
    let Some(clauses) = clauses(criteria) else {
        return Finding::undocumented(
            calls::DESCRIBE_FILTERS,
            format!("the selection criteria {criteria:?} are not understood"),
        );
    };
    let account = cell.account.to_string();
    let states = clauses.iter().map(|clause| match clause.field.as_str() {
        "@aws.account" => clause.on_either(&account, owner),
        "@aws.region" => clause.on_either(&cell.region, region),
        other => {
            Finding::undocumented(calls::DESCRIBE_FILTERS, format!("the selection criteria ask for {other}")).state
        }
    });
    match states.fold(State::Holds, State::and) {
        State::Holds => Finding::holds(""),
        State::Broken => Finding::broken(format!("its selection criteria leave this out: {criteria}")),
        State::Unknown(gap) => Finding::gap(&gap),
    }
}

impl Clause {
    fn on_either(&self, of_event: &str, of_group: &str) -> State {
        match (self.on(of_event), self.on(of_group)) {
            (true, true) => State::Holds,
            (false, false) => State::Broken,
            _ => {
                Finding::undocumented(
                    calls::DESCRIBE_FILTERS,
                    format!("whether {} is the event's or the log group's", self.field),
                )
                .state
            }
        }
    }

    fn on(&self, value: &str) -> bool {
        self.values.iter().any(|it| it == value) != self.negated
    }
}

fn clauses(criteria: &str) -> Option<Vec<Clause>> {
    let unsure = [" OR ", "(", "||"].iter().any(|it| criteria.contains(it));
    if unsure { None } else { criteria.split(" AND ").map(|text| clause(text.trim())).collect() }
}

fn clause(text: &str) -> Option<Clause> {
    let (field, rest) = text.split_once(char::is_whitespace)?;
    let rest = rest.trim();
    let forms = [("NOT IN", true), ("IN", false), ("!=", true), ("=", false)];
    let (list, negated) = forms.iter().find_map(|(word, negated)| Some((rest.strip_prefix(word)?, *negated)))?;
    let values: Vec<String> = match serde_json::from_str(list.trim()).ok()? {
        serde_json::Value::String(value) => vec![value],
        serde_json::Value::Array(items) => {
            items.into_iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<_>>()?
        }
        _ => return None,
    };
    Some(Clause { field: field.to_owned(), negated, values })
}
