//! Promise 8: hostile text stays text, in every format, from the account's name to the report.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]

use fake_aws::world::{Account, AccountId, Role, Subscription, Topic, World};
use serde_json::Value;
use test_support::{Answer, Aws, Endpoint, Rootsweep};

const NAMES: &[&str] = &[
    "<script>alert(1)</script>",
    "=HYPERLINK(\"https://example.com\",\"open me\")",
    "\u{1b}[2J\u{1b}]0;owned\u{7}cleared",
    "\u{202e}gnp.exe",
    "<https://example.com|click>",
    "two\nlines\r\nand more",
    "<!channel> <!here> <@U024BE7LH> @channel @all",
    "*bold* _sly_ ~gone~ `code` ```end of the block```",
    "&lt;!channel&gt; [here](https://example.com)",
];

/// A piece of each name that no format has to change.
const HARMLESS: &[&str] =
    &["alert", "HYPERLINK", "cleared", "gnp.exe", "example.com", "two", "U024BE7LH", "sly", "channel"];

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
        for words in HARMLESS {
            assert!(text.contains(words), "{format} does not name the account with {words:?}: {text}");
        }
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

/// Returns an organization in which each account with a hostile name fails: a message of a first night names them all.
fn failing_organization() -> World {
    let mut world = World::generated(1, "rootsweep-audit");
    world.accounts.values_mut().for_each(|account| account.name.clear());
    for (number, name) in (1..).zip(NAMES) {
        let account = Account::named(*name, "root@example.com");
        world.accounts.insert(AccountId::new(100_000_000_000 + number), account);
    }
    for account in world.accounts.values_mut().skip(1) {
        account.roles.push(Role::named("rootsweep-audit"));
    }
    world
}

/// A line of ours: no control character, nothing invisible, no change of the writing direction.
#[track_caller]
fn is_plain(text: &str) {
    let acts =
        |it: char| it.is_control() && it != '\n' || matches!(it, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}');
    assert_eq!(text.chars().find(|it| acts(*it)), None, "{text}");
    let line = |line: &str| {
        line.is_empty()
            || line == "```"
            || ["Rootsweep ", "critical  1", "high  1", "and "].iter().any(|it| line.starts_with(it))
    };
    assert!(text.lines().all(line), "a name made a line of its own: {text}");
}

#[test]
fn a_webhook_is_told_without_links_mentions_or_markup() {
    let (aws, webhook) = (Aws::serve(failing_organization()), Endpoint::serve(Answer::Status(200)));
    let run =
        Rootsweep::against(&aws).run(&["sweep", "--output", "csv", "--notify", &format!("slack={}", webhook.url())]);
    assert_eq!((run.code, run.stderr.contains("error:")), (10, false), "{}", run.stderr);
    let heard = webhook.heard();
    let body: Value = serde_json::from_slice(&heard.first().expect("a message").body).unwrap();
    let text = body["text"].as_str().unwrap();
    is_plain(text);
    // In a code block no markup is read; what Slack reads everywhere is escaped, and the block ends where we end it.
    assert_eq!(text.matches("```").count(), 2, "{text}");
    assert!(text.ends_with("\n```"), "{text}");
    assert!(!text.contains(['<', '>']), "{text}");
    let said = [
        "&lt;!channel&gt; &lt;!here&gt;",
        "&amp;lt;!channel&amp;gt; [here]",
        "'code' '''end",
        "&lt;script&gt;",
        "\\u{202e}gnp.exe",
    ];
    for words in said {
        assert!(text.contains(words), "{words} is not told in: {text}");
    }
}

#[test]
fn a_topic_is_told_in_plain_lines() {
    let mut world = failing_organization();
    let management = AccountId::new(100_000_000_000);
    let subscription = Subscription {
        id: String::new(),
        protocol: "email".to_owned(),
        endpoint: "soc@example.com".to_owned(),
        confirmed: true,
        raw_message_delivery: false,
        filter_policy: None,
        filter_policy_scope: None,
    };
    let region = world.region_mut(management, "us-east-1").unwrap();
    region.topics.push(Topic { subscriptions: vec![subscription], ..Topic::named("root") });
    let aws = Aws::serve(world);
    let topic = "sns=arn:aws:sns:us-east-1:100000000000:root";
    let run = Rootsweep::against(&aws).run(&["sweep", "--output", "csv", "--notify", topic]);
    assert_eq!((run.code, run.stderr.contains("error:")), (10, false), "{}", run.stderr);
    let world = aws.world();
    let mail = world.mailbox.iter().find(|mail| mail.to == "soc@example.com").expect("a mail");
    assert!(mail.subject.as_deref().unwrap().is_ascii(), "{:?}", mail.subject);
    is_plain(&mail.body);
    for words in ["<script>alert(1)</script>", "two\\nlines\\r\\nand more", "\\u{1b}[2J"] {
        assert!(mail.body.contains(words), "{words} is not told in: {}", mail.body);
    }
}
