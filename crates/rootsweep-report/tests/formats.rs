//! What each format looks like for a small report: snapshots that a reviewer can read.

#![allow(clippy::expect_used, reason = "a test stops where what it needs is missing")]

mod common;

use rootsweep_report::{Format, Options, render, render_triage};

fn sweep(format: Format) -> String {
    let bytes = render(format, &common::small(), &Options::default()).expect("the small report renders");
    String::from_utf8(bytes).expect("every format is UTF-8")
}

fn triage(format: Format) -> String {
    let bytes = render_triage(format, &common::triage(), &Options::default()).expect("the small triage renders");
    String::from_utf8(bytes).expect("every format is UTF-8")
}

#[test]
fn table() {
    insta::assert_snapshot!(sweep(Format::Table));
}

#[test]
fn markdown() {
    insta::assert_snapshot!(sweep(Format::Markdown));
}

#[test]
fn triage_table() {
    insta::assert_snapshot!(triage(Format::Table));
}

#[test]
fn triage_markdown() {
    insta::assert_snapshot!(triage(Format::Markdown));
}

#[test]
fn csv() {
    insta::assert_snapshot!(sweep(Format::Csv).replace("\r\n", "\n"));
}

#[test]
fn triage_csv() {
    insta::assert_snapshot!(triage(Format::Csv).replace("\r\n", "\n"));
}

#[test]
fn junit() {
    insta::assert_snapshot!(sweep(Format::Junit));
}

#[test]
fn ocsf() {
    insta::assert_snapshot!(sweep(Format::Ocsf));
}

#[test]
fn asff() {
    insta::assert_snapshot!(sweep(Format::Asff));
}
