//! Why triage could not begin.

use rootsweep_model::exception::ExpectedUseError;

/// Why triage could not begin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An exception is malformed: nothing is triaged with half of the exceptions.
    #[error("cannot use the exceptions")]
    ExpectedUse(#[from] ExpectedUseError),
}
