//! Nights with a known change between them: report, page, message, `diff` and exit codes tell the same, and nothing falls
//! between one night and the next.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]

use fake_aws::Clock;
use fake_aws::world::{Account, AccountId, EventRecord, MfaDevice, MfaKind, Region, Role, World};
use serde_json::{Value, json};
use test_support::{Answer, Aws, Endpoint, Rootsweep, Run};

const LOSES_MFA: AccountId = AccountId::new(100_000_000_001);
const IS_MENDED: AccountId = AccountId::new(100_000_000_002);
const GOES_DARK: AccountId = AccountId::new(100_000_000_003);
const COMES: AccountId = AccountId::new(100_000_000_009);

/// What is different on the second night, the most urgent first.
const CHANGES: [(&str, &str); 11] = [
    ("new", "100000000001/root-mfa"),
    ("new", "100000000001/root-mfa-hardware"),
    ("new", "100000000009/root-alarm"),
    ("new", "100000000009/root-credentials-managed"),
    ("new", "100000000009/root-trail"),
    ("newly-unreachable", "100000000003/root-access-keys"),
    ("newly-unreachable", "100000000003/root-mfa"),
    ("newly-unreachable", "100000000003/root-mfa-hardware"),
    ("newly-unreachable", "100000000003/root-signing-certificates"),
    ("resolved", "100000000002/root-mfa-hardware"),
    ("account-added", "100000000009"),
];

/// Four accounts, one of them with a virtual MFA device.
fn first_night() -> World {
    let mut world = World::generated(4, "rootsweep-audit");
    let device = MfaDevice { kind: MfaKind::Virtual, serial: "phone".to_owned(), ..MfaDevice::hardware("phone") };
    world.accounts.get_mut(&IS_MENDED).unwrap().root.mfa_devices = vec![device];
    world
}

fn second_night(world: &mut World) {
    world.accounts.get_mut(&LOSES_MFA).unwrap().root.mfa_devices.clear();
    world.accounts.get_mut(&IS_MENDED).unwrap().root.mfa_devices = vec![MfaDevice::hardware("GAHT00000002")];
    world.accounts.get_mut(&GOES_DARK).unwrap().scp_denied.push("iam:GetAccountSummary".to_owned());
    let mut account = Account::named("acquired", "acquired@example.com");
    account.root.mfa_devices.push(MfaDevice::hardware("GAHT00000009"));
    account.roles.push(Role::named("rootsweep-audit"));
    world.accounts.insert(COMES, account);
}

/// The nights of one installation, with a webhook that is told of changes.
struct Nights {
    aws: Aws,
    webhook: Endpoint,
    rootsweep: Rootsweep,
}

impl Nights {
    fn new() -> Self {
        Self::told_by(Endpoint::serve(Answer::Status(200)))
    }

    fn told_by(webhook: Endpoint) -> Self {
        let aws = Aws::serve(first_night());
        let configuration = format!(
            "state-dir = \"runs\"\nkeep-days = 2\noutputs = [\"json=report.json\", \"html=report.html\"]\n\
             fail-on = \"critical\"\n\
             [[notify]]\nto = \"slack={}\"\nwhen = \"on-change\"\n",
            webhook.url()
        );
        let rootsweep = Rootsweep::against(&aws).file("rootsweep.toml", &configuration);
        Self { aws, webhook, rootsweep }
    }

    /// Sweeps at two in the morning of a day of November.
    fn sweep(self, day: u8) -> (Self, Run) {
        let (nights, run) = self.try_sweep(day);
        assert!(!run.stderr.contains("error:"), "{}", run.stderr);
        (nights, run)
    }

    fn try_sweep(self, day: u8) -> (Self, Run) {
        let now = format!("2026-11-{day:02}T02:00:00Z");
        self.aws.world().clock = Clock::Scenario(now.parse().unwrap());
        let rootsweep = self.rootsweep.env("ROOTSWEEP_NOW", &now);
        let run = rootsweep.run(&["sweep"]);
        (Self { rootsweep, ..self }, run)
    }

    /// Returns the folders of the kept runs, the oldest first.
    fn runs(&self) -> Vec<String> {
        let kept = std::fs::read_dir(self.rootsweep.path("runs")).unwrap().flatten();
        let mut names: Vec<String> = kept.map(|it| format!("runs/{}", it.file_name().to_str().unwrap())).collect();
        names.sort();
        names
    }

