//! Why triage could not begin.

use rootsweep_model::exception::ExpectedUseError;

/// Why triage could not begin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An expected use is malformed: nothing is triaged with half of them.
    #[error("cannot use the expected uses")]
    ExpectedUse(#[from] ExpectedUseError),
}
