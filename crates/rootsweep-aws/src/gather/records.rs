//! Root records of the window: from Event history, and from trails' log groups.

mod athena;
mod log_group;
mod lookup_events;
mod pace;
mod root_use;

pub(crate) use athena::Queried;

use rootsweep_model::facts::{RawRecord, RecordSource, RecordSourceKind};
use rootsweep_model::{Fact, Gap};

use super::monitoring::located;

/// Makes the sources of one Region: what was found before a call failed is kept beside the gap.
fn sources(kind: RecordSourceKind, region: &str, found: Vec<RawRecord>, failed: Option<Gap>) -> Vec<RecordSource> {
    let source = |records| RecordSource { kind, region: region.to_owned(), records };
    match failed.map(|gap| located(gap, region)) {
        None => vec![source(Fact::Known(found))],
        Some(gap) if found.is_empty() => vec![source(Fact::Gap(gap))],
        Some(gap) => vec![source(Fact::Known(found)), source(Fact::Gap(gap))],
    }
}
