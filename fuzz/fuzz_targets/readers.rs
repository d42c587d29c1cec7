//! Any bytes as a file: no panic, and the records that are passed over are none of the root user's.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rootsweep_cloudtrail::{Item, ReadOptions, Record, read_stream};

fuzz_target!(|input: &[u8]| {
    let (some, passed_over) = read(input, false);
    let (all, none) = read(input, true);
    assert_eq!(none, 0);
    // What is passed over is not parsed, so a record that is broken inside of its brackets counts there, and shifts
    // the numbers of those behind it.
    assert!(some.len() as u64 + passed_over >= all.len() as u64, "a record was lost");
    let roots = |records: &[Record]| records.iter().filter(|record| record.is_root()).cloned().collect::<Vec<_>>();
    assert_eq!(roots(&some), roots(&all), "a root record was passed over");
});

/// Reads the input; returns its records, and how many were passed over.
fn read(input: &[u8], everything: bool) -> (Vec<Record>, u64) {
    let mut records = Vec::new();
    let options = ReadOptions { everything, ..ReadOptions::default() };
    let totals = read_stream("fuzz", input, options, &mut |item| {
        if let Item::Record(read) = item {
            records.push(read.record);
        }
    });
    (records, totals.passed_over)
}
