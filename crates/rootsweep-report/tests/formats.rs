//! What each format looks like for a small report: snapshots that a reviewer can read.

#![allow(clippy::expect_used, reason = "a test stops where what it needs is missing")]

mod common;

use common::{render, render_triage};
use rootsweep_report::{Format, Options};

fn sweep(format: Format) -> String {
    let bytes = render(format, &common::small(), &Options::default()).expect("the small report renders");
    String::from_utf8(bytes).expect("every format is UTF-8")
}

fn triage(format: Format) -> String {
    let bytes = render_triage(format, &common::triage(), &Options::default()).expect("the small triage renders");
    String::from_utf8(bytes).expect("every format is UTF-8")
}

#[test]
fn the_table_reads_as_kept() {
    insta::assert_snapshot!(sweep(Format::Table));
}

#[test]
fn the_markdown_reads_as_kept() {
    insta::assert_snapshot!(sweep(Format::Markdown));
}

#[test]
fn the_table_of_a_triage_reads_as_kept() {
    insta::assert_snapshot!(triage(Format::Table));
}

#[test]
fn the_markdown_of_a_triage_reads_as_kept() {
    insta::assert_snapshot!(triage(Format::Markdown));
}

#[test]
fn the_csv_reads_as_kept() {
    insta::assert_snapshot!(sweep(Format::Csv).replace("\r\n", "\n"));
}

#[test]
fn the_csv_of_a_triage_reads_as_kept() {
    insta::assert_snapshot!(triage(Format::Csv).replace("\r\n", "\n"));
}

#[test]
fn the_junit_reads_as_kept() {
    insta::assert_snapshot!(sweep(Format::Junit));
}

#[test]
fn the_ocsf_reads_as_kept() {
    insta::assert_snapshot!(sweep(Format::Ocsf));
}

#[test]
fn the_asff_reads_as_kept() {
    insta::assert_snapshot!(sweep(Format::Asff));
}

/// Colour adds nothing but colour, and what is ours is ASCII.
#[test]
fn the_table_says_the_same_without_colour() {
    let colored = Options { color: true, ..Options::default() };
    let colored = render(Format::Table, &common::small(), &colored).expect("the small report renders");
    let colored = String::from_utf8(colored).expect("every format is UTF-8");
    assert!(colored.contains("\u{1b}["), "there is no colour");
    let mut plain = String::new();
    for (number, piece) in colored.split("\u{1b}[").enumerate() {
        let words = if number == 0 { piece } else { piece.split_once('m').expect("a colour ends").1 };
        plain.push_str(words);
    }
    assert_eq!(plain, sweep(Format::Table));
    assert!(plain.is_ascii());
}

/// With ten thousand accounts the table still ends, and says what it leaves out.
#[test]
fn the_table_of_a_large_organization_is_bounded() {
    let bytes = render(Format::Table, &common::large(2_000), &Options::default()).expect("the large report renders");
    let text = String::from_utf8(bytes).expect("every format is UTF-8");
    assert!(text.lines().count() < 6_000, "{} lines", text.lines().count());
    assert!(text.contains("more accounts; json, csv and html have them all"));
}
