//! Panics: each becomes a gap of what panicked, and touches nothing else.

use std::any::Any;

use rootsweep_model::{Gap, GapKind};

use crate::gathering::WHOLE_ACCOUNT;

/// Makes the gap of a step that panicked.
pub(crate) fn defect(what: &str, payload: &(dyn Any + Send)) -> Gap {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let said = text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("it said nothing");
    let message = format!("{what} panicked: {said}");
    Gap::new(GapKind::Panicked, WHOLE_ACCOUNT, message, "this is a defect of Rootsweep: please report it")
}
