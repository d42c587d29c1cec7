//! The web page in a real browser: driven, measured, attacked, and kept as pictures.
//!
//! Without Chromium each test says `NOT RUN` by its name.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops where what it needs is missing"
)]

mod cdp;
mod common;

use std::path::PathBuf;

use cdp::Browser;
use common::render;
use rootsweep_model::report::v1::Report;
use rootsweep_report::{Format, Options, TrendPoint};
use serde_json::json;

fn page(name: &str, report: &Report) -> PathBuf {
    let mut earlier = TrendPoint::of(report);
    earlier.run_id = String::from("earlier");
    earlier.started_at -= jiff::SignedDuration::from_hours(24);
    let options = Options { trend: vec![earlier], ..Options::default() };
    let path = PathBuf::from(format!("{}/browser-{name}.html", env!("CARGO_TARGET_TMPDIR")));
    std::fs::write(&path, render(Format::Html, report, &options).expect("the page renders")).expect("it can be kept");
    path
}

fn assert_quiet(browser: &mut Browser) {
    assert_eq!(browser.complaints(), Vec::<serde_json::Value>::new(), "the page complains");
    assert_eq!(browser.requests(), Vec::<String>::new(), "the page asks for something");
}

const TALLY: &str = "document.getElementById('tally').textContent";
const FIRST: &str = "document.querySelector('[aria-rowindex=\"2\"] .who b').textContent";

/// Sets a field of the filter as a person would, with the events that follow.
fn choose(browser: &mut Browser, name: &str, value: &str) {
    browser.eval(&format!(
        "(() => {{ const field = document.forms[0].elements.{name}; field.value = {value:?}; \
         field.dispatchEvent(new Event('input', {{ bubbles: true }})); }})()"
    ));
}

