//! The web page as text: what it may load, what it weighs, and that hostile text cannot end an element.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops where what it needs is missing"
)]

mod common;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use common::render;
use rootsweep_model::assessment::TriageVerdict;
use rootsweep_model::report::v1::Report;
use rootsweep_report::{Format, Options, TrendPoint};
use sha2::{Digest as _, Sha256};

fn page(name: &str, report: &Report, options: &Options) -> String {
    let bytes = render(Format::Html, report, options).expect("the page renders");
    std::fs::write(format!("{}/{name}.html", env!("CARGO_TARGET_TMPDIR")), &bytes).expect("the page can be kept");
    String::from_utf8(bytes).expect("the page is UTF-8")
}

/// Returns runs before the one at hand, each a little worse than it.
fn trend(report: &Report) -> Vec<TrendPoint> {
    let day = |days: u32| {
        let mut point = TrendPoint::of(report);
        point.run_id = format!("run-{days}");
        point.started_at = report.run.started_at - jiff::SignedDuration::from_hours(24 * i64::from(days));
        for count in point.failed_by_severity.values_mut() {
            *count += *count * u64::from(days) / 20 + u64::from(days % 3);
        }
        point
    };
    (1..30).rev().map(day).collect()
}

fn between<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = page.split_once(start).unwrap_or_else(|| panic!("{start} is missing"));
    rest.split_once(end).unwrap_or_else(|| panic!("{end} is missing")).0
}

/// The hashes of the policy are those of the elements that stand in the page, and the policy allows nothing else.
#[test]
fn the_policy_names_the_very_script_and_style() {
    let page = page("small", &common::small(), &Options::default());
    let policy = between(&page, "Content-Security-Policy\" content=\"", "\"").replace("&#39;", "'");
    let hash = |text: &str| format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text)));
    let (script, style) = (hash(between(&page, "<script>", "</script>")), hash(between(&page, "<style>", "</style>")));
    assert_eq!(
        policy,
        format!(
            "default-src 'none'; script-src {script}; style-src {style}; img-src data:; base-uri 'none'; form-action 'none'"
        )
    );
}

/// No address of another host stands in an attribute, a style sheet or the script.
#[test]
fn the_page_names_no_other_place() {
    let page = page("small", &common::small(), &Options::default());
    for scheme in ["http://", "https://", "//cdn", "@import", "url("] {
        assert!(!page.contains(scheme), "{scheme} stands in the page");
    }
}

#[test]
fn hostile_text_ends_no_element() {
    let plain = page_of_hostile("harmless");
    let elements = |page: &str| page.matches('<').count();
    for (name, text) in common::hostile::TEXTS {
        let hostile = page_of_hostile(text);
        assert_eq!(elements(&hostile), elements(&plain), "{name}: an element more or less than in the ordinary page");
        let (markup, _) = hostile.split_once("<script type=").expect("the page has data");
        assert!(!markup.contains("\" onmouseover="), "{name}: an attribute more");
        for forbidden in ["<script>alert", "</script><!--", "<img src=x", "<b>e</b>"] {
            assert!(!hostile.contains(forbidden), "{name}: {forbidden} stands in the page");
        }
        assert!(!hostile.contains(['\u{1b}', '\u{202e}', '\u{2028}', '\u{0}']), "{name}: a control character is left");
    }
}

fn page_of_hostile(text: &str) -> String {
    page("hostile", &common::hostile::report(text), &Options::default())
}

/// The page of ten thousand accounts weighs less than 15 MB.
#[test]
fn ten_thousand_accounts_fit() {
    let report = common::large(10_000);
    let options = Options { trend: trend(&report), ..Options::default() };
    let page = page("10000", &report, &options);
    assert!(page.len() < 15_000_000, "{} bytes", page.len());
    println!("10,000 accounts: {} bytes", page.len());
}

#[test]
fn what_a_manager_reads_needs_no_script() {
    let report = common::large(12);
    let options = Options { trend: trend(&report), ..Options::default() };
    let page = page("12", &report, &options);
    let (before, _) = page.split_once("<script").expect("the page has a script");
    let count = |severity| report.counts.failed_by_severity[&severity];
    let (critical, high) = (count(rootsweep_model::Severity::Critical), count(rootsweep_model::Severity::High));
    let headline = format!("{critical} critical and {high} high findings in");
    assert!(before.contains(&headline), "{headline}");
    let incident = report.episodes.iter().find(|it| it.verdict == TriageVerdict::Incident).expect("an incident");
    let (above, _) = before.split_once("id=\"findings\"").expect("the page says what failed");
    assert!(above.contains(&incident.title), "the incident does not stand at the top");
    for row in report.rows.iter().filter(|row| row.verdict == rootsweep_model::Verdict::Fail) {
        assert!(before.contains(&row.account_id.to_string()), "{} is not told without a script", row.id);
    }
}

/// Beyond what a page can hold, what the rows rest on is left out, first where there is no finding; the page says so.
#[test]
fn a_report_too_large_for_a_page_is_abridged() {
    use rootsweep_model::Verdict;
    let cases = [(Verdict::Pass, "what rows without a finding rest on"), (Verdict::Fail, "what the rows rest on")];
    for (verdict, left_out) in cases {
        let mut report = common::large(700);
        for (number, row) in report.rows.iter_mut().enumerate() {
            row.verdict = verdict;
            row.evidence[0].value = format!("{number} {}", "x".repeat(1_900));
        }
        let page = page("abridged", &report, &Options::default());
        assert!(page.len() < 15_000_000, "{} bytes", page.len());
        assert!(page.contains(&format!("The page leaves out {left_out};")), "{verdict}");
    }
}

#[test]
fn the_trend_ends_with_this_run_and_has_it_once() {
    let report = common::small();
    let mut points = trend(&report);
    points.push(TrendPoint::of(&report));
    let page = page("trend", &report, &Options { trend: points, ..Options::default() });
    let numbers = between(&page, "<details><summary>Numbers</summary>", "</details>");
    assert_eq!(numbers.matches("<tr>").count(), 1 + 30, "a header, 29 earlier runs, and this one");
    assert_eq!(numbers.matches(&report.run.id).count(), 1);
}

/// Nothing that was not looked at may sound as if it were in order.
#[test]
fn the_headline_never_promises_what_was_not_checked() {
    use rootsweep_model::Verdict;
    let mut report = common::small();
    report.rows.retain(|row| row.verdict != Verdict::Fail);
    common::count(&mut report);
    let headline = |report: &Report| between(&page("headline", report, &Options::default()), "<title>", ".").to_owned();
    assert_eq!(headline(&report), "Nothing failed, but 5 rows could not be checked");
    report.coverage.listing = Some(common::small::denied());
    report.rows.retain(|row| row.verdict == Verdict::Pass);
    common::count(&mut report);
    assert_eq!(headline(&report), "Nothing failed in the accounts that could be listed");
    report.coverage.listing = None;
    assert_eq!(headline(&report), "Nothing failed, and everything was checked");
    report.rows.clear();
    common::count(&mut report);
    assert_eq!(headline(&report), "No account was checked");
}
