//! The report in every output format, one file each.
//!
//! Everything is rendered from the frozen structs of [`rootsweep_model::report`]: a stored run gives the same bytes
//! years later. No format reads a clock, and whatever AWS users can write goes through [`text`] first.

mod asff;
mod csv;
mod digest;
mod error;
mod format;
mod html;
mod json;
mod junit;
mod markdown;
mod ocsf;
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
        Format::Html => html::sweep(report, options),
        Format::Csv => csv::sweep(report),
        Format::Markdown => Ok(markdown::sweep(report, options)),
        Format::Ocsf => ocsf::sweep(report),
        Format::Asff => asff::sweep(report, options),
        Format::Junit => junit::sweep(report),
    }
}

/// Renders what `rootsweep triage` found. The formats that keep findings by account and check have no place for it.
pub fn render_triage(format: Format, triage: &Triage, options: &Options) -> Result<Vec<u8>, Error> {
    match format {
        Format::Table => Ok(table::triage(triage, options)),
        Format::Json => json::pretty(triage),
        Format::Csv => csv::triage(triage),
        Format::Markdown => Ok(markdown::triage(triage, options)),
        Format::Html | Format::Ocsf | Format::Asff | Format::Junit => Err(Error::NotForTriage(format)),
    }
}
