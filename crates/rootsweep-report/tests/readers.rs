//! Each machine format is read by something that did not write it.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops where what it needs is missing"
)]

mod common;

use std::collections::BTreeMap;

use common::render;
use rootsweep_model::Verdict;
use rootsweep_model::report::v1::Report;
use rootsweep_report::{Format, Options};
use serde_json::Value;
use test_support::{Python, not_run};

const OCSF: &str = include_str!("schemas/ocsf-1.8.0.schema.json");
const ASFF: &str = include_str!("schemas/asff.schema.json");

/// Returns the reports that every reader has to take: ordinary, large, and hostile.
fn reports() -> Vec<(&'static str, Report)> {
    let mut reports = vec![("small", common::small()), ("large", common::large(50))];
    reports.extend(common::hostile::TEXTS.map(|(name, text)| (name, common::hostile::report(text))));
    let long: &'static str = Box::leak("A".repeat(10_000).into_boxed_str());
    reports.push(("10 kB", common::hostile::report(long)));
    reports.push(("empty", common::hostile::report("")));
    reports
}

fn rendered(format: Format, name: &str, report: &Report) -> Vec<u8> {
    let bytes = render(format, report, &Options::default()).expect("the report renders");
    // Kept for those who want to read it with a reader of their own.
    let name = name.replace(' ', "-");
    let path = format!("{}/report-{name}.{}", env!("CARGO_TARGET_TMPDIR"), format.extension());
    std::fs::write(path, &bytes).expect("the test's directory can be written");
    bytes
}