    /// Returns the lines of the latest message below its headline, and how many messages came.
    fn told(&self) -> (Vec<String>, usize) {
        let heard = self.webhook.heard();
        let body: Value = serde_json::from_slice(&heard.last().expect("a message").body).unwrap();
        let lines = body["text"].as_str().unwrap().lines().skip(1).filter(|line| *line != "```");
        (lines.map(str::to_owned).collect(), heard.len())
    }

    fn page(&self) -> String {
        std::fs::read_to_string(self.rootsweep.path("report.html")).unwrap()
    }
}

/// Returns the kind and the id with which each line begins.
fn heads<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<(&'a str, &'a str)> {
    let words = |line: &'a str| {
        let mut words = line.split_whitespace();
        (words.next().unwrap(), words.next().unwrap())
    };
    lines.map(words).collect()
}

#[test]
fn what_changed_is_the_same_everywhere() {
    let (nights, first) = Nights::new().sweep(19);
    assert_eq!(first.code, 0, "nothing is critical on the first night: {}", first.stderr);
    assert_eq!(nights.rootsweep.json("report.json")["changes"], Value::Null);
    assert!(!nights.page().contains("id=\"changes\""), "there was nothing to compare with");

    second_night(&mut nights.aws.world());
    let (nights, second) = nights.sweep(20);
    assert_eq!(second.code, 12, "a critical finding, and something that could not be checked: {}", second.stderr);
    let changes = nights.rootsweep.json("report.json")["changes"].clone();
    let items = changes["items"].as_array().unwrap();
    let told: Vec<_> = items.iter().map(|it| (it["kind"].as_str().unwrap(), it["id"].as_str().unwrap())).collect();
    assert_eq!(told, CHANGES);

    let [old, new] = &nights.runs()[..] else { panic!("{:?}", nights.runs()) };
    let diff = nights.rootsweep.run(&["diff", old, new, "--output", "json"]);
    assert_eq!((diff.code, serde_json::from_str::<Value>(&diff.stdout).unwrap()), (10, changes.clone()));
    let diff = nights.rootsweep.run(&["diff", old, new]);
    assert_eq!(heads(diff.stdout.lines().take(CHANGES.len())), CHANGES);
    let last = format!("11 changes since run {}\n", changes["previous_run_id"].as_str().unwrap());
    assert!(diff.stdout.ends_with(&last), "{}", diff.stdout);

    let (message, messages) = nights.told();
    let mut told = heads(message.iter().map(String::as_str));
    assert_eq!((&told[..3], messages), (&[CHANGES[0], CHANGES[1], CHANGES[2]][..], 2), "the worst stand first");
    told.sort_by_key(|it| CHANGES.iter().position(|change| change == it));
    assert_eq!(told, CHANGES);
    assert!(message[0].ends_with("account-00001  the root user has no MFA"), "{}", message[0]);

    let page = nights.page();
    for (label, count) in [("new", 5), ("newly unreachable", 4), ("resolved", 1), ("account added", 1)] {
        let heading = format!("{label} <span class=\"count\">{count}</span>");
        assert!(page.contains(&heading), "the page does not count {count} {label}");
    }
}

#[test]
fn a_night_without_change_tells_nobody() {
    let (nights, _) = Nights::new().sweep(19);
    let (nights, second) = nights.sweep(20);
    assert_eq!(second.code, 0, "{}", second.stderr);
    assert_eq!(nights.rootsweep.json("report.json")["changes"]["items"], json!([]));
    assert_eq!(nights.told().1, 1, "the first night alone is told");
    assert!(nights.page().contains("Nothing is different."));
    let [old, new] = &nights.runs()[..] else { panic!("{:?}", nights.runs()) };
    let diff = nights.rootsweep.run(&["diff", old, new]);
    assert_eq!((diff.code, diff.stdout.starts_with("0 changes since run ")), (0, true), "{}", diff.stdout);
}

/// A root sign-in three minutes before the first night, in the account that nothing else happens to.
fn sign_in() -> EventRecord {
    let id = COMES.to_string();
    let record = json!({
        "eventVersion": "1.11", "eventID": "sign-in", "eventTime": "2026-11-19T01:57:00Z", "eventName": "ConsoleLogin",
        "eventSource": "signin.amazonaws.com", "eventType": "AwsConsoleSignIn", "awsRegion": "us-east-1",
        "recipientAccountId": id, "sourceIPAddress": "198.51.100.7", "userAgent": "Mozilla/5.0",
        "userIdentity": { "type": "Root", "accountId": id, "principalId": id, "arn": format!("arn:aws:iam::{id}:root") },
        "responseElements": { "ConsoleLogin": "Success" }, "additionalEventData": { "MFAUsed": "No" },
    });
    EventRecord::try_from(record).unwrap()
}

