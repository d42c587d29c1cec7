//! The report in every output format, one file each.
//!
//! Everything is rendered from the frozen structs of [`rootsweep_model::report`]: a stored run gives the same bytes
//! years later. No format reads a clock, and whatever AWS users can write goes through [`text`] first.

mod digest;
mod error;
mod format;
mod json;
mod markdown;
mod table;
pub mod text;

use rootsweep_model::report::{triage_v1::Triage, v1::Report};

pub use error::Error;
pub use format::{Format, Options, ParseFormatError, SecurityHub, TrendPoint};

/// Renders the report of a sweep.
pub fn render(format: Format, report: &Report, options: &Options) -> Result<Vec<u8>, Error> {
    match format {
        Format::Table => Ok(table::sweep(report, options)),
        Format::Json => json::pretty(report),
        Format::Markdown => Ok(markdown::sweep(report, options)),
        _ => Err(Error::NotForTriage(format)),
    }
}

/// Renders what `rootsweep triage` found. The formats that keep findings by account and check have no place for it.
pub fn render_triage(format: Format, triage: &Triage, options: &Options) -> Result<Vec<u8>, Error> {
    match format {
        Format::Table => Ok(table::triage(triage, options)),
        Format::Json => json::pretty(triage),
        Format::Markdown => Ok(markdown::triage(triage, options)),
        _ => Err(Error::NotForTriage(format)),
    }
}
