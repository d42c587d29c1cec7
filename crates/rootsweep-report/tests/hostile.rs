//! Text that attackers write stays text, in every format that people or programs read.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test stops where what it needs is missing")]

mod common;

use common::{render, render_triage};
use proptest::prelude::*;
use pulldown_cmark::{Event, Options as Dialect, Parser, Tag};
use rootsweep_report::{Format, Options};

/// Returns every format of the sweep and of the triage with the text in each field that somebody outside can write.
fn rendered(text: &str) -> Vec<(String, String)> {
    let (report, triage) = (common::hostile::report(text), common::hostile::triage(text));
    let options = Options::default();
    let sweeps = Format::ALL.into_iter().map(|it| (format!("sweep as {it}"), render(it, &report, &options)));
    let readable = [Format::Table, Format::Json, Format::Csv, Format::Markdown].into_iter();
    let triages = readable.map(|it| (format!("triage as {it}"), render_triage(it, &triage, &options)));
    let all = sweeps.chain(triages);
    all.map(|(name, it)| (name, String::from_utf8(it.expect("it renders")).expect("it is UTF-8"))).collect()
}

fn long() -> String {
    "A".repeat(10_000)
}

/// Whether a terminal, an editor or a browser would obey the character instead of showing it.
fn acts(character: char) -> bool {
    let isolates = matches!(character, '\u{2068}' | '\u{2069}' | '\u{200b}');
    let line_end = matches!(character, '\n' | '\r');
    !isolates
        && !line_end
        && (character.is_control()
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}' | '\u{ad}'))
}

#[test]
fn no_format_lets_a_character_act() {
    for (attack, text) in common::hostile::TEXTS {
        for (name, out) in rendered(text) {
            let found = out.chars().find(|it| acts(*it));
            assert_eq!(found, None, "{attack}: {name}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Neither does any other text.
    #[test]
    fn no_text_acts(text in any::<String>()) {
        for (name, out) in rendered(&text) {
            prop_assert_eq!(out.chars().find(|it| acts(*it)), None, "{}", name);
        }
    }
}

/// The number of lines does not depend on what attackers write, so that none of them is forged.
#[test]
fn no_text_makes_a_line_of_its_own() {
    let lines =
        |text: &str| rendered(text).into_iter().map(|(name, out)| (name, out.lines().count())).collect::<Vec<_>>();
    let (plain, broken) = (lines("x"), lines("x\ny\r\nz\u{2028}\u{85}"));
    for (plain, broken) in plain.into_iter().zip(broken) {
        // What is wrapped or drawn link by link may take more lines for longer text, but no line begins with it.
        if !plain.0.contains("table") {
            assert_eq!(plain, broken);
        }
    }
    for (name, out) in rendered("x\n## three\n| four |") {
        assert!(!out.lines().any(|line| line.starts_with("## three") || line.starts_with("| four")), "{name}");
    }
}

#[test]
fn the_table_keeps_its_width() {
    let texts = common::hostile::TEXTS.map(|(_, text)| text.to_owned());
    for text in texts.into_iter().chain([long(), "東京".repeat(500), "a b ".repeat(500)]) {
        for (name, out) in rendered(&text).into_iter().filter(|(name, _)| name.contains("table")) {
            for line in out.lines().filter(|line| !line.trim_start().starts_with("$ ")) {
                let width = rootsweep_report::text::width(line);
                assert!(width <= 80, "{name}: {width} columns: {line}");
            }
        }
    }
}

/// Read by a parser of GitHub's dialect, no text becomes a link, an image, HTML, code or a heading.
#[test]
fn markdown_has_no_markup_but_its_own() {
    let structure = |text: &str| {
        let all = rendered(text).into_iter().filter(|(name, _)| name.contains("markdown"));
        all.map(|(_, out)| elements(&out)).collect::<Vec<_>>()
    };
    let plain = structure("harmless");
    for (attack, text) in common::hostile::TEXTS {
        assert_eq!(structure(text), plain, "{attack}");
    }
}

/// Returns the elements of a Markdown text, without what is written in them.
fn elements(markdown: &str) -> Vec<String> {
    let dialect =
        Dialect::ENABLE_TABLES | Dialect::ENABLE_STRIKETHROUGH | Dialect::ENABLE_MATH | Dialect::ENABLE_TASKLISTS;
    let mut elements = Vec::new();
    for event in Parser::new_ext(markdown, dialect) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => elements.push("code block".to_owned()),
            Event::Start(tag) => elements.push(format!("{tag:?}")),
            Event::Html(it) | Event::InlineHtml(it) => elements.push(format!("html {it}")),
            Event::InlineMath(it) | Event::DisplayMath(it) => elements.push(format!("math {it}")),
            Event::Code(_) => elements.push("code".to_owned()),
            _ => {}
        }
    }
    elements
}

/// GitHub links these without being asked, and Slack reads `<…>` even where Markdown has code.
#[test]
fn markdown_gives_neither_github_nor_slack_a_link() {
    for (attack, text) in common::hostile::TEXTS {
        for (name, out) in rendered(text).into_iter().filter(|(name, _)| name.contains("markdown")) {
            let lower = out.to_lowercase();
            let prose: String = lower.split("```").step_by(2).collect();
            for link in ["https://", "www.evil", "@evil", "@org"] {
                assert!(!prose.contains(link), "{attack}: {link} in {name}");
            }
            assert!(!lower.contains('<'), "{attack}: < in {name}");
        }
    }
}

/// A name of ten thousand characters costs its own field, not the report.
#[test]
fn long_names_do_not_swell_what_people_read() {
    for (name, out) in rendered(&long()) {
        let longest = out.lines().map(str::len).max().unwrap_or(0);
        if name.contains("table") || name.contains("markdown") {
            assert!(out.len() < 60_000, "{name}: {} bytes", out.len());
            assert!(longest < 12_000, "{name}: a line of {longest} bytes");
        }
    }
}
