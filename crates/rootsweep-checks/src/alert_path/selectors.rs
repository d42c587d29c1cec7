//! Whether a trail's event selectors let a record through.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html>

use rootsweep_model::facts::{AdvancedEventSelector, AdvancedFieldSelector, BasicEventSelector, EventSelectors};

use super::cell::Cell;
use super::state::{Finding, State};
use crate::calls;

/// Returns whether the trail records the cell's event.
pub(crate) fn records(selectors: &EventSelectors, cell: &Cell) -> Finding {
    let states: Vec<_> = match selectors {
        EventSelectors::Basic(all) => all.iter().map(|it| basic(it, cell)).collect(),
        EventSelectors::Advanced(all) => all.iter().map(|it| advanced(it, cell)).collect(),
    };
    if states.is_empty() {
        return Finding::missing(calls::EVENT_SELECTORS, "which events the trail records");
    }
    match states.into_iter().fold(State::Broken, State::or) {
        State::Holds => Finding::holds("records read and write management events"),
        State::Broken => Finding::broken("its event selectors leave this out"),
        State::Unknown(gap) => Finding::gap(&gap),
    }
}

fn basic(selector: &BasicEventSelector, cell: &Cell) -> State {
    let source = cell.text("eventSource").unwrap_or_default();
    if !selector.include_management_events || selector.exclude_management_event_sources.contains(&source) {
        return State::Broken;
    }
    match (selector.read_write_type.as_str(), cell.is_read_only()) {
        ("All", _) | ("ReadOnly", true) | ("WriteOnly", false) => State::Holds,
        ("ReadOnly", false) | ("WriteOnly", true) => State::Broken,
        (other, _) => {
            Finding::undocumented(calls::EVENT_SELECTORS, format!("the read-write type {other:?} is not known")).state
        }
    }
}

fn advanced(selector: &AdvancedEventSelector, cell: &Cell) -> State {
    selector.fields.iter().map(|field| field_holds(field, cell)).fold(State::Holds, State::and)
}

/// Returns whether a field's conditions all hold. A field that the record lacks fulfils no positive condition; whether
/// it fulfils a negative one, AWS does not say.
fn field_holds(field: &AdvancedFieldSelector, cell: &Cell) -> State {
    let wanted = [&field.equals, &field.starts_with, &field.ends_with].iter().any(|it| !it.is_empty());
    let Some(value) = cell.text(&field.field) else {
        let detail = format!("whether a record without {} passes the trail's selectors", field.field);
        return if wanted { State::Broken } else { Finding::undocumented(calls::EVENT_SELECTORS, detail).state };
    };
    let is = |all: &[String], test: &dyn Fn(&str) -> bool| all.iter().any(|it| test(it));
    let required = (field.equals.is_empty() || is(&field.equals, &|it| value == it))
        && (field.starts_with.is_empty() || is(&field.starts_with, &|it| value.starts_with(it)))
        && (field.ends_with.is_empty() || is(&field.ends_with, &|it| value.ends_with(it)));
    let refused = is(&field.not_equals, &|it| value == it)
        || is(&field.not_starts_with, &|it| value.starts_with(it))
        || is(&field.not_ends_with, &|it| value.ends_with(it));
    if required && !refused { State::Holds } else { State::Broken }
}