#[test]
fn what_is_delivered_after_a_sweep_is_told_by_the_next_and_never_called_resolved() {
    let nights = Nights::new();
    let mut account = Account::named("quiet", "quiet@example.com");
    account.root.mfa_devices.push(MfaDevice::hardware("GAHT00000009"));
    account.roles.push(Role::named("rootsweep-audit"));
    nights.aws.world().accounts.insert(COMES, account);
    let (nights, _) = nights.sweep(19);
    assert_eq!(nights.rootsweep.json("report.json")["episodes"], json!([]));

    let mut region = Region::default();
    region.event_history.push(sign_in());
    nights.aws.world().accounts.get_mut(&COMES).unwrap().regions.insert("us-east-1".to_owned(), region);
    let (nights, second) = nights.sweep(20);
    let report = nights.rootsweep.json("report.json");
    assert_eq!((second.code, &report["episodes"][0]["verdict"]), (10, &json!("incident")), "{}", second.stderr);
    assert_eq!(heads(nights.told().0.iter().map(String::as_str)), [("new", "100000000009/root-activity")]);

    let (nights, third) = nights.sweep(21);
    assert_eq!(third.code, 0, "{}", third.stderr);
    let (message, _) = nights.told();
    assert_eq!(heads(message.iter().map(String::as_str)), [("out-of-window", "100000000009/root-activity")]);
    assert!(message[0].contains("neither explained nor expected"), "{}", message[0]);
    assert!(nights.page().contains("out of the window, not resolved"), "the page says the same");
}

#[test]
fn a_night_that_was_missed_is_looked_at_by_the_next() {
    let (nights, _) = Nights::new().sweep(19);
    let (nights, _) = nights.sweep(22);
    let run = nights.rootsweep.json("report.json")["run"].clone();
    assert_eq!(run["window_start"], "2026-11-19T01:00:00Z", "back to the last run, and an hour");
    assert_eq!(run["window_end"], "2026-11-22T02:00:00Z");
}

#[test]
fn a_change_that_nobody_was_told_of_is_told_by_the_next_night() {
    let failing = [200, 500, 500, 500].map(Answer::Status);
    let (nights, _) = Nights::told_by(Endpoint::serve_in_turn(&failing, Answer::Status(200))).sweep(19);
    second_night(&mut nights.aws.world());
    let (nights, second) = nights.try_sweep(20);
    assert!(second.stderr.contains("was not told of the report"), "{}", second.stderr);
    let (nights, third) = nights.sweep(21);
    assert_eq!(third.code, 12, "{}", third.stderr);
    assert_eq!(
        nights.rootsweep.json("report.json")["changes"]["items"],
        json!([]),
        "nothing is different from night two"
    );
    let (message, messages) = nights.told();
    assert_eq!((message.len(), messages), (CHANGES.len(), 5), "the third night tells what the second could not");
    let (nights, _) = nights.sweep(22);
    assert_eq!(nights.told().1, 5, "and the fourth has nothing left to tell");
}

#[test]
fn a_kept_run_renders_the_same_page_when_those_before_it_are_gone() {
    let (nights, _) = Nights::new().sweep(19);
    let (nights, _) = nights.sweep(20);
    let (nights, _) = nights.sweep(21);
    let (nights, _) = nights.sweep(22);
    let kept = nights.runs();
    assert_eq!(kept.len(), 3, "runs are kept for two days: {kept:?}");
    let again = nights.rootsweep.run(&["report", &kept[2], "--output", "html=again.html"]);
    assert_eq!(again.code, 0, "{}", again.stderr);
    assert_eq!(std::fs::read_to_string(nights.rootsweep.path("again.html")).unwrap(), nights.page());
}

#[test]
fn another_organization_is_not_what_changed() {
    let (nights, _) = Nights::new().sweep(19);
    nights.aws.world().organization.as_mut().unwrap().id = "o-another000".to_owned();
    let (nights, _) = nights.sweep(20);
    assert_eq!(nights.rootsweep.json("report.json")["changes"], Value::Null);
    let [old, new] = &nights.runs()[..] else { panic!("{:?}", nights.runs()) };
    let diff = nights.rootsweep.run(&["diff", old, new]);
    assert_eq!(diff.code, 2, "{}", diff.stdout);
    assert!(diff.stderr.contains("name two runs over the same"), "{}", diff.stderr);
}
