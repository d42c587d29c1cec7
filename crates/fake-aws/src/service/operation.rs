//! What is known of an operation beside its handler: what it refuses, and how its answer differs from AWS's.

use super::Handler;
use crate::call::Call;
use crate::error::ServiceError;
use crate::value::Value;

/// An operation of a service.
#[derive(Clone, Copy)]
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) handler: Handler,
    /// Parameters that would change the answer in a way that is not modelled.
    pub(crate) refuses: &'static [&'static str],
    /// How the answer differs from AWS's beside that, in words; empty where it does not.
    pub(crate) differs: &'static str,
}

impl Operation {
    pub(crate) const fn new(name: &'static str, handler: Handler) -> Self {
        Self { name, handler, refuses: &[], differs: "" }
    }

    pub(crate) const fn refusing(self, refuses: &'static [&'static str]) -> Self {
        Self { refuses, ..self }
    }

    pub(crate) const fn differing(self, differs: &'static str) -> Self {
        Self { differs, ..self }
    }

    /// Refuses a call with a parameter that is not modelled; an empty list says nothing.
    pub(crate) fn check(&self, call: &Call) -> Result<(), ServiceError> {
        let is_given = |name: &&&str| call.input.get(name).is_some_and(|it| *it != Value::List(Vec::new()));
        match self.refuses.iter().find(is_given) {
            Some(name) => Err(ServiceError::not_modelled(format!("{name} of {}", call.action()))),
            None => Ok(()),
        }
    }
}