fn check_schema(format: Format, schema: &str) {
    let schema: Value = serde_json::from_str(schema).expect("the schema is JSON");
    let schema = jsonschema::validator_for(&schema).expect("the schema is a JSON Schema");
    for (name, report) in reports() {
        let findings: Value = serde_json::from_slice(&rendered(format, name, &report)).expect("the findings are JSON");
        let errors: Vec<_> = schema.iter_errors(&findings).take(3).map(|it| it.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
        let findings = findings.as_array().expect("the findings are a list");
        assert!(findings.len() >= report.rows.len(), "{name}: a row is missing");
    }
    assert!(!schema.is_valid(&serde_json::json!([{}])), "the schema takes anything");
}

/// The SDK of AWS, the packaged schema of OCSF, Python and `DuckDB` read every report that is made here.
#[test]
fn what_the_makers_of_the_formats_publish_has_nothing_against_them() {
    const PACKAGES: [&str; 4] = ["botocore==1.44.5", "ocsf-json-schema==1.2.0", "jsonschema==4.26.0", "duckdb==2.0.0"];
    let python = match Python::with("readers", &PACKAGES) {
        Ok(python) => python,
        Err(why) => return not_run("the published schemas of ASFF and OCSF, and DuckDB on the CSV", &why),
    };
    let folder = tempfile::tempdir().unwrap();
    for (number, (_, report)) in reports().iter().enumerate() {
        for format in [Format::Asff, Format::Ocsf, Format::Csv, Format::Junit] {
            let bytes = render(format, report, &Options::default()).unwrap();
            std::fs::write(folder.path().join(format!("{number}.{}", format.extension())), bytes).unwrap();
        }
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/published.py");
    let output = python.command("python").arg(script).arg(folder.path()).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    assert!(said.contains(&format!("{} files, 0 complaints", 4 * reports().len())), "{said}");
}

/// <https://schema.ocsf.io/1.8.0/classes/compliance_finding>.
#[test]
fn ocsf_keeps_to_its_schema() {
    check_schema(Format::Ocsf, OCSF);
}

/// <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html>.
#[test]
fn asff_keeps_to_its_schema() {
    check_schema(Format::Asff, ASFF);
}

/// With the default product, the account in the ARN, `AwsAccountId` and the caller are one.
#[test]
fn asff_names_the_importing_account() {
    let findings: Vec<Value> = serde_json::from_slice(&rendered(Format::Asff, "small", &common::small())).unwrap();
    for finding in findings {
        assert_eq!(finding["AwsAccountId"], "111111111111");
        assert_eq!(finding["ProductArn"], "arn:aws:securityhub:us-east-1:111111111111:product/111111111111/default");
    }
}

#[test]
fn no_verdict_but_pass_becomes_a_pass() {
    let report = common::large(200);
    let ocsf: Vec<Value> = serde_json::from_slice(&rendered(Format::Ocsf, "200", &report)).unwrap();
    let asff: Vec<Value> = serde_json::from_slice(&rendered(Format::Asff, "200", &report)).unwrap();
    for (row, (ocsf, asff)) in report.rows.iter().zip(ocsf.iter().zip(&asff)) {
        let passed = row.verdict == Verdict::Pass;
        assert_eq!(ocsf["compliance"]["status_id"] == 1, passed, "{}", row.id);
        assert_eq!(asff["Compliance"]["Status"] == "PASSED", passed, "{}", row.id);
        assert_eq!(ocsf["finding_info"]["uid"], row.id.as_str());
        assert_eq!(asff["Id"], format!("rootsweep/{}", row.id));
    }
}

#[test]
fn json_reads_back_as_the_same_report() {
    for (name, report) in reports() {
        let bytes = rendered(Format::Json, name, &report);
        assert_eq!(serde_json::from_slice::<Report>(&bytes).expect("the report is JSON"), report, "{name}");
        assert!(bytes.ends_with(b"}\n"), "{name}");
    }
}

#[test]
fn csv_has_one_line_for_every_row() {
    for (name, report) in reports() {
        let bytes = rendered(Format::Csv, name, &report);
        let text = std::str::from_utf8(&bytes).unwrap();
        assert_eq!(text.matches('\n').count(), report.rows.len() + 1, "{name}: a cell breaks its line");
        for cells in records(text) {
            assert_eq!(cells.len(), 24, "{name}: {cells:?}");
            for cell in cells {
                assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{name}: formula in {cell:?}");
            }
        }
    }
}

/// Reads RFC 4180 as the grammar of its section 2 says, every cell quoted and every line ended.
fn records(text: &str) -> Vec<Vec<String>> {
    let mut records = vec![vec![]];
    let mut rest = text;
    while let Some(begun) = rest.strip_prefix('"') {
        let mut cell = String::new();
        rest = begun;
        loop {
            let (part, after) = rest.split_once('"').expect("a cell ends");
            cell.push_str(part);
            rest = after;
            match rest.strip_prefix('"') {
                Some(escaped) => rest = escaped,
                None => break,
            }
            cell.push('"');
        }
        records.last_mut().expect("a record is open").push(cell);
        if let Some(next) = rest.strip_prefix(',') {
            rest = next;
        } else {
            rest = rest.strip_prefix("\r\n").expect("a record ends with CRLF");
            records.push(vec![]);
        }
    }
    assert!(rest.is_empty(), "text outside of a cell: {rest:?}");
    records.pop();
    records
}

#[test]
fn junit_counts_the_verdicts() {
    for (name, report) in reports() {
        let bytes = rendered(Format::Junit, name, &report);
        // The parser is lenient where <https://www.w3.org/TR/xml/#charsets> is not.
        let text = std::str::from_utf8(&bytes).unwrap();
        let allowed = |it: char| matches!(it, '\n' | ' '..='\u{fffd}' | '\u{10000}'..);
        assert!(text.chars().all(allowed), "{name}");
        let suites = junit_parser::from_reader(&bytes[..]).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for case in suites.suites.iter().filter(|suite| suite.name != "run").flat_map(|suite| &suite.cases) {
            let word = match &case.status {
                junit_parser::TestStatus::Success => "pass",
                junit_parser::TestStatus::Failure(_) => "fail",
                junit_parser::TestStatus::Error(_) => "unknown",
                junit_parser::TestStatus::Skipped(_) => "skipped",
            };
            *counts.entry(word).or_default() += 1;
        }
        let by = |verdict| report.counts.by_verdict[&verdict];
        let skipped = by(Verdict::NotApplicable) + by(Verdict::Accepted);
        let wanted = [("fail", by(Verdict::Fail)), ("pass", by(Verdict::Pass)), ("skipped", skipped)];
        let wanted: BTreeMap<_, _> = wanted.into_iter().chain([("unknown", by(Verdict::Unknown))]).collect();
        assert_eq!(counts, wanted, "{name}");
    }
}

/// A partial report is red even where every row passed.
#[test]
fn junit_of_an_interrupted_run_has_an_error() {
    let mut report = common::small();
    report.run.interrupted = true;
    let suites = junit_parser::from_reader(&rendered(Format::Junit, "interrupted", &report)[..]).unwrap();
    let run = suites.suites.iter().find(|suite| suite.name == "run").expect("the run has a suite");
    assert_eq!(run.errors, 1);
}

#[test]
fn markdown_keeps_within_its_limit() {
    let options = Options { rows_per_section: 100_000, ..Options::default() };
    let bytes = render(Format::Markdown, &common::large(2_000), &options).unwrap();
    assert!(bytes.len() <= 40_000, "{} bytes do not fit a Slack message", bytes.len());
    assert!(String::from_utf8(bytes).unwrap().contains("more lines did not fit"));
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    let report = common::large(100);
    for format in Format::ALL {
        let one = render(format, &report, &Options::default()).unwrap();
        assert_eq!(one, render(format, &report.clone(), &Options::default()).unwrap(), "{format}");
    }
}
