//! Triage of what lies in files.

use std::path::PathBuf;

use anyhow::bail;
use rootsweep_cloudtrail::{Item, ReadOptions, read_paths};
use rootsweep_model::report::triage_v1::{self, Skipped};
use rootsweep_triage::Triage;

/// Reads files, folders and standard input, and triages what they hold.
///
/// Nothing at all that could be read is a failure, and no clean bill: the path may have been the wrong one.
pub(super) fn triage(mut triage: Triage, paths: &[PathBuf], all: bool) -> anyhow::Result<triage_v1::Triage> {
    let options = ReadOptions { everything: all, ..ReadOptions::default() };
    let totals = read_paths(paths, options, &mut |item| match item {
        Item::Record(read) => triage.push(read.source, read.delivered_at, read.record),
        Item::Skipped(skipped) => triage.skip(skipped),
    });
    triage.count(totals.files, totals.passed_over);
    let told = triage.finish();
    if told.counts.records == 0 {
        bail!(no_record(paths, &told.skipped));
    }
    Ok(told)
}

/// Says why there is nothing to triage.
fn no_record(paths: &[PathBuf], skipped: &[Skipped]) -> String {
    let names = paths.iter().map(|path| match path.to_str() {
        Some("-") => "standard input".to_owned(),
        _ => path.display().to_string(),
    });
    let names: Vec<String> = names.collect();
    let mut lines = vec![format!("no CloudTrail record in {}", names.join(", "))];
    lines.extend(skipped.first().map(|first| {
        let offset = first.offset.map(|offset| format!(", byte {offset}")).unwrap_or_default();
        format!("{}{offset}: {}", first.file, first.reason)
    }));
    if skipped.len() > 1 {
        lines.push(format!("and {} more places that could not be read", skipped.len() - 1));
    }
    lines.join("\n")
}
