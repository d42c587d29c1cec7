//! The scenario file: an organization, a timeline, and what has to come of it.
//!
//! A scenario is one YAML file, because YAML contains JSON: a CloudTrail record is pasted as it was found, with comments
//! around it. Unknown keys are errors that point at the place. Times are relative to `starts_at`, and a record's event
//! time is apart from the time of its delivery, so that a record of last year can be delivered tonight.

mod alert_path;
mod change;
mod check;
mod error;
mod expect;
mod fault;
mod load;
mod offset;
mod record;
mod rewrite;
mod sweep;

use fake_aws::fault::FaultRule;
use fake_aws::world::World;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

pub use alert_path::{AlarmSettings, AlertPath, EventRule, MetricAlarm, Subscriber};
pub use change::{Call, Change};
pub use error::Error;
pub use expect::{Expect, ExpectedEpisode, ExpectedMessage, ExpectedRecord, ExpectedRow};
pub use load::{load, load_rewritten, slugs};
pub use offset::Offset;
pub use record::{Delivery, complete};
pub use rewrite::Rewrite;
pub use sweep::{During, Sweep};

/// A scenario: an incident that is played, and what has to come of it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The scenario's name, which is the name of its folder.
    pub name: String,
    /// What it proves, and for whom.
    pub why: String,
    /// What a tool does here that goes by the text of a filter, or by a field alone.
    pub naive: String,
    /// Where the incident, or the rule that it shows, is described.
    #[serde(default)]
    pub references: Vec<String>,
    /// The time of the scenario's clock when it starts.
    pub starts_at: Timestamp,
    /// The organization in the shape of the fake AWS.
    pub world: World,
    /// Alert paths laid into the organization before it starts.
    #[serde(default)]
    pub alert_paths: Vec<AlertPath>,
    /// The text of the `rootsweep.toml` that the sweep and the triage are given.
    #[serde(default)]
    pub config: String,
    /// Why the scenario runs on the embedded AWS alone, where it does.
    #[serde(default)]
    pub embedded_only: Option<String>,
    /// What happens, in order.
    pub timeline: Vec<Step>,
}

/// Something that happens.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// When, after the start: `+00:01:30`.
    pub at: Offset,
    /// What, as a line of the narration.
    pub does: String,
    /// CloudTrail records that are written now, each complete or in a short form that is completed.
    #[serde(default)]
    #[schemars(with = "Vec<serde_json::Map<String, serde_json::Value>>")]
    pub cloudtrail: Vec<serde_json::Value>,
    /// How often each record is repeated, with an event id of its own each time and one second later.
    #[serde(default = "once")]
    pub repeat: u32,
    /// How the records are delivered.
    #[serde(default)]
    pub delivery: Delivery,
    /// Changes of the organization that no call makes.
    #[serde(default)]
    pub change: Vec<Change>,
    /// Calls to AWS that somebody makes: they go over the wire.
    #[serde(default)]
    pub calls: Vec<Call>,
    /// Faults that begin now; an empty list ends those there are.
    #[serde(default)]
    pub faults: Option<Vec<FaultRule>>,
    /// A sweep that is run when everything above has settled.
    #[serde(default)]
    pub sweep: Option<Sweep>,
    /// How long the clock runs on before the expectations are judged.
    #[serde(default = "ten_minutes")]
    pub settle: Offset,
    /// What has to have come of it.
    #[serde(default)]
    pub expect: Expect,
}

/// Returns the JSON Schema of the file, with which an editor completes and checks it.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Scenario).to_value()
}

const fn once() -> u32 {
    1
}

const fn ten_minutes() -> Offset {
    Offset::minutes(10)
}
