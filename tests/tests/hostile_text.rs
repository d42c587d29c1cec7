//! Promise 8: hostile text stays text, in every format, from the account's name to the report.

#![allow(clippy::unwrap_used, reason = "tests")]

use fake_aws::world::{Account, AccountId, Role, World};
use test_support::{Aws, Rootsweep};

const NAMES: &[&str] = &[
    "<script>alert(1)</script>",
    "=HYPERLINK(\"https://example.com\",\"open me\")",
    "\u{1b}[2J\u{1b}]0;owned\u{7}cleared",
    "\u{202e}gnp.exe",
    "<https://example.com|click>",
    "two\nlines\r\nand more",
];

fn hostile_organization() -> World {
    let mut world = World::generated(1, "rootsweep-audit");
    for (number, name) in (1..).zip(NAMES) {
        let mut account = Account::named(*name, "root@example.com");
        account.roles.push(Role::named("rootsweep-audit"));
        world.accounts.insert(AccountId::new(100_000_000_000 + number), account);
    }
    let mut long = Account::named("x".repeat(10_000), "root@example.com");
    long.roles.push(Role::named("rootsweep-audit"));
    world.accounts.insert(AccountId::new(100_000_000_099), long);
    world
}

fn rendered(format: &str) -> String {
    let aws = Aws::serve(hostile_organization());
    let run = Rootsweep::against(&aws).run(&["sweep", "--output", format]);
    assert!([10, 12].contains(&run.code), "{}", run.stderr);
    assert!(!run.stderr.contains('\u{1b}'), "an escape reached the terminal through stderr");
    run.stdout
}

#[test]
fn no_format_lets_names_act() {
    for format in ["table", "markdown", "csv", "junit", "html"] {
        let text = rendered(format);
        assert!(!text.contains('\u{1b}'), "{format} carries an escape");
        assert!(!text.contains('\u{202e}'), "{format} carries a text-direction override");
    }
    for format in ["markdown", "html"] {
        assert!(!rendered(format).contains("<script>alert"), "{format} carries a live script tag");
    }
}

#[test]
fn a_spreadsheet_gets_no_formula() {
    let text = rendered("csv");
    let cell = |line: &str| line.split(',').any(|cell| cell.trim_matches('"').starts_with('='));
    assert!(!text.lines().any(cell), "a cell begins with =");
}

#[test]
fn json_keeps_the_name_as_it_came() {
    let report: serde_json::Value = serde_json::from_str(&rendered("json")).unwrap();
    let names: Vec<&str> = report["accounts"].as_array().unwrap().iter().filter_map(|it| it["name"].as_str()).collect();
    assert!(NAMES.iter().all(|name| names.contains(name)), "{names:?}");
}
