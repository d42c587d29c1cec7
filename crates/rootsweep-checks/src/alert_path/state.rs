//! Whether a link holds, for one probe or for all; and how links are joined.

use rootsweep_model::report::v1::LinkState;
use rootsweep_model::{Gap, GapKind};

/// Whether a link holds; an unknown one says why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Holds,
    Broken,
    Unknown(Box<Gap>),
}

impl State {
    /// Makes the state of something that is not known.
    pub(crate) fn unknown(gap: &Gap) -> Self {
        Self::Unknown(Box::new(gap.clone()))
    }

    /// Joins links of one chain: one broken link breaks it, whatever the others are.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Broken, _) | (_, Self::Broken) => Self::Broken,
            (Self::Unknown(gap), _) | (_, Self::Unknown(gap)) => Self::Unknown(gap),
            (Self::Holds, Self::Holds) => Self::Holds,
        }
    }

    /// Joins chains beside each other: one that holds is enough.
    pub(crate) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Holds, _) | (_, Self::Holds) => Self::Holds,
            (Self::Unknown(gap), _) | (_, Self::Unknown(gap)) => Self::Unknown(gap),
            (Self::Broken, Self::Broken) => Self::Broken,
        }
    }

    /// Returns the state as the report shows it.
    pub(crate) const fn link_state(&self) -> LinkState {
        match self {
            Self::Holds => LinkState::Holds,
            Self::Broken => LinkState::Broken,
            Self::Unknown(_) => LinkState::Unknown,
        }
    }
}

/// A state, and what was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) state: State,
    pub(crate) detail: String,
}

impl Finding {
    pub(crate) fn holds(detail: impl Into<String>) -> Self {
        Self { state: State::Holds, detail: detail.into() }
    }

    pub(crate) fn broken(detail: impl Into<String>) -> Self {
        Self { state: State::Broken, detail: detail.into() }
    }

    /// Makes the finding of something that could not be read.
    pub(crate) fn gap(gap: &Gap) -> Self {
        Self { state: State::unknown(gap), detail: gap.to_string() }
    }

    /// Makes the finding of something that AWS does not document.
    pub(crate) fn undocumented(call: &str, detail: impl Into<String>) -> Self {
        let remedy = "change the link so that nothing hangs on this, or test it with a real event";
        Self::unknown(GapKind::Undocumented, call, detail, remedy)
    }

    /// Makes the finding of something that lies outside what this run reads.
    pub(crate) fn out_of_reach(call: &str, detail: impl Into<String>) -> Self {
        let remedy = "sweep the account that holds it too, or test the path with a real event";
        Self::unknown(GapKind::OutOfReach, call, detail, remedy)
    }

    /// Makes the finding of an answer that lacks a field.
    pub(crate) fn missing(call: &str, field: &str) -> Self {
        let remedy = "run the sweep again; if it stays, ask AWS why the answer lacks the field";
        Self::unknown(GapKind::MissingField, call, format!("the answer does not say {field}"), remedy)
    }

    pub(crate) fn unknown(kind: GapKind, call: &str, detail: impl Into<String>, remedy: &str) -> Self {
        let detail = detail.into();
        let gap = Gap::new(kind, call, detail.clone(), remedy);
        Self { state: State::Unknown(Box::new(gap)), detail }
    }

    /// Joins two findings on the same link: what breaks it is told, then what is unknown.
    pub(crate) fn and(self, other: Self) -> Self {
        match (&self.state, &other.state) {
            (State::Broken, _) | (State::Unknown(_), State::Holds | State::Unknown(_)) => self,
            (State::Holds, State::Holds) if other.detail.is_empty() => self,
            (State::Holds, State::Holds) if !self.detail.is_empty() => {
                Self::holds(format!("{}, {}", self.detail, other.detail))
            }
            _ => other,
        }
    }
}