#[test]
fn filters_and_sorting_show_the_rows_that_were_asked_for() {
    let Some(mut browser) = cdp::start("filters_and_sorting_show_the_rows_that_were_asked_for") else { return };
    let report = common::large(12);
    browser.open(&page("filters", &report), "");
    assert_eq!(browser.eval(TALLY), "12 of 12 accounts");
    browser.picture("page-12");
    for section in ["activity", "coverage", "trend"] {
        browser.eval(&format!("document.getElementById('{section}').scrollIntoView()"));
        browser.picture(&format!("page-12-{section}"));
    }

    choose(&mut browser, "verdict", "fail");
    let failing: std::collections::BTreeSet<_> = report
        .rows
        .iter()
        .filter(|row| row.verdict == rootsweep_model::Verdict::Fail)
        .map(|row| row.account_id)
        .collect();
    assert_eq!(browser.eval(TALLY), format!("{} of 12 accounts", failing.len()));
    assert_eq!(browser.eval("location.hash"), "#verdict=fail");

    choose(&mut browser, "severity", "critical");
    choose(&mut browser, "check", "root-mfa");
    let critical =
        report.rows.iter().filter(|row| row.verdict == rootsweep_model::Verdict::Fail && row.check_id == "root-mfa");
    assert_eq!(browser.eval(TALLY), format!("{} of 12 accounts", critical.count()));

    browser.eval("document.querySelector('.filters [type=reset]').click()");
    browser.eval_until(&format!("{TALLY} === '12 of 12 accounts'"));
    choose(&mut browser, "q", &report.accounts[7].name);
    assert_eq!(browser.eval(TALLY), "1 of 12 accounts");
    choose(&mut browser, "q", "nothing is called that");
    assert_eq!(browser.eval(TALLY), "0 of 12 accounts");
    choose(&mut browser, "q", "");

    browser.eval("document.querySelector('[data-key=name] button').click()");
    let mut names: Vec<_> = report.accounts.iter().map(|account| account.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(browser.eval(FIRST), names[0]);
    assert_eq!(browser.eval("document.querySelector('[data-key=name]').ariaSort"), "ascending");
    browser.eval("document.querySelector('[data-key=name] button').click()");
    assert_eq!(browser.eval(FIRST), names[11]);
    assert_quiet(&mut browser);
}

#[test]
fn an_account_opens_by_keyboard_and_by_link() {
    let Some(mut browser) = cdp::start("an_account_opens_by_keyboard_and_by_link") else { return };
    let file = page("account", &common::small());
    let open = "document.getElementById('account').open";
    browser.open(&file, "");
    browser.eval("document.querySelector('[role=rowheader][tabindex=\"0\"]').focus()");
    browser.press("ArrowDown");
    browser.press("Enter");
    browser.eval_until(open);
    let title = browser.eval("document.getElementById('account-title').textContent");
    assert_eq!(title, "old-shop", "the second by what is worst");
    browser.press("Escape");
    browser.eval_until(&format!("!{open}"));
    let focused = "document.activeElement.closest('.grid-row').querySelector('b').textContent";
    assert_eq!(browser.eval(focused), "old-shop", "the focus goes back to where it was");

    browser.eval_until("!location.hash.includes('account')");
    browser.press("Enter");
    browser.eval_until(open);
    browser.eval("history.back()");
    browser.eval_until(&format!("!{open}"));
    assert_eq!(browser.eval("location.hash.includes('account')"), false, "going back closes the account");

    browser.open(&file, "#account=222222222222&row=root-alarm");
    browser.eval_until(open);
    browser.picture("page-account");
    let said = browser.eval("document.getElementById('account').innerText").to_string();
    for words in
        ["payments-prod", "metric-filter — BROKEN", "nobody hears of it", "exception expired", "AccountMFAEnabled"]
    {
        assert!(said.contains(words), "{words} is missing in {said}");
    }
    assert_eq!(browser.eval("document.querySelectorAll('#account .timeline rect').length"), 2);
    browser.eval("document.querySelector('#account .fix .copy').click()");
    browser.eval_until("document.querySelector('#account .fix .copy').textContent === 'Copied'");
    assert_quiet(&mut browser);
}

#[test]
fn hostile_text_stays_text_in_the_browser() {
    let Some(mut browser) = cdp::start("hostile_text_stays_text_in_the_browser") else { return };
    for (name, text) in common::hostile::TEXTS {
        let file = page("hostile", &common::hostile::report(text));
        browser.open(&file, "#account=222222222222");
        browser.eval_until("document.getElementById('account').open");
        let counts = browser.eval(
            "[document.scripts.length, document.images.length, document.querySelectorAll('iframe, object, base').length, \
             [...document.querySelectorAll('*')].filter((it) => [...it.attributes].some((a) => a.name.startsWith('on'))).length, \
             [...document.links].filter((it) => !it.getAttribute('href').startsWith('#')).length]",
        );
        assert_eq!(counts, json!([2, 0, 0, 0, 0]), "{name}");
        let shown = browser.eval("document.getElementById('account-title').textContent");
        assert_eq!(shown, rootsweep_report::text::visible(text).as_ref(), "{name}: the text is not what was written");
        assert_quiet(&mut browser);
    }
    browser.picture("page-hostile");
}

/// Prints how long ten thousand accounts take; asserts only that no row out of sight is in the document.
#[test]
fn of_ten_thousand_accounts_only_those_in_sight_are_in_the_document() {
    let Some(mut browser) = cdp::start("of_ten_thousand_accounts_only_those_in_sight_are_in_the_document") else {
        return;
    };
    let file = page("10000", &common::large(10_000));
    browser.open(&file, "#matrix");
    browser.eval_until("document.documentElement.dataset.readyMs !== undefined");
    let ready = browser.eval("document.documentElement.dataset.readyMs");
    let mut times = Vec::new();
    for (field, value) in
        [("verdict", "fail"), ("severity", "critical"), ("ou", "Root/Workloads"), ("q", "payments"), ("q", "")]
    {
        choose(&mut browser, field, value);
        times.push(format!("{field} {}", browser.eval("document.getElementById('grid').dataset.filterMs")));
    }
    println!("10,000 accounts: ready after {ready} ms; filters in ms: {}", times.join(", "));
    browser.eval("document.querySelector('.filters [type=reset]').click()");
    browser.eval_until(&format!("{TALLY} === '10,000 of 10,000 accounts'"));
    assert!(browser.eval("document.querySelectorAll('.grid-row').length").as_u64().unwrap() < 100);
    browser.eval("document.getElementById('scroller').scrollTop = 200000");
    browser.eval_until("document.querySelector('[aria-rowindex=\"5005\"]') !== null");
    browser.picture("page-10000");
    assert_quiet(&mut browser);
}

/// Every control has a name, and nothing but the matrix needs the script.
#[test]
fn the_page_serves_screen_readers_and_paper_and_browsers_without_script() {
    let Some(mut browser) = cdp::start("the_page_serves_screen_readers_and_paper_and_browsers_without_script") else {
        return;
    };
    let file = page("small", &common::small());
    browser.open(&file, "#account=222222222222");
    let tree = browser.call("Accessibility.getFullAXTree", &json!({}));
    let roles =
        ["button", "link", "combobox", "searchbox", "dialog", "grid", "columnheader", "img", "region", "navigation"];
    for node in tree["nodes"].as_array().unwrap() {
        let role = node["role"]["value"].as_str().unwrap_or_default();
        let named = node["name"]["value"].as_str().is_some_and(|name| !name.is_empty());
        assert!(named || node["ignored"] == true || !roles.contains(&role), "a {role} without a name: {node}");
    }
    let seen = |selector: &str| format!("document.querySelector('{selector}').checkVisibility()");
    browser.open(&file, "");
    assert_eq!(browser.eval(&seen(".fallback")), false);
    assert_eq!(browser.eval(&seen("#coverage .names li")), false);
    browser.call("Emulation.setEmulatedMedia", &json!({ "media": "print" }));
    assert_eq!(browser.eval(&seen(".fallback")), true);
    assert_eq!(browser.eval(&seen("#matrix")), false);
    assert_eq!(browser.eval(&seen("#coverage .names li")), true, "paper has nothing to unfold");
    browser.picture("page-print");
    let dark = json!({ "media": "", "features": [{ "name": "prefers-color-scheme", "value": "dark" }] });
    browser.call("Emulation.setEmulatedMedia", &dark);
    browser.picture("page-dark");
    browser.call("Emulation.setScriptExecutionDisabled", &json!({ "value": true }));
    browser.open(&file, "");
    assert_eq!(browser.eval(&seen(".fallback")), true);
    assert_eq!(browser.eval(&seen("#matrix")), false);
}
