//! Text for a terminal: 80 columns, readable without colour, ASCII apart from what AWS users wrote.

mod activity;
mod page;
mod path;
mod rows;
mod summary;

use rootsweep_model::report::{triage_v1::Triage, v1::Report};

use crate::Options;
use crate::digest::Digest;
use page::Page;

/// Writes the report of a sweep: what to know first stands first.
pub(crate) fn sweep(report: &Report, options: &Options) -> Vec<u8> {
    let digest = Digest::new(report);
    let mut page = Page::new(options);
    summary::head(&mut page, &digest);
    summary::changes(&mut page, &digest);
    rows::failed(&mut page, &digest);
    rows::unknown(&mut page, &digest);
    rows::accepted(&mut page, &digest);
    rows::stale_exceptions(&mut page, &digest);
    activity::episodes(&mut page, "ROOT ACTIVITY", &report.episodes);
    activity::alarms(&mut page, &report.alarms);
    summary::checks(&mut page, &digest);
    page.finish()
}

/// Writes what triage found: the stories first, then each record.
pub(crate) fn triage(triage: &Triage, options: &Options) -> Vec<u8> {
    let mut page = Page::new(options);
    activity::triage_head(&mut page, triage);
    activity::alarms(&mut page, &triage.alarms);
    activity::episodes(&mut page, "EPISODES", &triage.episodes);
    activity::records(&mut page, &triage.records);
    activity::skipped(&mut page, &triage.skipped);
    page.finish()
}
