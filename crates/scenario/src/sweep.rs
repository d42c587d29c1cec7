//! A sweep within a scenario.

use serde::Deserialize;

/// A sweep that is run with the real binary.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sweep {
    /// Arguments after `rootsweep sweep`, beside those that the harness needs.
    pub args: Vec<String>,
}
