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

use std::io::Write;

use rootsweep_model::report::{triage_v1::Triage, v1::Report};

pub use asff::findings;
pub use digest::count_of;
pub use error::Error;
pub use format::{Format, Options, ParseFormatError, SecurityHub, TrendPoint};

/// Renders the report of a sweep. What grows with the organization is written as it is made; `out` is best buffered.
pub fn render(format: Format, report: &Report, options: &Options, out: &mut dyn Write) -> Result<(), Error> {
    match format {
        Format::Table => Ok(out.write_all(&table::sweep(report, options))?),
        Format::Json => json::pretty(report, out),
        Format::Html => html::sweep(report, options, out),
        Format::Csv => csv::sweep(report, out),
        Format::Markdown => Ok(out.write_all(&markdown::sweep(report, options))?),
        Format::Ocsf => ocsf::sweep(report, out),
        Format::Asff => asff::sweep(report, options, out),
        Format::Junit => junit::sweep(report, out),
    }
}

/// Renders what `rootsweep triage` found. The formats that keep findings by account and check have no place for it.
pub fn render_triage(format: Format, triage: &Triage, options: &Options, out: &mut dyn Write) -> Result<(), Error> {
    match format {
        Format::Table => Ok(out.write_all(&table::triage(triage, options))?),
        Format::Json => json::pretty(triage, out),
        Format::Csv => csv::triage(triage, out),
        Format::Markdown => Ok(out.write_all(&markdown::triage(triage, options))?),
        Format::Html | Format::Ocsf | Format::Asff | Format::Junit => Err(Error::NotForTriage(format)),
    }
}
