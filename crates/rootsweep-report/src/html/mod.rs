//! One self-contained web page: no request leaves it, and nothing runs in it but its own script.
//!
//! What a manager reads is HTML from the start; the matrix of accounts and checks is drawn by the page's script from
//! compact data inside of it, so that ten thousand accounts stay usable.

mod activity;
mod data;
mod trend;
mod view;

use std::io::Write;

use askama::Template;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rootsweep_model::report::v1::Report;
use sha2::{Digest as _, Sha256};

use crate::digest::Digest;
use crate::{Error, Options};
use activity::{Alarm, Episode};
use data::Embedded;
use trend::Trend;
use view::{Changes, CheckLine, Coverage, ExceptionLine, FailedLine, Finding, Head, Number};

const STYLE: &str = concat!(
    include_str!("../../templates/style/base.css"),
    include_str!("../../templates/style/parts.css"),
    include_str!("../../templates/style/matrix.css"),
    include_str!("../../templates/style/print.css"),
);

const SCRIPT: &str = concat!(
    "(() => {\n\"use strict\";\n",
    include_str!("../../templates/js/store.js"),
    include_str!("../../templates/js/filter.js"),
    include_str!("../../templates/js/grid.js"),
    include_str!("../../templates/js/detail.js"),
    include_str!("../../templates/js/main.js"),
    "})();\n",
);

/// The page, as its template sees it. Every text in it has been made visible already.
#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    policy: String,
    style: &'static str,
    script: &'static str,
    embedded: Embedded,
    head: Head,
    urgent: Vec<Episode>,
    urgent_left_out: usize,
    numbers: Vec<Number>,
    changes: Option<Changes>,
    findings: Vec<Finding>,
    failed: Vec<FailedLine>,
    failed_left_out: u64,
    coverage: Coverage,
    exceptions: Vec<ExceptionLine>,
    episodes: Vec<Episode>,
    episodes_left_out: usize,
    alarms: Vec<Alarm>,
    alarms_left_out: usize,
    trend: Option<Trend>,
    checks: Vec<CheckLine>,
}

/// Writes the page.
pub(crate) fn sweep(report: &Report, options: &Options, out: &mut dyn Write) -> Result<(), Error> {
    let digest = Digest::new(report);
    let (failed, failed_left_out) = view::failed(&digest);
    let (urgent, urgent_left_out) = activity::urgent(&digest);
    let page = Page {
        policy: policy(),
        style: STYLE,
        script: SCRIPT,
        embedded: data::embed(&digest)?,
        head: view::head(&digest),
        urgent,
        urgent_left_out,
        numbers: view::numbers(&digest),
        changes: view::changes(&digest),
        findings: view::findings(&digest),
        failed,
        failed_left_out,
        coverage: view::coverage(&digest),
        exceptions: view::exceptions(&digest),
        episodes: activity::episodes(&digest),
        episodes_left_out: report.episodes.len().saturating_sub(activity::EPISODES),
        alarms: activity::alarms(&digest),
        alarms_left_out: report.alarms.len().saturating_sub(activity::ALARMS),
        trend: trend::trend(report, options),
        checks: view::checks(&digest),
    };
    Ok(page.write_into(&mut { out })?)
}

/// Returns the Content-Security-Policy: this very script, this very style sheet, and nothing from anywhere.
fn policy() -> String {
    let (script, style) = (source(SCRIPT), source(STYLE));
    format!(
        "default-src 'none'; script-src {script}; style-src {style}; img-src data:; base-uri 'none'; form-action 'none'"
    )
}

fn source(text: &str) -> String {
    format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text)))
}
