//! Any text as a record: no panic, and what is a record is accounted for by the triage.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rootsweep_cloudtrail::parse_record;
use rootsweep_model::report::triage_v1::Source;
use rootsweep_triage::{Settings, Triage};

fuzz_target!(|input: &[u8]| {
    let Ok(record) = parse_record(input) else { return };
    let settings = Settings { list_all: true, ..Settings::new("2026-11-20T02:00:00Z".parse().expect("a time")) };
    let mut triage = Triage::new(settings).expect("no exceptions, so none is malformed");
    let is_root = record.is_root();
    triage.push(Source { file: "fuzz".to_owned(), index: 0 }, None, record);
    let answer = triage.finish();
    assert_eq!(answer.counts.root_records, u64::from(is_root));
    assert_eq!(answer.episodes.len(), usize::from(is_root));
    assert_eq!(answer.records.len(), 1);
});
